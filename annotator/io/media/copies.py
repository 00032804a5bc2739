"""Copies of frames in a cache folder, as they are read: also by other processes than the writer.

A copy is found by the number of its frame and used only if its sum is right. The sum is taken over
the bytes, the frame and the source, so that damage, a copy under another frame's number and copies
of another source, whoever left them there, all count as no copy.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import zlib
from pathlib import Path

from annotator.core.types import Image
from annotator.io.media.lossless import Lossless

EXACT_FILE = "full.db"
"""Copies that are the frame itself, bit by bit (see `lossless`)."""
_PATIENCE_S = 0.05
"""How long a reader waits for a writer; decoding may be quicker."""


def checksum(data: bytes, source: str, frame: int) -> int:
    """CRC-32 that ties the bytes of a copy to its frame and to where it comes from."""
    return zlib.crc32(data, zlib.crc32(f"{source} {frame}".encode()))


def stored(db: sqlite3.Connection, source: str, frame: int) -> bytes | None:
    """The bytes of a frame's copy; None if there is none, or no sound one: that is thrown away.

    Raises sqlite3.Error.
    """
    row = db.execute("SELECT data, sum FROM copies WHERE frame = ?", (frame,)).fetchone()
    if row is None:
        return None
    data, known = row
    if isinstance(data, bytes) and checksum(data, source, frame) == known:
        return data
    db.execute("DELETE FROM copies WHERE frame = ? AND sum IS ?", (frame, known))
    return None


class ExactCopies:
    """Reads lossless copies, whoever makes them. Safe to use from several threads.

    One that is not sound is thrown away, to be made anew when the project is opened again.

    Args:
        folder: of the cache; the file need not be there yet.
        source: what the copies must have been made of.
    """

    def __init__(self, folder: Path, source: str) -> None:
        self._file = folder / EXACT_FILE
        self._source = source
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._closed = False

    def read(self, frame: int) -> Image | None:
        """The frame as it was decoded, uint8 [H, W, 3] RGB, or None."""
        with self._lock:
            try:
                db = self._connection()
                data = None if db is None else stored(db, self._source, frame)
            except sqlite3.Error:
                # No file any more, or a new one: looked for again the next time.
                self._disconnect()
                return None
        return None if data is None else Lossless().unpack(data)

    def close(self) -> None:
        """Let go of the file; there are no copies any more. Closing twice is fine."""
        with self._lock:
            self._closed = True
            self._disconnect()

    def _connection(self) -> sqlite3.Connection | None:
        if self._db is None and not self._closed and self._file.is_file():
            place = f"{self._file.resolve().as_uri()}?mode=rw"
            self._db = sqlite3.connect(
                place, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False, uri=True
            )
        return self._db

    def _disconnect(self) -> None:
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            self._db = None
