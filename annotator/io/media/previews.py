"""A picture at once: the small copy of a frame, or the nearest one that is quick to get.

A thread of its own makes the small copies while the person does nothing: those of the key frames
first, since they are quick to decode and every other frame has one nearby.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.core.errors import MediaError
from annotator.core.types import Image
from annotator.io.media.base import Media
from annotator.io.media.proxy import ProxyStore

if TYPE_CHECKING:
    from annotator.io.media.intra import IntraDecoder

FILE_NAME = "proxy.db"
_IDLE_S = 0.6
_OFFERS = 4
_KEYS = 512


class Previews:
    """Small copies of the frames of `media`, made in idle time by a thread.

    Videos get a copy of every frame (as far as the bound of the store allows): a frame in the
    middle of a group of pictures takes long to decode. Images are decoded alone anyway; they get
    copies of the frames that are asked for as thumbnails.

    Args:
        media: stays the caller's; the thread opens its own.
        on_stored: called on the thread with each frame that has a copy now.
    """

    def __init__(self, media: Media, cache_dir: Path, on_stored: Callable[[int], None]) -> None:
        self.store = ProxyStore(cache_dir / FILE_NAME, media.fingerprint, len(media))
        self._media = media
        self._ref = media.ref
        self._on_stored = on_stored
        self._sweeps = media.kind == "video"
        self._state = threading.Condition()
        self._busy_until = time.monotonic() + _IDLE_S
        self._at = 0
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._offers: OrderedDict[int, Image] = OrderedDict()
        self._closing = False
        self._broken: set[int] = set()
        self._all_keys = _key_frames(media)
        self._keys = set(self._all_keys)
        self._intra_lock = threading.Lock()
        self._intra: IntraDecoder | None = None
        self._thread = threading.Thread(target=self._serve, name="previews", daemon=True)
        self._thread.start()

    # -- asking

    def find(self, frame: int) -> tuple[int, Image] | None:
        """A picture for `frame` within some 20 ms: (the frame that it really shows, uint8
        [h, w, 3] RGB at any size), or None."""
        copy = self.store.get(frame)
        if copy is not None:
            return frame, copy
        near = self.store.nearest(frame)
        key = self._key_frame(frame, None if near is None else abs(near - frame))
        if key is not None:
            return key
        copy = None if near is None else self.store.get(near)
        return None if near is None or copy is None else (near, copy)

    def _key_frame(self, frame: int, nearer: int | None) -> tuple[int, Image] | None:
        """The key frame before `frame`, if it lies less than `nearer` frames away."""
        from annotator.io.media.intra import IntraDecoder
        from annotator.io.media.video import VideoFile

        with self._intra_lock:
            if not isinstance(self._media, VideoFile) or self._closing:
                return None
            try:
                if self._intra is None:
                    self._intra = IntraDecoder(self._media)
                key = self._intra.key_frame(frame)
                if key is None or (nearer is not None and frame - key >= nearer):
                    return None
                return self._intra.before(frame)
            except MediaError:
                return None

    def thumbnail(self, frame: int) -> Image | None:
        """A copy of the frame at an eighth of the size of others, uint8 [h, w, 3], or None."""
        return self.store.get(frame, reduce=8)

    # -- telling

    def touch(self, frame: int | None = None) -> None:
        """The person (or a run) is at work: the thread waits until they pause."""
        with self._state:
            self._busy_until = time.monotonic() + _IDLE_S
            if frame is not None:
                self._at = frame

    def keep(self, frame: int, image: Image) -> None:
        """Copy the key frame that `find` just decoded: who looks for a place comes by again, and
        then it need not be decoded once more."""
        if frame not in self.store and frame in self._all_keys:
            self.store.put(frame, image)
            self._on_stored(frame)

    def offer(self, frame: int, image: Image) -> None:
        """This frame was decoded anyway; its copy need not be decoded again."""
        if self._sweeps and frame % self.store.stride == 0 and frame not in self.store:
            with self._state:
                self._offers[frame] = image
                while len(self._offers) > _OFFERS:
                    self._offers.popitem(last=False)

    def want(self, frames: Iterable[int]) -> None:
        """Make copies of these first (thumbnails); replaces what was wanted before."""
        with self._state:
            self._wanted = OrderedDict.fromkeys(f for f in frames if f not in self.store)
            self._state.notify_all()

    def close(self) -> None:
        """End the thread and let go of the files."""
        with self._state:
            self._closing = True
            self._state.notify_all()
        self._thread.join()
        with self._intra_lock:
            if self._intra is not None:
                self._intra.close()
                self._intra = None
        self.store.close()

    # -- the thread

    def _serve(self) -> None:
        media: Media | None = None
        try:
            while self._wait():
                frame, image = self._next()
                began = time.monotonic()
                if frame is None:
                    with self._state:
                        self._state.wait(_IDLE_S)
                    continue
                try:
                    if image is None:
                        media = media or self._ref.open()
                        image = media.read_unless(frame, self._must_yield)
                except (MediaError, IndexError):
                    self._broken.add(frame)
                    continue
                if image is not None:
                    self.store.put(frame, image)
                    self._on_stored(frame)
                # Half of one core at most: decoding has threads, the person's work goes first.
                with self._state:
                    self._state.wait_for(lambda: self._closing, time.monotonic() - began)
        finally:
            if media is not None:
                media.close()

    def _wait(self) -> bool:
        """Until nobody works; False when closing."""
        with self._state:
            while not self._closing:
                left = self._busy_until - time.monotonic()
                if left <= 0:
                    return True
                self._state.wait(left)
            return False

    def _next_key(self) -> tuple[int, Image] | None:
        """The nearest key frame without a copy, with its picture; None when all are done with."""
        while self._keys and not self.store.full:
            frame = min(self._keys, key=lambda key: abs(key - self._at))
            self._keys.remove(frame)
            found = None if frame in self.store else self._key_frame(frame, None)
            if found is not None:
                return found
        return None

    def _next(self) -> tuple[int | None, Image | None]:
        """What to copy now, with its picture if that is there already."""
        with self._state:
            if self._offers:
                return self._offers.popitem(last=False)
            while self._wanted:
                frame, _ = self._wanted.popitem(last=False)
                if frame not in self.store and frame not in self._broken:
                    return frame, None
        key = self._next_key()
        if key is not None:
            return key
        due = self.store.missing(self._at) if self._sweeps else None
        if due is not None:
            self._at = due
        if due is not None and due in self._broken:
            self._at = due + 1
            return None, None
        return due, None

    def _must_yield(self) -> bool:
        return self._closing or time.monotonic() < self._busy_until


def _key_frames(media: Media) -> set[int]:
    """Frames to copy first: key frames of a video, `_KEYS` of them at most, spread evenly."""
    from annotator.io.media.video import VideoFile

    if not isinstance(media, VideoFile) or media.index.counted:
        return set()
    keys = media.index.key_frame
    return {int(f) for f in keys[:: max(-(-len(keys) // _KEYS), 1)]}
