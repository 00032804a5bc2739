"""Drawing on label maps: pens, tiles and the one rule for merging results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from annotator.core.types import BACKGROUND, LabelMap, Mask, Rect, Size

TILE = 64
"""Side of the square tiles in which edits are recorded, px."""


def pen_rect(points: NDArray[np.float32], radius: float, size: Size) -> Rect:
    """Smallest rectangle that holds a pen's trace, clipped to the picture."""
    low = np.floor(points.min(axis=0) - radius).astype(int)
    high = np.ceil(points.max(axis=0) + radius).astype(int) + 1
    return Rect(int(low[0]), int(low[1]), int(high[0]), int(high[1])).clip(size)


def pen_mask(points: NDArray[np.float32], radius: float, rect: Rect) -> Mask:
    """Pixels whose centre lies within `radius` of the polyline `points` [N, 2] (x, y).

    Returns bool [rect height, rect width]. Each segment is tested inside its own small box, so a
    long thin stroke costs its length, not its bounding box.
    """
    mask = np.zeros((max(rect.y1 - rect.y0, 0), max(rect.x1 - rect.x0, 0)), bool)
    if rect.empty:
        return mask
    starts = points[:-1] if len(points) > 1 else points
    ends = points[1:] if len(points) > 1 else points
    whole = Size(rect.x1, rect.y1)
    for start, end in zip(starts.astype(np.float64), ends.astype(np.float64), strict=True):
        box = pen_rect(np.stack([start, end]), radius, whole)
        box = Rect(max(box.x0, rect.x0), max(box.y0, rect.y0), box.x1, box.y1)
        if box.empty:
            continue
        x = np.arange(box.x0, box.x1, dtype=np.float64)[None, :] - start[0]
        y = np.arange(box.y0, box.y1, dtype=np.float64)[:, None] - start[1]
        dx, dy = end - start
        length2 = dx * dx + dy * dy
        along = np.clip((x * dx + y * dy) / length2, 0.0, 1.0) if length2 > 0 else 0.0
        near = (x - along * dx) ** 2 + (y - along * dy) ** 2 <= radius * radius
        local = (
            slice(box.y0 - rect.y0, box.y1 - rect.y0),
            slice(box.x0 - rect.x0, box.x1 - rect.x0),
        )
        mask[local] |= near
    return mask


def tiles_of(rect: Rect) -> Iterator[tuple[int, int]]:
    """(row, column) of every tile that the rectangle touches."""
    if rect.empty:
        return
    for row in range(rect.y0 // TILE, (rect.y1 - 1) // TILE + 1):
        for column in range(rect.x0 // TILE, (rect.x1 - 1) // TILE + 1):
            yield row, column


def tile_slices(row: int, column: int) -> tuple[slice, slice]:
    """Index of a tile in a label map (numpy cuts it at the border)."""
    return (
        slice(row * TILE, (row + 1) * TILE),
        slice(column * TILE, (column + 1) * TILE),
    )


def bounding_rect(mask: Mask | LabelMap) -> Rect:
    """Smallest rectangle around the pixels that are not 0; empty if there are none."""
    rows = np.flatnonzero(mask.any(axis=1))
    if len(rows) == 0:
        return Rect(0, 0, 0, 0)
    columns = np.flatnonzero(mask[rows[0] : rows[-1] + 1].any(axis=0))
    return Rect(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def merge_labels(old: LabelMap, new: LabelMap, writable: Iterable[int]) -> LabelMap:
    """Replace the masks of the `writable` ids in `old` by those in `new`; all else stays.

    This is how law 1 holds for pixels: a pixel of any id that is not writable (a protected object,
    an object outside the run, void) keeps its value, whatever `new` says. Returns a new array.
    """
    ids = bytes(set(writable) - {BACKGROUND})
    others = bytes(set(range(256)) - set(ids))
    kept = np.frombuffer(bytearray(_cleared(old, ids)), np.uint8).reshape(old.shape)
    wanted = np.frombuffer(_cleared(new, others), np.uint8).reshape(new.shape)
    np.copyto(kept, wanted, where=kept == BACKGROUND)
    return kept


def _cleared(label_map: LabelMap, ids: bytes) -> bytes:
    """The pixels with those of some ids made background. A table of bytes does it several times
    faster than indexing with an array, and this runs for every frame that a run delivers."""
    return label_map.tobytes().translate(bytes.maketrans(ids, bytes([BACKGROUND]) * len(ids)))
