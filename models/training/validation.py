"""A look at a network during its training: loss, J, mean error, and pictures of what it finds."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import default_collate

from models.metrics.davis import region_similarity
from models.training.task import Answers, Task

SAMPLES = 16
_ROWS = 6
_PANEL = 160
"""Height of a panel of the pictures, in pixels."""


class Look(NamedTuple):
    """Means over the samples; J at 0.5, `mae` per pixel; `picture` uint8 [H, W, 3]."""

    loss: float
    J: float
    mae: float
    picture: NDArray[np.uint8]


@torch.no_grad()
def look(
    task: Task, seed: int, device: torch.device, autocast: AbstractContextManager[object]
) -> Look:
    """The first samples of a seed, the same each time, in evaluation mode; leaves it in that mode.

    Pixels whose truth is not known do not count.
    """
    task.eval()
    losses, overlaps, errors, rows = [], [], [], []
    for number in range(min(SAMPLES, task.count)):
        sample = task.sample(np.random.default_rng([seed, number]))
        batch = {k: v.to(device) for k, v in default_collate([sample]).items()}
        with autocast():
            losses.append(float(task(batch)))
            found = task.answers(batch)
        for truth, answer in zip(found.truth.cpu(), found.found.float().cpu(), strict=True):
            known = (truth >= 0).numpy()[0]
            true, got = truth.numpy()[0] > 0.5, answer.numpy()[0]
            overlaps.append(region_similarity(got > 0.5, true, ~known))
            errors.append(float(np.abs(got - true)[known].mean()) if known.any() else 0.0)
        if len(rows) < _ROWS:
            rows.append(_row(found))
    width = min(row.shape[1] for row in rows)
    picture = np.vstack([row[:, :width] for row in rows])
    return Look(float(np.mean(losses)), float(np.mean(overlaps)), float(np.mean(errors)), picture)


def _row(found: Answers) -> NDArray[np.uint8]:
    """The last map of a sample: picture, truth, answer, side by side."""
    image = _grey(found.image[-1])
    maps = [_grey(m[-1].expand(3, -1, -1)) for m in (found.truth.clamp(min=0), found.found)]
    height, width = image.shape[:2]
    size = (round(width * _PANEL / height), _PANEL)
    panels = [cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in (image, *maps)]
    return np.hstack(panels).astype(np.uint8)


def _grey(values: Tensor) -> NDArray[np.uint8]:
    """[3, H, W] in [0, 1] -> uint8 [H, W, 3]."""
    shown = values.float().clamp(0, 1).permute(1, 2, 0).cpu().numpy() * 255
    return np.ascontiguousarray(shown, np.uint8)
