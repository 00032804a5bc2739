"""Nothing is told as done that is not on disk: in a deleted project, and on a full disk."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from annotator.core.changes import SetCells, SetLabel
from annotator.core.errors import DiskError
from annotator.core.types import Cell, Provenance
from annotator.io.store.writing import StoreWriter
from tests.ui.conftest import Driver
from tests.ui.long_edits import open_masked

posix = pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be deleted there")


def begin(driver: Driver, clip: Path) -> list[tuple[str, str, str]]:
    """A project with a mask to propagate; what is told from now on."""
    driver.open(clip)
    bench = driver.workspace.bench
    assert bench is not None
    bench.edit.add_object("cat")
    mask = np.zeros(bench.document.size.shape, np.uint8)
    mask[10:20, 10:20] = 1
    bench.edit.set_mask(0, 1, mask, "Draw")
    bench.session.flush()
    told: list[tuple[str, str, str]] = []
    driver.workspace.noticed.connect(lambda *words: told.append(words))
    return told


@pytest.fixture
def refuse(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Called, the disk is full from then on; called once more, there is room. At the end there is,
    or the window would say what is lost."""
    full = [False]
    write = StoreWriter._write_batch

    def write_if_room(store: StoreWriter, batch: Iterable[object]) -> bool:
        if full[0]:
            store.trouble = DiskError("The disk is full.", "Free some space.")
            store._tell()
            return False
        return write(store, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(StoreWriter, "_write_batch", write_if_room)

    def turn() -> None:
        full[0] = not full[0]

    yield turn
    full[0] = False
    driver.wait(lambda: driver.workspace.saving.text == "Saved")


def errors(told: list[tuple[str, str, str]]) -> list[str]:
    return [text for level, text, _ in told if level == "error"]


@posix
def test_a_run_in_a_deleted_project_is_not_done(driver: Driver, clip: Path) -> None:
    told = begin(driver, clip)
    folder = driver.workspace.bench.session.folder
    shutil.rmtree(folder)
    driver.workspace.run("propagate")
    driver.finish_run()
    driver.wait(lambda: errors(told))
    (said,) = errors(told)
    assert said.startswith("Propagate:")
    assert said.endswith("not saved.")
    assert "was deleted" in told[-1][2]
    assert not any(level == "good" for level, _, _ in told)
    (entry,) = driver.workspace.jobs.entries
    assert entry.words().startswith("Not saved: The project")
    assert entry.failed
    assert driver.workspace.saving.text == "Not saved"
    assert "was deleted" in driver.workspace.saving.trouble
    driver.close()
    driver.wait(lambda: "was deleted" in told[-1][1])
    assert told[-1][2] == "What was not saved is lost. Open a backup."


def test_a_run_on_a_full_disk_is_done_when_there_is_room(
    driver: Driver, clip: Path, refuse: Callable[[], None]
) -> None:
    told = begin(driver, clip)
    refuse()
    driver.workspace.run("propagate")
    driver.finish_run()
    driver.wait(lambda: errors(told))
    assert errors(told)[0].endswith("not saved.")
    assert told[-1][2].startswith("The disk is full. Free some space.")
    (entry,) = driver.workspace.jobs.entries
    assert entry.words().startswith("Not saved: The disk is full.")
    refuse()
    driver.wait(lambda: driver.workspace.saving.text == "Saved")
    assert entry.words().startswith("Done.")
    assert not entry.failed


def test_a_run_that_the_disk_stops_is_not_called_cancelled(
    driver: Driver,
    clip: Path,
    refuse: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("annotator.services.runs.running.BACKLOG_LIMIT", 1)
    told = begin(driver, clip)
    refuse()
    session = driver.workspace.bench.session
    for frame in range(1, 6):
        session.apply("Note", [SetCells(frame, {1: Cell(Provenance.MODEL, False, 0.1, "copy")})])
    driver.wait(lambda: session.store.trouble is not None)
    driver.workspace.run("propagate")
    driver.finish_run()
    driver.wait(lambda: len(told) > 0)
    assert not any("cancelled" in text or "kept" in detail for _, text, detail in told)
    (said,) = errors(told)
    assert said.endswith(": stopped, since nothing could be saved.")
    assert told[-1][2].startswith("The disk is full.")


def test_drawing_on_a_full_disk_is_called_not_saved(
    driver: Driver, clip: Path, refuse: Callable[[], None]
) -> None:
    begin(driver, clip)
    refuse()
    label_map = np.ones(driver.workspace.document.size.shape, np.uint8)
    driver.workspace.bench.session.apply("Draw", [SetLabel(3, label_map)])
    driver.wait(lambda: driver.workspace.saving.text == "Not saved")
    assert driver.window.notices.text == "Your work is not saved yet."
    assert driver.window.notices.detail == "The disk is full. Free some space."
    refuse()
    driver.wait(lambda: driver.workspace.saving.text == "Saved")


def test_a_long_edit_on_a_full_disk_is_not_done(
    driver: Driver,
    clip: Path,
    refuse: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_masked(driver, clip, monkeypatch)
    monkeypatch.setattr("annotator.services.editing.steps._SMALLEST", 1)
    monkeypatch.setattr("annotator.services.editing.steps.LARGEST", 1)
    workspace = driver.workspace
    told: list[tuple[str, str, str]] = []
    workspace.noticed.connect(lambda *words: told.append(words))
    refuse()
    workspace.bench.edit.accept(range(workspace.n_frames), [1])
    driver.wait(lambda: "Accept: not saved." in errors(told))
    assert not any(level == "good" for level, _, _ in told)
