"""Losses of DCFM (Yu et al., CVPR 2022): IoU of object and background, self-contrast."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

CONTRAST_WEIGHT = 0.1
EPSILON = 1e-5


def iou_loss(prediction: Tensor, target: Tensor) -> Tensor:
    """1 - I / (U + 1e-5) in product form, mean over the images; maps [B, 1, H, W] in [0, 1]."""
    inter = (prediction * target).sum((1, 2, 3))
    union = (prediction + target).sum((1, 2, 3)) - inter
    return (1 - inter / (union + EPSILON)).mean()


def multi_level_iou(logits: Sequence[Tensor], target: Tensor) -> Tensor:
    """Object IoU loss plus background IoU loss, summed over the levels of the decoder."""
    maps = [level.sigmoid() for level in logits]
    return torch.stack([iou_loss(p, target) + iou_loss(1 - p, 1 - target) for p in maps]).sum()


def self_contrastive_loss(prototype: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
    """SCL: the prototype [1, C, 1, 1] near the object's and far from the background's.

    Cosines c are taken as (1 + c) / 2 in [0, 1].
    """
    near = _similarity(prototype, positive)
    far = _similarity(prototype, negative)
    return -(near + EPSILON).log() - (1 - far + EPSILON).log()


def _similarity(a: Tensor, b: Tensor) -> Tensor:
    a, b = a.flatten(), b.flatten()
    return (1 + (a * b).sum() / (a.norm() * b.norm() + EPSILON)) / 2


def group_loss(
    logits: Sequence[Tensor],
    target: Tensor,
    prototype: Tensor,
    positive: Tensor,
    negative: Tensor,
) -> Tensor:
    """Total of one group: IoU over the levels + 0.1 x self-contrast."""
    contrast = self_contrastive_loss(prototype, positive, negative)
    return multi_level_iou(logits, target) + CONTRAST_WEIGHT * contrast
