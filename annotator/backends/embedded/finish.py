"""From estimates at the working size to a label map at the media's own size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import KeyFrame
from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.cut import LIMIT
from annotator.backends.embedded.views import Float, Views
from annotator.core.types import VOID, LabelMap, SoftMap

RADIUS = 4
"""Half the window of the guided filter, in working pixels."""
EDGE = 1e-3
"""Regulariser of the guided filter for images in [0, 1]."""
LEVELS = 15
"""Steps of a soft map: finer ones would be noise, and weigh four times as much on disk."""


class Finisher:
    """Draws the objects of one frame into a label map."""

    def __init__(self, views: Views, objects: Iterable[int]) -> None:
        self._views = views
        self._objects = sorted(objects)

    def label_map(
        self, frame: int, estimates: Mapping[int, Estimate], known: KeyFrame | None
    ) -> LabelMap:
        """uint8 [H, W] at full size; objects known on this frame keep their pixels."""
        views = self._views
        out = np.zeros(views.full.shape, np.uint8)
        if views.size == views.full:
            for object_id, estimate in sorted(estimates.items()):
                if estimate.roi is not None:
                    out[estimate.roi][estimate.mask] = object_id
        else:
            self._enlarge(frame, estimates, out)
        if known is not None:
            # Nothing may grow over what is known here, whether or not it was asked for.
            fixed = np.isin(known.label_map, sorted(known.objects - {0, VOID}))
            asked = np.isin(known.label_map, self._objects)
            out[fixed] = np.where(asked, known.label_map, 0)[fixed]
        return out

    def soft_maps(
        self, estimates: Mapping[int, Estimate], label_map: LabelMap
    ) -> dict[int, SoftMap]:
        """Probability of each object, float32 [H, W] in [0, 1], above 0.5 just where its mask is.

        Where the minimum cut overruled the probabilities, the map is as undecided as it can be.
        """
        width, height = self._views.full
        maps: dict[int, SoftMap] = {}
        for object_id, estimate in estimates.items():
            mask = label_map == object_id
            if estimate.roi is None:
                maps[object_id] = mask.astype(np.float32)
                continue
            prob = np.zeros(self._views.size.shape, np.float32)
            prob[estimate.roi] = 1 / (1 + np.exp(-np.clip(estimate.logits, -LIMIT, LIMIT)))
            level = np.rint(cv2.resize(prob, (width, height)) * LEVELS)
            half = LEVELS // 2
            level = np.where(mask, np.maximum(level, half + 1), np.minimum(level, half))
            maps[object_id] = (level / LEVELS).astype(np.float32)
        return maps

    def _enlarge(self, frame: int, estimates: Mapping[int, Estimate], out: LabelMap) -> None:
        views = self._views
        width, height = views.full
        present = {k: e for k, e in estimates.items() if e.roi is not None and e.mask.any()}
        if not present:
            return
        small_guide = views.view(frame).lab[..., 0].astype(np.float32) * np.float32(1 / 255)
        views.control.checkpoint()
        lightness = cv2.cvtColor(np.ascontiguousarray(views.read_full(frame)), cv2.COLOR_RGB2LAB)
        guide = lightness[..., 0]
        best = np.full((height, width), 0.5, np.float32)
        for object_id, estimate in sorted(present.items()):
            views.control.checkpoint()
            prob = np.zeros(views.size.shape, np.float32)
            prob[estimate.roi] = estimate.mask
            slope, offset = guided_line(small_guide, prob)
            fine = self._apply(slope, offset, guide)
            better = fine > best
            out[better] = object_id
            best[better] = fine[better]

    def _apply(self, slope: Float, offset: Float, guide: NDArray[np.uint8]) -> Float:
        size = (guide.shape[1], guide.shape[0])
        fine: Float = cv2.resize(slope, size, interpolation=cv2.INTER_LINEAR)
        fine *= guide
        fine *= np.float32(1 / 255)
        fine += cv2.resize(offset, size, interpolation=cv2.INTER_LINEAR)
        return fine


def guided_line(guide: Float, prob: Float) -> tuple[Float, Float]:
    """Coefficients a, b of the guided filter prob ~ a * guide + b (He & Sun, "Fast guided
    filter", 2015): computed at the working size, applied to the full-size guide."""
    side = (2 * RADIUS + 1, 2 * RADIUS + 1)
    mean, target = cv2.blur(guide, side), cv2.blur(prob, side)
    cov = cv2.blur(guide * prob, side) - mean * target
    slope = cov / (cv2.blur(guide * guide, side) - mean * mean + EDGE)
    offset = target - slope * mean
    return cv2.blur(slope, side), cv2.blur(offset, side)
