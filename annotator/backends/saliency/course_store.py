"""What was seen of a clip over time, kept in the project's cache: a clip is looked at once."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
import numpy as np

from annotator.backends.saliency.clip_course import Course
from annotator.core.errors import DiskError
from annotator.io.atomic import atomic_file

FILE = "course"
_VERSION = 2
"""Of how a clip is looked at; what another one saw counts for nothing."""


class _Kept(msgspec.Struct, frozen=True):
    """The curves as little-endian float64 bytes, and whose they are."""

    version: int
    fingerprint: str
    place: bytes
    unclear: bytes


def kept_course(cache_dir: str, fingerprint: str, n_frames: int) -> Course | None:
    """The course that is kept of media with this fingerprint; None where there is none, or where it
    is damaged."""
    if not cache_dir or not fingerprint:
        return None
    try:
        kept = msgspec.msgpack.decode(_file(cache_dir).read_bytes(), type=_Kept)
        place, unclear = (np.frombuffer(c, "<f8").astype(float) for c in (kept.place, kept.unclear))
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    ours = kept.version == _VERSION and kept.fingerprint == fingerprint
    if not ours or len(place) != n_frames or len(unclear) != n_frames:
        return None
    whole = np.isfinite(place).all() and bool((np.diff(place) >= 0).all())
    known = bool(((unclear >= 0) & (unclear <= 1)).all())
    return Course(place, unclear) if whole and known else None


def keep_course(cache_dir: str, fingerprint: str, course: Course) -> None:
    """Keep it; a cache that cannot be written is no reason to stop."""
    if not cache_dir or not fingerprint:
        return
    kept = _Kept(_VERSION, fingerprint, *(_bytes(c) for c in (course.place, course.unclear)))
    path = _file(cache_dir)
    with contextlib.suppress(DiskError), atomic_file(path, path.parent.parent) as part:
        part.write_bytes(msgspec.msgpack.encode(kept))


def _file(cache_dir: str) -> Path:
    return Path(cache_dir) / FILE


def _bytes(curve: np.ndarray) -> bytes:
    return np.asarray(curve, "<f8").tobytes()
