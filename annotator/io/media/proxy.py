"""Copies of frames on disk, each decodable alone, as they are made and kept within bounds.

They live in the project's `cache/`, which may be deleted at any time. Small ones are for the eye;
lossless ones are what the decoder gave, and are read in its place (`copies`).
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.core.types import Image, Size
from annotator.io.atomic import make_folder
from annotator.io.media.copies import EXACT_FILE, checksum, stored
from annotator.io.media.lossless import Lossless
from annotator.io.media.picture import Picture, within

_DISK_SHARE = 10
"""Copies of a kind take at most one part in this many of the disk space free without them."""


class Packing(Protocol):
    """How pictures become bytes; its text tells all that the bytes depend on."""

    def pack(self, image: Image | Picture) -> bytes | None:
        """A picture, or uint8 [H, W, 3] RGB, as bytes; None if that cannot be."""

    def unpack(self, data: bytes) -> Image | None:
        """The picture in the bytes, uint8 [h, w, 3] RGB; None if there is none."""


@dataclass(frozen=True, slots=True)
class Jpeg:
    """For the eye: smaller, and quick to decode.

    Attributes:
        longest: longest side of a copy, px; a smaller frame is copied at its own size.
        quality: 0 to 100.
    """

    longest: int
    quality: int

    def pack(self, image: Image | Picture) -> bytes | None:
        if isinstance(image, Picture):
            small = image.shrunk(self.longest)
        else:
            small = shrunk(image, self.longest)
        copy = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
        done, data = cv2.imencode(".jpg", copy, [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        return data.tobytes() if done else None

    def unpack(self, data: bytes, reduce: int = 1) -> Image | None:
        """`reduce` 1, 2, 4 or 8 divides the size, and the time to decode."""
        flags = {
            1: cv2.IMREAD_COLOR,
            2: cv2.IMREAD_REDUCED_COLOR_2,
            4: cv2.IMREAD_REDUCED_COLOR_4,
            8: cv2.IMREAD_REDUCED_COLOR_8,
        }[reduce]
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
        if image is None:
            return None
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


@dataclass(frozen=True, slots=True)
class CopyKind:
    """What the copies of a store are like.

    Attributes:
        file: name of the file in the cache folder.
        packing: what they are made with.
        max_bytes: what all copies of a clip may weigh.
        expected_bytes: what a copy weighs, about: in a clip too long for `max_bytes` only every
            n-th frame gets one. 0: any frame may have one, and copies make room for others.
    """

    file: str
    packing: Packing
    max_bytes: int
    expected_bytes: int = 0


SMALL_JPEG = Jpeg(960, 78)
SMALL = CopyKind("proxy.db", SMALL_JPEG, 512 << 20, 96 << 10)
EXACT = CopyKind(EXACT_FILE, Lossless(), 16 << 30)
"""The frames themselves, at whatever size: at 1080p 1.1 to 1.7 MB (docs/performance.md)."""


class ProxyStore:
    """Copies by frame, bounded in bytes. Safe to use from several threads.

    Whatever is wrong with the file (it is a cache) makes it empty, never an error.

    Args:
        folder: of the cache.
        source: what the frames are those of; copies of anything else are thrown away.
        n_frames: in the clip.
        kind: of the copies.
    """

    def __init__(self, folder: Path, source: str, n_frames: int, kind: CopyKind) -> None:
        self.n_frames = n_frames
        self.stride = 1
        while n_frames // self.stride * kind.expected_bytes > kind.max_bytes:
            self.stride *= 2
        self._kind = kind
        self._source = source
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._known = np.zeros(n_frames, bool)
        self._bytes = 0
        self._folder = folder
        file = folder / kind.file
        self._full = False
        try:
            self._open(file)
        except (sqlite3.Error, OSError):
            with contextlib.suppress(sqlite3.Error, OSError):
                self.close()
                file.unlink(missing_ok=True)
                self._known[:] = False
                self._bytes = 0
                self._open(file)

    def _fits(self, more: int) -> bool:
        """Whether the copies may weigh so many bytes more."""
        try:
            free = shutil.disk_usage(self._folder).free + self._bytes
        except OSError:
            return False
        return self._bytes + more <= min(self._kind.max_bytes, free // _DISK_SHARE)

    def _open(self, file: Path) -> None:
        make_folder(file.parent, file.parent.parent)
        db = sqlite3.connect(file, timeout=1.0, isolation_level=None, check_same_thread=False)
        self._db = db
        # A copy is many pages long, and what makes room is given back to the disk.
        db.execute("PRAGMA page_size = 16384")
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        # Losing copies in a crash costs nothing; waiting for the disk would.
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA journal_mode = MEMORY")
        db.execute("CREATE TABLE IF NOT EXISTS source (made_as TEXT, stride INTEGER)")
        db.execute(
            "CREATE TABLE IF NOT EXISTS copies (frame INTEGER PRIMARY KEY, sum INTEGER, data BLOB)"
        )
        wanted = (f"{self._source} {self._kind.packing}", self.stride)
        found = db.execute("SELECT made_as, stride FROM source").fetchone()
        if found is None:
            db.execute("INSERT INTO source VALUES (?, ?)", wanted)
        elif found != wanted:
            raise OSError("copies of something else: a new file is quicker than deleting them")
        for frame, size in db.execute("SELECT frame, coalesce(length(data), 0) FROM copies"):
            if 0 <= frame < self.n_frames:
                self._known[frame] = True
                self._bytes += size

    def __contains__(self, frame: int) -> bool:
        return bool(self._known[frame])

    @property
    def known(self) -> NDArray[np.bool_]:
        """bool [N], which frames have a copy."""
        return self._known.copy()

    @property
    def full(self) -> bool:
        """Nothing more will be kept: the bound is reached, or the disk refuses."""
        return self._db is None or self._full

    def missing(self, start: int) -> int | None:
        """The next frame at or after `start` (then from the beginning) that should have a copy."""
        if self.full:
            return None
        due = np.flatnonzero(~self._known[:: self.stride]) * self.stride
        if not len(due):
            return None
        return int(due[np.searchsorted(due, start) % len(due)])

    def without(self) -> NDArray[np.int64]:
        """Frames that have no copy, ascending, int64 [K]."""
        return np.flatnonzero(~self._known)

    def farthest(self, frame: int, spare: Collection[int] = ()) -> int | None:
        """The frame farthest from `frame` that has a copy, those to `spare` left out."""
        there = np.setdiff1d(np.flatnonzero(self._known), np.array(list(spare), np.int64))
        return int(there[np.argmax(np.abs(there - frame))]) if len(there) else None

    def nearest(self, frame: int) -> int | None:
        """The frame nearest to `frame` that has a copy."""
        found = self.nearest_to_each(np.array([frame]))
        return int(found[0]) if len(found) else None

    def nearest_to_each(self, frames: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64 [K]: the frame with a copy that is nearest to each of K frames, the earlier of two;
        [0] if no frame has one."""
        there = np.flatnonzero(self._known)
        if not len(there):
            return there
        at = np.searchsorted(there, frames)
        before, after = there[np.maximum(at - 1, 0)], there[np.minimum(at, len(there) - 1)]
        return np.where(np.abs(before - frames) <= np.abs(after - frames), before, after)

    def put(self, frame: int, image: Image | Picture) -> None:
        """Keep a copy of a picture, or of uint8 [H, W, 3] RGB, unless the store is full."""
        if self.full or frame in self:
            return
        data = self._kind.packing.pack(image)
        if data is None:
            return
        row = (frame, checksum(data, self._source, frame), data)
        with self._lock:
            fits = self._fits(len(data))
            if fits and self._db is not None:
                try:
                    self._db.execute("INSERT OR REPLACE INTO copies VALUES (?, ?, ?)", row)
                    self._known[frame] = True
                    self._bytes += len(data)
                except sqlite3.Error:
                    fits = False
            self._full = not fits

    def drop(self, frame: int) -> None:
        """Make room: forget the copy of a frame."""
        with self._lock:
            self._known[frame] = self._full = False
            with contextlib.suppress(sqlite3.Error):
                if self._db is not None:
                    query = "DELETE FROM copies WHERE frame = ? RETURNING length(data)"
                    freed = self._db.execute(query, (frame,)).fetchall()
                    self._bytes -= sum(size or 0 for (size,) in freed)

    def shrink(self, around: int) -> bool:
        """Where the bound does not hold any more, since the disk has become fuller: let the copy
        farthest from a frame go, and give its space back. Whether that was so."""
        frame = None if self._fits(0) else self.farthest(around)
        if frame is None:
            return False
        self.drop(frame)
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._db is not None:
                self._db.executescript("PRAGMA incremental_vacuum")
        return True

    def data(self, frame: int) -> bytes | None:
        """The bytes of a frame's copy, or None; a damaged one is let go."""
        with self._lock:
            if self._db is None or frame not in self:
                return None
            try:
                data = stored(self._db, self._source, frame)
            except sqlite3.Error:
                data = None
        if data is None:
            self.drop(frame)
        return data

    def get(self, frame: int) -> Image | None:
        """The copy of a frame, uint8 [h, w, 3] RGB, or None."""
        data = self.data(frame)
        return None if data is None else self._kind.packing.unpack(data)

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None


def shrunk(image: Image, longest: int) -> Image:
    """The picture with its longest side at most `longest` px, uint8 [h, w, 3]."""
    height, width = image.shape[:2]
    size = within(Size(width, height), longest)
    if size == (width, height):
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
