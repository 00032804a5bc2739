"""A clip with a model's mask on each frame, in which every edit counts as a long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.changes import Change, SetCells
from annotator.core.types import Cell, Provenance
from annotator.services.editing import steps
from annotator.ui import long_desk
from tests.ui.conftest import Driver

MODEL = Cell(Provenance.MODEL, False, 0.5, "copy")


def open_masked(driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.open(clip)
    bench = driver.workspace.bench
    assert bench is not None
    bench.edit.add_object()
    driver.workspace.choose_object(1)
    changes: list[Change] = [SetCells(f, {1: MODEL}) for f in range(driver.workspace.n_frames)]
    bench.session.apply("Fill", changes)
    monkeypatch.setattr(steps, "MANY", 0)
    monkeypatch.setattr("annotator.services.project.session.MANY", 0)
    monkeypatch.setattr(long_desk, "_QUIET_S", 0.0)
    monkeypatch.setattr(long_desk, "_TELL_S", 0.0)


def counts(driver: Driver) -> dict[str, int]:
    document = driver.workspace.document
    assert document is not None
    return document.cells.counts()
