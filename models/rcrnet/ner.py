"""RCRNet+NER (Yan et al., ICCV 2019): non-locally enhanced recurrent module over a clip.

Non-local block, deeper bidirectional ConvGRU, non-local block, between the pyramid pooling and the
decoder of the static network.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.layers.conv import conv3x3
from models.layers.conv_gru import ConvGRU
from models.layers.non_local import NonLocalBlock

from .net import RCRNet, RCRNetConfig


class DBConvGRU(nn.Module):
    """Deeper bidirectional ConvGRU: [B, C, T, H, W] -> same shape.

    The backward pass reads the forward states, not the input. The first state of the forward pass
    is the first frame's feature, that of the backward pass the last forward state.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gru_forward = ConvGRU(channels)
        self.gru_backward = ConvGRU(channels)
        self.join = conv3x3(2 * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        frames = x.unbind(2)
        ahead = self.gru_forward(frames, frames[0])
        back = self.gru_backward(ahead[::-1], ahead[-1])[::-1]
        pairs = zip(ahead, back, strict=True)
        return torch.stack([self.join(torch.cat(pair, dim=1)).tanh() for pair in pairs], dim=2)


class NER(nn.Module):
    """Clip [B, T, 3, H, W], normalised -> saliency logits [B, T, 1, H, W]; any length T."""

    def __init__(self, config: RCRNetConfig | None = None) -> None:
        super().__init__()
        self.rcrnet = RCRNet(config)
        self.config = self.rcrnet.config
        channels = self.config.channels
        self.non_local1 = NonLocalBlock(channels)
        self.recurrence = DBConvGRU(channels)
        self.non_local2 = NonLocalBlock(channels)

    def forward(self, clip: Tensor) -> Tensor:
        frames = clip.flatten(0, 1)
        pooled, skips = self.rcrnet.encode(frames)
        x = pooled.unflatten(0, clip.shape[:2]).transpose(1, 2)
        x = self.non_local2(self.recurrence(self.non_local1(x)))
        enhanced = x.transpose(1, 2).flatten(0, 1)
        logits = self.rcrnet.decode(enhanced, skips, clip.shape[-2:])
        return logits.unflatten(0, clip.shape[:2])
