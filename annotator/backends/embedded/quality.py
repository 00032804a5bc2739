"""Predicts the region similarity J of a result without knowing the truth."""

from __future__ import annotations

import numpy as np

from annotator.backends.embedded.chain import Estimate


def expected_j(estimate: Estimate) -> float:
    """J between the mask and what the log odds make likely, in [0, 1]."""
    if estimate.roi is None or not estimate.mask.any():
        return 0.5
    prob = 1 / (1 + np.exp(-estimate.logits))
    inside = float(prob[estimate.mask].sum())
    union = float(estimate.mask.sum() + prob[~estimate.mask].sum())
    return inside / union


def predict(merged: Estimate, before: Estimate | None, after: Estimate | None) -> float:
    """J in [0, 1] of `merged`, made from the chains of one side or of both."""
    return expected_j(merged)
