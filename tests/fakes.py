"""Backends and media that make tests fast: no flow, no decoding of anything real."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from annotator.backends.base import Control, FillRequest, ScribbleRequest
from annotator.backends.registry import BackendCard, BackendRegistry
from annotator.core.raster import pen_mask, pen_rect
from annotator.core.types import FrameReader, FrameResult, Size, SoftMap

HEIGHT, WIDTH = 48, 64


class CopyNearest:
    """Every frame gets the masks of the nearest key that knows the object."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        for frame in request.frames:
            control.checkpoint()
            reader.read(frame)
            if len(reader) > 100:
                time.sleep(0.005)  # a person at the window must be able to come in between
            label_map = np.zeros(reader.size.shape, np.uint8)
            quality = {}
            for object_id in request.objects:
                keys = [k for k in request.keys if object_id in k.objects]
                nearest = min(keys, key=lambda k: abs(k.frame - frame))
                label_map[nearest.label_map == object_id] = object_id
                quality[object_id] = 1 / (1 + abs(nearest.frame - frame))
            yield FrameResult(frame, label_map, quality)


def soft_map(frame: int, object_id: int) -> SoftMap:
    """float32 [H, W] in [0, 1], another one for each cell."""
    ramp = np.linspace(0, 1, HEIGHT * WIDTH, dtype=np.float32).reshape(HEIGHT, WIDTH)
    return np.roll(ramp, 7 * frame + object_id, axis=1)


class Soft(CopyNearest):
    """As `CopyNearest`, with a soft map for every mask."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        for result in super().fill(reader, request, control):
            soft = {o: soft_map(result.frame, o) for o in result.quality}
            yield FrameResult(result.frame, result.label_map, result.quality, soft)


class Dilate:
    """The mask of an object is its strokes, drawn three times as wide."""

    def segment(
        self, reader: FrameReader, request: ScribbleRequest, control: Control
    ) -> FrameResult:
        label_map = np.array(request.label_map)
        label_map[np.isin(label_map, request.objects)] = 0
        for stroke in request.strokes:
            radius = stroke.radius * (3 if stroke.object_id else 1)
            rect = pen_rect(stroke.points, radius, Size(*reader.size))
            if not rect.empty:
                label_map[rect.slices][pen_mask(stroke.points, radius, rect)] = stroke.object_id
        return FrameResult(request.frame, label_map, dict.fromkeys(request.objects, 0.8))


class Widen(Dilate):
    """Half a second later, strokes that are five times as wide."""

    def segment(
        self, reader: FrameReader, request: ScribbleRequest, control: Control
    ) -> FrameResult:
        for _ in range(25):
            control.checkpoint()
            time.sleep(0.02)
        wide = [
            replace(s, radius=s.radius * (5 / 3 if s.object_id else 1)) for s in request.strokes
        ]
        return super().segment(reader, replace(request, strokes=tuple(wide)), control)


class Vandal:
    """Ignores its request: gives every frame of the clip, every object, everywhere."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        for frame in range(len(reader)):
            label_map = np.full(reader.size.shape, request.objects[0], np.uint8)
            yield FrameResult(frame, label_map, dict.fromkeys(range(1, 255), 2.0))


def registry() -> BackendRegistry:
    """The fakes as backends; `copy` is the default."""
    made = BackendRegistry()
    made.add(
        BackendCard(
            "copy",
            "Copy",
            "Nearest key.",
            {
                "propagate": "tests.fakes:CopyNearest",
                "interpolate": "tests.fakes:CopyNearest",
                "saliency": "tests.fakes:Dilate",
            },
            "tests",
            rank=1,
        )
    )
    made.add(
        BackendCard(
            "vandal", "Vandal", "Breaks rules.", {"propagate": "tests.fakes:Vandal"}, "tests"
        )
    )
    made.add(BackendCard("soft", "Soft", "Soft maps.", {"propagate": "tests.fakes:Soft"}, "tests"))
    return made


def image_folder(folder: Path, n_frames: int = 12) -> Path:
    """Numbered PNGs with a moving square."""
    folder.mkdir(parents=True, exist_ok=True)
    for frame in range(n_frames):
        image = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
        image[10:30, 5 + frame : 25 + frame] = 200
        cv2.imwrite(str(folder / f"{frame:05d}.png"), image)
    return folder
