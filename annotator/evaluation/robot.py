"""A robot that scribbles like a person who sees where a mask is wrong.

After the robot of the DAVIS interactive benchmark (Caelles et al., "The 2018 DAVIS Challenge on
Video Object Segmentation", arXiv 1803.00557): a stroke is the longest path through the skeleton of
an error region, smoothed. Here only the largest region of each kind is scribbled: what an object
misses (a stroke of that object) and what it has too much (a stroke of what is truly there).
Everything is a function of the two label maps, so runs repeat exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from skimage.morphology import skeletonize

from annotator.backends.embedded.strokes import stroke_mask
from annotator.core.types import BACKGROUND, VOID, LabelMap, Mask, Size, Stroke

PEN_SHARE = 4.0 / 980.0
"""Radius of the pen as a share of the diagonal: 4 px at 854x480."""
MIN_REGION_SHARE = 2e-4
"""Regions below this share of the frame are not worth a stroke (80 px at 854x480)."""
RING_SHARE = 0.04
"""How far from the objects the first background stroke runs, as a share of the diagonal."""
_SMOOTHING = 9
_SIMPLIFY = 0.75


def robot_scribbles(truth: LabelMap, prediction: LabelMap, objects: Sequence[int]) -> list[Stroke]:
    """Strokes that a person would draw on one frame.

    For each object: a stroke in the largest region that it misses, and one in the largest region
    that it wrongly covers. While none of the objects has a pixel yet, also a background stroke that
    runs around them at some distance.

    Args:
        truth: uint8 [H, W]; 255 is void and is never scribbled on.
        prediction: uint8 [H, W], the present label map.
        objects: ids that are asked for; other ids of the truth count as background.

    Returns strokes that lie wholly inside their region, in drawing order; none where no region is
    large enough. Raises ValueError if the shapes differ.
    """
    if truth.shape != prediction.shape or truth.ndim != 2:
        raise ValueError(f"label maps need one shape, got {truth.shape} and {prediction.shape}")
    there = np.where(np.isin(truth, [*objects, VOID]), truth, np.uint8(BACKGROUND))
    strokes = []
    for object_id in objects:
        missed = (there == object_id) & (prediction != object_id)
        strokes += _scribble(object_id, largest_region(missed))
    for object_id in objects:
        excess = (prediction == object_id) & (there != object_id) & (there != VOID)
        region = largest_region(excess)
        if region.any():
            label = int(np.bincount(there[region]).argmax())
            strokes += _scribble(label, largest_region(region & (there == label)))
    if not np.isin(prediction, list(objects)).any():
        strokes += _ring(there)
    return strokes


def largest_region(mask: Mask) -> Mask:
    """The largest 8-connected part of bool [H, W]; nothing if it is too small for a stroke."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return np.zeros_like(mask)
    best = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    if stats[best, cv2.CC_STAT_AREA] < MIN_REGION_SHARE * mask.size:
        return np.zeros_like(mask)
    return np.asarray(parts == best)


def _scribble(label: int, region: Mask) -> list[Stroke]:
    """The stroke of `label` along the skeleton of a region, if it is wide enough for one."""
    if not region.any():
        return []
    x, y, width, height = cv2.boundingRect(region.astype(np.uint8))
    crop = np.pad(region[y : y + height, x : x + width], 1)
    path = _longest_path(np.asarray(skeletonize(crop)))
    # Columns and rows of the crop, back to the frame.
    return _stroke_along(label, path + np.array([x - 1, y - 1]), region)


