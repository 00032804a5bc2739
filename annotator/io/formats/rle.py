"""Run-length masks as COCO defines them: column by column, starting with background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from annotator.core.types import LabelMap, Mask, Size
from annotator.io.formats.polygons import fill


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


def decode(segmentation: Any, size: Size) -> Mask:
    """bool [H, W] from run lengths (in Fortran order) or from a list of polygons.

    Raises ValueError if it is damaged or of another size.
    """
    if isinstance(segmentation, list):
        return _union(segmentation, size)
    if not isinstance(segmentation, dict):
        raise ValueError("a segmentation must be run lengths or polygons")
    stated = segmentation.get("size")
    if stated != [size.height, size.width]:
        raise ValueError(f"its size is {stated}, not {[size.height, size.width]}")
    counts = _counts(segmentation.get("counts"))
    return spread(counts, size.height * size.width).reshape(size.width, size.height).T


def spread(counts: NDArray[np.int64], length: int) -> NDArray[np.bool_]:
    """bool [length] of run lengths that begin with background. Raises ValueError."""
    # Checked first: damaged run lengths may ask for any amount of memory.
    if (counts < 0).any() or int(counts.sum()) != length:
        raise ValueError("its run lengths do not add up to the picture")
    values = np.zeros(len(counts), np.bool_)
    values[1::2] = True
    return np.repeat(values, counts)


def _counts(stored: object) -> NDArray[np.int64]:
    """Lengths of the runs, background first."""
    if isinstance(stored, str):
        return unpacked(stored)
    if isinstance(stored, list) and all(type(c) is int and 0 <= c < 2**40 for c in stored):
        return np.array(stored, np.int64)
    raise ValueError("its run lengths are damaged")


def unpacked(text: str) -> NDArray[np.int64]:
    """Lengths of the runs from COCO's compressed counts. Raises ValueError.

    Each number is stored in characters of 5 bits, lowest first, where a sixth bit says that more
    follow; from the fourth number on only the difference to the number before the last is stored.
    """
    codes = np.frombuffer(text.encode("utf-8"), np.uint8).astype(np.int64) - 48
    if len(codes) == 0 or codes.min() < 0 or codes.max() > 63 or codes[-1] & 32:
        raise ValueError("its run lengths are damaged")
    last = np.flatnonzero(codes & 32 == 0)
    first = np.concatenate(([0], last[:-1] + 1))
    length = last - first + 1
    if length.max() > 8:
        raise ValueError("its run lengths are damaged")
    place = np.arange(len(codes)) - np.repeat(first, length)
    numbers = np.add.reduceat((codes & 31) << (5 * place), first)
    numbers -= np.where(codes[last] & 16, np.int64(1) << (5 * length), 0)
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    return numbers


def _union(polygons: list[Any], size: Size) -> Mask:
    if not polygons:
        raise ValueError("it has no polygon")
    mask = np.zeros(size.shape, np.bool_)
    seen: set[bytes] = set()
    for polygon in polygons:
        points = np.array(polygon, np.float64)
        if points.ndim != 1 or len(points) % 2:
            raise ValueError("a polygon needs at least three points")
        # The same one again adds nothing; broken files have some of them thousands of times.
        if points.tobytes() not in seen:
            mask |= fill([points.reshape(-1, 2)], size)
            seen.add(points.tobytes())
    return mask
