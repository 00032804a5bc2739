"""OpenCV's DIS flow (Kroeger et al., "Fast optical flow using dense inverse search", 2016)."""

from __future__ import annotations

import threading
from typing import Any

import cv2
import numpy as np

from annotator.backends.embedded.views import Byte, Float


class Dis:
    """May be asked by several threads: what it computes with is each thread's own.

    Args:
        preset: `cv2.DISOPTICAL_FLOW_PRESET_...`.
    """

    def __init__(self, preset: int) -> None:
        self._preset = preset
        self._own = threading.local()

    def __call__(self, source: Byte, target: Byte) -> Float:
        """Where each pixel of `source` lies in `target`, both uint8 [H, W], minus itself: float32
        [H, W, 2]."""
        dis: Any = getattr(self._own, "dis", None)
        if dis is None:
            dis = self._own.dis = cv2.DISOpticalFlow.create(self._preset)
        return np.asarray(dis.calc(source, target, None), np.float32)
