"""Atrous spatial pyramid pooling (Chen et al., DeepLab v3, arXiv 1706.05587) as RCRNet has it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.ops.resize import resize

from .conv import ConvBNReLU

DILATIONS = {16: (6, 12, 18), 8: (12, 24, 36)}
"""Dilations of the three 3x3 branches by output stride."""


class ASPP(nn.Module):
    """[B, Ci, H, W] -> [B, Co, H, W].

    Concatenates, in this order, the pooled image, a 1x1 branch and three dilated 3x3 branches, then
    mixes them by a 3x3 convolution. The dropout of whole channels acts in training only.
    """

    def __init__(
        self, in_channels: int, out_channels: int, dilations: Sequence[int], dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.pool = ConvBNReLU(in_channels, out_channels, 1)
        self.branches = nn.ModuleList(
            [ConvBNReLU(in_channels, out_channels, 1)]
            + [ConvBNReLU(in_channels, out_channels, 3, d) for d in dilations]
        )
        self.fuse = ConvBNReLU((len(dilations) + 2) * out_channels, out_channels, 3)
        self.dropout = nn.Dropout2d(dropout)

    def forward(self, x: Tensor) -> Tensor:
        pooled = self.pool(x.mean((2, 3), keepdim=True))
        maps = [resize(pooled, x.shape[-2:])] + [branch(x) for branch in self.branches]
        return self.dropout(self.fuse(torch.cat(maps, dim=1)))
