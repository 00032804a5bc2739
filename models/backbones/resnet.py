"""ResNet (He et al., CVPR 2016), version 1.5: a bottleneck strides in its 3x3 convolution.

Module names are torchvision's, so ImageNet weights of `torchvision.models.resnet50` fit after
dropping `fc`. Narrower and shallower variants for CPUs come from the same class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

EXPANSION = 4
"""Output channels of a bottleneck over the channels of its 3x3 convolution."""


@dataclass(frozen=True, slots=True)
class ResNetConfig:
    """Shape of a ResNet; the defaults are ResNet-50.

    `blocks`: bottlenecks of the stages 1..4, or of the first of them. `width`: channels after the
    first convolution.
    `output_stride`: 32, 16 (stage 4 dilated) or 8 (stages 3 and 4 dilated). `in_channels`: of the
    image.
    """

    blocks: Sequence[int] = (3, 4, 6, 3)
    width: int = 64
    output_stride: int = 32
    in_channels: int = 3

    @property
    def channels(self) -> tuple[int, int, int, int]:
        """Output channels of the stages 1..4."""
        w = self.width * EXPANSION
        return w, 2 * w, 4 * w, 8 * w


class Bottleneck(nn.Module):
    """1x1, 3x3 (stride, dilation), 1x1 with a shortcut: [B, C, H, W] -> [B, 4 planes, H/s, W/s]."""

    def __init__(self, in_channels: int, planes: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        out = planes * EXPANSION
        self.conv1 = nn.Conv2d(in_channels, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(
            planes, planes, 3, stride, padding=dilation, dilation=dilation, bias=False
        )
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = None
        if stride != 1 or in_channels != out:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        return self.relu(self.bn3(self.conv3(y)) + shortcut)


class ResNet(nn.Module):
    """Features of the stages.

    Input [B, in_channels, H, W]; output a map per stage with `config.channels` channels at the
    strides 4, 8, 16, 32 (the last ones at `output_stride` where that is smaller).
    """

    def __init__(self, config: ResNetConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or ResNetConfig()
        if config.output_stride not in (8, 16, 32):
            raise ValueError(f"output_stride is 8, 16 or 32, not {config.output_stride}")
        w = config.width
        self.conv1 = nn.Conv2d(config.in_channels, w, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(w)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        dilated = {32: (), 16: (4,), 8: (3, 4)}[config.output_stride]
        channels = w
        for stage, count in enumerate(config.blocks, 1):
            planes = w * 2 ** (stage - 1)
            # The dilation starts with the first block of a stage (DeepLab starts with the second).
            dilation = 2 if stage in dilated else 1
            stride = 1 if stage == 1 or stage in dilated else 2
            blocks = [Bottleneck(channels, planes, stride, dilation)]
            channels = planes * EXPANSION
            blocks += [Bottleneck(channels, planes, 1, dilation) for _ in range(count - 1)]
            self.add_module(f"layer{stage}", nn.Sequential(*blocks))
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        features = []
        for stage in range(1, len(self.config.blocks) + 1):
            x = self.get_submodule(f"layer{stage}")(x)
            features.append(x)
        return tuple(features)
