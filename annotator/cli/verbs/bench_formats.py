"""The part of `bench` that writes many large frames, and watches the memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import psutil

from annotator.core.objects import ObjectInfo, new_object
from annotator.core.types import (
    Cell,
    FrameReader,
    Image,
    LabelMap,
    Provenance,
    Size,
    SoftMap,
    Stroke,
)
from annotator.io.formats import registry
from annotator.io.formats.base import MediaInfo
from annotator.io.formats.classes import classes_of

_SIZE = Size(1920, 1080)
_OBJECTS = 5
_FRAMES = 1000
_MOTIFS = 20
FORMATS = ("davis", "coco")


class _Moving:
    """Five rings that turn and move, drawn beforehand, so that only the export is timed."""

    def __init__(self, count: int) -> None:
        self.media = MediaInfo(
            name="bench.mp4",
            fingerprint="bench",
            size=_SIZE,
            fps=Fraction(25),
            time_base=Fraction(1, 25),
            ticks=np.arange(count, dtype=np.int64),
            names=[f"{i:05d}" for i in range(count)],
        )
        self.frames = tuple(range(count))
        self.objects: tuple[ObjectInfo, ...] = tuple(new_object(i + 1) for i in range(_OBJECTS))
        self.classes = classes_of(self.objects)
        self._maps = [_drawn(i) for i in range(_MOTIFS)]

    @property
    def reader(self) -> FrameReader:
        return self

    @property
    def size(self) -> Size:
        return _SIZE

    def __len__(self) -> int:
        return len(self.frames)

    def read(self, frame: int) -> Image:
        return np.zeros((*_SIZE.shape, 3), np.uint8)

    def label_map(self, frame: int) -> LabelMap:
        return self._maps[frame % _MOTIFS]

    def cell(self, frame: int, object_id: int) -> Cell:
        return Cell(Provenance.MODEL, quality=0.9, backend="embedded")

    def strokes(self, frame: int) -> tuple[Stroke, ...]:
        return ()

    def soft(self, frame: int, object_id: int) -> SoftMap | None:
        return None


class _Peak:
    """Notes the largest resident memory whenever it is told of progress."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.bytes = 0

    def progress(self, done: int, total: int) -> None:
        self.bytes = max(self.bytes, self._process.memory_info().rss)

    def checkpoint(self) -> None:
        """Nobody cancels."""


def measure_exports(folder: Path) -> Iterator[tuple[str, float, int]]:
    """For each format: its id, frames per second over 1,000 frames of 1080p with five objects,
    and by how many bytes the peak memory of that export is over that of one of 100 frames."""
    for name in FORMATS:
        suffix = registry.card(name).extensions[0]
        peaks, pace = [], 0.0
        for count in (_FRAMES // 10, _FRAMES):
            source, peak = _Moving(count), _Peak()
            began = time.perf_counter()
            registry.exporter(name).export(source, folder / f"{name}{count}{suffix}", peak, {})
            pace = count / (time.perf_counter() - began)
            peaks.append(peak.bytes)
        yield name, pace, peaks[1] - peaks[0]


@cache
def _drawn(turn: int) -> LabelMap:
    label_map = np.zeros(_SIZE.shape, np.uint8)
    for i in range(_OBJECTS):
        centre = (200 + 350 * i + 5 * turn, 300 + 100 * i)
        cv2.ellipse(label_map, centre, (160, 220), 10 * turn, 0, 360, i + 1, -1)
        cv2.ellipse(label_map, centre, (40, 60), 10 * turn, 0, 360, 0, -1)
    return label_map
