"""A little clip whose truth is known: two coloured objects that move over a textured ground."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from annotator.backends.base import KeyFrame
from annotator.core.errors import Cancelled
from annotator.core.types import Image, LabelMap, Size, Stroke

SIZE = Size(97, 61)
N_FRAMES = 7


@lru_cache(maxsize=1)
def ground() -> Image:
    noise = np.random.default_rng(3).integers(0, 255, (*SIZE.shape, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2)


def truth(frame: int) -> LabelMap:
    label_map = np.zeros(SIZE.shape, np.uint8)
    cv2.circle(label_map, (25 + 3 * frame, 30), 12, 1, -1)
    cv2.rectangle(label_map, (70, 10 + frame), (88, 28 + frame), 2, -1)
    return label_map


class Clip:
    """The clip as a `FrameReader`."""

    size = SIZE

    def __len__(self) -> int:
        return N_FRAMES

    def read(self, frame: int) -> Image:
        image = ground().copy()
        image[truth(frame) == 1] = (220, 60, 40)
        image[truth(frame) == 2] = (40, 80, 220)
        image.flags.writeable = False
        return image


class Watch:
    """Counts checkpoints; cancels after a number of them."""

    def __init__(self, cancel_after: int | None = None) -> None:
        self.count = 0
        self.notes: list[str] = []
        self._limit = cancel_after

    def checkpoint(self) -> None:
        self.count += 1
        if self._limit is not None and self.count > self._limit:
            raise Cancelled

    def note(self, text: str) -> None:
        assert text
        self.notes.append(text)


STROKES = (
    Stroke(1, np.array([[20, 30], [30, 30]], np.float32), 2.0),
    Stroke(2, np.array([[79, 15], [79, 24]], np.float32), 2.0),
    Stroke(0, np.array([[50, 5], [50, 55]], np.float32), 2.0),
)
"""Scribbles on frame 0."""


def key(frame: int, *objects: int) -> KeyFrame:
    return KeyFrame(frame, truth(frame), frozenset(objects))


def overlap(found: LabelMap, frame: int, object_id: int) -> float:
    mask, true = found == object_id, truth(frame) == object_id
    return float((mask & true).sum() / (mask | true).sum())
