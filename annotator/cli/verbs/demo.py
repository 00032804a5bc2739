"""`demo`: the main job end to end on a clip whose truth is known."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from annotator.app import Application, Workbench
from annotator.cli.output import Progress, print_json, tick
from annotator.cli.verbs.gui import has_display, open_window
from annotator.core.types import Provenance
from annotator.evaluation.robot import robot_scribbles
from annotator.jobs.base import finish
from annotator.services.demo.clip import DemoTruth, render_demo
from annotator.services.project.projects import create_project
from annotator.services.runs.runs import Setup, wait_for
from models.metrics.davis import boundary_measure, region_similarity

TASKS = ("saliency", "interpolate", "propagate")
KEYS = (6, 40)
"""The two frames that are scribbled; between them is filled, around them propagated."""
EXPORTS = (("davis", "masks"), ("coco", "coco.json"), ("overlay", "overlay.mp4"))


def demo(out: Path, window: bool, backend: str | None, as_json: bool) -> int:
    """Render, scribble, fill, measure, export; then open the window where there is a display.

    `backend`: does what it can do, the best ones that are here the rest; None: all of it by these.
    """
    began = time.monotonic()
    with closing(Application(inline=True)) as application:
        facts = _make(application, out, backend, _Talker(quiet=as_json))
    facts["seconds"] = round(time.monotonic() - began, 1)
    if as_json:
        print_json(facts)
    else:
        _print(facts)
    if window and not os.environ.get("CI") and has_display():
        return open_window([str(facts["project"])])
    return 0


def _make(
    application: Application, out: Path, backend: str | None, say: Callable[[str], None]
) -> dict[str, Any]:
    """The clip, its project and what comes of it, in `out`; the facts about them."""
    setups = {task: Setup(application.registry.helped(task, backend)) for task in TASKS}
    out.mkdir(parents=True, exist_ok=True)
    say("Rendering a clip: two textured objects, a moving camera, an occlusion.")
    truth = render_demo(out / "demo.mp4")
    folder = _fresh(out)
    with closing(application.open(create_project(folder, truth.path))) as bench:
        scribbled = _work(bench, application, truth, setups, say)
        facts = _measure(bench, truth, scribbled)
        facts["backends"] = {t: bench.inference.choose(t, s).id for t, s in setups.items()}
        facts["exports"] = _export(bench, application, folder.parent, folder.stem, say)
    facts.update(project=str(folder), media=str(truth.path), scribbled_frames=list(KEYS))
    return facts


class _Talker:
    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet

    def __call__(self, text: str) -> None:
        if not self._quiet:
            print(text, flush=True)


def _fresh(out: Path) -> Path:
    """A project folder that is not there yet: an earlier demo may hold somebody's work."""
    for number in range(1, 1000):
        folder = out / f"demo{'' if number == 1 else f'-{number}'}.strokeflow"
        if not folder.exists():
            return folder
    return out / f"demo-{time.time_ns()}.strokeflow"


def _work(
    bench: Workbench,
    application: Application,
    truth: DemoTruth,
    setups: Mapping[str, Setup],
    say: Callable[[str], None],
) -> int:
    """Scribble the key frames and let the backends do the rest; returns the number of strokes."""
    for name in truth.names.values():
        bench.edit.add_object(name)
    count = 0
    for frame in KEYS:
        there = truth.truth(frame)
        strokes = robot_scribbles(there, np.zeros_like(there), list(truth.names))
        bench.edit.add_strokes(frame, strokes)
        count += len(strokes)
    say(f"Drew {count} scribbles on the frames {KEYS[0]} and {KEYS[1]}.")
    begin, last = range(KEYS[0]), range(KEYS[1], truth.frames)
    saliency = partial(bench.inference.saliency, setup=setups["saliency"])
    between = partial(bench.inference.fill, "interpolate", setup=setups["interpolate"])
    onwards = partial(bench.inference.fill, "propagate", setup=setups["propagate"])
    runs = (
        ("Scribbles to masks", saliency),
        ("Fill between key frames", between),
        ("Propagate to the rest", partial(onwards, frames=begin)),
        ("Propagate to the rest", partial(onwards, frames=last)),
    )
    for title, start in runs:
        progress = Progress(title)
        run = wait_for(application.runner, start(), tick(progress))
        card = application.registry.resolve(run.task, run.backend)
        terms = bench.inference.equipment.terms_of(card)
        weights = f", weights that come with Strokeflow: {terms}" if terms else ""
        say(f"{title}: {run.filled} frames by backend '{run.backend}'{weights}.")
    bench.session.flush()
    return count


def _measure(bench: Workbench, truth: DemoTruth, strokes: int) -> dict[str, Any]:
    """J and F against the truth, per object and over all, on the frames nobody drew on."""
    document = bench.document
    frames = [f for f in range(truth.frames) if f not in KEYS]
    there = {f: truth.truth(f) for f in range(truth.frames)}
    objects: dict[str, dict[str, float]] = {}
    for object_id, name in truth.names.items():
        pairs = [(document.label_map(f) == object_id, there[f] == object_id) for f in frames]
        objects[name] = {
            "J": float(np.mean([region_similarity(mask, true) for mask, true in pairs])),
            "F": float(np.mean([boundary_measure(mask, true) for mask, true in pairs])),
        }
    keys = [
        region_similarity(document.label_map(f) == o, there[f] == o)
        for f in KEYS
        for o in truth.names
    ]
    model = sum(int((document.cells.provenance(o) == Provenance.MODEL).sum()) for o in truth.names)
    return {
        "J": float(np.mean([o["J"] for o in objects.values()])),
        "F": float(np.mean([o["F"] for o in objects.values()])),
        "J_scribbled": float(np.mean(keys)),
        "objects": objects,
        "frames": truth.frames,
        "strokes": strokes,
        "model_cells": model,
    }


def _export(
    bench: Workbench, application: Application, out: Path, stem: str, say: Callable[[str], None]
) -> dict[str, str]:
    made = {}
    for format_id, name in EXPORTS:
        place = out / f"{stem}-{name}"
        job = bench.transfer.export(
            format_id, place, None, on_report=lambda _: None, on_end=lambda _: None
        )
        finish(application.runner, job, tick(Progress(f"Export {format_id}")))
        made[format_id] = str(place)
        say(f"Exported {format_id}.")
    return made


def _print(facts: dict[str, Any]) -> None:
    print()
    print(f"From {facts['strokes']} scribbles on 2 of {facts['frames']} frames:")
    for name, value in facts["objects"].items():
        print(f"  {name:10}  J {value['J']:.3f}  F {value['F']:.3f}")
    print(f"  {'mean':10}  J {facts['J']:.3f}  F {facts['F']:.3f}  (frames that were not drawn on)")
    print(f"Project   {facts['project']}")
    for format_id, place in facts["exports"].items():
        print(f"{format_id:8}  {place}")
    print(f"Took {facts['seconds']} s. Look at it: strokeflow {facts['project']}")
