"""Frames kept in memory within a budget, read ahead in the direction of play."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from annotator.core.cache import ByteLRU
from annotator.core.errors import MediaError
from annotator.core.types import Image, Size
from annotator.io.media.base import Media

_AHEAD = 64
_CHUNK = 24
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
        self._ahead = self._reach(max_bytes)
        self._state = threading.Condition()
        self._waiting = 0
        self._chunk: frozenset[int] = frozenset()
        self._last = -1
        self._direction = 0
        self._told = False
        self._moved = False
        self._held = False
        self._closing = False
        self._thread: threading.Thread | None = None

    def _reach(self, max_bytes: int) -> int:
        return min(_AHEAD, max_bytes // (2 * self._frame_bytes))

    def resize(self, max_bytes: int) -> None:
        """Hold at most `max_bytes` of frames from now on."""
        self.cache.resize(max_bytes)
        self._ahead = self._reach(max_bytes)

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
        image = self.read_unless(frame, lambda: False)
        assert image is not None, "nothing asked to stop"
        return image

    def read_unless(self, frame: int, stop: Callable[[], bool]) -> Image | None:
        """Like `read`, but gives up and returns None soon after `stop()` has become true."""
        image = self.cache.get(frame)
        if image is None:
            image = self._claim(frame)
        if image is None:
            return self._read_through(frame, stop)
        self._note_access(frame)
        return image

    def set_direction(self, direction: int) -> None:
        """Read ahead forwards (1), backwards (-1), not at all (0) from now on."""
        with self._state:
            self._told = True
            self._direction = direction
            self._wake()

    def hold(self) -> None:
        """Read nothing ahead until `go_on` or the next read: what the person sees next wants the
        cores, be it the picture of a jump or the paint under the pen."""
        with self._state:
            self._held = True

    def go_on(self) -> None:
        """Read ahead again after `hold`."""
        with self._state:
            if self._held:
                self._held = False
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

    def _claim(self, frame: int) -> Image | None:
        """Wait for the frame if the thread is reading it, alone or as a part of a chunk: stopping
        it would throw away the decoding that leads there. Else make the thread step aside and
        return None; `_read_through` lets it go on."""
        with self._state:
            self._held = False
            self._state.notify_all()
            self._state.wait_for(lambda: frame not in self._chunk or frame in self.cache)
            image = self.peek(frame)
            if image is None:
                self._waiting += 1
            return image

    def _read_through(self, frame: int, stop: Callable[[], bool]) -> Image | None:
        """Decode the frame now. The thread waits until it is in the cache and noted as the last
        one: if it went on earlier, it would seek back to decode the same frame again."""
        try:
            image = self.media.read_unless(frame, stop)
            if image is not None:
                self.cache.put(frame, image, image.nbytes)
                self._note_access(frame)
        finally:
            with self._state:
                self._waiting -= 1
                self._state.notify_all()
        return image

    def _note_access(self, frame: int) -> None:
        with self._state:
            step = frame - self._last
            if not self._told and step != 0:
                # A jump says nothing about where the person goes next; small steps do.
                near = abs(step) <= _CHUNK
                self._direction = (1 if step > 0 else -1) if near else 0
            self._last = frame
            self._held = False
            self._wake()

    def _wake(self) -> None:
        if self._direction == 0 or self._ahead == 0 or self._closing:
            return
        self._moved = True
        if self._direction < 0 and not self._chunk:
            # Named before the thread gets to run, so that the next read waits for the chunk
            # rather than beating the thread to the decoder.
            self._chunk = frozenset(self._next_frames())
        if self._thread is None:
            self._thread = threading.Thread(target=self._prefetch, name="prefetch", daemon=True)
            self._thread.start()
        self._state.notify_all()

    def _prefetch(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(self._may_go_on)
                if self._closing:
                    return
                self._moved = False
                todo = self._next_frames()
                self._chunk = frozenset(todo if self._direction < 0 else ())
                self._state.notify_all()
            for frame in todo:
                if not self._fetch(frame):
                    break
            with self._state:
                self._chunk = frozenset()
                self._state.notify_all()

    def _may_go_on(self) -> bool:
        return self._closing or (self._moved and not self._waiting and not self._held)

    def _next_frames(self) -> list[int]:
        """Frames to read now, in the order to read them; empty if all that is due is there."""
        direction = self._direction
        if direction == 0:
            return []
        end = self._last + direction * self._ahead
        due = range(self._last + direction, end + direction, direction)
        missing = [f for f in due if 0 <= f < len(self.media) and f not in self.cache]
        if direction < 0:
            missing = sorted(missing[:_CHUNK])
        return missing

    def _fetch(self, frame: int) -> bool:
        """Read one frame ahead; False if the list of frames to read is out of date."""
        with self._state:
            if frame in self.cache:
                return True
            if self._should_yield():
                self._moved = True
                return False
            self._chunk |= {frame}
        broken = False
        image = None
        try:
            image = self.media.read_unless(frame, self._should_yield)
        except MediaError:
            broken = True  # told when somebody asks for that frame
        finally:
            with self._state:
                if image is not None:
                    self.cache.put(frame, image, image.nbytes)
                self._chunk -= {frame}
                self._state.notify_all()
        with self._state:
            if image is None and not broken:
                self._moved = True
                return False
            return not (self._moved and self._is_stale(frame))

    def _is_stale(self, frame: int) -> bool:
        offset = (frame - self._last) * self._direction
        return not 0 <= offset <= self._ahead

    def _should_yield(self) -> bool:
        return self._closing or self._held or self._waiting > 0
