"""Refinement blocks of RCRNet (Yan et al., ICCV 2019): a bottleneck skip joined to the way down."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .conv import ConvBNReLU


class BottleneckSkip(nn.Module):
    """Bottleneck without stride, with a projected shortcut: [B, Ci, H, W] -> [B, 2 mid, H, W]."""

    def __init__(self, in_channels: int, mid: int) -> None:
        super().__init__()
        out = 2 * mid
        self.reduce = ConvBNReLU(in_channels, mid, 1)
        self.spatial = ConvBNReLU(mid, mid, 3)
        self.expand = nn.Sequential(nn.Conv2d(mid, out, 1, bias=False), nn.BatchNorm2d(out))
        self.shortcut = nn.Sequential(
            nn.Conv2d(in_channels, out, 1, bias=False), nn.BatchNorm2d(out)
        )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.expand(self.spatial(self.reduce(x))) + self.shortcut(x))


class Refinement(nn.Module):
    """Joins a coarse map [B, Ct, H, W] with backbone features [B, Cs, H, W] -> [B, Co, H, W].

    Order of the concatenation: the coarse map first, the skip second.
    """

    def __init__(self, top_channels: int, skip_channels: int, mid: int, out_channels: int) -> None:
        super().__init__()
        self.skip = BottleneckSkip(skip_channels, mid)
        self.fuse = ConvBNReLU(top_channels + 2 * mid, out_channels, 3)

    def forward(self, top: Tensor, features: Tensor) -> Tensor:
        return self.fuse(torch.cat([top, self.skip(features)], dim=1))
