"""Masks without a prompt: RCRNet+NER over a range of frames, DCFM over a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import overload

import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import Control, FillRequest
from annotator.backends.networks.fgplg import scaled
from annotator.backends.networks.masks import to_result
from annotator.backends.networks.memory import Ladder, Rung, cancellable
from annotator.backends.networks.warm import networks
from annotator.core.types import FrameReader, FrameResult, Image
from models.dcfm.net import Dcfm
from models.dcfm.predict import IMAGES_AT_ONCE, predict_group
from models.inference import autocast
from models.rcrnet.ner import NER
from models.rcrnet.predict import predict_video

SoftMap = NDArray[np.float32]
Start = Callable[[Rung, int], Iterator[SoftMap]]
"""Begins to predict at the n-th frame on a rung."""


def video_saliency() -> VideoSaliency:
    return VideoSaliency()


def cosaliency() -> CoSaliency:
    return CoSaliency()


def _each(ladder: Ladder, count: int, start: Start) -> Iterator[SoftMap]:
    """`count` maps; where memory runs out in between, the rest begins anew on a lower rung."""
    maps: Iterator[SoftMap] = iter(())
    rung: Rung | None = None

    def advance(now: Rung, index: int) -> SoftMap:
        nonlocal maps, rung
        if now != rung:
            maps, rung = start(now, index), now
        with autocast(now.device, now.half):
            return next(maps)

    for index in range(count):
        yield ladder.attempt(lambda now, index=index: advance(now, index))  # type: ignore[misc]


class VideoSaliency:
    """RCRNet+NER on the asked frames, in clips that overlap by half."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        (object_id,) = request.objects
        frames = request.frames

        def start(rung: Rung, index: int) -> Iterator[SoftMap]:
            net = networks.get("ner", request.runtime.weights, rung.device)
            assert isinstance(net, NER)
            pictures = (reader.read(frame) for frame in frames[index:])
            return predict_video(net, pictures, size=scaled(request.options["size"], rung))

        ladder = Ladder(request.runtime.device, 1, control)
        with cancellable(control):
            maps = _each(ladder, len(frames), start)
            for frame, saliency in zip(frames, maps, strict=True):
                control.checkpoint()
                yield to_result(frame, saliency[None], [object_id])


class CoSaliency:
    """DCFM over all asked frames as one group."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        (object_id,) = request.objects
        pictures = _Pictures(reader, request.frames)

        def start(rung: Rung, index: int) -> Iterator[SoftMap]:
            net = networks.get("dcfm", request.runtime.weights, rung.device)
            assert isinstance(net, Dcfm)
            size = scaled(request.options["size"], rung)
            # The group stays whole, whichever of its maps are still wanted.
            return islice(predict_group(net, pictures, size, rung.batch), index, None)

        ladder = Ladder(request.runtime.device, IMAGES_AT_ONCE, control)
        with cancellable(control):
            maps = _each(ladder, len(pictures), start)
            for frame, saliency in zip(request.frames, maps, strict=True):
                control.checkpoint()
                yield to_result(frame, saliency[None], [object_id])


class _Pictures(Sequence[Image]):
    """Frames of a clip, read when they are asked for."""

    def __init__(self, reader: FrameReader, frames: Sequence[int]) -> None:
        self._reader = reader
        self._frames = frames

    def __len__(self) -> int:
        return len(self._frames)

    @overload
    def __getitem__(self, index: int) -> Image: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Image]: ...
    def __getitem__(self, index: int | slice) -> Image | Sequence[Image]:
        if isinstance(index, slice):
            return [self._reader.read(frame) for frame in self._frames[index]]
        return self._reader.read(self._frames[index])
