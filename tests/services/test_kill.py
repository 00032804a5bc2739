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
from annotator.io.formats.framemap import FILE_NAME, read_map
from annotator.services.project.projects import create_project
from tests import fakes
from tests.services.kill_child import clicks, digest

KILLS = 100
Told = tuple[str, str, int]
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


def run_and_kill(project: Path, masks: Path, seed: int, delay: float) -> list[Told]:
    """Start a child, kill it `delay` seconds after it is ready; what it told."""
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
    return [(w[0], w[2], int(w[3])) for w in told if len(w) == 4 and len(w[2]) == 64]


def check(project: Path, told: list[Told]) -> str:
    """Reopen: the state is that of the last acknowledged action, or of one after it."""
    acknowledged = max(i for i, (word, *_) in enumerate(told) if word in ("ready", "ack"))
    possible = {state for _, state, _ in told[acknowledged:]}
    application = Application(inline=True)
    bench = application.open(project)
    try:
        assert clicks(bench) - told[acknowledged][2] in (0, 1), "effort was lost, or counted twice"
        found = digest(bench)
        if found in possible:
            return "taken back" if bench.session.store.cut_off else "exact"
        # The action under way was cut off before it could be told: it is a step, or a step back.
        bench.session.undo()
        if digest(bench) in possible:
            bench.session.redo()
            return "one more"
        bench.session.redo()
        bench.session.redo()
        assert digest(bench) in possible, "an acknowledged action was lost"
        bench.session.undo()
        return "one less"
    finally:
        bench.close()
        application.close()


def whole_or_not_at_all(out: Path) -> bool:
    """Whether there is an export; what is there is the whole of it."""
    if not out.exists():
        return False
    listed = read_map(out / FILE_NAME)
    assert listed is not None
    for row in listed.frames:
        for name in row.files:
            with Image.open(out / name) as picture:
                assert picture.size == (fakes.WIDTH, fakes.HEIGHT)
                picture.load()
    return True


@pytest.mark.timeout(600)
def test_100_kills_during_all_kinds_of_work(tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip"))
    masks = masks_for_import(tmp_path / "masks")
    rng = random.Random(5)
    acts = 0
    outcomes = {"exact": 0, "one more": 0, "one less": 0, "taken back": 0}
    exported = 0
    for seed in range(KILLS):
        told = run_and_kill(project, masks, seed, rng.uniform(0.0, 0.15))
        acts += sum(word == "ack" for word, *_ in told)
        outcomes[check(project, told)] += 1
        exported += whole_or_not_at_all(masks.parent / "out")
    assert sum(outcomes.values()) == KILLS
    assert exported > 0
    assert outcomes["taken back"] > 0, "no long edit was hit halfway"
    assert acts > KILLS, "the children hardly got to work; the test would prove nothing"
