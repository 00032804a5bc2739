"""Colour code of optical flow (Baker et al., A Database and Evaluation Methodology for Optical
Flow, IJCV 2011): hue is the direction, saturation the length."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_UNKNOWN = 1e9
"""Components above this mark pixels whose flow is not known."""

_RAMPS = (
    # entries, channel that stays at full, channel that changes, whether it rises
    (15, 0, 1, True),  # red to yellow
    (6, 1, 0, False),  # yellow to green
    (4, 1, 2, True),  # green to cyan
    (11, 2, 1, False),  # cyan to blue
    (13, 2, 0, True),  # blue to magenta
    (6, 0, 2, False),  # magenta to red
)


@lru_cache(maxsize=1)
def colour_wheel() -> NDArray[np.uint8]:
    """The wheel of 55 hues: uint8 [55, 3] RGB, read-only."""
    parts = []
    for entries, full, changing, rises in _RAMPS:
        part = np.zeros((entries, 3), np.uint8)
        ramp = 255 * np.arange(entries) // entries
        part[:, full] = 255
        part[:, changing] = ramp if rises else 255 - ramp
        parts.append(part)
    wheel = np.concatenate(parts)
    wheel.flags.writeable = False
    return wheel


def flow_to_colour(flow: NDArray[np.float32], max_radius: float | None = None) -> NDArray[np.uint8]:
    """Picture of a flow field.

    Args:
        flow: float32 [..., 2], (dx, dy) in pixels; NaN or more than 1e9 = unknown, drawn black.
        max_radius: length in pixels that is drawn in full colour; None takes the longest known.

    Returns:
        uint8 [..., 3] RGB; white = no motion, darker where longer than `max_radius`.
    """
    # Comparisons with NaN are false: one test finds unknown values of either kind.
    known = np.asarray((np.abs(flow) <= _UNKNOWN).all(-1))
    # Single precision as in the published program: the longest vector must come out as exactly 1.
    moves = np.where(known[..., None], flow, 0).astype(np.float32)
    radius = np.hypot(moves[..., 0], moves[..., 1])
    longest = radius.max(initial=0) if max_radius is None else np.float32(max_radius)
    radius = radius / longest if longest > 0 else radius
    angle = np.arctan2(-moves[..., 1], -moves[..., 0]) / np.pi
    wheel = colour_wheel() / 255.0
    place = (angle + 1) / 2 * (len(wheel) - 1)
    lower = np.floor(place).astype(np.intp)
    between = (place - lower)[..., None]
    colour = (1 - between) * wheel[lower] + between * wheel[(lower + 1) % len(wheel)]
    within = (radius <= 1)[..., None]
    colour = np.where(within, 1 - radius[..., None] * (1 - colour), colour * 0.75)
    return np.where(known[..., None], np.floor(255 * colour), 0).astype(np.uint8)
