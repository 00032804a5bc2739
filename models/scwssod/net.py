"""SCWSSOD (Yu et al., AAAI 2021): ResNet-50, global context, attention, aggregation (AGGM).

The skeleton is GCPANet (Chen et al., AAAI 2020) with the aggregation module AGGM of the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor, nn

from models.backbones.resnet import ResNet, ResNetConfig
from models.layers.conv import ConvBNReLU, conv3x3, init_kaiming
from models.ops.resize import resize


@dataclass(frozen=True, slots=True)
class ScwssodConfig:
    """Size of the network; the defaults are the paper's.

    `blocks` and `width`: see `ResNetConfig`. `channels`: of every map of the head.
    `outputs`: objects that are told apart; the paper's network finds one.
    """

    blocks: Sequence[int] = (3, 4, 6, 3)
    width: int = 64
    channels: int = 256
    outputs: int = 1


class Predictions(NamedTuple):
    """Saliency logits [B, 1, H, W] at the input size, finest level first.

    `level2` is the prediction; the others are there for training (deep supervision).
    """

    level2: Tensor
    level3: Tensor
    level4: Tensor
    level5: Tensor


class GlobalContext(nn.Module):
    """Gates a map by the pooled deepest features: [B, Ci, H, W], [B, Cd, h, w] -> [B, C, H, W]."""

    def __init__(self, in_channels: int, deep_channels: int, channels: int) -> None:
        super().__init__()
        self.project = ConvBNReLU(in_channels, channels, 1, bias=True)
        self.squeeze = nn.Conv2d(deep_channels, channels, 1)
        self.excite = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor, deep: Tensor) -> Tensor:
        pooled = deep.mean((2, 3), keepdim=True)
        gate = self.excite(self.squeeze(pooled).relu()).sigmoid()
        return self.project(x) * gate


def scale_shift(x: Tensor, affine: Tensor) -> Tensor:
    """ReLU(w x + b) with w, b the two halves of `affine` [B, 2 C, H, W]."""
    weight, bias = affine.chunk(2, dim=1)
    return (weight * x + bias).relu()


class HeadAttention(nn.Module):
    """The deepest features scaled and shifted by themselves: [B, Ci, H, W] -> [B, C, H, W]."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.project = ConvBNReLU(in_channels, channels, 3, bias=True)
        self.affine = conv3x3(in_channels, 2 * channels)

    def forward(self, x: Tensor) -> Tensor:
        return scale_shift(self.project(x), self.affine(x))


class SelfRefinement(nn.Module):
    """Scales and shifts a map by what it says itself: [B, C, H, W] -> same shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.project = ConvBNReLU(channels, channels, 3, bias=True)
        self.affine = conv3x3(channels, 2 * channels)

    def forward(self, x: Tensor) -> Tensor:
        x = self.project(x)
        return scale_shift(x, self.affine(x))


class Aggregation(nn.Module):
    """AGGM: low-level, high-level and global features joined with weights learned per image.

    low [B, Cl, H, W], high [B, C, h, w], context [B, C, h', w'] -> [B, C, H, W].
    The three summands are the products low x high (both ways) and context x low; their weights are
    signed scalars w_i = mean(conv_i(z_i)), normalised by their sum only (no softmax, no epsilon).
    """

    def __init__(self, low_channels: int, channels: int) -> None:
        super().__init__()
        self.low = ConvBNReLU(low_channels, channels, 3, bias=True)
        self.high = ConvBNReLU(channels, channels, 3, bias=True)
        self.context = ConvBNReLU(channels, channels, 3, bias=True)
        self.low_gate = conv3x3(channels, channels)
        self.high_gate = conv3x3(channels, channels)
        self.context_gate = conv3x3(channels, channels)
        self.vote = nn.ModuleList([conv3x3(channels, 1) for _ in range(3)])
        self.fuse = ConvBNReLU(channels, channels, 3, bias=True)

    def forward(self, low: Tensor, high: Tensor, context: Tensor) -> Tensor:
        low, high, context = self.low(low), self.high(high), self.context(context)
        size = low.shape[-2:]
        terms = [
            (self.low_gate(low) * resize(high, size)).relu(),
            (resize(self.high_gate(high), size) * low).relu(),
            (resize(self.context_gate(context), size) * low).relu(),
        ]
        weights = [self.weigh(vote, z) for vote, z in zip(self.vote, terms, strict=True)]
        mixed = sum(w * z for w, z in zip(weights, terms, strict=True)) / sum(weights)
        return self.fuse(mixed)

    def weigh(self, vote: nn.Module, z: Tensor) -> Tensor:
        """Weight [B, 1, 1, 1] of one summand."""
        return vote(z).mean((2, 3), keepdim=True)


class Scwssod(nn.Module):
    """RGB [B, 3, H, W], normalised -> `Predictions`. Any H, W of at least 32."""

    def __init__(self, config: ScwssodConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or ScwssodConfig()
        c = config.channels
        self.backbone = ResNet(ResNetConfig(config.blocks, config.width))
        _, c3, c4, c5 = self.backbone.config.channels
        c2 = self.backbone.config.channels[0]
        self.context4 = GlobalContext(c5, c5, c)
        self.context3 = GlobalContext(c5, c5, c)
        self.context2 = GlobalContext(c5, c5, c)
        self.context5 = GlobalContext(c, c5, c)
        self.head_attention = HeadAttention(c5, c)
        self.aggregate4 = Aggregation(c4, c)
        self.aggregate3 = Aggregation(c3, c)
        self.aggregate2 = Aggregation(c2, c)
        self.refine5 = SelfRefinement(c)
        self.refine4 = SelfRefinement(c)
        self.refine3 = SelfRefinement(c)
        self.refine2 = SelfRefinement(c)
        self.predict5 = conv3x3(c, config.outputs)
        self.predict4 = conv3x3(c, config.outputs)
        self.predict3 = conv3x3(c, config.outputs)
        self.predict2 = conv3x3(c, config.outputs)
        init_kaiming(self)

    def decode(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The refined maps [B, C, ...] of the levels 2 (stride 4) to 5 (stride 32)."""
        f2, f3, f4, f5 = self.backbone(image)
        r5 = self.refine5(self.context5(self.head_attention(f5), f5))
        r4 = self.refine4(self.aggregate4(f4, r5, self.context4(f5, f5)))
        r3 = self.refine3(self.aggregate3(f3, r4, self.context3(f5, f5)))
        r2 = self.refine2(self.aggregate2(f2, r3, self.context2(f5, f5)))
        return r2, r3, r4, r5

    def forward(self, image: Tensor) -> Predictions:
        r2, r3, r4, r5 = self.decode(image)
        size = image.shape[-2:]
        return Predictions(
            resize(self.predict2(r2), size),
            resize(self.predict3(r3), size),
            resize(self.predict4(r4), size),
            resize(self.predict5(r5), size),
        )

    def saliency(self, image: Tensor) -> Tensor:
        """The prediction alone, logits [B, 1, H, W]: what inference needs."""
        r2, *_ = self.decode(image)
        return resize(self.predict2(r2), image.shape[-2:])
