"""Frames to saliency maps with SCWSSOD, pre- and post-processing as in its test code."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.ops.images import Size, check_frames, device_of, opencv_input, to_maps
from models.ops.resize import resize
from models.scwssod.net import Scwssod
from models.scwssod.recipe import INPUT_SIZE


@dataclass(frozen=True, slots=True)
class ColourStatistics:
    """Mean and standard deviation of R, G, B in 0..255 units."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


STATISTICS = {
    "duts": ColourStatistics((124.55, 118.90, 102.94), (56.77, 55.97, 57.50)),
    "ecssd": ColourStatistics((117.15, 112.48, 92.86), (56.36, 53.82, 54.23)),
    "other": ColourStatistics((124.16, 116.736, 103.936), (58.624, 57.344, 57.6)),
}
"""By data set: the code normalises with the statistics of the set under test; `duts` is what the
network was trained with, `other` the fallback (256 times ImageNet's)."""


def prepare(
    frames: NDArray[np.uint8],
    size: Size = INPUT_SIZE,
    statistics: ColourStatistics = STATISTICS["duts"],
) -> torch.Tensor:
    """Network input float32 [N, 3, h, w] of RGB frames uint8 [N, H, W, 3]."""
    return opencv_input(frames, size, statistics.mean, statistics.std)


def prepare_mask(mask: NDArray[np.uint8], size: Size = INPUT_SIZE) -> NDArray[np.float32]:
    """A mask uint8 [H, W] in 0..255 -> float32 [h, w] in [0, 1], resized as the images are."""
    height, width = size
    values = mask.astype(np.float32) / 255
    return cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR)


@torch.inference_mode()
def predict(
    net: Scwssod,
    frames: NDArray[np.uint8],
    size: Size = INPUT_SIZE,
    statistics: ColourStatistics = STATISTICS["duts"],
) -> NDArray[np.float32]:
    """Saliency float32 [N, H, W] in [0, 1] of RGB frames uint8 [N, H, W, 3].

    All frames form one batch, on the device of `net`. Raises ValueError for other input.
    """
    full = check_frames(frames)
    logits = net.saliency(prepare(frames, size, statistics).to(device_of(net)))
    return to_maps(enlarge(logits, full))


def enlarge(logits: torch.Tensor, size: Size) -> torch.Tensor:
    """Logits [N, 1, h, w] -> probabilities [N, 1, H, W] at `size`, resized before the sigmoid."""
    return resize(logits.float(), size).sigmoid()


def stretch(probability: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map [H, W] stretched to the full range [0, 1]; a constant map becomes 0."""
    low, high = probability.min(), probability.max()
    return (probability - low) / (high - low + np.float32(1e-8))


def published_uint8(probability: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The 8-bit map [H, W] as the authors save it: stretched, rounded."""
    return np.round(stretch(probability) * 255).astype(np.uint8)
