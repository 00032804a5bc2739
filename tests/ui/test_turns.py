"""What takes long is done on other threads, or in several turns of the event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

from annotator.app import Application
from annotator.core.changes import Change, SetCells
from annotator.core.document import Document
from annotator.core.types import Cell, Provenance
from annotator.io.store import Store
from annotator.services.project import projects
from annotator.services.runs import auto
from annotator.services.runs.suggest import Suggestion
from annotator.ui.timeline import thumbnails
from tests import fakes
from tests.ui.conftest import Driver


class Threads:
    """Notes on which threads something is called."""

    def __init__(self) -> None:
        self.window = list[bool]()

    def noting(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any, **named: Any) -> Any:
            self.window.append(threading.current_thread() is threading.main_thread())
            return call(*given, **named)

        return noted


@pytest.fixture
def threads() -> Threads:
    return Threads()


def test_a_project_is_read_on_another_thread(
    driver: Driver, clip: Path, threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    folder = driver.workspace.bench.session.folder
    driver.close()
    monkeypatch.setattr(projects, "verify", threads.noting(projects.verify))
    monkeypatch.setattr(Store, "rows", threads.noting(Store.rows))
    driver.open(folder)
    assert len(threads.window) > 3
    assert not any(threads.window)


def test_a_project_is_closed_on_another_thread(
    driver: Driver, clip: Path, threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    monkeypatch.setattr(Store, "close", threads.noting(Store.close))
    driver.workspace.bench.edit.add_object("last")
    folder = driver.workspace.bench.session.folder
    driver.window.switcher.close_project()
    assert driver.workspace.bench is None, "nobody waits for the disk"
    driver.open(folder)
    assert threads.window == [False]
    assert [info.name for info in driver.workspace.document.objects.values()] == ["last"]
    assert not driver.workspace.bench.session.read_only


def test_a_project_that_nobody_waits_for_any_more_is_closed_again(
    driver: Driver, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    first = driver.workspace.bench.session.folder
    driver.close()
    other = fakes.image_folder(tmp_path / "other")
    let, begun = threading.Event(), threading.Event()
    open_ = Application.open

    def slowly(application: Application, path: Path, **how: bool) -> Any:
        bench = open_(application, path, **how)
        if path == first:
            begun.set()
            assert let.wait(60)
        return bench

    monkeypatch.setattr(Application, "open", slowly)
    driver.window.switcher.open_path(first)
    driver.wait(begun.is_set)
    driver.open(other)
    let.set()
    driver.wait(lambda: not any(t.is_alive() for t in driver.window.switcher.opener._threads))
    assert driver.workspace.bench.session.folder != first
    again = open_(driver.workspace.host, first)
    assert not again.session.read_only, "it is not held by the one that came too late"
    again.close()


def test_media_are_looked_for_on_another_thread(
    driver: Driver, clip: Path, tmp_path: Path, threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    folder = driver.workspace.bench.session.folder
    driver.close()
    moved = tmp_path / "elsewhere"
    clip.rename(moved)
    driver.open_only(folder)
    monkeypatch.setattr(projects, "open_media", threads.noting(projects.open_media))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(moved))
    driver.window.table.actions["locate"].trigger()
    driver.wait(lambda: driver.window.canvas.shown == 0)
    assert threads.window
    assert not any(threads.window)


def test_frames_are_suggested_on_another_thread(
    driver: Driver, clip: Path, threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    bench, desk = driver.workspace.bench, driver.workspace.prelabel
    found = [Suggestion(5, 0.5), Suggestion(0, 0.1)]
    prelabel = bench.inference.prelabel

    class Course:
        place, unclear = np.arange(12.0), None

    prelabel._course = Course()  # the clip was looked at
    desk._active = True
    monkeypatch.setattr(auto, "next_frames", threads.noting(lambda *_: found))
    driver.window.table.actions["next_suggested"].trigger()
    assert driver.workspace.frame == 0
    driver.wait(lambda: driver.workspace.frame == 5)
    assert desk.suggestions == found
    assert threads.window == [False]


def test_a_run_takes_masks_of_key_frames_as_they_are_stored(
    driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    bench = driver.workspace.bench
    info = bench.edit.add_object()
    mask = np.zeros(bench.document.size.shape, np.uint8)
    mask[5:9, 5:9] = info.id
    for frame in (2, 6):
        bench.edit.set_mask(frame, info.id, mask, "Draw")
    bench.session.flush()
    decoded = list[int]()
    label_map = Document.label_map
    monkeypatch.setattr(
        Document, "label_map", lambda self, frame: decoded.append(frame) or label_map(self, frame)
    )
    keys = stored_keys(bench)
    assert not decoded, "nothing was decoded, and encoded once more"
    mask[20:25, 20:25] = info.id
    bench.edit.set_mask(6, info.id, mask, "Draw")
    assert stored_keys(bench)[0] == keys[0]
    assert stored_keys(bench)[1] != keys[1], "what is not on disk yet counts as well"


def stored_keys(bench: Any) -> list[bytes]:
    from annotator.services.runs.planning import plan_fill

    return [key.data for key in plan_fill(bench.document, "interpolate").keys]


def test_small_pictures_come_a_few_each_turn(
    driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    row, previews = driver.window.timeline._thumbnails, driver.workspace.previews
    previews.hurry()
    driver.wait(lambda: len(row._kept) > 2)
    monkeypatch.setattr(thumbnails, "_BUDGET_S", -1.0)
    row.clear()
    driver.window.timeline._repaint()
    driver.window.timeline.repaint()
    assert row.late
    assert not row._kept, "no time was left"
    monkeypatch.setattr(thumbnails, "_BUDGET_S", 1.0)
    driver.wait(lambda: len(row._kept) > 2)
    assert not row.late


@pytest.mark.parametrize(
    "name",
    ["import", "export", "dataset", "report", "run_with", "settings", "shortcuts", "pictures",
     "stage", "models"],
)  # fmt: skip
def test_a_dialog_that_was_closed_is_gone(driver: Driver, clip: Path, name: str) -> None:
    """Each would be styled again with every change of the theme."""
    driver.open(clip)

    def dialogs() -> list[QDialog]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]

    before = len(dialogs())
    driver.window.table.actions[name].trigger()
    driver.wait(lambda: len(dialogs()) == before + 1)
    next(d for d in dialogs() if d.isVisible()).close()
    driver.wait(lambda: len(dialogs()) == before)


def test_the_worst_frames_are_the_first_of_all_in_order(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    bench, review = driver.workspace.bench, driver.workspace.review
    bench.edit.add_object()
    estimates = [0.5, 0.2, 0.9, 0.2, 0.7, 0.1, 0.5, 0.4, 0.8, 0.3, 0.6, 0.2]
    cells = [Cell(Provenance.MODEL, False, value, "copy") for value in estimates]
    changes: list[Change] = [SetCells(f, {1: cell}) for f, cell in enumerate(cells)]
    bench.session.apply("Fill", changes)
    every = review.worst_frames()
    assert every == sorted(range(12), key=lambda f: (estimates[f], f))
    for most in (0, 1, 3, 11, 12, 40):
        counts, listed = review.survey(most)
        assert [frame for frame, _ in listed] == every[:most]
        assert [round(value, 3) for _, value in listed] == [estimates[f] for f in every[:most]]
        assert counts == review.counts()
