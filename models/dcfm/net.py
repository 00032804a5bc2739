"""DCFM (Yu et al., CVPR 2022): VGG-16, prototype generation, feature enhancement, decoder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.backbones.vgg import VGG, VGGConfig
from models.layers.conv import conv3x3, init_kaiming, rectified
from models.ops.resize import resize

from .prototype import Democracy, PrototypeGeneration, full_precision


@dataclass(frozen=True, slots=True)
class DcfmConfig:
    """Size of the network; the defaults are the paper's.

    `convs`, `width`: see `VGGConfig`. `channels`: of the decoder. `normalised`: batch normalisation
    in backbone and decoder, ours: from random weights the ranks' cubes of the enhancement else make
    logits of +-50, at which a sigmoid has hardly a slope.
    """

    convs: Sequence[int] = (2, 2, 3, 3, 3)
    width: int = 64
    channels: int = 64
    normalised: bool = False


class CoSaliency(NamedTuple):
    """`logits`: four maps [B, 1, H, W], coarsest first, the last is the prediction; and the DPG."""

    logits: tuple[Tensor, Tensor, Tensor, Tensor]
    democracy: Democracy


def readjust(logits: Tensor) -> Tensor:
    """Self-attention weights [B, N, N] from similarity logits [B, N, N] (DFE, eq. 5.19).

    softmax times (rank + 1)^3 for entries that are not negative, rank 0 being the row's largest;
    negative entries keep the softmax. Rows do not sum to one.
    """
    order = logits.argsort(dim=-1, descending=True)
    places = torch.arange(1, logits.shape[-1] + 1, device=logits.device).pow(3).to(logits.dtype)
    weight = torch.empty_like(logits).scatter_(-1, order, places.expand_as(logits))
    weight = torch.where(logits >= 0, weight, torch.ones_like(weight))
    return logits.softmax(dim=-1) * weight


class FeatureEnhancement(nn.Module):
    """DFE: self-attention inside each image that lifts what is similar but rarely found.

    [B, C, H, W] -> same shape.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()

        # Two convolutions in a row without an activation, as published.
        def transform() -> nn.Sequential:
            return nn.Sequential(nn.Conv2d(channels, channels, 1), nn.Conv2d(channels, channels, 1))

        self.project = nn.Sequential(nn.Conv2d(channels, channels, 1), nn.ReLU(inplace=True))
        self.query, self.key, self.value = transform(), transform(), transform()
        self.scale = 1 / math.sqrt(channels)

    @full_precision
    def forward(self, x: Tensor) -> Tensor:
        x = self.project(x)
        q, k, v = (f(x).flatten(2) for f in (self.query, self.key, self.value))
        weights = readjust((q.transpose(1, 2) @ k) * self.scale)
        return x + (v @ weights.transpose(1, 2)).view_as(x)


def double_conv(in_channels: int, channels: int, normalised: bool) -> nn.Sequential:
    """3x3, ReLU, 3x3; batch norm behind both convolutions if `normalised`."""
    norm = [nn.BatchNorm2d(channels)] if normalised else []
    return nn.Sequential(
        *rectified(in_channels, channels, normalised), conv3x3(channels, channels), *norm
    )


class Level(nn.Module):
    """One step of the decoder: enlarge, add the lateral features, enhance."""

    def __init__(self, in_channels: int, channels: int, normalised: bool) -> None:
        super().__init__()
        self.lateral = double_conv(in_channels, channels, normalised)
        self.enhance = double_conv(channels, channels, normalised)
        self.head = nn.Sequential(
            *double_conv(channels, channels, normalised),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, 1, 1),
        )

    def forward(self, top: Tensor, features: Tensor) -> Tensor:
        """top [B, C, h, w], features [B, Ci, H, W] -> [B, C, H, W]."""
        return self.enhance(resize(top, features.shape[-2:]) + self.lateral(features))


class Decoder(nn.Module):
    """Deep features and the skips of the stages 1..4 -> logits at the input size."""

    def __init__(self, backbone_channels: Sequence[int], channels: int, normalised: bool) -> None:
        super().__init__()
        *skips, deep = backbone_channels
        self.top = nn.Sequential(
            nn.Conv2d(deep, channels, 1), nn.ReLU(inplace=True), nn.Conv2d(channels, channels, 1)
        )
        self.levels = nn.ModuleList([Level(c, channels, normalised) for c in reversed(skips)])

    def forward(self, deep: Tensor, skips: Sequence[Tensor]) -> list[Tensor]:
        """`skips` finest first; the maps [B, C, ...] of the four levels, coarsest first."""
        maps, x = [], self.top(deep)
        for level, features in zip(self.levels, reversed(skips), strict=True):
            x = level(x, features)
            maps.append(x)
        return maps


class Dcfm(nn.Module):
    """A group of images [B, 3, H, W], normalised, H and W multiples of 16 -> `CoSaliency`."""

    def __init__(self, config: DcfmConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or DcfmConfig()
        self.backbone = VGG(VGGConfig(config.convs, config.width, config.normalised))
        channels = self.backbone.config.channels
        self.prototype = PrototypeGeneration(channels[-1])
        self.enhancement = FeatureEnhancement(channels[-1])
        self.decoder = Decoder(channels, config.channels, config.normalised)
        init_kaiming(self)

    def forward(self, images: Tensor) -> CoSaliency:
        return self.complete(images, self.backbone(images))

    def complete(self, images: Tensor, features: Sequence[Tensor]) -> CoSaliency:
        """All logits from the five backbone maps."""
        *skips, deep = features
        democracy = self.prototype(deep)
        maps = self.decoder(self.enhancement(democracy.features), skips)
        size = images.shape[-2:]
        logits = [
            resize(level.get_submodule("head")(x), size)
            for level, x in zip(self.decoder.levels, maps, strict=True)
        ]
        return CoSaliency((logits[0], logits[1], logits[2], logits[3]), democracy)

    def contrast(self, deep: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Prototypes [1, C, 1, 1] of the object and of the background (self-contrastive learning).

        `deep` [B, C, h, w] are the last backbone features, `mask` [B, 1, H, W] in [0, 1].
        """
        small = resize(mask, deep.shape[-2:])
        return (
            self.prototype(deep * small).prototype,
            self.prototype(deep * (1 - small)).prototype,
        )

    def saliency(self, images: Tensor) -> Tensor:
        """The prediction alone, logits [B, 1, H, W]: what inference needs."""
        *skips, deep = self.backbone(images)
        return self.finish(self.prototype(deep).features, skips)

    def finish(self, weighted: Tensor, skips: Sequence[Tensor]) -> Tensor:
        """Enhancement and decoder of some images [b, ...] of the group: logits [b, 1, H, W]."""
        last = self.decoder(self.enhancement(weighted), skips)[-1]
        return self.decoder.levels[-1].get_submodule("head")(last)
