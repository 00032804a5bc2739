"""Samples for the training of `strokes`: what the embedded scribbler makes of strokes.

    python tools/stroke_samples.py OUT --images DIR... --videos DIR --except blackswan,...

Each DIR of `--images` holds img/ and mask/, that of `--videos` a folder per sequence with frames/
and masks/. On every picture the robot scribbles from nothing and corrects twice; on every frame of
a video that was filled from one scribbled frame it corrects what came out. Writes
OUT/NAME/{pictures,maps,truth}.npy: uint8 [n, S, S, 3], int8 [n, 5, S, S]
(`models.refine.look.STROKE_MAPS`) and uint8 [n, S, S] in 0..255; folders that are whole are kept.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import FillRequest, KeyFrame, ScribbleRequest
from annotator.backends.embedded.engine import Engine
from annotator.backends.embedded.scribble import EmbeddedScribbler, Sketch
from annotator.backends.embedded.views import View
from annotator.backends.networks.strokes import SIDE, maps_of, window_of
from annotator.core.types import VOID, LabelMap, Size, Stroke
from annotator.evaluation.robot import robot_scribbles
from annotator.io.formats.base import NoControl
from models.npmca import evidence as ev
from models.refine import look
from models.training.data import read_image, read_mask
from models.training.refined import Arrays, is_whole, store_samples

FRESH_EVERY, CORRECTED_EVERY = 4, 2
"""Frames of a video that are scribbled from nothing, and whose filled masks are corrected."""
MOST_OBJECTS = 3
PART = 100
"""Pictures of a set that make one folder: folders are what a training draws from evenly."""


@dataclass
class Reader:
    """Pictures of one size as a clip."""

    files: Sequence[Path]

    def __post_init__(self) -> None:
        height, width = read_image(self.files[0]).shape[:2]
        self.size = Size(width, height)

    def __len__(self) -> int:
        return len(self.files)

    def read(self, index: int) -> NDArray[np.uint8]:
        return read_image(self.files[index])


@dataclass
class Notebook:
    """Collects samples while the robot works.

    Args:
        truth: uint8 [H, W] of the frame at hand.
    """

    rng: np.random.Generator
    truth: LabelMap = field(default_factory=lambda: np.zeros((1, 1), np.uint8))
    rows: list[Arrays] = field(default_factory=list)

    def __call__(self, view: View, object_id: int, sketch: Sketch) -> None:
        window = window_of(sketch)
        # Working and full size are the same for pictures this small, but for tiny ones.
        if window is not None and self.truth.shape == sketch.fine.shape:
            maps = maps_of(sketch, window)
            exact = ev.cut((self.truth == object_id).astype(np.float32), window, SIDE)
            picture = look.picture_in(window, SIDE, view.rgb)
            self.rows.append((picture, maps, np.rint(exact * 255).astype(np.uint8)))

    def varied(self, strokes: Sequence[Stroke]) -> list[Stroke]:
        """As people draw: some only a part of the stroke, and some no background at all."""
        whole = self.rng.random() < 0.5
        ring = self.rng.random() < 0.7
        found = []
        for stroke in strokes:
            if stroke.object_id == 0 and not ring:
                continue
            count = len(stroke.points)
            if not whole and count > 3:
                kept = int(np.ceil(count * self.rng.uniform(0.3, 1)))
                start = int(self.rng.integers(0, count - kept + 1))
                stroke = replace(stroke, points=stroke.points[start : start + kept])
            found.append(stroke)
        return found or list(strokes)

    def correct(self, reader: Reader, frame: int, now: LabelMap, turns: int) -> LabelMap:
        """Strokes and masks in turn, from the label map `now` on. Returns the last one."""
        ids = [int(i) for i in np.unique(self.truth) if i not in (0, VOID)]
        sizes = sorted(ids, key=lambda i: -int((self.truth == i).sum()))
        objects = tuple(sizes[:MOST_OBJECTS])
        strokes: list[Stroke] = []
        scribbler = EmbeddedScribbler(self)
        for _ in range(turns):
            drawn = self.varied(robot_scribbles(self.truth, now, objects)) if objects else []
            if not drawn:
                break
            strokes += drawn
            prior = frozenset(o for o in objects if (now == o).any())
            request = ScribbleRequest(frame, tuple(strokes), objects, now, prior=prior)
            now = scribbler.segment(reader, request, NoControl()).label_map
        return now


def of_images(folder: Path, part: int) -> Notebook:
    notebook = Notebook(np.random.default_rng([zlib.crc32(folder.name.encode()), part]))
    for picture in sorted((folder / "img").iterdir())[part * PART : (part + 1) * PART]:
        mask = folder / "mask" / f"{picture.stem}.png"
        if mask.is_file():
            notebook.truth = read_mask(mask)
            notebook.correct(Reader([picture]), 0, np.zeros_like(notebook.truth), 3)
    return notebook


def of_video(folder: Path) -> Notebook:
    notebook = Notebook(np.random.default_rng(zlib.crc32(folder.name.encode())))
    reader = Reader(sorted((folder / "frames").iterdir()))
    masks = [read_mask(file) for file in sorted((folder / "masks").iterdir())]
    empty = np.zeros(reader.size.shape, np.uint8)
    for frame in range(0, len(reader), FRESH_EVERY):
        notebook.truth = masks[frame]
        notebook.correct(reader, frame, empty, 2)
    for frame, found in _filled(notebook, reader, masks):
        if frame % CORRECTED_EVERY:
            notebook.truth = masks[frame]
            notebook.correct(reader, frame, found, 2)
    return notebook


def _filled(
    notebook: Notebook, reader: Reader, masks: Sequence[LabelMap]
) -> Iterator[tuple[int, LabelMap]]:
    """Masks of all frames from scribbles on the one in the middle."""
    start = len(reader) // 2
    notebook.truth = masks[start]
    known = notebook.correct(reader, start, np.zeros(reader.size.shape, np.uint8), 1)
    ids = tuple(int(i) for i in np.unique(known) if i)
    if not ids:
        return
    frames = tuple(f for f in range(len(reader)) if f != start)
    request = FillRequest(frames, (KeyFrame(start, known, frozenset(ids)),), ids, "both")
    for result in Engine(reader, request, NoControl()).run():
        yield result.frame, result.label_map


def write_samples(
    out: Path, images: Sequence[Path], videos: Path | None, left_out: set[str]
) -> None:
    """All of the above; what is there already is kept."""
    todo: list[tuple[str, Callable[[], Notebook]]] = []
    for folder in images:
        parts = range(-(-len(list((folder / "img").iterdir())) // PART))
        todo += [(f"{folder.name}-{n}", partial(of_images, folder, n)) for n in parts]
    clips = sorted(videos.iterdir()) if videos is not None else []
    clips = [c for c in clips if c.name not in left_out and (c / "masks").is_dir()]
    todo += [(clip.name, partial(of_video, clip)) for clip in clips]
    for name, find in todo:
        if not is_whole(out / name):
            rows = find().rows
            store_samples(out / name, rows)
            print(name, len(rows), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--images", type=Path, nargs="*", default=[])
    parser.add_argument("--videos", type=Path)
    parser.add_argument("--except", dest="left_out", default="")
    given = parser.parse_args()
    write_samples(given.out, given.images, given.videos, set(given.left_out.split(",")))
