"""Convolutional gated recurrent unit (Ballas et al., ICLR 2016)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .conv import conv3x3


class ConvGRU(nn.Module):
    """Recurrence over feature maps [B, C, H, W] with a state of the same shape.

    r = sigmoid(conv[x, h]), z = sigmoid(conv[x, h]), n = tanh(conv[x, r h]), h' = (1 - z) n + z h.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.reset = conv3x3(2 * channels, channels)
        self.update = conv3x3(2 * channels, channels)
        self.candidate = conv3x3(2 * channels, channels)

    def step(self, x: Tensor, h: Tensor) -> Tensor:
        """The next state."""
        xh = torch.cat([x, h], dim=1)
        r = torch.sigmoid(self.reset(xh))
        z = torch.sigmoid(self.update(xh))
        n = torch.tanh(self.candidate(torch.cat([x, r * h], dim=1)))
        return (1 - z) * n + z * h

    def forward(self, inputs: Sequence[Tensor], h: Tensor) -> list[Tensor]:
        """The state after each of the inputs, starting from `h`."""
        states = []
        for x in inputs:
            h = self.step(x, h)
            states.append(h)
        return states
