"""Opening media by path, checking them against a project, and finding them after a move."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from annotator.core.errors import MediaError
from annotator.io.media.base import (
    IMAGE_SUFFIXES,
    LOCATE_HINT,
    Media,
    MediaMissing,
    MediaRef,
    Stop,
    never,
)

_LOCATE_LIMIT = 50_000


def open_media(
    path: str | os.PathLike[str], cache_dir: str | Path | None = None, stop: Stop = never
) -> Media:
    """Open a video file, a folder of images, or one image as a folder of one frame.

    Args:
        path: file or folder.
        cache_dir: where the index of a long video is kept between runs; may be deleted any time.
        stop: asked while a long video is indexed or many images are looked at.

    Raises:
        MediaMissing: nothing is there.
        MediaError: it cannot be read.
        Cancelled: `stop()` became true; nothing was kept.
    """
    # The decoders' libraries are imported on first use: the window is on the screen before.
    from annotator.io.media.images import ImageFolder

    place = Path(path)
    cache = Path(cache_dir) if cache_dir is not None else None
    try:
        place = place.resolve()
        is_folder = place.is_dir()
        exists = is_folder or place.exists()
    except (OSError, ValueError, RuntimeError) as error:  # the last one: links in a circle
        raise MediaError(f"Cannot read {path}: {error}.", "Check the path.") from error
    if not exists:
        raise MediaMissing(f"There is no file or folder {place}.", "Check the path.")
    if is_folder or place.suffix.lower() in IMAGE_SUFFIXES:
        return ImageFolder(place, cache, stop)
    from annotator.io.media.video import VideoFile

    return VideoFile(place, cache, stop)


def verify(ref: MediaRef, fingerprint: str, stop: Stop = never) -> Media:
    """Open the media of a project and make sure that they are the ones it was made with.

    Raises:
        MediaMissing: they are not there any more.
        MediaChanged: their frames are others than before.
        MediaError: they cannot be read.
        Cancelled: `stop()` became true.
    """
    if not Path(ref.path).exists():
        raise MediaMissing(f"The media of this project are not at {ref.path}.", LOCATE_HINT)
    return replace(ref, fingerprint=fingerprint).open(stop)


def locate(ref: MediaRef, fingerprint: str, folder: str | Path) -> Path | None:
    """Look for moved media in and under `folder` by name, and check that they are the same ones.

    Returns the path, or None if `folder` holds no match (it gives up after 50,000 entries).
    """
    for candidate in _named(Path(folder), Path(ref.path).name):
        try:
            with open_media(candidate) as media:
                if media.fingerprint == fingerprint:
                    return candidate
        except MediaError:
            continue
    return None


def _named(folder: Path, name: str) -> Iterator[Path]:
    """Files and folders called `name`: `folder` itself, then what lies under it, nearest first."""
    if folder.name == name:
        yield folder
    seen = 0
    level = [folder]
    while level and seen < _LOCATE_LIMIT:
        below: list[Path] = []
        for place in level:
            try:
                with os.scandir(place) as entries:
                    for entry in entries:
                        seen += 1
                        if entry.name == name:
                            yield Path(entry.path)
                        elif entry.is_dir(follow_symlinks=False):
                            below.append(Path(entry.path))
            except OSError:
                continue
        level = below


def spoils(target: Path, media: Path) -> bool:
    """True if writing the file `target` would replace a video or an image of a folder, or put one
    more image beside them."""
    try:
        if media.is_dir():
            same = target.parent.is_dir() and target.parent.samefile(media)
            return same and target.suffix.lower() in IMAGE_SUFFIXES
        return target.exists() and target.samefile(media)
    except OSError:
        return False  # not there, so that nothing of it can be lost
