"""Saliency without weights: what the border of a picture does not reach, and what moves apart.

* Colour: geodesic distance to the border of the picture (Wei, Wen, Zhu and Sun, "Geodesic saliency
  using background priors", ECCV 2012): the border is taken for background, and what can only be
  reached across strong edges stands out.
* Motion: what is left of the flow after the camera's homography.
* Common: colours that are salient again and again over a group of frames and rare elsewhere.

All of it happens at about 240 lines. Maps are float32 [h, w] in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.embedded.colour import ColourTable
from annotator.backends.embedded.cut import min_cut
from annotator.backends.embedded.dis import Dis
from annotator.backends.embedded.patches import Patches
from annotator.backends.embedded.views import pixel_grid
from annotator.backends.embedded.work_pool import WorkPool
from annotator.backends.saliency.steps import Map, low_level
from annotator.core.types import Image

AREA = 240 * 427
LEVEL = 0.45
"""Typical value of the product of two stretched maps on the outline of an object."""
_SALIENT, _COMMON, _COMMON_LIMIT = 0.9, 0.6, 3.0
_SMOOTH = 1.0
_ROUNDS = 3
_CUT = 40.0
"""Mean difference of two pictures, in grey levels, from which they show different scenes."""
_FLAT = 2.0
"""Grey levels of deviation below which a picture shows nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """One frame, small, and what stands out on it.

    Attributes:
        lab: uint8 [h, w, 3].
        colour: colour saliency.
        motion: motion saliency; zeros where there is no neighbour that shows the same scene.
    """

    lab: NDArray[np.uint8]
    colour: Map
    motion: Map

    @property
    def low(self) -> Map:
        """Low-level saliency (eq. 6), stretched; colour alone where nothing moves apart."""
        if not self.motion.any():
            return self.colour
        return stretch(low_level(self.motion, self.colour))


def reduce(image: Image) -> Image:
    """The picture uint8 [H, W, 3] at about 240 lines; smaller ones stay as they are."""
    height, width = image.shape[:2]
    factor = min(1.0, (AREA / (height * width)) ** 0.5)
    if factor == 1.0:
        return np.ascontiguousarray(image)
    size = max(16, round(width * factor)), max(16, round(height * factor))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def stretch(values: Map) -> Map:
    """Clips 5 % below and 0.5 % above and stretches the rest to [0, 1]; a flat map becomes 0."""
    low, high = np.percentile(values, (5, 99.5))
    if high - low < 1e-6:
        return np.zeros_like(values)
    return np.clip((values - low) / (high - low), 0, 1).astype(np.float32)


def colour_saliency(lab: NDArray[np.uint8]) -> Map:
    """Geodesic distance to the border of uint8 [h, w, 3], stretched."""
    height, width = lab.shape[:2]
    if min(height, width) < 8 or float(lab.std(axis=(0, 1)).max()) < _FLAT:
        return np.zeros((height, width), np.float32)
    patches = Patches(np.ascontiguousarray(lab))
    edge = np.zeros((height, width), bool)
    edge[[0, -1]] = edge[:, [0, -1]] = True
    belief = np.zeros(patches.count, np.float32)
    far = patches.distance(belief, patches.holding(edge), (0.0, 0.5, 1.0))
    return stretch(far[patches.label])


