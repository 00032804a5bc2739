"""Frames for the canvas: decoded on a thread of their own, the newest wish first."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import MediaError
from annotator.io.media import CachedReader


class FrameLoader(QObject):
    """Asks a reader for one frame at a time; a wish that is overtaken is skipped.

    Signals:
        ready(frame, image): uint8 [H, W, 3].
        failed(frame, message): the frame cannot be decoded.
    """

    ready = Signal(int, object)
    failed = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._wish: tuple[CachedReader, int] | None = None
        self._state = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="frame-loader", daemon=True)
        self._thread.start()

    def request(self, reader: CachedReader, frame: int) -> None:
        """Deliver a frame soon, at once if it is in memory."""
        image = reader.peek(frame)
        if image is not None:
            self.ready.emit(frame, image)
        # Asked again even so: the reader learns the direction and reads ahead.
        with self._state:
            self._wish = (reader, frame)
            self._state.notify()

    def close(self) -> None:
        with self._state:
            self._closing = True
            self._state.notify()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._closing or self._wish is not None)
                if self._closing:
                    return
                assert self._wish is not None
                (reader, frame), self._wish = self._wish, None
            known = reader.peek(frame) is not None
            try:
                image = reader.read(frame)
            except (MediaError, IndexError) as error:
                self.failed.emit(frame, str(error))
                continue
            if not known:
                self.ready.emit(frame, image)
