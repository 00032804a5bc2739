"""Outlines of masks and masks of outlines, exact to the pixel.

Coordinates here are those of label tools: (0, 0) is the *corner* of the top-left pixel, so the
pixel in column c and row r covers [c, c + 1] x [r, r + 1]. The rule for filling: a pixel belongs to
the polygon if its centre (c + 0.5, r + 0.5) is inside by the even-odd rule; a centre exactly on an
edge belongs if the inside is to its right or below. Outlines run along pixel edges, so filling them
gives back the mask they were made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.core.types import Mask, Size

Ring = NDArray[np.float64]
"""float64 [N, 2]: corners (x, y) of a closed line, the first one not repeated."""

_MOST_CROSSINGS = 1 << 25


def outlines(mask: Mask, tolerance: float = 0.0) -> list[Ring]:
    """One closed line per connected part (8 neighbours) of `mask`, bool [H, W].

    Holes are joined to the outline by a bridge of no width, walked there and back, and run the
    other way round, so that the even-odd and the non-zero rule both leave them out.

    Args:
        tolerance: how far, in pixels, a simplified line may be from the exact one; 0 = exact.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) == 0:
        return []
    y0, x0 = int(rows[0]), int(columns[0])
    part = np.ascontiguousarray(mask[y0 : rows[-1] + 1, x0 : columns[-1] + 1]).view(np.uint8)
    rings = _trace(part)
    if len(rings) > 1:
        _, labels = cv2.connectedComponents(part, connectivity=8)
    parts: dict[int, list[Ring]] = {}
    for ring in rings:
        x, y = int(ring[0, 0]), int(ring[0, 1])
        outer = bool(part[y, x])
        label = 0 if len(rings) == 1 else int(labels[y if outer else y - 1, x])
        line = ring + np.array([x0, y0], np.float64)
        if tolerance > 0:
            line = cv2.approxPolyDP(line.astype(np.float32), tolerance, True)[:, 0].astype(float)
        if len(line) >= 3:
            parts.setdefault(label, []).append(line if outer else line[::-1])
    return [_bridged(lines) for lines in parts.values()]


def fill(rings: Iterable[Sequence[object] | NDArray[np.float64]], size: Size) -> Mask:
    """bool [H, W]: the pixels inside `rings` taken together by the even-odd rule.

    Raises ValueError for a ring of fewer than three corners, for corners that are no numbers, and
    for a polygon so tangled that it cannot be meant.
    """
    height, width = size.shape
    x0, y0, x1, y1 = _edges(rings, size)
    first = np.clip(np.ceil(y0 - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(y1 - 0.5), 0, height).astype(np.int64)
    counts = last - first
    total = int(counts.sum())
    mask = np.zeros((height, width), np.bool_)
    if total == 0:
        return mask
    if total > _MOST_CROSSINGS:
        raise ValueError("a polygon has far too many corners")
    edge = np.repeat(np.arange(len(counts)), counts)
    row = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts) + first[edge]
    slope = (x1 - x0) / (y1 - y0)
    x = x0[edge] + (row + 0.5 - y0[edge]) * slope[edge]
    column = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    top, bottom = int(first.min()), int(last.max())
    crossings = np.bincount(
        (row - top) * (width + 1) + column, minlength=(bottom - top) * (width + 1)
    )
    odd = (crossings & 1).astype(np.uint8).reshape(bottom - top, width + 1)
    mask[top:bottom] = np.bitwise_xor.accumulate(odd, axis=1)[:, :width].view(np.bool_)
    return mask


def iou(one: Mask, other: Mask) -> float:
    """Intersection over union of two masks; 1 if both are empty."""
    union = np.count_nonzero(one | other)
    return 1.0 if union == 0 else np.count_nonzero(one & other) / union


def _edges(
    rings: Iterable[Sequence[object] | NDArray[np.float64]], size: Size
) -> NDArray[np.float64]:
    """float64 [4, N]: x0, y0, x1, y1 of all edges but the level ones, y0 < y1."""
    found = [np.zeros((0, 4))]
    for ring in rings:
        points = np.asarray(ring, np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) < 3:
            raise ValueError("a polygon needs at least three points")
        if not (np.abs(points) <= 16 * max(size) + 1024).all():
            raise ValueError("a polygon lies outside the picture")
        following = np.roll(points, -1, axis=0)
        # Always from above: an edge walked both ways must cross each row at the very same place.
        swap = (points[:, 1] > following[:, 1])[:, None]
        upper, lower = np.where(swap, following, points), np.where(swap, points, following)
        edges = np.concatenate((upper, lower), axis=1)
        found.append(edges[edges[:, 1] < edges[:, 3]])
    return np.concatenate(found).T


def _trace(part: NDArray[np.uint8]) -> list[Ring]:
    """Rings of corners along pixel edges of uint8 [H, W] (0, 1), each from its highest, there from
    its leftmost corner to the right: clockwise on the screen.

    A corner lies where an odd number of the four pixels around it is set; where two are set that
    touch only there, two corners coincide. Along a line of the grid, corners in their order are
    the ends of the edges on it, in pairs.
    """
    padded = np.pad(part, 1)
    a, b, c, d = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    touching = (a == d) & (b == c) & (a != b)
    ys, xs = np.nonzero((a ^ b ^ c ^ d).view(np.bool_) | touching)
    twice = 1 + touching[ys, xs]
    ys, xs = np.repeat(ys, twice), np.repeat(xs, twice)
    order = np.lexsort((np.arange(len(ys)), ys, xs))
    down = np.empty(len(ys), np.int64)
    down[order[0::2]], down[order[1::2]] = order[1::2], order[0::2]
    below = down.tolist()
    seen = bytearray(len(below))
    rings = []
    for start in range(len(below)):
        if seen[start]:
            continue
        ring: list[int] = []
        corner = start
        while not seen[corner]:
            beside = corner ^ 1
            seen[corner] = seen[beside] = 1
            ring += (corner, beside)
            corner = below[beside]
        rings.append(np.stack((xs[ring], ys[ring]), axis=1).astype(np.float64))
    return rings


def _bridged(lines: Sequence[Ring]) -> Ring:
    if len(lines) == 1:
        return lines[0]
    pieces = [lines[0], lines[0][:1]]
    for line in lines[1:]:
        pieces += (line, line[:1], lines[0][:1])
    # The last return to the start is the closing edge.
    return np.concatenate(pieces[:-1])
