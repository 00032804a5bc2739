"""Groups of images to co-saliency maps with DCFM."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from models.dcfm.net import Dcfm
from models.dcfm.recipe import INPUT_SIZE
from models.ops.images import (
    Size,
    batches,
    check_frames,
    device_of,
    imagenet_input,
    to_maps,
    truncate_to_uint8,
)

IMAGES_AT_ONCE = 8
"""Images whose full-size maps are in memory together; about 200 MB each at 224x224."""


def prepare_mask(mask: NDArray[np.uint8], size: Size = INPUT_SIZE) -> NDArray[np.float32]:
    """A mask uint8 [H, W] in 0..255 -> float32 [h, w] in [0, 1]; nearest pixel, as published."""
    height, width = size
    image = Image.fromarray(mask).resize((width, height), Image.Resampling.NEAREST)
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def predict(
    net: Dcfm, frames: NDArray[np.uint8], size: Size = INPUT_SIZE, at_once: int = IMAGES_AT_ONCE
) -> NDArray[np.float32]:
    """Co-saliency float32 [N, H, W] in [0, 1] of a group of RGB frames uint8 [N, H, W, 3]."""
    check_frames(frames)
    return np.stack(list(predict_group(net, list(frames), size, at_once)))


def predict_group(
    net: Dcfm,
    images: Sequence[NDArray[np.uint8]],
    size: Size = INPUT_SIZE,
    at_once: int = IMAGES_AT_ONCE,
) -> Iterator[NDArray[np.float32]]:
    """Co-saliency [Hi, Wi] in [0, 1] of every image uint8 [Hi, Wi, 3] of a group, in order.

    The images may have different sizes and are read by index, so `images` may load them on demand:
    once if the group fits into `at_once`, else twice. Only the deepest features of all images are
    held together (0.4 MB each).
    """
    device = device_of(net)

    @torch.inference_mode()
    def features(part: slice) -> list[Tensor]:
        chosen = [images[i] for i in range(part.start, part.stop)]
        return net.backbone(imagenet_input(chosen, size).to(device))

    parts = list(batches(len(images), at_once))
    with torch.inference_mode():
        first = [features(part) for part in parts[:1]] if len(parts) == 1 else []
        deep = [maps[-1] for maps in first] or [features(part)[-1] for part in parts]
        if not deep:
            return
        weighted = net.prototype(torch.cat(deep)).features
    for i, part in enumerate(parts):
        with torch.inference_mode():
            *skips, _ = first[i] if first else features(part)
            maps = net.finish(weighted[part], skips).float().sigmoid()
        for index, one in zip(range(part.start, part.stop), maps.split(1), strict=True):
            height, width = images[index].shape[:2]
            yield to_maps(enlarge(one, (height, width)))[0]


def enlarge(probability: Tensor, size: Size) -> Tensor:
    """Probabilities [N, 1, h, w] -> [N, 1, H, W]; bilinear with aligned corners, as published."""
    return F.interpolate(probability, size, mode="bilinear", align_corners=True)


def published_uint8(probability: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The 8-bit map as the authors save it: rounded down."""
    return truncate_to_uint8(probability)