def residual_motion(flow: NDArray[np.float32]) -> Map:
    """How far each pixel moves apart from the camera's motion, stretched.

    Args:
        flow: float32 [h, w, 2], pixels.

    The camera's motion is a homography (RANSAC). Lengths are seen against the typical residual, so
    that noise of the flow is not salient.
    """
    height, width = flow.shape[:2]
    grid, step = pixel_grid(height, width), 8
    pick = np.s_[step // 2 :: step, step // 2 :: step]
    start, end = grid[pick].reshape(-1, 2), (grid + flow)[pick].reshape(-1, 2)
    rest = flow
    if len(start) >= 8:
        cv2.setRNGSeed(1)  # RANSAC draws from OpenCV's generator: same input, same result
        camera, _ = cv2.findHomography(start, end, cv2.RANSAC, 0.7, maxIters=500)
        if camera is not None:
            moved = cv2.perspectiveTransform(grid.reshape(-1, 1, 2), camera)
            rest = flow - (moved.reshape(height, width, 2) - grid)
    length = np.linalg.norm(rest, axis=2)
    if float(length.max()) < 0.3:
        return np.zeros((height, width), np.float32)
    typical = 2 * float(np.median(length)) + 0.3
    return stretch((length / (length + typical)).astype(np.float32))


class SmallFlow:
    """DIS flow, fast preset, between small frames."""

    def __init__(self) -> None:
        self._dis = Dis(cv2.DISOPTICAL_FLOW_PRESET_FAST)

    def __call__(self, first: Image, second: Image) -> NDArray[np.float32]:
        """Flow float32 [h, w, 2] from `first` to `second`, uint8 [h, w, 3]."""
        height, width = first.shape[:2]
        if min(height, width) < 32:  # the coarsest level of the pyramid needs some patches
            return np.zeros((height, width, 2), np.float32)
        one, other = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (first, second))
        return self._dis(one, other)


def glance(image: Image, others: Sequence[Image], flow: SmallFlow) -> Glance:
    """Looks at a small frame; `others` are its neighbours, none to two of them."""
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
    moving = [residual_motion(flow(image, other)) for other in others if same_scene(image, other)]
    motion = np.mean(moving, axis=0) if moving else np.zeros(lab.shape[:2])
    return Glance(lab, colour_saliency(lab), motion.astype(np.float32))


def same_scene(image: Image, other: Image) -> bool:
    """False across a cut, and for pictures that are no frames of one clip."""
    if image.shape != other.shape:
        return False
    return float(cv2.absdiff(image, other).mean()) < _CUT


def log_odds(salient: Map) -> Map:
    """Of a stretched map, above 0 for what is probably an object."""
    near = np.clip(salient, 0.02, 0.98)
    return np.log(near / (1 - near)) - np.float32(np.log(LEVEL / (1 - LEVEL)))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Soft map and mask (bool [h, w]) of what is salient on one frame."""

    soft: Map
    mask: NDArray[np.bool_]


class CommonColours:
    """Learns from a group of glances which colours belong to what they have in common.

    Args:
        group: glances of frames of one clip; their colours are pooled.
    """

    def __init__(self, group: Sequence[Glance]) -> None:
        believed = [glanced.low for glanced in group]
        self._table: ColourTable | None = None
        with WorkPool() as pool:
            for _ in range(_ROUNDS):
                self._table = _pooled(group, believed)
                finds = [partial(self.find, glanced) for glanced in group]
                believed = [found.soft for found in pool.each(finds)]

    def find(self, glanced: Glance) -> Found:
        """The common object on one frame, from its saliency and the common colours."""
        assert self._table is not None
        return cut_out(common_odds(self._table, glanced.low, glanced.lab), glanced.lab)


def common_odds(table: ColourTable, salient: Map, lab: NDArray[np.uint8]) -> Map:
    """Log odds float32 [h, w] of an object with the colours of a table and a stretched map."""
    common = np.clip(table.ratio(lab), -_COMMON_LIMIT, _COMMON_LIMIT)
    # A flat map says nothing, rather than that nothing is there.
    odds = _COMMON * common + (_SALIENT * log_odds(salient) if salient.any() else 0)
    return odds.astype(np.float32)


def cut_out(odds: Map, lab: NDArray[np.uint8]) -> Found:
    """Minimum cut along the edges of the picture; soft = half cut, half probability."""
    smooth = cv2.GaussianBlur(odds, (0, 0), 1.5)
    mask = min_cut(smooth, lab, _SMOOTH)
    soft = 0.5 * mask + 0.5 / (1 + np.exp(-smooth))
    return Found(soft.astype(np.float32), mask)


def _pooled(group: Sequence[Glance], believed: Sequence[Map]) -> ColourTable:
    lab = np.concatenate([g.lab.reshape(-1, 1, 3) for g in group])
    prob = np.concatenate([b.reshape(-1, 1) for b in believed])
    return ColourTable(lab, prob)
