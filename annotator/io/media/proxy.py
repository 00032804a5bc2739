"""Copies of frames on disk, each decodable alone: what scrubbing and thumbnails show first.

They live in the project's `cache/`, which may be deleted at any time, and never stand in for the
frame itself where pixels count.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.core.types import Image, Size

_DISK_SHARE = 10
"""Copies of a kind take at most one part in this many of the disk space free without them."""


@dataclass(frozen=True, slots=True)
class CopyKind:
    """What the copies of a store are like.

    Attributes:
        file: name of the file in the cache folder.
        longest: longest side of a copy, px; a smaller frame is copied at its own size.
        quality: of the JPEGs, 0 to 100.
        sampling: of their colours, a constant of OpenCV.
        max_bytes: what all copies of a clip may weigh.
        expected_bytes: what a copy weighs, about: in a clip too long for `max_bytes` only every
            n-th frame gets one. 0: any frame may have one, and copies make room for others.
    """

    file: str
    longest: int
    quality: int
    sampling: int
    max_bytes: int
    expected_bytes: int = 0


SMALL = CopyKind("proxy.db", 960, 78, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420, 512 << 20, 96 << 10)
FULL = CopyKind("full.db", 1920, 93, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444, 2 << 30)
"""As large as the frame up to 1920 px: at 1080p some 0.7 MB, and 12 to 20 ms to decode. One value
in a thousand is more than 7 of 255 off (measured, docs/performance.md). Chroma at full size costs
12 % of the bytes and no time worth telling."""


class ProxyStore:
    """JPEG copies by frame, bounded in bytes. Safe to use from several threads.

    Whatever is wrong with the file (it is a cache) makes it empty, never an error.
    """

    def __init__(self, folder: Path, fingerprint: str, n_frames: int, kind: CopyKind) -> None:
        self.n_frames = n_frames
        self.stride = 1
        while n_frames // self.stride * kind.expected_bytes > kind.max_bytes:
            self.stride *= 2
        self._kind = kind
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._known = np.zeros(n_frames, bool)
        self._bytes = 0
        self._folder = folder
        file = folder / kind.file
        made_as = f"{fingerprint} {kind.longest} {kind.quality} {kind.sampling}"
        self._full = False
        try:
            self._open(file, made_as)
            if not self._fits(0):
                raise OSError("the disk has become too small for them")
        except (sqlite3.Error, OSError):
            with contextlib.suppress(sqlite3.Error, OSError):
                self.close()
                file.unlink(missing_ok=True)
                self._known[:] = False
                self._bytes = 0
                self._open(file, made_as)

    def _fits(self, more: int) -> bool:
        """Whether the copies may weigh so many bytes more."""
        try:
            free = shutil.disk_usage(self._folder).free + self._bytes
        except OSError:
            return False
        return self._bytes + more <= min(self._kind.max_bytes, free // _DISK_SHARE)

    def _open(self, file: Path, fingerprint: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(file, timeout=1.0, isolation_level=None, check_same_thread=False)
        self._db = db
        # Losing copies in a crash costs nothing; waiting for the disk would.
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA journal_mode = MEMORY")
        db.execute("CREATE TABLE IF NOT EXISTS source (fingerprint TEXT, stride INTEGER)")
        db.execute("CREATE TABLE IF NOT EXISTS copies (frame INTEGER PRIMARY KEY, jpeg BLOB)")
        wanted = (fingerprint, self.stride)
        if db.execute("SELECT fingerprint, stride FROM source").fetchone() != wanted:
            db.execute("DELETE FROM source")
            db.execute("DELETE FROM copies")
            db.execute("INSERT INTO source VALUES (?, ?)", wanted)
        rows = db.execute("SELECT frame, length(jpeg) FROM copies").fetchall()
        for frame, size in rows:
            if 0 <= frame < self.n_frames:
                self._known[frame] = True
                self._bytes += size

    def __contains__(self, frame: int) -> bool:
        return bool(self._known[frame])

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
        there = np.flatnonzero(self._known)
        if not len(there):
            return None
        at = int(np.searchsorted(there, frame))
        around = there[max(at - 1, 0) : at + 1]
        return int(around[np.argmin(np.abs(around - frame))])

    def put(self, frame: int, image: Image) -> None:
        """Keep a copy of a picture, uint8 [H, W, 3] RGB, unless the store is full."""
        if self.full or frame in self:
            return
        kind = self._kind
        how = [cv2.IMWRITE_JPEG_QUALITY, kind.quality]
        how += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, kind.sampling]
        copy = cv2.cvtColor(shrunk(image, kind.longest), cv2.COLOR_RGB2BGR)
        done, data = cv2.imencode(".jpg", copy, how)
        if not done:
            return
        with self._lock:
            fits = self._fits(len(data))
            if fits and self._db is not None:
                try:
                    row = (frame, data.tobytes())
                    self._db.execute("INSERT OR REPLACE INTO copies VALUES (?, ?)", row)
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
                    its = "FROM copies WHERE frame = ?"
                    size = self._db.execute(f"SELECT length(jpeg) {its}", (frame,)).fetchone()
                    self._db.execute(f"DELETE {its}", (frame,))
                    self._bytes -= 0 if size is None else size[0]

    def get(self, frame: int, reduce: int = 1) -> Image | None:
        """The copy of a frame, uint8 [h, w, 3] RGB, or None.

        `reduce` 1, 2, 4 or 8 divides its size, and the time to decode it.
        """
        with self._lock:
            if self._db is None or frame not in self:
                return None
            try:
                query = "SELECT jpeg FROM copies WHERE frame = ?"
                row = self._db.execute(query, (frame,)).fetchone()
            except sqlite3.Error:
                row = None
        flags = {
            1: cv2.IMREAD_COLOR,
            2: cv2.IMREAD_REDUCED_COLOR_2,
            4: cv2.IMREAD_REDUCED_COLOR_4,
            8: cv2.IMREAD_REDUCED_COLOR_8,
        }[reduce]
        image = None if row is None else cv2.imdecode(np.frombuffer(row[0], np.uint8), flags)
        if image is None:
            self.drop(frame)
            return None
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None


def shrunk(image: Image, longest: int) -> Image:
    """The picture with its longest side at most `longest` px, uint8 [h, w, 3]."""
    height, width = image.shape[:2]
    factor = longest / max(width, height)
    if factor >= 1:
        return image
    size = Size(max(round(width * factor), 1), max(round(height * factor), 1))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
