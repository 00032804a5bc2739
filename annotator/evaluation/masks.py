"""Label maps of a whole clip in memory."""

from __future__ import annotations

import zlib

import numpy as np

from annotator.core.types import LabelMap, Size


class CompressedMasks:
    """Label maps of many frames, compressed: a clip of 4K masks would not fit otherwise."""

    def __init__(self, size: Size) -> None:
        self._shape = size.shape
        self._data: dict[int, bytes] = {}

    def put(self, frame: int, labels: LabelMap) -> None:
        self._data[frame] = zlib.compress(np.ascontiguousarray(labels).tobytes(), 1)

    def get(self, frame: int) -> LabelMap:
        """uint8 [H, W]; empty for a frame that was never filled."""
        data = self._data.get(frame)
        if data is None:
            return np.zeros(self._shape, np.uint8)
        return np.frombuffer(zlib.decompress(data), np.uint8).reshape(self._shape)
