"""VGG-16 (Simonyan and Zisserman, ICLR 2015) as feature extractor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from models.layers.conv import rectified


@dataclass(frozen=True, slots=True)
class VGGConfig:
    """Shape of a VGG; the defaults are VGG-16. `convs` per stage, `width` of the first stage.

    `normalised`: batch normalisation after every convolution, as the later variant has it.
    """

    convs: Sequence[int] = (2, 2, 3, 3, 3)
    width: int = 64
    normalised: bool = False

    @property
    def channels(self) -> tuple[int, int, int, int, int]:
        """Output channels of the stages 1..5."""
        w = self.width
        return w, 2 * w, 4 * w, 8 * w, 8 * w


class VGG(nn.Module):
    """Features of the five stages: [B, 3, H, W] -> maps at strides 1, 2, 4, 8 and 16.

    The stages 2..5 start with the 2x2 max pooling; there is no fifth pooling.
    """

    def __init__(self, config: VGGConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or VGGConfig()
        stages: list[nn.Module] = []
        channels = 3
        for stage, (count, out) in enumerate(zip(config.convs, config.channels, strict=True)):
            layers: list[nn.Module] = [nn.MaxPool2d(2, 2)] if stage else []
            for _ in range(count):
                layers += rectified(channels, out, config.normalised)
                channels = out
            stages.append(nn.Sequential(*layers))
        self.stages = nn.ModuleList(stages)

    def forward(self, x: Tensor) -> list[Tensor]:
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return features
