"""FGPLG fills the frames between two key frames (Yan et al., ICCV 2019)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
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
                ) -> tuple[Maps, list[float]]:
                    return _predict(reader, request, rung, frame, objects, keys)

                maps, agreements = ladder.attempt(between)
                result = to_result(frame, maps, objects)
                quality = {
                    o: math.sqrt(result.quality[o] * agreement)
                    for o, agreement in zip(objects, agreements, strict=True)
                }
                yield replace(result, quality=quality)


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
) -> tuple[Maps, list[float]]:
    """Probabilities float32 [K, H, W] of the objects of one frame, one pass per object; and how far
    each agrees with the better of the two masks that the flow carries here (J, 0 to 1)."""
    net = networks.get("fgplg", request.runtime.weights, rung.device)
    assert isinstance(net, FGPLG)
    size = scaled(request.options["size"], rung)
    flow = ClipFlow(reader, request.runtime, size)
    picture = reader.read(frame)[None]
    maps, agreements = [], []
    with autocast(rung.device, rung.half):
        for object_id, pair in zip(objects, keys, strict=True):
            labels = np.stack([key.label_map == object_id for key in pair]).astype(np.float32)
            fields = [flow.between(frame, key.frame) for key in pair]
            flows = np.stack(fields).transpose(0, 3, 1, 2)
            found = predict_between(net, picture, labels[None], flows[None], size)[0]
            maps.append(found)
            sides = [
                _overlap(found, _carried(label, field))
                for label, field in zip(labels, fields, strict=True)
            ]
            agreements.append(max(sides))
    return np.stack(maps), agreements


def _carried(label: Maps, flow: Maps) -> Maps:
    """A label float32 [H, W] where the flow [h, w, 2] finds it, float32 [h, w]."""
    height, width = flow.shape[:2]
    small = cv2.resize(label, (width, height), interpolation=cv2.INTER_AREA)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(
        cv2.remap(
            small, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    )  # fmt: skip


def _overlap(found: Maps, carried: Maps) -> float:
    """J of two soft masks of different size; 1 where both are empty."""
    height, width = carried.shape
    one = cv2.resize(found, (width, height), interpolation=cv2.INTER_AREA) > 0.5
    other = carried > 0.5
    union = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / union if union else 1.0
