"""A small U-Net that corrects the log odds of a mask from the frame and how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from models.layers.conv import conv3x3
from models.ops.images import IMAGENET_MEAN, IMAGENET_STD
from models.ops.resize import pad_to_multiple, resize, unpad
from models.refine.look import LIMIT, MAPS, STROKE_MAPS


@dataclass(frozen=True, slots=True)
class RefinerConfig:
    """Its size.

    Attributes:
        width: channels at full size.
        widths: channels of each level in units of that; every level halves the size. So many levels
            that a missing limb is seen as a whole.
        maps: maps beside the frame; the first one holds the log odds that are corrected.
    """

    width: int = 16
    widths: tuple[int, ...] = (1, 2, 4, 6, 8, 8)
    maps: int = len(MAPS)


STROKES_CONFIG = RefinerConfig(maps=len(STROKE_MAPS))


class Refiner(nn.Module):
    """Corrected log odds of an object in its window."""

    def __init__(self, config: RefinerConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or RefinerConfig()
        widths = [config.width * n for n in config.widths]
        self._stride = 1 << (len(widths) - 1)
        self.enter = _block(3 + config.maps, widths[0])
        self.down = nn.ModuleList(_block(a, b, 2) for a, b in pairwise(widths))
        self.up = nn.ModuleList(_block(a + b, a) for a, b in reversed(list(pairwise(widths))))
        self.predict = conv3x3(widths[0], 1)
        self.opinion = nn.Conv2d(config.maps, 1, 1)
        with torch.no_grad():  # a new network gives back what it was told
            for parameter in (*self.predict.parameters(), *self.opinion.parameters()):
                parameter.zero_()
            self.opinion.weight[0, 0] = LIMIT

    def forward(self, frame: Tensor, maps: Tensor) -> Tensor:
        """Log odds [B, 1, H, W].

        Args:
            frame: RGB [B, 3, H, W] in [0, 1].
            maps: [B, config.maps, H, W] in [-1, 1], see `look.MAPS` and `look.STROKE_MAPS`.
        """
        mean, std = (frame.new_tensor(v).view(1, 3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
        x, padding = pad_to_multiple(torch.cat([(frame - mean) / std, maps], 1), self._stride)
        levels = [self.enter(x)]
        for block in self.down:
            levels.append(block(levels[-1]))
        x = levels.pop()
        for block in self.up:
            finer = levels.pop()
            x = block(torch.cat([finer, resize(x, finer.shape[-2:])], 1))
        found = unpad(self.predict(x), padding)
        with torch.autocast(maps.device.type, enabled=False):
            return found.float() + self.opinion(maps.float())


def state_from_strokes(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """First weights of a `Refiner` of results from one that was trained on strokes.

    What it makes of the frame, the log odds and the cut stays; the other maps have no say yet.
    """
    shared = {"merged": "odds", "cut": "cut"}
    widened = dict(state)
    for name, before in (("enter.0.weight", 3), ("opinion.weight", 0)):
        known = state[name]
        new = known.new_zeros(known.shape[0], before + len(MAPS), *known.shape[2:])
        new[:, :before] = known[:, :before]
        for ours, theirs in shared.items():
            new[:, before + MAPS.index(ours)] = known[:, before + STROKE_MAPS.index(theirs)]
        widened[name] = new
    return widened


def _block(channels: int, out: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, out, 3, stride, 1, bias=False),
        nn.BatchNorm2d(out),
        nn.ReLU(inplace=True),
        nn.Conv2d(out, out, 3, 1, 1, bias=False),
        nn.BatchNorm2d(out),
        nn.ReLU(inplace=True),
    )
