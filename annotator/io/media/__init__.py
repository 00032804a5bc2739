"""Frames of videos and image folders: exact, random access, in bounded memory."""

from annotator.io.media.base import Media, MediaChanged, MediaKind, MediaMissing, MediaRef
from annotator.io.media.cached import CachedReader
from annotator.io.media.opening import locate, open_media, spoils, verify

__all__ = [
    "CachedReader",
    "Media",
    "MediaChanged",
    "MediaKind",
    "MediaMissing",
    "MediaRef",
    "locate",
    "open_media",
    "spoils",
    "verify",
]
