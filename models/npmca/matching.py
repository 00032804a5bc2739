"""Non-local pixel matching and channel attention (NPMCA thesis, eqs. 3.1 to 3.7)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

MOST_PAIRS = 1 << 25
"""Similarities that are held at once without gradients: 128 MiB of float32."""


def match(reference: Tensor, target: Tensor, most_pairs: int = MOST_PAIRS) -> Tensor:
    """Every target position as a mean of the reference's features, weighted by similarity.

    Eqs. 3.1 to 3.3: S = R^T T, softmax over the reference positions, M = R S'. Similarities are
    float32 also under autocast, as they are not scaled and their exponentials overflow otherwise.

    Args:
        reference: [B, C, N] features of the reference positions.
        target: [B, C, H, W] features of the target frame.
        most_pairs: bound on B * N * (target positions at once); the result does not depend on it.

    Returns:
        [B, C, H, W], float32.
    """
    with torch.autocast(reference.device.type, enabled=False):
        r = reference if reference.dtype == torch.float64 else reference.float()
        t = target.flatten(2).to(r.dtype)
        step = max(1, most_pairs // (r.shape[0] * r.shape[2]))
        parts = [r @ similarity(r, part) for part in t.split(step, dim=2)]
        return torch.cat(parts, dim=2).unflatten(2, target.shape[-2:])


def similarity(reference: Tensor, target: Tensor) -> Tensor:
    """S' of eq. 3.2: [B, C, N] and [B, C, M] -> [B, N, M]; every column sums to 1."""
    return (reference.transpose(1, 2) @ target).softmax(1)


class ChannelAttention(nn.Module):
    """Self-attention over the channels (eqs. 3.4 to 3.7): [B, C, H, W] -> same shape, float32.

    The weight gamma starts at 0 and is not negative: what the optimiser pushes below counts as 0,
    but keeps its gradient, so that it can come back.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        # The entries grow with the number of positions: half precision would overflow.
        with torch.autocast(x.device.type, enabled=False):
            f = (x if x.dtype == torch.float64 else x.float()).flatten(2)
            attention = (f @ f.transpose(1, 2)).softmax(1)
            gamma = self.gamma + (self.gamma.clamp(min=0) - self.gamma).detach()
            strengthened = attention.transpose(1, 2) @ f
            return (gamma * strengthened + f).unflatten(2, x.shape[-2:])
