"""From vector strokes to pixels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from annotator.core.raster import pen_mask, pen_rect
from annotator.core.types import Mask, Rect, Size, Stroke

NO_STROKE = -1
"""Value of a stroke map where no stroke passes."""

StrokeMap = NDArray[np.int16]


def stroke_mask(stroke: Stroke, size: Size) -> tuple[Rect, Mask]:
    """Pixels whose centre lies under a stroke; a pen too thin for that marks the nearest ones.

    Returns their rectangle inside the frame (empty for a stroke outside of it) and bool
    [rows, columns] inside that rectangle.
    """
    # A wild point would ask for a rectangle beyond the range of integers before it is clipped.
    points = np.clip(stroke.points, -1e6, 1e6)
    rect = pen_rect(points, stroke.radius, size)
    mask = pen_mask(points, stroke.radius, rect)
    if not mask.any():
        columns, rows = np.rint(points).astype(np.intp).T
        hit = (rect.x0 <= columns) & (columns < rect.x1) & (rect.y0 <= rows) & (rows < rect.y1)
        mask[rows[hit] - rect.y0, columns[hit] - rect.x0] = True
    return rect, mask


def stroke_map(strokes: Iterable[Stroke], size: Size) -> StrokeMap:
    """int16 [H, W]: the object id of the last stroke over each pixel, `NO_STROKE` elsewhere."""
    drawn = np.full(size.shape, NO_STROKE, np.int16)
    for stroke in strokes:
        rect, mask = stroke_mask(stroke, size)
        if not rect.empty:
            drawn[rect.slices][mask] = stroke.object_id
    return drawn


def shrink_stroke_map(drawn: StrokeMap, size: Size) -> StrokeMap:
    """A stroke map at another, mostly smaller size [h, w]; thin strokes survive.

    A cell takes the id of a stroke pixel that it holds; where it holds several ids, the one drawn
    over fewer pixels of the frame wins, since that stroke would rather vanish.
    """
    small = np.full(size.shape, NO_STROKE, np.int16)
    rows, columns = np.nonzero(drawn != NO_STROKE)
    if len(rows) == 0:
        return small
    ids = drawn[rows, columns]
    height, width = drawn.shape
    order = np.argsort(-np.bincount(ids)[ids], kind="stable")
    rows, columns, ids = rows[order], columns[order], ids[order]
    small[rows * size.height // height, columns * size.width // width] = ids
    return small
