"""The part of `bench` that writes and reads many large frames, and watches the memory."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from PIL import Image as PilImage
from pycocotools import mask as coco_mask

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
from annotator.io.formats.base import ImportTarget, MediaInfo
from annotator.io.formats.classes import classes_of
from annotator.io.formats.palette import davis_palette

_SIZE = Size(1920, 1080)
_OBJECTS = 5
_FEW = 200
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


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of writing or reading: frames per second, and by how many bytes the peak memory of
    1,000 frames is over that of 200 (None where that was not measured)."""

    what: str
    pace: float
    growth: int | None = None


def measure_exports(folder: Path) -> Iterator[Measured]:
    """Exports and imports of 1080p frames with five objects, beside what libraries alone do.

    datumaro takes part where STROKEFLOW_DATUMARO names an interpreter that has it
    (`tools/foreign_readers.py` makes one).
    """
    for name in FORMATS:
        yield _ours(name, folder)
        yield _read_back(name, folder)
    for what, write in (("Pillow, palette PNG", _with_pillow), ("pycocotools", _with_pycocotools)):
        source = _Moving(_FEW)
        began = time.perf_counter()
        write(source, folder)
        yield Measured(what, _FEW / (time.perf_counter() - began))
    yield from _with_datumaro(folder)


def _ours(name: str, folder: Path) -> Measured:
    peaks, pace = [], 0.0
    for count in (_FEW, _FRAMES):
        source, peak = _Moving(count), _Peak()
        began = time.perf_counter()
        registry.exporter(name).export(source, _place(name, folder, count), peak, {})
        pace = count / (time.perf_counter() - began)
        peaks.append(peak.bytes)
    return Measured(f"export {name}", pace, peaks[1] - peaks[0])


def _read_back(name: str, folder: Path) -> Measured:
    peaks, pace = [], 0.0
    for count in (_FEW, _FRAMES):
        peak = _Peak()
        target = ImportTarget(_Moving(count).media, control=peak)
        began = time.perf_counter()
        for frame in registry.importer(name).read(_place(name, folder, count), target, {}):
            peak.progress(frame.frame, count)
        pace = count / (time.perf_counter() - began)
        peaks.append(peak.bytes)
    return Measured(f"import {name}", pace, peaks[1] - peaks[0])


def _place(name: str, folder: Path, count: int) -> Path:
    card = registry.card(name)
    return folder / f"{name}{count}{card.extensions[0] if card.single_file else ''}"


def _with_pillow(source: _Moving, folder: Path) -> None:
    (folder / "pillow").mkdir(parents=True)
    for frame in source.frames:
        image = PilImage.fromarray(source.label_map(frame), "P")
        image.putpalette(davis_palette())
        image.save(folder / "pillow" / f"{frame:05d}.png")


def _with_pycocotools(source: _Moving, folder: Path) -> None:
    annotations: list[dict[str, Any]] = []
    for frame in source.frames:
        label_map = source.label_map(frame)
        for object_id in range(1, _OBJECTS + 1):
            runs = coco_mask.encode(np.asfortranarray(label_map == object_id, np.uint8))
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": frame + 1,
                    "category_id": 1,
                    "iscrowd": 0,
                    "area": int(coco_mask.area(runs)),
                    "bbox": coco_mask.toBbox(runs).tolist(),
                    "segmentation": {"size": runs["size"], "counts": runs["counts"].decode()},
                }
            )
    (folder / "pycocotools.json").write_text(json.dumps({"annotations": annotations}))


def _with_datumaro(folder: Path) -> Iterator[Measured]:
    """datumaro at the same work, where the environment names an interpreter that has it."""
    python = os.environ.get("STROKEFLOW_DATUMARO")
    script = Path(__file__).parents[3] / "tools" / "datumaro_bridge.py"
    if not python or not script.is_file():
        return
    # Its libraries are others than ours.
    plain = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    for kind in ("coco_instances", "voc_segmentation"):
        command = [python, str(script), "bench", kind, str(folder / kind), str(_FEW)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=plain)
        yield Measured(f"datumaro, {kind}", float(done.stdout))


@cache
def _drawn(turn: int) -> LabelMap:
    label_map = np.zeros(_SIZE.shape, np.uint8)
    for i in range(_OBJECTS):
        centre = (200 + 350 * i + 5 * turn, 300 + 100 * i)
        cv2.ellipse(label_map, centre, (160, 220), 10 * turn, 0, 360, i + 1, -1)
        cv2.ellipse(label_map, centre, (40, 60), 10 * turn, 0, 360, 0, -1)
    return label_map
