"""Loss of NPMCA-net: the IoU of soft masks, as AGSS-VOS takes it (Lin et al., ICCV 2019)."""

from __future__ import annotations

from torch import Tensor

EPSILON = 1e-7


def iou_loss(probability: Tensor, target: Tensor) -> Tensor:
    """1 - sum min(p, y) / (sum max(p, y) + 1e-7), mean over maps [..., H, W] in [0, 1].

    The product form would punish maps that are soft where the target is soft.
    """
    inter = probability.minimum(target).sum((-2, -1))
    union = probability.maximum(target).sum((-2, -1))
    return (1 - inter / (union + EPSILON)).mean()
