"""Law 2: kill -9 at any moment loses nothing that was acknowledged."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.app import Application
from annotator.services.projects import create_project
from tests import fakes
from tests.services.kill_child import digest

KILLS = 100
ROOT = Path(__file__).parents[2]


def masks_for_import(folder: Path) -> Path:
    folder.mkdir()
    for frame in range(0, 12, 3):
        label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
        label_map[5:20, 5 + frame : 30] = 1
        label_map[25:40, 10:40] = 2
        image = Image.fromarray(label_map, "L")
        image.putpalette([v for i in range(256) for v in (i, 255 - i, i // 2)])
        image.save(folder / f"{frame:05d}.png")
    return folder


def run_and_kill(project: Path, masks: Path, seed: int, delay: float) -> list[tuple[str, str]]:
    """Start a child, kill it `delay` seconds after it is ready; its (word, digest) lines."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.services.kill_child", project, masks, str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    lines = [child.stdout.readline()]
    assert lines[0].startswith("ready"), "the child did not come up"
    time.sleep(delay)
    child.kill()
    rest = child.stdout.read().splitlines()
    child.stdout.close()
    child.wait()
    told = [line.split() for line in [*lines, *rest]]
    return [(words[0], words[2]) for words in told if len(words) == 3 and len(words[2]) == 64]


def check(project: Path, told: list[tuple[str, str]]) -> str:
    """Reopen: the state is that of the last acknowledged action, or of one after it."""
    acknowledged = max(i for i, (word, _) in enumerate(told) if word in ("ready", "ack"))
    possible = {state for _, state in told[acknowledged:]}
    application = Application(inline=True)
    bench = application.open(project)
    try:
        found = digest(bench)
        if found in possible:
            return "exact"
        # The action under way was cut off before it could be told: it is one undo step.
        bench.session.undo()
        assert digest(bench) in possible, "an acknowledged action was lost"
        bench.session.redo()
        return "one more"
    finally:
        bench.close()
        application.close()


@pytest.mark.timeout(600)
def test_100_kills_while_painting_propagating_and_importing(tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip"))
    masks = masks_for_import(tmp_path / "masks")
    rng = random.Random(5)
    acts = 0
    outcomes = {"exact": 0, "one more": 0}
    for seed in range(KILLS):
        told = run_and_kill(project, masks, seed, rng.uniform(0.0, 0.15))
        acts += sum(word == "ack" for word, _ in told)
        outcomes[check(project, told)] += 1
    assert sum(outcomes.values()) == KILLS
    assert acts > KILLS, "the children hardly got to work; the test would prove nothing"
