"""Frames at the working size.

Everything in this package happens at about 480 lines or fewer: flow and colour models gain nothing
from more pixels, and time and memory stay the same for 4K. Tiny frames are enlarged, because the
coarsest level of the DIS pyramid needs a few patches.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import Control
from annotator.core.types import FrameReader, Image, Size

Float = NDArray[np.float32]
Byte = NDArray[np.uint8]

LINES = 480
WORK_AREA = LINES * 854
MIN_SIDE = 64


@lru_cache(maxsize=4)
def pixel_grid(height: int, width: int) -> Float:
    """(x, y) of every pixel, float32 [H, W, 2]."""
    xs, ys = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32), copy=False
    )
    grid = np.dstack((xs, ys))
    grid.flags.writeable = False
    return grid


def sample(image: Any, coords: Float) -> Any:
    """Bilinear look-up of `image` [H, W(, C)] at `coords` [h, w, 2] (x, y), edges repeated."""
    return cv2.remap(
        image, coords[..., 0], coords[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def working_size(size: Size, lines: int = LINES) -> Size:
    """The size at which a frame of `size` is worked on; equal to it where that is possible.

    `lines`: height of a frame of 16 : 9 with as many pixels as may be worked on.
    """
    area, most = size.width * size.height, WORK_AREA * (lines / LINES) ** 2
    factor = 1.0
    if area > most * 1.05:
        factor = (most / area) ** 0.5
    if min(size) * factor < MIN_SIDE:
        factor = MIN_SIDE / min(size)
    if factor == 1.0:
        return size
    # A very long strip may not grow without bound: its short side then stays below MIN_SIDE.
    factor = min(factor, max(1.0, 4 * WORK_AREA**0.5 / max(size)))
    return Size(
        max(16, round(size.width * factor)),
        max(16, round(size.height * factor)),
    )


@dataclass(frozen=True, slots=True)
class View:
    """One frame at the working size: grey uint8 [H, W], RGB and CIE Lab uint8 [H, W, 3]."""

    frame: int
    rgb: Byte
    grey: Byte
    lab: Byte


class Views:
    """Reads frames on demand; keeps a bounded number."""

    def __init__(self, reader: FrameReader, control: Control, lines: int = LINES) -> None:
        self.reader = reader
        self.control = control
        self.full = reader.size
        self.size = working_size(reader.size, lines)
        self.scale = ((self.size.width * self.size.height) / WORK_AREA) ** 0.5
        """Length of a step of one pixel at 854x480, in working pixels."""
        self._views: OrderedDict[int, View] = OrderedDict()

    def read_full(self, frame: int) -> Image:
        """The frame at its own size, uint8 [H, W, 3]; grey sources are repeated to three planes."""
        image = np.asarray(self.reader.read(frame))
        if image.ndim == 2:
            image = np.repeat(image[..., None], 3, axis=2)
        return image[..., :3]

    def view(self, frame: int) -> View:
        found = self._views.get(frame)
        if found is not None:
            self._views.move_to_end(frame)
            return found
        self.control.checkpoint()
        image = np.ascontiguousarray(self.read_full(frame))
        if self.size != self.full:
            shrink = self.size.width < self.full.width
            image = cv2.resize(
                image,
                (self.size.width, self.size.height),
                interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR,
            )
        view = View(
            frame,
            image,
            cv2.cvtColor(image, cv2.COLOR_RGB2GRAY),
            cv2.cvtColor(image, cv2.COLOR_RGB2LAB),
        )
        self._views[frame] = view
        while len(self._views) > 4:
            self._views.popitem(last=False)
        return view
