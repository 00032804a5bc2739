"""First masks to choose from: what moves, what stands out, what a clip has in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.embedded.evidence import overlap
from annotator.backends.embedded.regressor import load
from annotator.backends.embedded.work_pool import WorkPool
from annotator.backends.saliency.classical import (
    CommonColours,
    Found,
    Glance,
    cut_out,
    log_odds,
)
from annotator.backends.saliency.steps import Map

MOST_ALIKE = 0.6
"""Masks of one frame that overlap more than this are one proposal."""
_LEAST_AREA, _MOST_AREA = 0.002, 0.7

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A mask that may be the first one of an object.

    Attributes:
        frame: index.
        source: "motion", "saliency", "cosaliency", or the id of the backend that found it.
        mask: bool [h, w], small.
        soft: float32 [h, w] in [0, 1].
        score: expected J with the object that a person would mean, in [0, 1].
    """

    frame: int
    source: str
    mask: Bits
    soft: Map
    score: float


def proposals(
    frames: Sequence[int],
    glances: Sequence[Glance],
    more: Mapping[str, Mapping[int, Map]] | None = None,
) -> list[Proposal]:
    """All proposals, the best first; of masks of one frame that hardly differ only the best.

    Args:
        frames, glances: as many frames of a clip and what was seen of each.
        more: soft maps by other backends, by backend id and frame, any size.
    """
    common = CommonColours(glances)

    def of_frame(frame: int, glanced: Glance) -> list[Proposal]:
        others = {name: maps[frame] for name, maps in (more or {}).items() if frame in maps}
        rated = [
            Proposal(frame, source, one.mask, one.soft, rate(told))
            for source, one, told in candidates(glanced, common.find(glanced), others)
        ]
        return _distinct(rated)

    looks = [partial(of_frame, *pair) for pair in zip(frames, glances, strict=True)]
    with WorkPool() as pool:
        found = [one for some in pool.each(looks) for one in some]
    return sorted(found, key=lambda p: (-p.score, p.frame))


def candidates(
    glanced: Glance, shared: Found, others: Mapping[str, Map] | None = None
) -> Iterator[tuple[str, Found, dict[str, float]]]:
    """Source, mask and description of everything on one frame that may be an object.

    Args:
        shared: what the clip has in common, on this frame.
        others: soft maps of any size by the id of the backend that made them.
    """
    wholes = [("cosaliency", shared), ("saliency", _cut(glanced.colour, glanced))]
    if glanced.motion.any():
        wholes.append(("motion", _cut(glanced.low, glanced)))
    wholes += [(name, _fitted(soft, glanced)) for name, soft in (others or {}).items()]
    for source, whole in wholes:
        for one in _parts(whole):
            yield source, one, describe(one, glanced, shared)


def rate(told: Mapping[str, float]) -> float:
    """Expected J in [0, 1]; fitted by `tools/fit_quality.py`."""
    return load("proposal")(told)


def describe(one: Found, glanced: Glance, shared: Found) -> dict[str, float]:
    """What tells how good a mask is; every value in [0, 1].

    `common`, `moving`, `standing`: J with what the clip has in common, and with what moves or
    stands out by more than half. `solid`: area over that of its convex hull. `salient`: mean
    low-level saliency in the mask. `edges`: rank of the gradient along the outline.
    """
    mask = one.mask
    return {
        "common": overlap(mask, shared.mask),
        "moving": overlap(mask, glanced.motion > 0.5),
        "standing": overlap(mask, glanced.colour > 0.5),
        "solid": _solidity(mask),
        "salient": float(glanced.low[mask].mean()),
        "edges": _edges(mask, glanced.lab),
    }


def _cut(salient: Map, glanced: Glance) -> Found:
    return cut_out(log_odds(salient), glanced.lab)


def _fitted(soft: Map, glanced: Glance) -> Found:
    height, width = glanced.lab.shape[:2]
    small = cv2.resize(soft, (width, height), interpolation=cv2.INTER_AREA)
    return Found(small, small > 0.5)


def _parts(whole: Found) -> Iterator[Found]:
    """The mask as a whole, and its largest part where that is not all of it."""
    pixels = whole.mask.size
    count, labels, stats, _ = cv2.connectedComponentsWithStats(whole.mask.astype(np.uint8))
    if _LEAST_AREA * pixels <= np.count_nonzero(whole.mask) <= _MOST_AREA * pixels:
        yield whole
    if count > 2:
        largest = labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
        if _LEAST_AREA * pixels <= np.count_nonzero(largest) <= _MOST_AREA * pixels:
            yield Found(np.where(largest, whole.soft, 0).astype(np.float32), largest)


def _distinct(rated: Sequence[Proposal]) -> list[Proposal]:
    kept: list[Proposal] = []
    for one in sorted(rated, key=lambda p: -p.score):
        if all(overlap(one.mask, other.mask) <= MOST_ALIKE for other in kept):
            kept.append(one)
    return kept


def _solidity(mask: Bits) -> float:
    points = cv2.findNonZero(mask.astype(np.uint8))
    if points is None or len(points) < 3:
        return 0.0
    hull = cv2.convexHull(points)
    # The hull runs through pixel centres: half a pixel all around is missing.
    area = cv2.contourArea(hull) + 0.5 * cv2.arcLength(hull, True) + 1
    return min(1.0, float(np.count_nonzero(mask)) / area)


def _edges(mask: Bits, lab: NDArray[np.uint8]) -> float:
    """Mean gradient rank along the outline: 0.5 is as everywhere, 1 the strongest edges."""
    grey = cv2.GaussianBlur(np.ascontiguousarray(lab[..., 0]), (0, 0), 1.0)
    slope = cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    solid, kernel = mask.astype(np.uint8), np.ones((3, 3), np.uint8)
    line = cv2.dilate(solid, kernel) != cv2.erode(solid, kernel)
    if not line.any():
        return 0.0
    ranks = np.searchsorted(np.sort(slope[::4, ::4].ravel()), slope[line])
    return float(ranks.mean()) / max(1, slope[::4, ::4].size)
