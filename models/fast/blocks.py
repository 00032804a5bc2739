"""Recurrence and aggregation with work shared between their convolutions."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.layers.conv import bias_of
from models.layers.conv_gru import ConvGRU
from models.scwssod.net import Aggregation


class SharedConvGRU(ConvGRU):
    """A `ConvGRU` that convolves all its inputs at once, and the state once for both gates."""

    def __init__(self, gru: ConvGRU) -> None:
        nn.Module.__init__(self)
        self.channels = c = gru.channels
        gates = (gru.reset, gru.update, gru.candidate)
        self.of_input = _joined([g.weight[:, :c] for g in gates], [bias_of(g) for g in gates])
        self.of_state = _joined([g.weight[:, c:] for g in gates[:2]])
        self.of_reset_state = _joined([gru.candidate.weight[:, c:]])

    def forward(self, inputs: Sequence[Tensor], h: Tensor) -> list[Tensor]:
        shares = self.of_input(torch.cat(tuple(inputs))).split(len(h))
        states = []
        for share in shares:
            from_input = share.chunk(3, dim=1)
            reset, update = self.of_state(h).chunk(2, dim=1)
            r = (from_input[0] + reset).sigmoid_()
            z = (from_input[1] + update).sigmoid_()
            n = (from_input[2] + self.of_reset_state(r * h)).tanh_()
            h = n + z * (h - n)
            states.append(h)
        return states


def _joined(weights: list[Tensor], biases: list[Tensor] | None = None) -> nn.Conv2d:
    """One 3x3 convolution with the output channels of several."""
    weight = torch.cat([w.detach() for w in weights])
    conv = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1, bias=biases is not None)
    conv.weight = nn.Parameter(weight, requires_grad=False)
    if biases is not None:
        conv.bias = nn.Parameter(torch.cat([b.detach() for b in biases]), requires_grad=False)
    return conv


class PooledVote(nn.Module):
    """The mean of a 3x3 convolution with one output, from sums of its input; values the same.

    [B, C, H, W] -> [B, 1, 1, 1]. A tap sees the whole map but the row or column that it shifts out.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        # Buffers, so that they follow the network to its device.
        self.register_buffer("weight", conv.weight.detach()[0])
        self.register_buffer("bias", bias_of(conv).detach())

    def forward(self, z: Tensor) -> Tensor:
        columns = z.sum(dim=3)
        along_x = torch.stack([columns - z[..., -1], columns, columns - z[..., 0]], dim=2)
        total = along_x.sum(dim=3)
        taps = torch.stack([total - along_x[..., -1], total, total - along_x[..., 0]], dim=2)
        mean = (taps * self.weight).sum((1, 2, 3)) / (z.shape[2] * z.shape[3]) + self.bias
        return mean.view(-1, 1, 1, 1)


def pool_votes(block: Aggregation) -> None:
    """Replaces the votes of an aggregation; what is left of the mean over a scalar does nothing."""
    block.vote = nn.ModuleList(
        [PooledVote(conv) for conv in block.vote if isinstance(conv, nn.Conv2d)]
    )
