"""A label source in memory, for exporters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import Cancelled
from annotator.core.types import Cell, Image, Provenance, Size, SoftMap, Stroke
from annotator.io.formats import registry
from annotator.io.formats.base import MediaInfo, ObjectInfo
from annotator.io.formats.classes import classes_of
from tests.strategies import IDS

COLORS = {1: (220, 40, 40), 2: (40, 200, 60), 3: (60, 80, 230), 17: (230, 200, 40), 254: (9, 9, 9)}


class FakeReader:
    """Frames of one grey value each."""

    def __init__(self, size: Size, count: int) -> None:
        self.size = size
        self._count = count

    def __len__(self) -> int:
        return self._count

    def read(self, frame: int) -> Image:
        return np.full((*self.size.shape, 3), 40 + 10 * frame, np.uint8)


class FakeSource:
    """`maps[i]` is the label map of frame i; every object of `IDS` is known on every frame, unless
    `unknown` names (frame, id)."""

    def __init__(self, maps: Sequence[NDArray[np.uint8]], names: Sequence[str] = ()) -> None:
        height, width = maps[0].shape
        count = len(maps)
        self.maps = maps
        self.media = MediaInfo(
            name="my clip.mp4",
            fingerprint="f00d",
            size=Size(width, height),
            fps=Fraction(25),
            time_base=Fraction(1, 1000),
            ticks=np.arange(count, dtype=np.int64) ** 2 * 10 + 40 * np.arange(count),
            names=names or [f"{i:05d}" for i in range(count)],
        )
        self.reader = FakeReader(self.media.size, count)
        self.objects = tuple(ObjectInfo(i, f"thing {i}", COLORS[i], "animal") for i in IDS)
        self.classes = classes_of(self.objects)
        self.frames = tuple(range(count))
        self.unknown: set[tuple[int, int]] = set()
        self.drawn: dict[int, tuple[Stroke, ...]] = {}
        self.softs: dict[tuple[int, int], SoftMap] = {}
        self.fails_at: int | None = None

    def label_map(self, frame: int) -> NDArray[np.uint8]:
        if frame == self.fails_at:
            raise OSError(28, "No space left on device")
        return self.maps[frame]

    def cell(self, frame: int, object_id: int) -> Cell:
        if (frame, object_id) in self.unknown:
            return Cell(Provenance.NONE)
        return Cell(Provenance.MODEL, quality=0.75, backend="embedded")

    def strokes(self, frame: int) -> tuple[Stroke, ...]:
        if frame == self.fails_at:
            raise OSError(28, "No space left on device")
        return self.drawn.get(frame, ())

    def soft(self, frame: int, object_id: int) -> SoftMap | None:
        return self.softs.get((frame, object_id))


class Watcher:
    """Remembers the progress; cancels after `limit` checkpoints."""

    def __init__(self, limit: int = 10**9) -> None:
        self.seen: list[tuple[int, int]] = []
        self._left = limit

    def progress(self, done: int, total: int) -> None:
        self.seen.append((done, total))

    def checkpoint(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Cancelled


def some_maps(count: int = 4, shape: tuple[int, int] = (13, 21)) -> list[NDArray[np.uint8]]:
    """Label maps with two objects, a hole, void, and one empty frame."""
    maps = []
    for i in range(count):
        label_map = np.zeros(shape, np.uint8)
        label_map[2:9, 1 + i : 9 + i] = 1
        label_map[4:6, 3 + i : 5 + i] = 0
        label_map[7:12, 12:19] = 2
        label_map[0, :4] = 255
        maps.append(label_map if i != 2 else np.zeros(shape, np.uint8))
    return maps


def out_path(folder: Path, format_id: str) -> Path:
    """A place in `folder` that an export of that format takes."""
    card = registry.card(format_id)
    return folder / (f"out{card.extensions[0]}" if card.single_file else "out")
