"""Can every network learn a handful of labelled pictures by heart?

    python -m tests.benchmarks.overfit --data DIR [--methods npmca ner] [--out DIR]

DIR is the folder with `video/davis2016` and `images`. Compact networks from random weights; the
judgement is on the data of the training itself, in evaluation mode. Prints a Markdown table; a
method passes with a mean J of 0.95 or a mean error of 0.02.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from models.training.curve import load_curve
from models.training.run import Order, train

IMAGES = "images:{data}/images?only=human_seg&most=8"
CLIPS = "videos:{data}/video/davis2016?only=bear,lucia&most=8"
LEARN_J, LEARN_ERROR = 0.95, 0.02


@dataclass(frozen=True, slots=True)
class Exercise:
    """What a method learns by heart: a preset, data and changes of the preset."""

    preset: str
    data: str
    steps: int
    size: tuple[int, int] = (64, 64)
    changes: Mapping[str, Any] = field(default_factory=dict)


_PLAIN: dict[str, Any] = {"crop": 0, "flip": False, "tone": 0}
EXERCISES: Mapping[str, Exercise] = {
    # Strokes so wide that they leave nothing open: what is learnt by heart has to be told.
    "scwssod": Exercise(
        "scwssod-compact",
        IMAGES,
        250,
        changes={"sampling": {"stroke_width": 400, "stroke_reach": 1.5}},
    ),
    "rcrnet": Exercise("rcrnet-compact", IMAGES, 250),
    "dcfm": Exercise("dcfm-compact", IMAGES, 250, changes={"batch": 1, "sampling": {"group": 8}}),
    "fgplg": Exercise("fgplg-compact", CLIPS, 350, (64, 96), {"batch": 4}),
    "ner": Exercise("ner-compact", CLIPS, 300, (64, 96)),
    "npmca": Exercise(
        "npmca", CLIPS, 300, (64, 96), {"batch": 4, "sampling": {"static_share": 0, "skip": 2}}
    ),
    "npmca-guided": Exercise(
        "npmca-guided", CLIPS, 120, (96, 96), {"batch": 2, "sampling": {"lines": 160}}
    ),
}


def learn(name: str, data: Path, out: Path, steps: int = 0) -> dict[str, Any]:
    """Facts of the card of one exercise, with the seconds it took and the loss it began with."""
    exercise = EXERCISES[name]
    spec = exercise.data.format(data=data)
    changes = {
        "size": list(exercise.size),
        "steps": steps or exercise.steps,
        "rate": 2e-3,
        "ema": 0.0,
        **exercise.changes,
        "sampling": {**_PLAIN, **exercise.changes.get("sampling", {})},
    }
    began = time.monotonic()
    order = Order((spec,), out, exercise.preset, (spec,), accelerator="cpu", changes=changes)
    facts = train(order)
    losses = [p["loss"] for p in load_curve(out) if "loss" in p]
    return {**facts, "wall": time.monotonic() - began, "first_loss": losses[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="keep weights and curves here")
    parser.add_argument("--methods", nargs="+", default=list(EXERCISES), choices=list(EXERCISES))
    parser.add_argument("--steps", type=int, default=0, help="instead of each method's own")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    print("| method | learns | steps | seconds | loss, first and last | J | mean error | passes |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        for name in asked.methods:
            facts = learn(name, asked.data, (asked.out or Path(temporary)) / name, asked.steps)
            j, error = facts["validation_J"], facts["validation_error"]
            passes = j >= LEARN_J or error <= LEARN_ERROR
            what = "8 images" if EXERCISES[name].data == IMAGES else "2 clips of 8 frames"
            print(
                f"| {name} | {what} | {facts['steps']} | {facts['wall']:.0f} | "
                f"{facts['first_loss']:.3f}, {facts['loss']:.3f} | {j:.3f} | {error:.4f} | "
                f"{'yes' if passes else 'no'} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
