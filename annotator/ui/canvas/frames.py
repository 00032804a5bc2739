"""Frames for the canvas: decoded on a thread of their own, the newest wish first.

A second thread shows something at once where decoding takes longer than the eye waits.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import MediaError
from annotator.io.media import CachedReader

if TYPE_CHECKING:
    from annotator.io.media.previews import Previews

_PATIENCE_S = 0.012
"""A frame that comes within this time needs nothing in its place."""
_HEAD_START_S = 0.08
"""How long the exact frame of a jump waits until the picture in its place is painted: both want
the cores."""
_COPY_S = 0.02
"""Within this time the exact frame comes from its lossless copy, unless frames are very large."""
_STEP = 4
"""A frame this little ahead is decoded as fast as a picture in its place."""
_NEAR = 16
"""A wish this little ahead lies on the way: what is being decoded is still worth finishing."""


@dataclass(frozen=True, slots=True)
class _Wish:
    number: int
    frame: int
    reader: CachedReader
    previews: Previews | None
    copied: bool
    """The frame has a lossless copy: it is there nearly as soon as something in its place."""
    near: bool
    """The decoder is nearly there."""

    @property
    def jump(self) -> bool:
        """What is shown in place of the frame goes first."""
        return self.previews is not None and not self.copied and not self.near

    @property
    def patience(self) -> float:
        """Seconds until something is shown in place of the frame."""
        return 0.0 if self.jump else _COPY_S if self.copied else _PATIENCE_S


class FrameLoader(QObject):
    """Asks a reader for one frame at a time; a wish that is overtaken is given up.

    Signals:
        ready(frame, image): uint8 [H, W, 3].
        preview(frame, shows, image): a picture for `frame` until it is there: that of frame
            `shows`, uint8 [h, w, 3] at any size.
        failed(frame, message): the frame cannot be decoded.
    """

    ready = Signal(int, object)
    preview = Signal(int, int, object)
    failed = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._state = threading.Condition()
        self._newest: _Wish | None = None
        self._begun = 0
        self._previewed = 0
        self._handed_out = 0
        """The last wish with a picture in place of the frame."""
        self._stood_in = 0
        self._delivered = 0
        self._closing = False
        self._threads = [
            threading.Thread(target=self._serve, name="frame-loader", daemon=True),
            threading.Thread(target=self._serve_previews, name="preview-loader", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def request(self, reader: CachedReader, frame: int, previews: Previews | None = None) -> None:
        """Deliver a frame soon, at once if it is in memory; with `previews`, show something in
        its place until then."""
        image = reader.peek(frame)
        if image is not None:
            self.ready.emit(frame, image)
        # Asked again even so: the reader learns the direction and reads ahead.
        with self._state:
            last = self._newest
            number = 1 if last is None else last.number + 1
            near = last is None or (0 <= frame - last.frame <= _STEP and last.reader is reader)
            copied = previews is not None and previews.has_exact(frame)
            self._newest = _Wish(number, frame, reader, previews, copied, near)
            if image is not None:
                self._delivered = number
            elif self._newest.jump:
                reader.hold()
            self._state.notify_all()

    def forget(self) -> None:
        """The project is closed: what was wished is of no use any more."""
        with self._state:
            if self._newest is not None:
                self._begun = self._previewed = self._delivered = self._newest.number

    def close(self) -> None:
        with self._state:
            self._closing = True
            self._state.notify_all()
        for thread in self._threads:
            thread.join()

    def preview_painted(self) -> None:
        """A picture in place of the frame is on the screen: now the frame itself."""
        self._let_go(self._handed_out)

    # -- threads

    def _serve(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(
                    lambda: (
                        self._closing
                        or (self._newest is not None and self._begun < self._newest.number)
                    )
                )
                if self._closing:
                    return
                assert self._newest is not None
                wish = self._newest
                self._begun = wish.number
                if wish.jump:
                    self._state.wait_for(partial(self._may_begin, wish), _HEAD_START_S)
            try:
                image = wish.reader.read_unless(wish.frame, partial(self._passed, wish))
            except (MediaError, IndexError) as error:
                # Media that were closed meanwhile are no fault of the frame; who asked for it once
                # more is told then.
                with self._state:
                    newest = self._newest
                    overtaken = newest is not None and newest.number > wish.number
                    forgotten = self._delivered >= wish.number or overtaken
                if not forgotten:
                    self.failed.emit(wish.frame, str(error))
                continue
            with self._state:
                known = image is None or self._delivered >= wish.number
                if not known:
                    self._delivered = wish.number
                    self._state.notify_all()
            if not known and image is not None:
                self.ready.emit(wish.frame, image)
                if wish.previews is not None:
                    wish.previews.offer(wish.frame, image)

    def _may_begin(self, wish: _Wish) -> bool:
        newest = self._newest
        overtaken = newest is not None and newest.number > wish.number
        return self._closing or overtaken or self._stood_in >= wish.number

    def _let_go(self, number: int) -> None:
        with self._state:
            self._stood_in = max(self._stood_in, number)
            self._state.notify_all()

    def _passed(self, wish: _Wish) -> bool:
        """The person is elsewhere by now; going on a little further is not elsewhere."""
        newest = self._newest
        if self._closing:
            return True
        return newest is not None and not 0 <= newest.frame - wish.frame <= _NEAR

    def _serve_previews(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(
                    lambda: (
                        self._closing
                        or (self._newest is not None and self._previewed < self._newest.number)
                    )
                )
                if self._closing:
                    return
                assert self._newest is not None
                wish = self._newest
                self._previewed = wish.number
                if wish.previews is None:
                    continue
                if self._state.wait_for(partial(self._over, wish), wish.patience):
                    continue
            self._show(wish, wish.previews)

    def _show(self, wish: _Wish, previews: Previews) -> None:
        found = previews.find(wish.frame)
        if found is not None and not self._over(wish):
            self._handed_out = wish.number
            self.preview.emit(wish.frame, *found)
        else:
            self._let_go(wish.number)
        if found is not None and wish is self._newest:
            previews.keep(*found)

    def _over(self, wish: _Wish) -> bool:
        """Nothing need be shown for this wish any more."""
        newest = self._newest
        stale = newest is not None and newest.number > wish.number
        return self._closing or stale or self._delivered >= wish.number
