"""Run-length masks as COCO defines them: column by column, starting with background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from annotator.core.types import LabelMap, Mask, Size


@dataclass(frozen=True, slots=True)
class RunLengths:
    """One mask: the compressed counts, its area in pixels and its box (x, y, width, height)."""

    counts: str
    area: int
    bbox: tuple[float, float, float, float]


def encode_all(label_map: LabelMap) -> dict[int, RunLengths]:
    """Run lengths of every id in `label_map` (uint8 [H, W]) but background, void included.

    All ids come from one walk over the pixels, which is what makes many objects cheap.
    """
    height, width = label_map.shape
    flat = cv2.transpose(np.ascontiguousarray(label_map)).ravel()
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    ends = np.concatenate((starts[1:], [flat.size]))
    values = flat[starts]
    found: dict[int, RunLengths] = {}
    for value in np.flatnonzero(np.bincount(values)).tolist():
        if value == 0:
            continue
        chosen = values == value
        first, last = starts[chosen], ends[chosen]
        counts = np.empty(2 * len(first), np.int64)
        counts[0] = first[0]
        counts[2::2] = first[1:] - last[:-1]
        counts[1::2] = last - first
        runs = counts.tolist()
        if last[-1] < flat.size:
            runs.append(int(flat.size - last[-1]))
        plain = {"size": [height, width], "counts": runs}
        packed = coco_mask.frPyObjects([plain], height, width)[0]
        x, y, w, h = (float(v) for v in coco_mask.toBbox(packed))
        area = int((last - first).sum())
        found[value] = RunLengths(packed["counts"].decode("ascii"), area, (x, y, w, h))
    return found


def decode_columns(segmentation: Any, size: Size) -> Mask:
    """bool [W, H], column by column as COCO stores it, from run lengths or polygons.

    Raises ValueError if it is damaged or of another size.
    """
    height, width = size.height, size.width
    if isinstance(segmentation, list):
        parts = coco_mask.frPyObjects(_polygons(segmentation, size), height, width)
        packed = coco_mask.merge(parts)
    elif isinstance(segmentation, dict):
        packed = _packed(segmentation, size)
    else:
        raise ValueError("a segmentation must be run lengths or polygons")
    mask: NDArray[np.uint8] = coco_mask.decode(packed)
    return np.ascontiguousarray(mask.T).view(np.bool_)


def _packed(segmentation: dict[str, Any], size: Size) -> dict[str, Any]:
    stated = segmentation.get("size")
    if stated != [size.height, size.width]:
        raise ValueError(f"its size is {stated}, not {[size.height, size.width]}")
    counts = segmentation.get("counts")
    if isinstance(counts, str):
        # The library does not notice an empty text and would return whatever lies in memory.
        if not counts or not all("0" <= c <= "o" for c in counts):
            raise ValueError("its run lengths are damaged")
        return {"size": stated, "counts": counts.encode("ascii")}
    if not isinstance(counts, list) or not all(type(c) is int and c >= 0 for c in counts):
        raise ValueError("its run lengths are damaged")
    if sum(counts) != size.height * size.width:
        raise ValueError("its run lengths do not add up to the picture")
    packed: dict[str, Any] = coco_mask.frPyObjects(
        [{"size": stated, "counts": counts}], size.height, size.width
    )[0]
    return packed


def _polygons(polygons: list[Any], size: Size) -> list[list[float]]:
    if not polygons:
        raise ValueError("it has no polygon")
    for polygon in polygons:
        points = np.array(polygon, np.float64)
        if points.ndim != 1 or len(points) < 6 or len(points) % 2:
            raise ValueError("a polygon needs at least three points")
        # Rasterising takes memory by length, so points far outside are refused.
        if not (np.abs(points) <= 4 * max(size)).all():
            raise ValueError("a polygon lies outside the picture")
    return polygons
