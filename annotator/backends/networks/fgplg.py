"""FGPLG fills the frames between two key frames (Yan et al., ICCV 2019)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import Control, FillRequest, FitRequest, FitUpdate, KeyFrame
from annotator.backends.networks.fitting import fit
from annotator.backends.networks.flow import ClipFlow
from annotator.backends.networks.masks import to_result
from annotator.backends.networks.memory import Ladder, Rung, cancellable
from annotator.backends.networks.triples import TripleLesson
from annotator.backends.networks.warm import networks
from annotator.core.types import FrameReader, FrameResult
from models.inference import autocast
from models.rcrnet.fgplg import FGPLG
from models.rcrnet.predict import predict_between

Maps = NDArray[np.float32]


def interpolator() -> FgplgInterpolator:
    return FgplgInterpolator()


def scaled(size: int, rung: Rung) -> tuple[int, int]:
    """Input size on a rung of the ladder: a multiple of 16 in both directions."""
    side = max(round(size * rung.scale / 16), 4) * 16
    return side, side


class FgplgInterpolator:
    """Each frame from its two nearest key frames, never from another filled one."""

    def fit(
        self, reader: FrameReader, request: FitRequest, control: Control
    ) -> Iterator[FitUpdate]:
        yield from fit(TripleLesson(reader, request), request, control)

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        ladder = Ladder(request.runtime.device, 1, control)
        with cancellable(control):
            for frame in request.frames:
                control.checkpoint()
                objects, keys = _bracketed(frame, request)
                if not objects:
                    continue

                def between(
                    rung: Rung,
                    frame: int = frame,
                    objects: Sequence[int] = objects,
                    keys: Sequence[tuple[KeyFrame, KeyFrame]] = keys,
                ) -> Maps:
                    return _predict(reader, request, rung, frame, objects, keys)

                yield to_result(frame, ladder.attempt(between), objects)


def _bracketed(
    frame: int, request: FillRequest
) -> tuple[list[int], list[tuple[KeyFrame, KeyFrame]]]:
    """Objects that are known on both sides of a frame, with their two nearest key frames."""
    objects, pairs = [], []
    for object_id in request.objects:
        known = [key for key in request.keys if object_id in key.objects]
        before = [key for key in known if key.frame < frame]
        after = [key for key in known if key.frame > frame]
        if before and after:
            objects.append(object_id)
            pairs.append((before[-1], after[0]))
    return objects, pairs


def _predict(
    reader: FrameReader,
    request: FillRequest,
    rung: Rung,
    frame: int,
    objects: Sequence[int],
    keys: Sequence[tuple[KeyFrame, KeyFrame]],
) -> Maps:
    """Probabilities float32 [K, H, W] of the objects of one frame, one pass per object."""
    net = networks.get("fgplg", request.runtime.weights, rung.device)
    assert isinstance(net, FGPLG)
    size = scaled(request.options["size"], rung)
    flow = ClipFlow(reader, request.runtime, size)
    picture = reader.read(frame)[None]
    maps = []
    with autocast(rung.device, rung.half):
        for object_id, pair in zip(objects, keys, strict=True):
            labels = np.stack([key.label_map == object_id for key in pair]).astype(np.float32)
            fields = [flow.between(frame, key.frame) for key in pair]
            flows = np.stack(fields).transpose(0, 3, 1, 2)
            maps.append(predict_between(net, picture, labels[None], flows[None], size)[0])
    return np.stack(maps)
