"""Small copies of frames on disk, each decodable alone: what scrubbing and thumbnails show first.

They live in the project's `cache/`, which may be deleted at any time, and never stand in for the
frame itself where pixels count.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path

import cv2
import numpy as np

from annotator.core.types import Image, Size

MAX_BYTES = 512 << 20
WIDTH = 960
"""Longest side of a copy, px."""

_EXPECTED_BYTES = 96 << 10
"""What a copy weighs, about; decides how many frames of a long clip get one."""
_QUALITY = 78


class ProxyStore:
    """JPEG copies by frame, bounded in bytes. Safe to use from several threads.

    In a clip too long for the bound, only every `stride`-th frame is kept. Whatever is wrong with
    the file (it is a cache) makes it empty, never an error.
    """

    def __init__(
        self, file: Path, fingerprint: str, n_frames: int, max_bytes: int = MAX_BYTES
    ) -> None:
        self.n_frames = n_frames
        self.stride = 1
        while n_frames // self.stride * _EXPECTED_BYTES > max_bytes:
            self.stride *= 2
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._known = np.zeros(n_frames, bool)
        self._bytes = 0
        try:
            self._open(file, fingerprint)
        except (sqlite3.Error, OSError):
            with contextlib.suppress(sqlite3.Error, OSError):
                self.close()
                file.unlink(missing_ok=True)
                self._open(file, fingerprint)

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
        return self._db is None or self._bytes >= self._max_bytes

    def missing(self, start: int) -> int | None:
        """The next frame at or after `start` (then from the beginning) that should have a copy."""
        if self.full:
            return None
        due = np.flatnonzero(~self._known[:: self.stride]) * self.stride
        if not len(due):
            return None
        return int(due[np.searchsorted(due, start) % len(due)])

    def nearest(self, frame: int) -> int | None:
        """The frame nearest to `frame` that has a copy."""
        there = np.flatnonzero(self._known)
        if not len(there):
            return None
        at = int(np.searchsorted(there, frame))
        around = there[max(at - 1, 0) : at + 1]
        return int(around[np.argmin(np.abs(around - frame))])

    def put(self, frame: int, image: Image) -> None:
        """Keep a small copy of a picture, uint8 [H, W, 3] RGB."""
        if self.full or frame in self:
            return
        small = shrunk(image, WIDTH)
        done, data = cv2.imencode(
            ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
        )
        if not done:
            return
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._db is not None:
                row = (frame, data.tobytes())
                self._db.execute("INSERT OR REPLACE INTO copies VALUES (?, ?)", row)
                self._known[frame] = True
                self._bytes += len(data)

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
            self._known[frame] = False
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
