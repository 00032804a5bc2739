"""Non-local block (Wang et al., CVPR 2018), dot-product form, over space and time."""

from __future__ import annotations

from torch import Tensor, nn


class NonLocalBlock(nn.Module):
    """x + W(y), y = (theta phi^T / N) g over N = T H W positions: [B, C, T, H, W] -> same shape.

    There is no softmax, so the product may be taken as theta (phi^T g) / N: a matrix of C/2 x C/2
    instead of N x N, of the same value, linear in the length of the clip.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = channels // 2
        self.theta = nn.Conv3d(channels, inner, 1)
        self.phi = nn.Conv3d(channels, inner, 1)
        self.g = nn.Conv3d(channels, inner, 1)
        self.project = nn.Conv3d(inner, channels, 1)
        # The block starts as the identity.
        nn.init.zeros_(self.project.weight)
        if self.project.bias is not None:
            nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor) -> Tensor:
        theta, phi, g = (f(x).flatten(2) for f in (self.theta, self.phi, self.g))
        y = self.aggregate(theta, phi, g)
        return x + self.project(y.unflatten(2, x.shape[2:]))

    def aggregate(self, theta: Tensor, phi: Tensor, g: Tensor) -> Tensor:
        """[B, C/2, N] each -> [B, C/2, N]."""
        # The division comes first, so that half precision does not overflow over a long clip.
        context = g @ (phi / phi.shape[2]).transpose(1, 2)
        return context @ theta
