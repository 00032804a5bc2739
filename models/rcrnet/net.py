"""RCRNet (Yan et al., ICCV 2019): the static, single-image network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from models.backbones.resnet import ResNet, ResNetConfig
from models.layers.aspp import ASPP, DILATIONS
from models.layers.conv import ConvBNReLU
from models.layers.refinement import Refinement
from models.ops.resize import resize


@dataclass(frozen=True, slots=True)
class RCRNetConfig:
    """Size of the network; the defaults are the paper's.

    `in_channels`: 3, or 7 as pseudo-label generator. `blocks`, `width`: see `ResNetConfig`.
    `output_stride`: 16 or 8. `channels`: after the pyramid pooling and in the last layer.
    `skip`: inner channels of the skips. `refine`: channels after a refinement.
    """

    in_channels: int = 3
    blocks: Sequence[int] = (3, 4, 6, 3)
    width: int = 64
    output_stride: int = 16
    channels: int = 256
    skip: int = 48
    refine: int = 128


class Head(nn.Module):
    """Features at stride 4 [B, C, h, w] -> logits [B, 1, H, W] at the size of the image.

    As published the features grow to the full size before the convolutions.
    """

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.mix = ConvBNReLU(in_channels, channels, 3)
        self.predict = nn.Conv2d(channels, 1, 1)

    def forward(self, x: Tensor, size: Sequence[int]) -> Tensor:
        return self.predict(self.mix(resize(x, size)))


class RCRNet(nn.Module):
    """Image [B, in_channels, H, W], normalised -> saliency logits [B, 1, H, W]."""

    def __init__(self, config: RCRNetConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or RCRNetConfig()
        self.backbone = ResNet(
            ResNetConfig(config.blocks, config.width, config.output_stride, config.in_channels)
        )
        c1, c2, c3, c4 = self.backbone.config.channels
        self.aspp = ASPP(c4, config.channels, DILATIONS[config.output_stride])
        self.refinement1 = Refinement(config.channels, c3, config.skip, config.refine)
        self.refinement2 = Refinement(config.refine, c2, config.skip, config.refine)
        self.refinement3 = Refinement(config.refine, c1, config.skip, config.refine)
        self.head = Head(config.refine, config.channels)

    def encode(self, image: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
        """Pooled features [B, channels, H/16, W/16] and the three skips at strides 4, 8, 16."""
        f1, f2, f3, f4 = self.backbone(image)
        return self.aspp(f4), (f1, f2, f3)

    def decode(
        self, pooled: Tensor, skips: tuple[Tensor, Tensor, Tensor], size: Sequence[int]
    ) -> Tensor:
        """Logits [B, 1, H, W] at `size` = (H, W) from what `encode` returns."""
        f1, f2, f3 = skips
        x = self.refinement1(pooled, f3)
        x = self.refinement2(resize(x, f2.shape[-2:]), f2)
        x = self.refinement3(resize(x, f1.shape[-2:]), f1)
        return self.head(x, size)

    def forward(self, image: Tensor) -> Tensor:
        pooled, skips = self.encode(image)
        return self.decode(pooled, skips, image.shape[-2:])
