"""Shapes of masks: polygons, growing, shrinking, smoothing. Exact, numpy only.

All functions take and return bool [H, W]; nothing is changed in place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annotator.core.raster import bounding_rect
from annotator.core.types import Mask, Rect, Size


def polygon_mask(points: NDArray[np.float32], size: Size) -> Mask:
    """Pixels whose centre lies inside the closed polygon `points` [N, 2] (x, y), even-odd rule.

    The polygon may cross itself and reach outside the picture; fewer than 3 points hold nothing.
    """
    height, width = size.shape
    mask = np.zeros((height, width), bool)
    if len(points) < 3:
        return mask
    corners = np.asarray(points, np.float64)
    first = max(int(np.ceil(corners[:, 1].min())), 0)
    last = min(int(np.floor(corners[:, 1].max())), height - 1)
    rows = np.arange(first, last + 1)
    if len(rows) == 0:
        return mask
    # Each edge that a row of pixel centres crosses turns inside to outside from there on.
    flips = np.zeros((len(rows), width + 1), np.int32)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crossed = np.flatnonzero((rows >= min(y0, y1)) & (rows < max(y0, y1)))
        if len(crossed):
            x = x0 + (rows[crossed] - y0) * (x1 - x0) / (y1 - y0)
            column = np.clip(np.ceil(x), 0, width).astype(int)
            flips[crossed, column] += 1
    mask[first : last + 1] = np.cumsum(flips[:, :-1], axis=1) % 2 == 1
    return mask


def box_mask(points: NDArray[np.float32], size: Size) -> Mask:
    """Pixels whose centre lies in the rectangle between two corners [2, 2] (x, y)."""
    mask = np.zeros(size.shape, bool)
    low = np.ceil(points.min(axis=0)).astype(int)
    high = np.floor(points.max(axis=0)).astype(int) + 1
    rect = Rect(int(low[0]), int(low[1]), int(high[0]), int(high[1])).clip(size)
    if not rect.empty:
        mask[rect.slices] = True
    return mask


def grown(mask: Mask, radius: int) -> Mask:
    """Every pixel within `radius` pixels of the mask (a disk, exact)."""
    result = mask.copy()
    height, width = mask.shape
    around = _inflated(bounding_rect(mask), radius, Size(width, height))
    if around.empty or radius < 1:
        return result
    part = mask[around.slices]
    rows, columns = part.shape
    # How many pixels of the mask come before each column, also beside the picture.
    before = np.zeros((rows, columns + 2 * radius + 1), np.int32)
    np.cumsum(part, axis=1, out=before[:, radius + 1 : radius + 1 + columns])
    before[:, radius + 1 + columns :] = before[:, radius + columns, None]
    out = np.zeros_like(part)
    # A disk is a stack of rows: spread each row sideways by the disk's width at that height.
    for dy in range(min(radius, rows - 1) + 1):
        half = int(np.sqrt(radius * radius - dy * dy))
        right, left = radius + half + 1, radius - half
        spread = before[:, right : right + columns] > before[:, left : left + columns]
        out[dy:] |= spread[: rows - dy]
        if dy:
            out[:-dy] |= spread[dy:]
    result[around.slices] |= out
    return result


def shrunk(mask: Mask, radius: int) -> Mask:
    """Every pixel of the mask that is further than `radius` pixels from its outside.

    The picture's edge is no outside: an object that leaves the picture is not eaten from there.
    """
    return ~grown(~mask, radius)


def smoothed(mask: Mask, radius: int) -> Mask:
    """Majority of the neighbourhood (two box filters of `radius`): corners and crumbs go."""
    height, width = mask.shape
    around = _inflated(bounding_rect(mask), 2 * radius, Size(width, height))
    result = mask.copy()
    if around.empty or radius < 1:
        return result
    value = mask[around.slices].astype(np.float64)
    for _ in range(2):
        value = _box(_box(value, radius).T, radius).T
    result[around.slices] = value > 0.5
    return result


def _box(value: NDArray[np.float64], radius: int) -> NDArray[np.float64]:
    """Mean over 2 `radius` + 1 rows; the border repeats its last row."""
    padded = np.pad(value, ((radius + 1, radius), (0, 0)), mode="edge")
    total = np.cumsum(padded, axis=0)
    span = 2 * radius + 1
    return np.asarray((total[span:] - total[:-span]) / span)


def _inflated(rect: Rect, by: int, size: Size) -> Rect:
    if rect.empty:
        return rect
    return Rect(rect.x0 - by, rect.y0 - by, rect.x1 + by, rect.y1 + by).clip(size)
