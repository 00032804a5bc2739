"""The loss of the online learning."""

from __future__ import annotations

from torch import Tensor


def euclidean_loss(estimate: Tensor, target: Tensor) -> Tensor:
    """Eq. 8: sum of squared differences over 2 N; maps [N, 1, H, W] in [0, 1] -> scalar."""
    return (estimate - target).square().sum() / (2 * len(estimate))
