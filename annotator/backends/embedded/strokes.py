"""From vector strokes to pixels."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.core.types import Mask, Rect, Size, Stroke

NO_STROKE = -1
"""Value of a stroke map where no stroke passes."""


def stroke_mask(stroke: Stroke, size: Size) -> tuple[Rect, Mask]:
    """Pixels under a stroke.

    A pixel is under the stroke if its centre lies within `radius` of the polyline, or if a point of
    the polyline lies in it (so that a pen thinner than a pixel still marks).

    Returns the rectangle that holds them, clipped to the frame (empty for a stroke outside of it),
    and bool [rows, columns] inside that rectangle.
    """
    points = stroke.points.astype(np.float64)
    # Far outside the frame nothing can be marked; without this a wild point would ask for a
    # rectangle of any size before it is clipped.
    reach = stroke.radius + 1.0
    rect = _rect_around(points, reach).clip(size)
    if rect.empty:
        return Rect(0, 0, 0, 0), np.zeros((0, 0), bool)
    mask = np.zeros((rect.y1 - rect.y0, rect.x1 - rect.x0), bool)
    starts, ends = (points[:-1], points[1:]) if len(points) > 1 else (points, points)
    for start, end in zip(starts, ends, strict=True):
        part = _rect_around(np.stack([start, end]), reach).clip(size)
        if part.empty:
            continue
        rows = slice(part.y0 - rect.y0, part.y1 - rect.y0)
        columns = slice(part.x0 - rect.x0, part.x1 - rect.x0)
        mask[rows, columns] |= _near_segment(start, end, part, stroke.radius)
    inside = np.round(points).astype(np.int64)
    kept = (
        (inside[:, 0] >= rect.x0)
        & (inside[:, 0] < rect.x1)
        & (inside[:, 1] >= rect.y0)
        & (inside[:, 1] < rect.y1)
    )
    mask[inside[kept, 1] - rect.y0, inside[kept, 0] - rect.x0] = True
    return rect, mask


def stroke_map(strokes: Iterable[Stroke], size: Size) -> NDArray[np.int16]:
    """int16 [H, W]: the object id of the last stroke over each pixel, `NO_STROKE` elsewhere."""
    drawn = np.full(size.shape, NO_STROKE, np.int16)
    for stroke in strokes:
        rect, mask = stroke_mask(stroke, size)
        drawn[rect.slices][mask] = stroke.object_id
    return drawn


def shrink_stroke_map(drawn: NDArray[np.int16], size: Size) -> NDArray[np.int16]:
    """A stroke map at a smaller size: a cell takes the id of a stroke pixel it holds, else none.

    Picking any one pixel of the cell would lose thin strokes; where a cell holds several ids the
    one that is drawn over the most pixels of the frame gives way, since the rarer stroke would
    otherwise vanish.
    """
    small = np.full(size.shape, NO_STROKE, np.int16)
    rows, columns = np.nonzero(drawn != NO_STROKE)
    if len(rows) == 0:
        return small
    ids = drawn[rows, columns]
    height, width = drawn.shape
    counts = np.bincount(ids)
    order = np.argsort(-counts[ids], kind="stable")
    rows, columns, ids = rows[order], columns[order], ids[order]
    small[rows * size.height // height, columns * size.width // width] = ids
    return small


def _rect_around(points: NDArray[np.float64], reach: float) -> Rect:
    low = np.clip(np.floor(points.min(axis=0) - reach), -(2**31), 2**31)
    high = np.clip(np.ceil(points.max(axis=0) + reach) + 1, -(2**31), 2**31)
    return Rect(int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _near_segment(
    start: NDArray[np.float64], end: NDArray[np.float64], rect: Rect, radius: float
) -> Mask:
    x = np.arange(rect.x0, rect.x1, dtype=np.float64)[None, :] - start[0]
    y = np.arange(rect.y0, rect.y1, dtype=np.float64)[:, None] - start[1]
    dx, dy = end - start
    length = dx * dx + dy * dy
    along = np.clip((x * dx + y * dy) / length, 0.0, 1.0) if length > 0 else np.zeros((1, 1))
    return np.asarray((x - along * dx) ** 2 + (y - along * dy) ** 2 <= radius * radius)


def resize_area(image: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """uint8 [H, W, 3] shrunk by averaging; the image itself where the size is right already."""
    if (image.shape[1], image.shape[0]) == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
