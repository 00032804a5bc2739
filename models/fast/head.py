"""The head of RCRNet without its full-size feature maps."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.layers.conv import bias_of
from models.rcrnet.net import Head

ROWS = 8
"""Rows at stride 4 handled together, so that what is between the steps stays in the cache."""


def tap_weights(factor: int, length: int) -> Tensor:
    """Enlarging by `factor` and then taking the three taps of a convolution, in one dimension.

    Output position i * factor + p of tap k is a sum over the positions i - 1, i, i + 1 before
    enlarging. Returns [length, factor, 9]: its weights over (position, tap). Positions beyond the
    border are the border's, taps beyond the border of the large map are 0 (the zero padding).
    """
    weights = torch.zeros(factor, 3, 3)
    for p in range(factor):
        for k in range(3):
            at = (p + k - 1 + 0.5) / factor - 0.5
            low = math.floor(at)
            share = at - low
            weights[p, low + 1, k] += 1 - share
            if share:
                weights[p, low + 2, k] += share
    every = weights.repeat(length, 1, 1, 1)
    every[0, 0, :, 0] = 0
    every[-1, -1, :, 2] = 0
    return every.reshape(length, factor, 9)


class FusedHead(nn.Module):
    """A folded `Head`: enlarge, 3x3 convolution, ReLU, 1x1 convolution.

    Mixing channels commutes with enlarging. So the nine taps are products at stride 4, a 16th of
    the positions, and only their sums are enlarged: first along x, then along y, some rows at a
    time. The values are the same, the time and the memory a fraction. Used on the CPU where the
    factor is a whole number; else the published order.
    """

    def __init__(self, head: Head) -> None:
        super().__init__()
        self.plain = head
        conv = head.mix.conv
        # Rows of the product: (kx, ky, C), so that for one ky the taps kx lie at equal distances.
        weight = conv.weight.detach().permute(3, 2, 0, 1).reshape(-1, conv.in_channels, 1, 1)
        self.taps: nn.Module = nn.Conv2d(conv.in_channels, weight.shape[0], 1, bias=False)
        self.taps.weight = nn.Parameter(weight.contiguous(), requires_grad=False)
        self.channels = conv.out_channels

    def forward(self, x: Tensor, size: Sequence[int]) -> Tensor:
        h, w = x.shape[-2:]
        factor = size[0] // h
        exact = tuple(size) == (h * factor, w * factor) and factor >= 2
        if x.device.type != "cpu" or x.dtype != torch.float32 or not exact:
            return self.plain(x, size)
        return torch.stack([self._enlarge(one, factor) for one in x.split(1)])

    def _enlarge(self, x: Tensor, factor: int) -> Tensor:
        """[1, C, h, w] -> logits [1, factor h, factor w]."""
        h, w = x.shape[-2:]
        c = self.channels
        along_x, along_y = tap_weights(factor, w), tap_weights(factor, h)
        bias, weight = bias_of(self.plain.mix.conv), self.plain.predict.weight.view(c)
        # One position more on each side, so that the border needs no case of its own.
        padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
        padded = padded.contiguous(memory_format=torch.channels_last)
        out = x.new_empty(h, factor, w * factor)
        # Rows of the large width; the first two are the last ones of the block before.
        wide = x.new_empty(ROWS + 2, 3, w, factor, c)
        done = 0
        for start in range(0, h, ROWS):
            rows = min(ROWS, h - start)
            fresh = slice(start + done, start + rows + 2)
            products = self.taps(padded[:, :, fresh])[0].permute(1, 2, 0).contiguous()
            self._widen(products, along_x, wide[done : rows + 2])
            for i in range(rows):
                taps = wide[i : i + 3].view(9, -1)
                large = (along_y[start + i] @ taps).view(-1, c).add_(bias).relu_()
                out[start + i] = (large @ weight).view(factor, -1)
            wide[:2] = wide[rows : rows + 2].clone()
            done = 2
        return out.view(1, h * factor, w * factor) + bias_of(self.plain.predict)

    def _widen(self, products: Tensor, along_x: Tensor, wide: Tensor) -> None:
        """Products [n, w + 2, 9 C] -> sums along x [n, 3 (ky), w, factor, C], written to `wide`."""
        c = self.channels
        w = along_x.shape[0]
        for row, sums in zip(products, wide, strict=True):
            for ky in range(3):
                # Overlapping windows of three positions with three taps each.
                first = row.storage_offset() + ky * c
                windows = row.as_strided((w, 9, c), (9 * c, 3 * c, 1), first)
                torch.bmm(along_x, windows, out=sums[ky])
