"""Loss of RCRNet, FGPLG and RCRNet+NER."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def saliency_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Binary cross entropy, a mean over the pixels of an image or frame: [B, 1, H, W] -> scalar.

    `labels` in [0, 1]; soft values, from a bilinear resize or a pseudo-label, are allowed.
    """
    return F.binary_cross_entropy_with_logits(logits, labels)


def clip_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Sum over the T frames of a clip of the mean per frame: [B, T, 1, H, W] -> scalar."""
    return saliency_loss(logits, labels) * logits.shape[1]
