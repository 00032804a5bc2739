"""Scribbles in the JSON of the DAVIS interactive track.

`scribbles` holds one list per frame; a scribble has a path of (x, y) with 0 the centre of the first
pixel and 1 that of the last one, and the id of its object (0 is background). The pen's radius is
not part of the format: it travels in a key of our own, which other readers ignore.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from annotator.core.errors import FormatError
from annotator.core.types import MAX_OBJECT_ID, Size, Stroke
from annotator.io.atomic import atomic_file
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.framemap import header, row
from annotator.io.formats.jsonfile import load_json, the_json_file
from annotator.io.formats.writing import file_target

_MAX_BYTES = 1 << 28
_HINT = 'A file with "sequence" and "scribbles" is needed.'
_RADIUS_SHARE = 3 / 854
"""The pen that DAVIS scribbles are drawn with here, as a share of the width: radius 3 at 480p."""


class _Scribble(msgspec.Struct):
    path: list[tuple[float, float]]
    object_id: int
    radius: float | None = None


class _Document(msgspec.Struct):
    scribbles: list[list[_Scribble]]
    sequence: str = ""


class ScribblesExporter:
    """Writes all strokes of the selected frames into one JSON file."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        out = file_target(out, "scribbles.json", source.media)
        chosen = frozenset(source.frames)
        scale = _scale(source.media.size)
        frames = 0
        rows: list[str] = []
        with atomic_file(out) as part, part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(f'{{"sequence": {json.dumps(Path(source.media.name).stem)}, "scribbles": [')
            for frame in range(source.media.count):
                strokes = source.strokes(frame) if frame in chosen else ()
                if frame % 64 == 0:
                    control.checkpoint()
                    control.progress(frame, source.media.count)
                file.write(",\n" if frame else "\n")
                json.dump([_to_json(stroke, scale) for stroke in strokes], file)
                if strokes:
                    frames += 1
                    rows.append(json.dumps(row(source, frame, ())))
            # Only frames with strokes: the position in the list tells the frame of the others.
            head = json.dumps(header(source, "davis-scribbles"))
            file.write(f'\n], "strokeflow": {head[:-1]}, "frames": [{", ".join(rows)}]}}}}\n')
        control.progress(source.media.count, source.media.count)
        return ExportReport((out,), frames)


class ScribblesImporter:
    """Reads one JSON file; the position in its list is the frame."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        src = the_json_file(src)
        document = load_json(src, _Document, _MAX_BYTES, "DAVIS scribbles", _HINT)
        count = target.media.count
        if len(document.scribbles) != count:
            raise FormatError(
                f"{src} has scribbles for {len(document.scribbles)} frames, "
                f"but {target.media.name} has {count}.",
                "Choose the file that belongs to this video.",
            )
        strokes = {
            frame: tuple(_to_stroke(s, target.media.size, src, frame) for s in scribbles)
            for frame, scribbles in enumerate(document.scribbles)
            if scribbles and target.wants(frame)
        }
        if not strokes:
            raise FormatError(f"{src} holds no scribble on the chosen frames.", "")
        return (
            ImportedFrame(
                frame=frame,
                label_map=None,
                objects=frozenset(s.object_id for s in drawn) - {0},
                file=src,
                strokes=drawn,
            )
            for frame, drawn in strokes.items()
        )


def _scale(size: Size) -> np.ndarray:
    # At least 1, so that a picture of one pixel does not divide by zero.
    return np.maximum(np.array([size.width - 1, size.height - 1], np.float64), 1.0)


def _to_json(stroke: Stroke, scale: np.ndarray) -> dict[str, object]:
    path = (stroke.points.astype(np.float64) / scale).tolist()
    return {
        "path": path,
        "object_id": stroke.object_id,
        "start_time": 0,
        "end_time": 0,
        "radius": stroke.radius,
    }


def _to_stroke(scribble: _Scribble, size: Size, src: Path, frame: int) -> Stroke:
    radius = scribble.radius or max(1.0, size.width * _RADIUS_SHARE)
    points = np.array(scribble.path, np.float64).reshape(-1, 2)
    # A pen may leave the picture a little; paths in pixels are another format.
    if len(points) == 0 or not (np.abs(points - 0.5) <= 1.5).all():
        raise FormatError(
            f"{src} has a scribble on frame {frame} whose path is empty or outside the picture.",
            "Paths must be given as shares of width and height, from 0 to 1.",
        )
    if not 0 <= scribble.object_id <= MAX_OBJECT_ID:
        raise FormatError(
            f"{src} has a scribble of object {scribble.object_id} on frame {frame}.",
            f"Objects are numbered from 1 to {MAX_OBJECT_ID}; 0 is background.",
        )
    try:
        return Stroke(scribble.object_id, (points * _scale(size)).astype(np.float32), radius)
    except ValueError as error:
        raise FormatError(f"{src} has a bad scribble on frame {frame}: {error}.", "") from error
