"""What the refiner reads: an object's surroundings, and what was found out about it there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.npmca import evidence as ev

LIMIT = 6.0
"""Log odds that stand for certainty."""
COLOUR_LIMIT = 4.0
"""Log ratio of colours that stands for certainty."""
ROOM = 0.2
"""Part of the object's extent that a window leaves around it, with `MARGIN` pixels more."""
MARGIN = 16
TOLD = ("prior", "shape", "match", "trust", "recent", "key_colour", "table", "camera")
"""What a chain tells beside its log odds, see docs/embedded.md:

* prior, shape: mask of the frame before and of the key frame along the flow, -1 outside, 1 inside;
* match, trust: how well the colours at both ends of the latter flow agree, and does it reach back
  unbroken, in [0, 1];
* recent, key_colour, table: log ratio / `COLOUR_LIMIT` of the colours nearby on the frame before,
  nearby on the key frame, and anywhere on that;
* camera: does a pixel move apart from the background (1) or with it (-1)?
"""
MAPS = (
    "merged",
    "cut",
    *(f"{side}.{name}" for side in ("before", "after") for name in ("odds", "near", *TOLD)),
)
"""Maps beside the frame, int8 in steps of 1 / 127:

* merged: log odds / `LIMIT` of what is to be refined;
* cut: the mask that was decided on, -1 and 1;
* of the chains from the key frame before and after, 0 where there is none or its cues are not
  known: log odds / `LIMIT`, how near that key frame is (an even map, 1 beside it), and `TOLD`.
"""
STROKE_MAPS = ("odds", "cut", "before", "inside", "outside")
"""The same where strokes are turned into masks:

* odds: log odds / `LIMIT` by colour and distances;
* cut: the mask that was decided on, -1 and 1;
* before: the mask that is corrected, -1 and 1; 0 for a fresh start;
* inside, outside: `closeness` to strokes of the object, and to all others.
"""
STROKE_ROOM = 0.35
"""As `ROOM`: a part that was missed altogether lies further out."""
FADE = 12.0
STEPS = 127
Maps = NDArray[np.int8]
Part = tuple[slice, slice]


@dataclass(frozen=True, slots=True)
class Told:
    """What a chain, or the meeting of two, says of a part of the frame.

    Attributes:
        part: rows and columns.
        odds: log odds float32 [h, w] there; outside it is background.
        distance: frames to the key frame.
        cut: bool [h, w], the mask that was decided on.
        cues: `TOLD` int8 [8, h, w]; None if they are not known.
    """

    part: Part
    odds: NDArray[np.float32]
    cut: NDArray[np.bool_]
    distance: int = 0
    cues: NDArray[np.int8] | None = None


def window_of(sides: Iterable[Told | None], shape: tuple[int, int]) -> Part | None:
    """Where to look for an object in a frame of `shape`: around all that somebody takes for it.
    None if that is nothing."""
    about = np.zeros(shape, bool)
    for side in sides:
        if side is not None:
            about[side.part] |= side.cut
    rows, columns = np.flatnonzero(about.any(1)), np.flatnonzero(about.any(0))
    if not len(rows):
        return None
    ends = (rows[0], rows[-1] + 1), (columns[0], columns[-1] + 1)
    room = round(MARGIN + ROOM * max(high - low for low, high in ends))
    height, width = (
        slice(max(0, int(low) - room), min(size, int(high) + room))
        for (low, high), size in zip(ends, shape, strict=True)
    )
    return height, width


def stroke_window_of(mask: NDArray[np.bool_]) -> ev.Window | None:
    """The same for what strokes made, and the strokes."""
    return ev.around(mask.astype(np.float32), STROKE_ROOM)


def nearness(distance: int) -> float:
    """1 beside a key frame, 0.5 nine frames further."""
    return 9 / (8 + max(distance, 1))


def in_steps(values: NDArray[np.float32]) -> Maps:
    """Numbers in [-1, 1], others cut off, as int8."""
    return np.rint(np.clip(values, -1, 1) * STEPS).astype(np.int8)


def maps_in(part: Part, merged: Told, before: Told | None, after: Told | None) -> Maps:
    """`MAPS` of a part of the frame, int8 [22, h, w]."""
    shape = tuple(s.stop - s.start for s in part)
    out = np.zeros((len(MAPS), *shape), np.int8)
    out[:2] = -STEPS
    _put(out[0], part, merged.part, in_steps(merged.odds / np.float32(LIMIT)))
    _put(out[1], part, merged.part, np.where(merged.cut, STEPS, -STEPS).astype(np.int8))
    for side, start in ((before, 2), (after, 4 + len(TOLD))):
        if side is None or side.cues is None:
            continue
        told = out[start : start + 2 + len(TOLD)]
        told[0] = -STEPS
        _put(told[0], part, side.part, in_steps(side.odds / np.float32(LIMIT)))
        told[1] = round(nearness(side.distance) * STEPS)
        _put(told[2:], part, side.part, side.cues)
    return out


def _put(out: Maps, part: Part, other: Part, values: Maps) -> None:
    """Write `values` [..., h, w] of one part of a frame into `out` of another."""
    (top, left), (other_top, other_left) = ((p[0].start, p[1].start) for p in (part, other))
    rows = slice(max(top, other_top), min(part[0].stop, other[0].stop))
    columns = slice(max(left, other_left), min(part[1].stop, other[1].stop))
    if rows.start < rows.stop and columns.start < columns.stop:
        out[..., *_moved(rows, columns, top, left)] = values[
            ..., *_moved(rows, columns, other_top, other_left)
        ]


def _moved(rows: slice, columns: slice, top: int, left: int) -> Part:
    return (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )


def closeness(strokes: NDArray[np.bool_], window: ev.Window, side: int) -> NDArray[np.float32]:
    """1 on strokes [H, W], 1 / e at `FADE` pixels of the window from them, float32 [side, side]."""
    on = ev.cut(strokes.astype(np.float32), window, side) > 0
    if not on.any():
        return np.zeros((side, side), np.float32)
    away = cv2.distanceTransform((~on).view(np.uint8), cv2.DIST_L2, 3)
    return np.exp(away * np.float32(-1 / FADE))


def stroke_maps_in(
    window: ev.Window,
    side: int,
    odds: NDArray[np.float32],
    cut: NDArray[np.bool_],
    before: NDArray[np.bool_] | None,
    inside: NDArray[np.bool_],
    outside: NDArray[np.bool_],
) -> Maps:
    """`STROKE_MAPS` of a window, int8 [5, side, side]; all arguments [H, W]."""
    out = np.zeros((len(STROKE_MAPS), side, side), np.float32)
    out[0] = ev.cut(np.clip(odds, -LIMIT, LIMIT), window, side) / LIMIT
    out[1] = ev.cut(cut.astype(np.float32), window, side) * 2 - 1
    if before is not None:
        out[2] = ev.cut(before.astype(np.float32), window, side) * 2 - 1
    out[3], out[4] = (closeness(s, window, side) for s in (inside, outside))
    return np.rint(out * STEPS).astype(np.int8)


def picture_in(window: ev.Window, side: int, rgb: NDArray[Any]) -> NDArray[np.uint8]:
    """The frame uint8 [H, W, 3] in the window, [side, side, 3]."""
    return np.asarray(ev.cut(rgb, window, side), np.uint8)
