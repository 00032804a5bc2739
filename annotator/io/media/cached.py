"""Frames kept in memory within a budget, read ahead in the direction of play."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from annotator.core.cache import ByteLRU
from annotator.core.errors import MediaError
from annotator.core.types import Image, Size
from annotator.io.media.base import Media

_AHEAD = 64
_CHUNK = 12
"""Frames that are read in one go when playing backwards: decoding runs forwards only, so going
back one frame at a time would decode each group of pictures again and again."""


class CachedReader:
    """A FrameReader over `media` that never holds more than `max_bytes` of frames.

    A thread of its own reads ahead in the direction of the last accesses (or as told by
    `set_direction`) and steps aside at once when somebody reads a frame that is not there yet.
    The media stay the caller's: `close` stops the thread and frees the memory, no more.
    """

    def __init__(self, media: Media, max_bytes: int) -> None:
        self.media = media
        self.cache: ByteLRU[int, Image] = ByteLRU(max_bytes)
        self._frame_bytes = media.size.width * media.size.height * 3
        # At most half of the budget goes ahead, so that reading ahead never pushes out frames
        # that it has just read.
        self._ahead = min(_AHEAD, max_bytes // (2 * self._frame_bytes))
        self._state = threading.Condition()
        self._waiting = 0
        self._last = -1
        self._direction = 0
        self._told = False
        self._moved = False
        self._closing = False
        self._thread: threading.Thread | None = None

    @property
    def size(self) -> Size:
        return self.media.size

    def __len__(self) -> int:
        return len(self.media)

    def peek(self, frame: int) -> Image | None:
        """uint8 [H, W, 3] RGB if the frame is in memory, else None; never decodes."""
        return self.cache.get(frame) if frame in self.cache else None

    def read(self, frame: int) -> Image:
        """uint8 [H, W, 3] RGB, read-only. Raises MediaError, IndexError."""
        image = self.cache.get(frame)
        if image is None:
            with self._state:
                self._waiting += 1
            try:
                image = self.media.read(frame)
            finally:
                with self._state:
                    self._waiting -= 1
            self.cache.put(frame, image, image.nbytes)
        self._note_access(frame)
        return image

    def set_direction(self, direction: int) -> None:
        """Read ahead forwards (1), backwards (-1), not at all (0) from now on."""
        with self._state:
            self._told = True
            self._direction = direction
            self._wake()

    def infer_direction(self) -> None:
        """Go back to reading ahead as the accesses suggest."""
        with self._state:
            self._told = False

    def close(self) -> None:
        """Stop reading ahead and forget the frames."""
        with self._state:
            self._closing = True
            self._state.notify_all()
        if self._thread is not None:
            self._thread.join()
        self.cache.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _note_access(self, frame: int) -> None:
        with self._state:
            step = frame - self._last
            if not self._told and step != 0:
                # A jump says nothing about where the person goes next; small steps do.
                near = abs(step) <= _CHUNK
                self._direction = (1 if step > 0 else -1) if near else 0
            self._last = frame
            self._wake()

    def _wake(self) -> None:
        if self._direction == 0 or self._ahead == 0 or self._closing:
            return
        self._moved = True
        if self._thread is None:
            self._thread = threading.Thread(target=self._prefetch, name="prefetch", daemon=True)
            self._thread.start()
        self._state.notify_all()

    def _prefetch(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._closing or (self._moved and not self._waiting))
                if self._closing:
                    return
                self._moved = False
                todo = self._next_frames()
            for frame in todo:
                if frame not in self.cache and not self._fetch(frame):
                    break

    def _next_frames(self) -> list[int]:
        """Frames to read now, in the order to read them; empty if all that is due is there."""
        direction = self._direction
        end = self._last + direction * self._ahead
        due = range(self._last + direction, end + direction, direction)
        missing = [f for f in due if 0 <= f < len(self.media) and f not in self.cache]
        if direction < 0:
            missing = sorted(missing[:_CHUNK])
        return missing

    def _fetch(self, frame: int) -> bool:
        """Read one frame ahead; False if the list of frames to read is out of date."""
        try:
            image = self.media.read_unless(frame, self._should_yield)
        except MediaError:
            return True  # told when somebody asks for that frame
        if image is None:
            with self._state:
                self._moved = True
            return False
        self.cache.put(frame, image, image.nbytes)
        with self._state:
            return not (self._moved and self._is_stale(frame))

    def _is_stale(self, frame: int) -> bool:
        offset = (frame - self._last) * self._direction
        return not 0 <= offset <= self._ahead

    def _should_yield(self) -> bool:
        return self._closing or self._waiting > 0
