"""Optical flow between neighbours, and how a frame maps to the one it is tracked from."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.embedded.dis import Dis
from annotator.backends.embedded.views import Byte, Float, Views, pixel_grid, sample
from annotator.backends.embedded.work_pool import Begun, WorkPool
from annotator.core.errors import MediaError

FLOW_BYTES = 96 << 20
MAX_FLOWS = 48
AHEAD = 4
"""Motions that are computed before they are asked for, at most."""

Flow = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Motion:
    """How frame t maps to the neighbour it is tracked from, at the working size.

    Attributes:
        coords: float32 [H, W, 2], where each pixel lies in the neighbour.
        occluded: float32 [H, W] in [0, 1]; 1 where forward and backward flow disagree.
    """

    coords: Float
    occluded: Float


def make_motion(back: Float, forth: Float, scale: float) -> Motion:
    """`back`: flow from t to the neighbour; `forth`: from the neighbour to t."""
    coords = pixel_grid(*back.shape[:2]) + back
    gap, length = _length(back + sample(forth, coords)), _length(back)
    occluded = (gap - 0.5 * scale - 0.02 * length) / (1.5 * scale + 0.05 * length)
    return Motion(coords, np.clip(occluded, 0, 1))


def _length(vectors: Float) -> Float:
    """Of each vector of [H, W, 2]; NumPy's own norm is slow along so short an axis."""
    x, y = vectors[..., 0], vectors[..., 1]
    return np.sqrt(x * x + y * y)


class Motions:
    """Computes motions on demand or ahead of it; keeps a bounded number of flows."""

    def __init__(self, views: Views, pool: WorkPool) -> None:
        self._views, self._pool = views, pool
        height, width = views.size.shape
        self._max_flows = min(MAX_FLOWS, max(4, FLOW_BYTES // (height * width * 4)))
        self._flows: OrderedDict[tuple[int, int], Flow] = OrderedDict()
        self._begun: OrderedDict[tuple[int, int], Begun[_Found]] = OrderedDict()
        self._dis = Dis(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def between(self, frame: int, neighbour: int) -> Motion:
        """How `frame` maps to its neighbour. Raises MediaError."""
        begun = self._begun.pop((frame, neighbour), None)
        if begun is None:
            begun = self._begin(frame, neighbour)
        self._views.control.checkpoint()
        back, forth, motion = begun.result()
        self._views.control.checkpoint()
        self._keep((frame, neighbour), back)
        self._keep((neighbour, frame), forth)
        return motion

    def expect(self, frame: int, neighbour: int) -> None:
        """This motion will be asked for soon."""
        if (frame, neighbour) in self._begun:
            return
        # A frame that cannot be read is told when it is its turn.
        with suppress(MediaError):
            self._begun[frame, neighbour] = self._begin(frame, neighbour)
        while len(self._begun) > AHEAD:
            self._begun.popitem(last=False)

    def _begin(self, frame: int, neighbour: int) -> Begun[_Found]:
        first, second = self._views.view(frame).grey, self._views.view(neighbour).grey
        known = self._flows.get((frame, neighbour)), self._flows.get((neighbour, frame))
        return self._pool.begin(partial(self._find, first, second, known))

    def _find(self, first: Byte, second: Byte, known: tuple[Flow | None, Flow | None]) -> _Found:
        there, here = known
        begun = self._pool.begin(partial(self._flow, second, first)) if here is None else None
        if there is None:
            there = self._flow(first, second)
        if begun is not None:
            here = begun.result()
        assert here is not None
        scale = self._views.scale
        return there, here, make_motion(there.astype(np.float32), here.astype(np.float32), scale)

    def _flow(self, source: Byte, target: Byte) -> Flow:
        """See `Dis`; half as many bytes."""
        return self._dis(source, target).astype(np.float16)

    def _keep(self, pair: tuple[int, int], flow: Flow) -> None:
        self._flows[pair] = flow
        self._flows.move_to_end(pair)
        while len(self._flows) > self._max_flows:
            self._flows.popitem(last=False)


_Found = tuple[Flow, Flow, Motion]
"""Flow to the neighbour, flow back from it, and what both mean."""
