"""Predicts the region similarity J of a result without knowing the truth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from annotator.backends.embedded.chain import Estimate

Float = NDArray[np.float32]


def expected_j(logits: Float, mask: NDArray[np.bool_]) -> float:
    """J between `mask` and what the log odds make likely, in [0, 1]; 0 for an empty mask."""
    if not mask.any():
        return 0.0
    prob = 1 / (1 + np.exp(-logits))
    inside = float(prob[mask].sum())
    return inside / float(np.count_nonzero(mask) + prob[~mask].sum())


def agreement(before: Estimate, after: Estimate) -> float:
    """J between the cuts of both sides, in [0, 1]; 1 where both find nothing."""
    areas = int(before.mask.sum()) + int(after.mask.sum())
    if areas == 0:
        return 1.0
    if before.roi is None or after.roi is None:
        return 0.0
    (rows_a, cols_a), (rows_b, cols_b) = before.roi, after.roi
    y0, y1 = max(rows_a.start, rows_b.start), min(rows_a.stop, rows_b.stop)
    x0, x1 = max(cols_a.start, cols_b.start), min(cols_a.stop, cols_b.stop)
    if y0 >= y1 or x0 >= x1:
        return 0.0
    part_a = before.mask[
        y0 - rows_a.start : y1 - rows_a.start, x0 - cols_a.start : x1 - cols_a.start
    ]
    part_b = after.mask[
        y0 - rows_b.start : y1 - rows_b.start, x0 - cols_b.start : x1 - cols_b.start
    ]
    common = int((part_a & part_b).sum())
    return common / (areas - common)


def cues(merged: Estimate, before: Estimate | None, after: Estimate | None) -> list[float]:
    one = before if after is None else after
    assert one is not None
    both = one.health if before is None or after is None else agreement(before, after)
    return [
        expected_j(merged.logits, merged.mask),
        merged.health,
        both,
        math.log1p(merged.distance),
    ]


def predict(merged: Estimate, before: Estimate | None, after: Estimate | None) -> float:
    """J in [0, 1] of `merged`, made from the chains of one side or of both."""
    return expected_j(merged.logits, merged.mask)
