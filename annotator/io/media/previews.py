"""A picture at once: the copy of a frame, or the nearest one that is quick to get.

A thread of its own decodes what is to be copied while the person does nothing, and others pack it,
so that all cores take part. Small ones of the key frames
come first, since they are quick to decode and every other frame has one nearby. Then, from the
person's place outwards, each frame gets a small one and, where it takes longer to decode than the
eye waits, a lossless one: the frame itself, which the media read instead of decoding.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import MediaError
from annotator.core.types import Image
from annotator.io.media.base import Media
from annotator.io.media.packers import Packers
from annotator.io.media.picture import Picture
from annotator.io.media.proxy import EXACT, SMALL, SMALL_JPEG, ProxyStore

if TYPE_CHECKING:
    from annotator.io.media.intra import IntraDecoder

_IDLE_S = 0.6
_OFFERS = 4
_KEYS = 512
_QUICK = 4
"""Frames from one key frame to the next, on average, up to which each is there in time anyway."""
_GROUP = 250
"""Frames that are copied in one go where there is no key frame among them."""
_EXPECTED = 64
"""Frames that the person may go to next, whose lossless copies are kept."""


@dataclass(frozen=True, slots=True)
class _Task:
    """Copies to make of a frame; `image` where it is decoded already."""

    frame: int
    stores: tuple[ProxyStore, ...]
    image: Image | None = None


class Previews:
    """Copies of the frames of `media`, made in idle time by a thread.

    Videos get a small copy of every frame (as far as the bound of the store allows): a frame in the
    middle of a group of pictures takes long to decode. So they get lossless copies as well, as many
    as the bound allows, unless their key frames lie close together. Images are decoded alone
    anyway; they get small copies of the frames that are asked for as thumbnails.

    Args:
        media: stays the caller's; the thread opens its own.
        on_stored: called on the thread with each frame that has a copy now.
    """

    def __init__(self, media: Media, cache_dir: Path, on_stored: Callable[[int], None]) -> None:
        self.store = ProxyStore(cache_dir, media.fingerprint, len(media), SMALL)
        self._groups = _groups(media)
        self.exact = (
            None
            if self._groups is None
            else ProxyStore(cache_dir, media.pixel_source, len(media), EXACT)
        )
        self._media = media
        self._ref = media.ref
        self._on_stored = on_stored
        self._sweeps = media.kind == "video"
        self._state = threading.Condition()
        self._busy_until = time.monotonic() + _IDLE_S
        self._place = 0
        self._at = 0
        """Where the sweep of small copies is; it begins anew where the person is."""
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._offers: OrderedDict[int, Image] = OrderedDict()
        self._expected: OrderedDict[int, None] = OrderedDict()
        self._closing = False
        self._broken: set[int] = set()
        self._all_keys = _key_frames(media)
        self._keys = set(self._all_keys)
        self._intra_lock = threading.Lock()
        self._intra: IntraDecoder | None = None
        self._packers = Packers(self._packed)
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

    def has_exact(self, frame: int) -> bool:
        """Whether there is a lossless copy of the frame, so that reading it is quick."""
        return self.exact is not None and frame in self.exact

    @property
    def copied(self) -> NDArray[np.bool_] | None:
        """bool [N], which frames have a lossless copy; None where none is needed."""
        return None if self.exact is None else self.exact.known

    @property
    def awaited(self) -> int:
        """How many frames will get a lossless copy that have none yet; 0 where there is no more
        room, or no need of them."""
        if self.exact is None or self.exact.full:
            return 0
        return len(np.setdiff1d(self.exact.without(), list(self._broken)))

    def is_awaited(self, frame: int) -> bool:
        """Whether the frame will get a lossless copy and has none yet."""
        return self.exact is not None and not self.exact.full and frame not in self.exact

    def thumbnail(self, frame: int) -> Image | None:
        """A copy of the frame at an eighth of the size of others, uint8 [h, w, 3], or None."""
        data = self.store.data(frame)
        return None if data is None else SMALL_JPEG.unpack(data, reduce=8)

    # -- telling

    def touch(self, frame: int | None = None) -> None:
        """The person (or a run) is at work: the thread waits until they pause."""
        with self._state:
            self._busy_until = time.monotonic() + _IDLE_S
            if frame is not None:
                self._at = self._place = frame

    def hurry(self) -> None:
        """Nobody is at work: begin at once."""
        with self._state:
            self._busy_until = 0.0
            self._state.notify_all()

    def keep(self, frame: int, image: Image) -> None:
        """Copy the key frame that `find` just decoded: who looks for a place comes by again, and
        then it need not be decoded once more."""
        if frame not in self.store and frame in self._all_keys:
            self.store.put(frame, image)
            self._on_stored(frame)

    def offer(self, frame: int, image: Image) -> None:
        """This frame was decoded anyway; its copies need not be decoded again."""
        if self._due(frame):
            with self._state:
                self._offers[frame] = image
                while len(self._offers) > _OFFERS:
                    self._offers.popitem(last=False)

    def want(self, frames: Iterable[int]) -> None:
        """Make copies of these first (thumbnails); replaces what was wanted before."""
        with self._state:
            self._wanted = OrderedDict.fromkeys(f for f in frames if f not in self.store)
            self._state.notify_all()

    def expect(self, frames: Iterable[int]) -> None:
        """The person may go to these next, soonest first: they get lossless copies first, and those
        are the last to make room."""
        with self._state:
            told = list(frames)[:_EXPECTED]
            for frame in reversed(told):
                self._expected[frame] = None
                self._expected.move_to_end(frame, last=False)
            while len(self._expected) > _EXPECTED:
                self._expected.popitem()

    def close(self) -> None:
        """End the thread and let go of the files."""
        with self._state:
            self._closing = True
            self._state.notify_all()
        self._thread.join()
        self._packers.close()
        with self._intra_lock:
            if self._intra is not None:
                self._intra.close()
                self._intra = None
        self.store.close()
        if self.exact is not None:
            self.exact.close()

    # -- the thread

    def _serve(self) -> None:
        media: Media | None = None
        try:
            while self._wait():
                if self._shrink():
                    continue
                task = self._next()
                if task is None:
                    with self._state:
                        self._state.wait(_IDLE_S)
                    continue
                image: Image | Picture | None = task.image
                try:
                    if image is None:
                        media = media or self._ref.open()
                        image = self._take(media, task.frame)
                except (MediaError, IndexError):
                    self._broken.add(task.frame)
                    continue
                if image is not None:
                    self._packers.give(task.frame, partial(self._pack, task, image))
                elif task.stores == (self.store,):
                    with self._state:  # asked for; put off, not forgotten
                        self._wanted.setdefault(task.frame, None)
        finally:
            if media is not None:
                media.close()

    def _take(self, media: Media, frame: int) -> Image | Picture | None:
        """A frame to copy; None if the person is at work again."""
        from annotator.io.media.video import VideoFile

        if isinstance(media, VideoFile):
            return media.picture_unless(frame, self._must_yield)
        return media.read_unless(frame, self._must_yield)

    def _pack(self, task: _Task, image: Image | Picture) -> None:
        for store in task.stores:
            try:
                store.put(task.frame, image)
            finally:
                if task.frame not in store and not store.full:
                    self._broken.add(task.frame)  # no copy can be made of it
        if task.stores:
            self._on_stored(task.frame)

    def _packed(self) -> None:
        with self._state:
            self._state.notify_all()

    def _wait(self) -> bool:
        """Until nobody works and there is room for another picture; False when closing."""
        with self._state:
            while not self._closing:
                left = self._busy_until - time.monotonic()
                if left <= 0 and self._packers.free:
                    return True
                self._state.wait(left if left > 0 else None)
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

    def _next(self) -> _Task | None:
        """What to copy now; None for nothing."""
        with self._state:
            offered = self._offers.popitem(last=False) if self._offers else None
            while offered is None and self._wanted:
                frame, _ = self._wanted.popitem(last=False)
                if frame not in self.store and frame not in self._broken:
                    return _Task(frame, (self.store,))
        if offered is not None:
            return self._task(*offered)
        key = self._next_key()
        if key is not None:
            return _Task(key[0], (self.store,), key[1])
        due = self._next_exact()
        if due is not None:
            return self._task(due)
        due = self.store.missing(self._at) if self._sweeps else None
        if due is None:
            return None
        self._at = due + 1
        return None if due in self._broken | self._packers.frames else _Task(due, (self.store,))

    def _due(self, frame: int) -> tuple[ProxyStore, ...]:
        """Stores that should have a copy of the frame and do not."""
        if not self._sweeps:
            return ()
        stores = (self.store,) if self.exact is None else (self.store, self.exact)
        return tuple(s for s in stores if frame % s.stride == 0 and frame not in s)

    def _task(self, frame: int, image: Image | None = None) -> _Task:
        """All copies that the frame should have, decoded once for all of them."""
        stores = self._due(frame)
        if self.exact in stores:
            self._room_for(frame)
        return _Task(frame, stores, image)

    def _next_exact(self) -> int | None:
        """The frame to copy without loss now: one that is expected, else the first that is missing
        in the group of pictures nearest to the person, since decoding goes from its start."""
        if self.exact is None or self._groups is None:
            return None
        skipped = self._broken | self._packers.frames
        with self._state:
            expected = [f for f in self._expected if f not in self.exact and f not in skipped]
        if expected:
            frame = expected[0]
        else:
            due = np.setdiff1d(self.exact.without(), np.array(list(skipped), np.int64))
            if not len(due):
                return None
            group = np.searchsorted(self._groups, due, side="right")
            here = np.searchsorted(self._groups, self._place, side="right")
            frame = int(due[np.argmin(np.abs(group - here))])
        return frame if self._room_for(frame) else None

    def _room_for(self, frame: int) -> bool:
        """Whether a lossless copy may be kept; those far from the person make room for one that is
        expected, or half as far at most: not for each other."""
        assert self.exact is not None
        with self._state:
            spared = tuple(self._expected)
        reach = 0 if frame in spared else 2 * abs(frame - self._place)
        while self.exact.full:
            there = self.exact.farthest(self._place, spared)
            if there is None or abs(there - self._place) <= reach:
                return False
            self.exact.drop(there)
        return True

    def _shrink(self) -> bool:
        """Whether a copy had to go: the disk may have become fuller meanwhile."""
        stores = (self.store, self.exact)
        return any(store.shrink(self._place) for store in stores if store is not None)

    def _must_yield(self) -> bool:
        return self._closing or time.monotonic() < self._busy_until


def _key_frames(media: Media) -> set[int]:
    """Frames to copy first: key frames of a video, `_KEYS` of them at most, spread evenly."""
    from annotator.io.media.video import VideoFile

    if not isinstance(media, VideoFile) or media.index.counted:
        return set()
    keys = media.index.key_frame
    return {int(f) for f in keys[:: max(-(-len(keys) // _KEYS), 1)]}


def _groups(media: Media) -> np.ndarray | None:
    """First frames of the groups of pictures in which lossless copies are made, ascending; None
    where each frame of the media is quick to decode."""
    from annotator.io.media.video import VideoFile

    if not isinstance(media, VideoFile):
        return None
    keys = media.index.key_frame
    if len(keys) * _QUICK >= len(media):
        return None
    return np.union1d(keys, np.arange(0, len(media), _GROUP))