def _stroke_along(label: int, path: NDArray[np.int64], region: Mask) -> list[Stroke]:
    """A stroke along [N, 2] (x, y) pixels of the region that paints nothing outside of it."""
    size = Size(region.shape[1], region.shape[0])
    pen = max(1.0, PEN_SHARE * float(np.hypot(*size)))
    # The frame's own border does not stop a pen, but a stroke there marks no more.
    room = cv2.distanceTransform(region.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    wide = room[path[:, 1], path[:, 0]]
    radius = float(np.clip(np.percentile(wide, 25) - 1.0, 0.5, pen))
    path = max(_runs(path, wide > radius + 0.5), key=len, default=path[:0])
    for points in (_smooth(path), path.astype(np.float32)):
        for narrower in (radius, max(0.5, radius / 2), 0.5):
            if len(points) == 0:
                return []
            stroke = Stroke(label, points, narrower)
            rect, marked = stroke_mask(stroke, size)
            if not (marked & ~region[rect.slices]).any():
                return [stroke]
    return []


def _ring(there: LabelMap) -> list[Stroke]:
    """The first background strokes: around the objects at some distance, where there is room."""
    apart = (there != BACKGROUND).astype(np.uint8)
    if not apart.any() or apart.all():
        return []
    distance = cv2.distanceTransform(1 - apart, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    gap = RING_SHARE * float(np.hypot(*there.shape))
    # A frame that is nearly full of objects leaves less room than that.
    gap = min(gap, 0.6 * float(distance.max()))
    near = np.pad((distance <= gap).astype(np.uint8), 1)
    contours, _ = cv2.findContours(near, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    runs = []
    for contour in contours:
        path = contour[:, 0, :].astype(np.int64) - 1
        inner = (
            (path > 0).all(axis=1)
            & (path[:, 0] < there.shape[1] - 1)
            & (path[:, 1] < there.shape[0] - 1)
        )
        runs += _runs(*_start_at_gap(path, inner))
    longest = max((len(run) for run in runs), default=0)
    background = there == BACKGROUND
    strokes = []
    for run in runs:
        # An object that cuts the frame in two has background on both sides.
        if 2 * len(run) >= longest:
            strokes += _stroke_along(BACKGROUND, run, background)
    return strokes


def _start_at_gap(
    path: NDArray[np.int64], kept: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Turn a closed path so that it starts where it leaves the frame, if it does."""
    gaps = np.nonzero(~kept)[0]
    turn = -int(gaps[0]) if len(gaps) else 0
    return np.roll(path, turn, axis=0), np.roll(kept, turn)


def _runs(path: NDArray[np.int64], kept: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """The stretches of consecutive points that are kept."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], kept.astype(np.int8), [0]])))
    return [path[start:end] for start, end in edges.reshape(-1, 2)]


def _longest_path(skeleton: Mask) -> NDArray[np.int64]:
    """The two points of a skeleton that are furthest apart along it, and the way between.

    Two sweeps of a shortest-path search, exact on trees; int64 [N, 2] (x, y) in order.
    """
    rows, columns = np.nonzero(skeleton)
    index = np.full(skeleton.shape, -1, np.int64)
    index[rows, columns] = np.arange(len(rows))
    heads, tails, lengths = [], [], []
    for dy, dx in ((0, 1), (1, -1), (1, 0), (1, 1)):
        # The skeleton never touches the crop's border: one row and column of zeros surround it.
        other = index[rows + dy, columns + dx]
        linked = other >= 0
        heads.append(np.nonzero(linked)[0])
        tails.append(other[linked])
        lengths.append(np.full(linked.sum(), np.hypot(dx, dy)))
    graph = coo_array(
        (np.concatenate(lengths), (np.concatenate(heads), np.concatenate(tails))),
        shape=(len(rows), len(rows)),
    ).tocsr()

    def sweep(start: int) -> tuple[int, NDArray[np.int32]]:
        distance, before = dijkstra(
            graph, directed=False, indices=np.array([start]), return_predecessors=True
        )
        return int(np.where(np.isinf(distance[0]), -1.0, distance[0]).argmax()), before[0]

    first, _ = sweep(0)
    node, before = sweep(first)
    way = [node]
    while before[node] >= 0:
        node = int(before[node])
        way.append(node)
    return np.stack([columns[way], rows[way]], axis=1).astype(np.int64)


def _smooth(path: NDArray[np.int64]) -> NDArray[np.float32]:
    """A path without the stairs of the pixel grid, with as few points as it needs."""
    if len(path) < 3:
        return path.astype(np.float32)
    half = min(_SMOOTHING, len(path) - 1 | 1) // 2
    padded = np.pad(path.astype(np.float32), ((half, half), (0, 0)), mode="edge")
    width = 2 * half + 1
    sums = np.cumsum(np.pad(padded, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    smooth = ((sums[width:] - sums[:-width]) / width).astype(np.float32)
    simple = cv2.approxPolyDP(smooth[:, None, :], _SIMPLIFY, closed=False)
    return np.asarray(simple[:, 0, :], np.float32)
