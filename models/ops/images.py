"""From frames to network inputs and back, exactly as the authors' data loaders do it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

Size = tuple[int, int]
"""(height, width)."""


def resize_antialiased(frame: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Pillow's bilinear resize of uint8 [H, W, 3], which averages when it shrinks."""
    height, width = size
    return np.asarray(Image.fromarray(frame).resize((width, height), Image.Resampling.BILINEAR))


def imagenet_input(frames: Iterable[NDArray[np.uint8]], size: Size) -> Tensor:
    """RGB frames uint8 [H, W, 3] of any sizes -> float32 [N, 3, h, w], ImageNet-normalised."""
    small = np.stack([resize_antialiased(frame, size) for frame in frames])
    x = small.astype(np.float32) / 255
    x = (x - np.asarray(IMAGENET_MEAN, np.float32)) / np.asarray(IMAGENET_STD, np.float32)
    return torch.from_numpy(x).permute(0, 3, 1, 2).contiguous()


def resize_map(values: NDArray[np.float32], size: Size) -> NDArray[np.float32]:
    """Pillow's bilinear resize of a float map [H, W]."""
    height, width = size
    image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))


def opencv_input(
    frames: Iterable[NDArray[np.uint8]],
    size: Size,
    mean: Sequence[float],
    std: Sequence[float],
) -> Tensor:
    """RGB frames uint8 -> float32 [N, 3, h, w]; normalised in 0..255 units, then resized.

    OpenCV's bilinear resize does not average when it shrinks.
    """
    height, width = size
    m, s = np.asarray(mean, np.float32), np.asarray(std, np.float32)
    resized = [
        cv2.resize((f.astype(np.float32) - m) / s, (width, height), interpolation=cv2.INTER_LINEAR)
        for f in frames
    ]
    return torch.from_numpy(np.stack(resized)).permute(0, 3, 1, 2).contiguous()


def check_frames(frames: NDArray[np.uint8]) -> Size:
    """(H, W) of RGB frames uint8 [N, H, W, 3]; raises ValueError for anything else."""
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != np.uint8:
        raise ValueError(f"frames are uint8 [N, H, W, 3], not {frames.dtype} {list(frames.shape)}")
    return frames.shape[1], frames.shape[2]


def device_of(net: nn.Module) -> torch.device:
    """The device of the network's first parameter; one that was packed for the CPU has none."""
    return next((p.device for p in net.parameters()), torch.device("cpu"))


def to_maps(probability: Tensor) -> NDArray[np.float32]:
    """[N, 1, H, W] -> float32 [N, H, W] on the CPU, within [0, 1]."""
    return probability.squeeze(1).float().clamp(0, 1).cpu().numpy()


def truncate_to_uint8(probability: NDArray[np.float32]) -> NDArray[np.uint8]:
    """[0, 1] -> 0..255, rounded down, as `ToPILImage` does."""
    return (probability * np.float32(255)).astype(np.uint8)


def batches(count: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover `count` items."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))
