"""Resizing and padding of feature maps."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.nn import functional as F


def resize(x: Tensor, size: Sequence[int]) -> Tensor:
    """Bilinear resize [B, C, H, W] to `size` = (height, width), align_corners=False."""
    if tuple(x.shape[-2:]) == tuple(size):
        return x
    return F.interpolate(x, tuple(size), mode="bilinear", align_corners=False)


def pad_to_multiple(x: Tensor, multiple: int) -> tuple[Tensor, tuple[int, int, int, int]]:
    """Pads [..., H, W] with zeros on both sides until both sizes are multiples.

    Returns the padded tensor and (left, right, top, bottom) for `unpad`.
    """
    h, w = x.shape[-2:]
    dy, dx = -h % multiple, -w % multiple
    pad = (dx // 2, dx - dx // 2, dy // 2, dy - dy // 2)
    return F.pad(x, pad), pad


def unpad(x: Tensor, pad: tuple[int, int, int, int]) -> Tensor:
    """Cuts [..., H, W] back to the size before `pad_to_multiple`."""
    left, right, top, bottom = pad
    h, w = x.shape[-2:]
    return x[..., top : h - bottom, left : w - right]
