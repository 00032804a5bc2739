"""What speaks for and against the object at a pixel, and how much each voice counts.

The cues are log odds or bounded scores; a linear (logistic) model adds them up. Its weights were
fitted on short runs from many start frames of a part of the DAVIS-2016 training sequences, with
the tracker's own earlier results as input, so that they know typical drift (see docs/embedded.md).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.embedded.motion import Motion
from annotator.backends.embedded.views import Float, pixel_grid
from models.refine import look

Roi = tuple[slice, slice]

WEIGHTS = {
    "warped": 0.10,
    "warped_trust": 0.245,
    "recent_colour": 0.464,
    "recent_occluded": 0.828,
    "key_colour": 0.119,
    "table": 0.289,
    "camera": 1.189,
    "depth": -0.562,
    "key_shape_match": 0.888,
    "occluded": -0.291,
    "trust": 0.342,
}
BIAS = -0.197


def log_odds(prob: Float) -> Float:
    clipped = np.clip(prob, 0.02, 0.98)
    return np.log(clipped / (1 - clipped))


def camera_cue(motion: Motion, warped: Float, roi: Roi, scale: float) -> Float:
    """Does a pixel move apart from the background (+) or with it (-)? float32 [h, w] in [-1, 1].

    The background's motion is a homography fitted to the flow outside the object. The cue fades
    where the object moves hardly differently from the background.
    """
    step = 12
    grid = pixel_grid(*warped.shape)
    pick = np.s_[step // 2 :: step, step // 2 :: step]
    outside = warped[pick] < 0.1
    start, end = grid[pick][outside], motion.coords[pick][outside]
    nothing = np.zeros(warped[roi].shape, np.float32)
    if len(start) < 30:
        return nothing
    cv2.setRNGSeed(1)  # RANSAC draws from OpenCV's generator: same input, same result
    matrix, _ = cv2.findHomography(start, end, cv2.RANSAC, 2.0, maxIters=300)
    if matrix is None:
        return nothing
    x, y = grid[roi][..., 0], grid[roi][..., 1]
    m = matrix.astype(np.float32)
    w = m[2, 0] * x + m[2, 1] * y + m[2, 2]
    w = np.where(np.abs(w) < 1e-3, np.float32(1e-3), w)
    there = motion.coords[roi]
    off = np.hypot(
        there[..., 0] - (m[0, 0] * x + m[0, 1] * y + m[0, 2]) / w,
        there[..., 1] - (m[1, 0] * x + m[1, 1] * y + m[1, 2]) / w,
    )
    inside = off[warped[roi] > 0.7]
    if len(inside) == 0:
        return nothing
    typical = float(np.median(inside))
    cue = np.clip((off - 0.5 * typical) / (0.5 * typical + scale), -1, 1)
    return (cue * (typical / (typical + 2 * scale))).astype(np.float32)


def depth_cue(prob: Float, scale: float) -> Float:
    """Signed distance to the outline of `prob` in units of 20 px at 480 lines, within [-2, 2]."""
    hard = (prob > 0.5).astype(np.uint8)
    inner = cv2.distanceTransform(hard, cv2.DIST_L2, 3)
    outer = cv2.distanceTransform(1 - hard, cv2.DIST_L2, 3)
    return np.clip((inner - outer) / (20 * scale), -2, 2)


def combine(cues: dict[str, Float]) -> Float:
    """Weighted sum of all cues: log odds float32 [h, w]."""
    total = np.full(cues["depth"].shape, BIAS, np.float32)
    for name, weight in WEIGHTS.items():
        total += np.float32(weight) * cues[name]
    return total


def tell(cues: dict[str, Float]) -> NDArray[np.int8]:
    """`look.TOLD` of a chain, int8 [8, h, w]."""
    limit = np.float32(look.COLOUR_LIMIT)
    told = {
        "prior": cues["prior"] * 2 - 1,
        "shape": cues["shape"] * 2 - 1,
        "match": cues["match"],
        "trust": cues["trust"],
        "recent": (cues["recent_colour"] + cues["recent_occluded"]) / limit,
        "key_colour": cues["key_colour"] / limit,
        "table": cues["table"] / limit,
        "camera": cues["camera"],
    }
    return np.stack([look.in_steps(told[name]) for name in look.TOLD])
