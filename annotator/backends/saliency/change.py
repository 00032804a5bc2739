"""How much the picture changes along a clip, and how clear it is what stands out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import Control
from annotator.backends.saliency.clip_course import Course
from annotator.backends.saliency.sampling import look, spread
from annotator.backends.saliency.steps import non_overlap
from annotator.core.types import FrameReader

MOST_FRAMES = 600
"""Frames of a clip that are read; in longer clips every n-th, and the last one."""
_SIZE = (48, 27)
_STILL = 0.25
"""Change that a step counts for at least, as a share of the mean step: time tells as well."""


def course(reader: FrameReader, control: Control) -> Course:
    """Reads the clip once, small; some frames are looked at more closely."""
    n_frames = len(reader)
    step = max(1, -(-n_frames // MOST_FRAMES))
    frames = sorted({*range(0, n_frames, step), n_frames - 1})
    moved, before = [0.0], None
    for frame in frames:
        control.checkpoint()
        small = _signature(reader, frame)
        if before is not None:
            moved.append(float(np.abs(small - before).mean()))
        before = small
    steps = np.array(moved)
    if len(steps) > 1:
        # The last step may be a short one, which is less time.
        time = np.diff(frames) / step
        steps[1:] += _STILL * max(float(steps[1:].mean()), 1e-3) * time
    place = np.interp(np.arange(n_frames), frames, np.cumsum(steps))
    seen = spread(range(n_frames))
    ratios = [non_overlap(g.motion, g.colour) for g in look(reader, seen, control)]
    return Course(place, np.interp(np.arange(n_frames), seen, ratios))


def _signature(reader: FrameReader, frame: int) -> NDArray[np.float32]:
    image = np.asarray(reader.read(frame))
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, axis=2)
    small = cv2.resize(image[..., :3], _SIZE, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32)
