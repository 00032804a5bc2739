"""Predicts the region similarity J of a result without knowing the truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.views import Float

ABSENT, LOST = 0.9, 0.1
"""For an empty mask: said to be absent by a key frame, or lost on the way from one."""


def expected_j(logits: Float, mask: NDArray[np.bool_]) -> float:
    """J between `mask` (not empty) and what the log odds make likely, in [0, 1].

    Two sides that disagree give log odds near 0, drift makes the cues contradict each other: both
    show here.
    """
    prob = 1 / (1 + np.exp(-logits))
    inside = float(prob[mask].sum())
    return inside / float(np.count_nonzero(mask) + prob[~mask].sum())


def predict(merged: Estimate) -> float:
    """J in [0, 1]; the curve was fitted on the dev_train subset of docs/embedded.md."""
    if not merged.mask.any():
        absent = merged.roi is None and not merged.lost
        return ABSENT if absent else LOST
    e = expected_j(merged.logits, merged.mask)
    return float(1 / (1 + np.exp(1.33 - 1.86 * e - 2.79 * e * e)))
