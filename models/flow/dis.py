"""Dense inverse search (Kroeger, Timofte, Dai and Van Gool, ECCV 2016) as OpenCV has it."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

_SMALLEST = 32
"""OpenCV's coarsest pyramid level needs some patches; smaller pictures are padded to this."""


class DisFlow:
    """A `FlowEstimator` without weights: medium preset, grey pictures."""

    def __init__(self) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def __call__(
        self, image: NDArray[np.uint8], reference: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        height, width = image.shape[:2]
        flow = self._dis.calc(self._prepare(image), self._prepare(reference), None)
        return np.ascontiguousarray(flow[:height, :width], dtype=np.float32)

    @staticmethod
    def _prepare(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        height, width = grey.shape
        below, right = max(0, _SMALLEST - height), max(0, _SMALLEST - width)
        if below or right:
            grey = cv2.copyMakeBorder(grey, 0, below, 0, right, cv2.BORDER_REPLICATE)
        return cast("NDArray[np.uint8]", grey)
