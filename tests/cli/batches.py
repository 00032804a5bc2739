"""Batches in tests: the steps, and what is asked of them again and again."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.cli.batch.orders import Advance, Order, Outcome, order_for
from annotator.cli.batch.steps import parse_steps
from annotator.cli.batch.worker import Worker
from annotator.services.exchange.batch import Medium
from annotator.services.project.projects import open_project
from tests.cli.calls import run

STEPS = "import davis masks/{name} --frames 0; propagate --backend embedded; export coco o/{name}"


def copy_masks(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for file in source.iterdir():
        (target / file.name).write_bytes(file.read_bytes())


def states(done: dict[str, Any]) -> list[str]:
    return [row["state"] for row in done["media"]]


def worker(
    project: Path, steps: str, tell: Callable[[str | Advance], None] = lambda _told: None
) -> Outcome:
    """What the process of one medium does, in this process."""
    medium = Medium(project.stem, str(project), str(project))
    order = order_for(medium, parse_steps(steps, several=False, elsewhere=False))
    return Worker(order, tell).work()


def batched(capsys: pytest.CaptureFixture[str], code: int, *args: object) -> dict[str, Any]:
    capsys.readouterr()
    assert run("batch", *args, "--json") == code
    told = capsys.readouterr()
    assert told.out.count("\n") == 1, "one JSON object on stdout, nothing else"
    assert "Traceback" not in told.err
    return json.loads(told.out)


def interrupted(project: Path) -> int:
    opened = open_project(project)
    try:
        return len(opened.session.store.open_runs())
    finally:
        opened.close()


SLOWLY = """
import time
from annotator.services.runs.inference import InferenceService
changes = InferenceService._changes
def slowly(*given):
    time.sleep(0.05)
    return changes(*given)
InferenceService._changes = slowly
"""
"""As `sitecustomize` of every process: a run that is not over before we see that it has begun."""


def long_order(place: Path) -> Order:
    medium = Medium("long", str(place / "long"), str(place / "long.strokeflow"))
    return order_for(medium, parse_steps(STEPS, several=True, elsewhere=False))


def wait_for_frames(project: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    database = f"file:{project / 'project.db'}?mode=ro"
    while time.monotonic() < deadline:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(
            sqlite3.connect(database, uri=True)
        ) as db:  # fmt: skip
            if db.execute("SELECT count(*) FROM labels").fetchone()[0] > count:
                return
        time.sleep(0.02)
    raise AssertionError("the run did not begin")
