"""What speaks for and against the object at a pixel, and how much each voice counts.

The cues are log odds or bounded scores; a linear (logistic) model adds them up. Its weights were
fitted on short runs from many start frames of a part of the DAVIS-2016 training sequences, with
the tracker's own earlier results as input, so that they know typical drift (see docs/embedded.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from annotator.backends.embedded.views import Float, pixel_grid, sample

Roi = tuple[slice, slice]

NAMES = (
    "bias", "warped", "warped_occluded", "key_shape", "recent_colour", "key_colour",
    "key_colour_wide", "table", "camera", "motion", "occluded", "recent_occluded", "depth",
    "warped_near", "key_shape_near", "key_shape_match",
)  # fmt: skip
WEIGHTS = np.array(
    [-0.287, 0.296, -0.065, 0.083, 0.426, 0.420, -0.123, 0.456, 1.251, -0.045, -0.366, 0.863,
     -0.642, 0.0, 0.0, 0.0], np.float32,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Motion:
    """How frame t maps to the neighbour it is tracked from, at the working size.

    Attributes:
        flow: float32 [H, W, 2], from t to the neighbour.
        coords: float32 [H, W, 2], pixel + flow.
        occluded: float32 [H, W] in [0, 1]; 1 where forward and backward flow disagree.
        camera: float32 [H, W], distance in pixels from the motion of the background
            (a homography), or None where none was found.
    """

    flow: Float
    coords: Float
    occluded: Float


def log_odds(prob: Float) -> Float:
    clipped = np.clip(prob, 0.02, 0.98)
    return np.log(clipped / (1 - clipped))


def make_motion(back: Float, forth: Float, scale: float) -> Motion:
    """`back`: flow from t to the neighbour; `forth`: from the neighbour to t."""
    coords = pixel_grid(*back.shape[:2]) + back
    gap = np.linalg.norm(back + sample(forth, coords), axis=-1)
    length = np.linalg.norm(back, axis=-1)
    occluded = (gap - 0.5 * scale - 0.02 * length) / (1.5 * scale + 0.05 * length)
    return Motion(back, coords, np.clip(occluded, 0, 1))


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


def motion_cue(motion: Motion, warped: Float, roi: Roi, scale: float) -> Float:
    """Is the flow nearer to that of the object around (+) or to the background's (-)? In [-1, 1]."""
    flow, prob = motion.flow[roi], warped[roi]
    side = int(60 * scale) | 1

    def off(weight: Float) -> Float:
        total = cv2.boxFilter(weight, -1, (side, side)) + 1e-4
        mean = cv2.boxFilter(flow * weight[..., None], -1, (side, side)) / total[..., None]
        gap: Float = np.linalg.norm(flow - mean, axis=-1)
        return gap

    inside = off(np.clip(2 * prob - 1, 0, 1) + np.float32(1e-6))
    outside = off(np.clip(1 - 2 * prob, 0, 1) + np.float32(1e-6))
    return (outside - inside) / (outside + inside + 1.5 * scale)


def depth_cue(prob: Float, scale: float) -> Float:
    """Signed distance to the outline of `prob` in units of 20 px at 480 lines, within [-2, 2]."""
    hard = (prob > 0.5).astype(np.uint8)
    inner = cv2.distanceTransform(hard, cv2.DIST_L2, 3)
    outer = cv2.distanceTransform(1 - hard, cv2.DIST_L2, 3)
    return np.clip((inner - outer) / (20 * scale), -2, 2)


def combine(cues: dict[str, Float], weights: Float = WEIGHTS) -> Float:
    """Weighted sum of all cues: log odds float32 [h, w]."""
    total = np.full(next(iter(cues.values())).shape, weights[0], np.float32)
    for name, weight in zip(NAMES[1:], weights[1:], strict=True):
        total += weight * cues[name]
    return total
