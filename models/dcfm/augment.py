"""How DCFM's authors vary a picture and its mask (their training code; the paper does not say)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.dcfm.recipe import CROP, FLIP_PROBABILITY, ROTATION_DEGREES, SHORT_SIDE

Image = NDArray[np.uint8]


def varied(
    image: Image, mask: Image, size: tuple[int, int], rng: np.random.Generator
) -> tuple[Image, Image]:
    """A picture uint8 [H, W, 3] and its mask [H, W], as `size` (height, width).

    Scaled to a random short side, padded with zeros at the right and below, a random square cut
    out, resized, mirrored, turned about the centre. Values are bilinear, those of the mask nearest.
    """
    factor = int(rng.integers(SHORT_SIDE[0], SHORT_SIDE[1] + 1)) / min(mask.shape)
    height, width = (max(round(side * factor), 1) for side in mask.shape)
    square = tuple(
        np.pad(part, [(0, max(CROP - height, 0)), (0, max(CROP - width, 0)), *extra])
        for part, extra in (
            (cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), [(0, 0)]),
            (cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST), []),
        )
    )
    y, x = (int(rng.integers(side - CROP + 1)) for side in square[1].shape)
    cut = tuple(part[y : y + CROP, x : x + CROP] for part in square)
    if rng.random() < FLIP_PROBABILITY:
        cut = tuple(part[:, ::-1] for part in cut)
    angle = rng.uniform(-ROTATION_DEGREES, ROTATION_DEGREES)
    turn = cv2.getRotationMatrix2D(((size[1] - 1) / 2, (size[0] - 1) / 2), angle, 1.0)
    small = []
    for part, how in zip(cut, (cv2.INTER_LINEAR, cv2.INTER_NEAREST), strict=True):
        resized = cv2.resize(np.ascontiguousarray(part), size[::-1], interpolation=how)
        small.append(np.asarray(cv2.warpAffine(resized, turn, size[::-1], flags=how), np.uint8))
    return small[0], small[1]
