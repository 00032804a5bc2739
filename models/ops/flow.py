"""Optical flow: fields are [B, 2, H, W] in pixels, (dx, dy), x to the right and y down."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from .resize import resize


def warp(source: Tensor, flow: Tensor) -> Tensor:
    """Backward warp: out(x, y) = source(x + dx, y + dy), bilinear, clamped to the border.

    `source` [B, C, H, W] is the frame the flow points to; `flow` [B, 2, H, W] belongs to the frame
    that receives it.
    """
    b, _, h, w = flow.shape
    y, x = torch.meshgrid(
        torch.arange(h, dtype=flow.dtype, device=flow.device),
        torch.arange(w, dtype=flow.dtype, device=flow.device),
        indexing="ij",
    )
    # grid_sample wants -1..1 over the pixel centres; a single row or column has no extent.
    gx = (x + flow[:, 0]) * (2 / max(w - 1, 1)) - 1
    gy = (y + flow[:, 1]) * (2 / max(h - 1, 1)) - 1
    grid = torch.stack([gx, gy], dim=-1).view(b, h, w, 2)
    return F.grid_sample(
        source.to(flow.dtype), grid, mode="bilinear", padding_mode="border", align_corners=True
    )


def magnitude(flow: Tensor) -> Tensor:
    """Length of the vectors [B, 1, H, W] in units of the image size; 1 is one width or height.

    sqrt((dx / W)^2 + (dy / H)^2), Yan et al., ICCV 2019; not clipped, so it may exceed 1.
    """
    h, w = flow.shape[-2:]
    scale = flow.new_tensor([w, h]).view(1, 2, 1, 1)
    return (flow / scale).square().sum(1, keepdim=True).sqrt()


def resize_flow(flow: Tensor, size: Sequence[int]) -> Tensor:
    """Bilinear resize of a field to (height, width); the vectors scale with the image."""
    h, w = flow.shape[-2:]
    scale = flow.new_tensor([size[1] / w, size[0] / h]).view(1, 2, 1, 1)
    return resize(flow, size) * scale
