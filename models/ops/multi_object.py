"""Probabilities of several objects, each found alone, brought together."""

from __future__ import annotations

import torch
from torch import Tensor

EPSILON = 1e-7
"""Probabilities are clamped to [EPSILON, 1 - EPSILON] before their odds are taken."""


def soft_aggregate(probabilities: Tensor) -> Tensor:
    """Soft aggregation (NPMCA thesis, eq. 3.8, after RGMP): odds of the objects and the background.

    Args:
        probabilities: [..., K, H, W] in [0, 1], each object against everything else.

    Returns:
        [..., K + 1, H, W], background first; sums to 1 over the objects and the background. The
        background's own probability is the product of (1 - p), as STM takes it.
    """
    background = (1 - probabilities).prod(-3, keepdim=True)
    together = torch.cat([background, probabilities], -3).clamp(EPSILON, 1 - EPSILON)
    return together.logit().softmax(-3)
