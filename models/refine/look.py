"""What the refiner reads: an object's surroundings, and what was found out about it there."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.npmca import evidence as ev

LIMIT = 6.0
"""Log odds that stand for certainty."""
ROOM = 0.25
"""Part of the object's extent that a window leaves around it."""
MAPS = ("merged", "before", "after", "cut", "near_before", "near_after")
"""Maps beside the frame, int8 in steps of 1 / 127:

* merged, before, after: log odds / `LIMIT` of what is to be refined, and of the chains from the key
  frame before and after; 0 where there is no such chain;
* cut: the mask that was decided on, -1 and 1;
* near_before, near_after: even maps, how near that key frame is (1 beside it), 0 without one.
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


def window_of(mask: NDArray[np.bool_], room: float = ROOM) -> ev.Window | None:
    """Where to look for an object, from the mask to be refined; None if it is empty."""
    return ev.around(mask.astype(np.float32), room)


def nearness(distance: int) -> float:
    """1 beside a key frame, 0.5 nine frames further."""
    return 9 / (8 + max(distance, 1))


def maps_in(
    window: ev.Window,
    side: int,
    odds: tuple[NDArray[np.float32], NDArray[np.float32] | None, NDArray[np.float32] | None],
    cut: NDArray[np.bool_],
    distances: tuple[int, int],
) -> Maps:
    """`MAPS` of a window, int8 [6, side, side].

    Args:
        odds: log odds [H, W] of the result and of both chains.
        cut: bool [H, W].
        distances: frames to both key frames; of no meaning where there is no chain.
    """
    out = np.zeros((len(MAPS), side, side), np.float32)
    for index, values in enumerate(odds):
        if values is not None:
            out[index] = ev.cut(np.clip(values, -LIMIT, LIMIT), window, side) / LIMIT
    out[3] = ev.cut(cut.astype(np.float32), window, side) * 2 - 1
    for index, (values, distance) in enumerate(zip(odds[1:], distances, strict=True)):
        if values is not None:
            out[4 + index] = nearness(distance)
    return np.rint(out * STEPS).astype(np.int8)


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
