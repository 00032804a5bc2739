"""The colours that data sets give to ids."""

from __future__ import annotations

import numpy as np


def davis_palette() -> bytes:
    """768 bytes: red, green, blue of the 256 ids.

    The bits of an id are dealt out to the colours from their highest bit down, as in PASCAL VOC,
    from which DAVIS took its colours.
    """
    colors = np.zeros((256, 3), np.uint8)
    ids = np.arange(256)
    for bit in range(8):
        colors[:, bit % 3] |= ((ids >> bit & 1) << (7 - bit // 3)).astype(np.uint8)
    return colors.tobytes()
