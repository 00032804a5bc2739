"""Networks fitted on a project's own frames beside the embedded backends, on sequences with truth.

    python -m tests.benchmarks.fits --data DIR [--sequences a b] [--steps 300] [--every 10]

DIR holds SEQUENCE/frames and SEQUENCE/masks. From scratch, on this machine:

* scribbles of the robot on three frames: `saliency` on them and `interpolate` and `propagate` for
  the rest by the embedded backends, against `saliency --backend scwssod --fit` on every frame;
* true masks on every N-th frame: `interpolate` by the embedded backend, against
  `interpolate --backend fgplg --fit`.

Prints a Markdown table of mean J over the frames that nobody drew on, and seconds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from annotator.app import Application, Workbench
from annotator.evaluation.robot import robot_scribbles
from annotator.evaluation.truth import FolderTruth
from annotator.services.project.projects import create_project
from annotator.services.runs.runs import Run, Setup, wait_for
from models.metrics.davis import region_similarity

DEV_VAL = ("blackswan", "car-shadow", "dance-twirl", "dog")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sequences", nargs="+", default=DEV_VAL)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--triples", type=int, default=300, help="steps of fgplg")
    parser.add_argument("--every", type=int, default=10)
    asked = parser.parse_args()
    print("| sequence | scribbles, embedded | scribbles, scwssod | keys, embedded | keys, fgplg |")
    print("|---|---|---|---|---|", flush=True)
    rows = []
    for sequence in asked.sequences:
        place = asked.data / sequence
        row = [
            measure(place, draw_scribbles, embedded_from_scribbles),
            measure(place, draw_scribbles, lambda bench: scwssod(bench, asked.steps)),
            measure(place, lambda b, t: draw_masks(b, t, asked.every), embedded_between),
            measure(
                place,
                lambda b, t: draw_masks(b, t, asked.every),
                lambda bench: fgplg(bench, asked.triples),
            ),
        ]
        rows.append(row)
        print(f"| {sequence} | {' | '.join(f'{j:.3f} ({s:.0f} s)' for j, s in row)} |", flush=True)
    means = np.mean(rows, axis=0)
    print(f"| **mean** | {' | '.join(f'{j:.3f} ({s:.0f} s)' for j, s in means)} |")


Draw = Callable[[Workbench, FolderTruth], Sequence[int]]
Runs = Callable[[Workbench], Sequence[Callable[[], Run]]]


def measure(place: Path, draw: Draw, runs: Runs) -> tuple[float, float]:
    """Mean J over the frames that were not drawn on, and the seconds of the runs."""
    with tempfile.TemporaryDirectory() as folder:
        project = create_project(Path(folder) / "p", place / "frames")
        application = Application(inline=True)
        bench = application.open(project)
        try:
            assert bench.project.media is not None
            truth = FolderTruth(place / "masks", bench.project.media)
            given = set(draw(bench, truth))
            began = time.monotonic()
            for start in runs(bench):
                wait_for(application.runner, start())
            seconds = time.monotonic() - began
            scores = []
            for frame in set(range(bench.document.n_frames)) - given:
                there = truth.labels(frame)
                if there is not None:
                    found = bench.document.label_map(frame)
                    scores += [
                        region_similarity(found == o, there == o) for o in bench.document.objects
                    ]
        finally:
            application.close()
            bench.close()
    return float(np.mean(scores)), seconds


def _objects(bench: Workbench, truth: FolderTruth) -> list[int]:
    first = truth.labels(0)
    assert first is not None
    return [bench.edit.add_object().id for _ in range(int(first[first < 255].max()))]


def draw_scribbles(bench: Workbench, truth: FolderTruth) -> Sequence[int]:
    objects = _objects(bench, truth)
    frames = [round(share * (bench.document.n_frames - 1)) for share in (0.1, 0.5, 0.9)]
    for frame in frames:
        there = truth.labels(frame)
        assert there is not None
        bench.edit.add_strokes(frame, robot_scribbles(there, np.zeros_like(there), objects))
    return frames


def draw_masks(bench: Workbench, truth: FolderTruth, every: int) -> Sequence[int]:
    objects = _objects(bench, truth)
    last = bench.document.n_frames - 1
    frames = sorted({*range(0, last + 1, every), last})
    for frame in frames:
        there = truth.labels(frame)
        assert there is not None
        for object_id in objects:
            bench.edit.set_mask(frame, object_id, there, "Draw")
    return frames


def embedded_from_scribbles(bench: Workbench) -> Sequence[Callable[[], Run]]:
    setup = Setup(backend="embedded")
    return (
        lambda: bench.inference.saliency(setup=setup),
        lambda: bench.inference.fill("interpolate", setup=setup),
        lambda: bench.inference.fill("propagate", setup=setup),
    )


def scwssod(bench: Workbench, steps: int) -> Sequence[Callable[[], Run]]:
    whole = range(bench.document.n_frames)
    setup = Setup(backend="scwssod", fit_steps=steps)
    return (lambda: bench.inference.saliency(setup=setup, frames=whole),)


def embedded_between(bench: Workbench) -> Sequence[Callable[[], Run]]:
    setup = Setup(backend="embedded")
    return (lambda: bench.inference.fill("interpolate", setup=setup),)


def fgplg(bench: Workbench, steps: int) -> Sequence[Callable[[], Run]]:
    setup = Setup(backend="fgplg", fit_steps=steps)
    return (lambda: bench.inference.fill("interpolate", setup=setup),)


if __name__ == "__main__":
    main()
