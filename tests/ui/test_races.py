"""Coming, going and editing in any order: what one thing has begun, another one does not lose."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotator.app import Application
from annotator.core.changes import SetCells
from annotator.core.document import ChangeSet
from annotator.core.errors import DiskError, MediaError, RequestError
from annotator.core.types import Cell, Provenance, Stroke
from annotator.io.store import read_meta
from annotator.services.editing.steps import LongEdit
from annotator.services.project.embedding import embed_order
from annotator.services.project.projects import open_project
from annotator.services.runs.runs import Run
from annotator.ui import project_switcher
from annotator.ui.canvas.frames import FrameLoader
from annotator.ui.closing import Background
from annotator.ui.runs.jobs import JobEntry
from tests import fakes
from tests.ui.conftest import Driver
from tests.ui.long_edits import counts, open_masked


@pytest.fixture
def masked(driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """A model's mask on each frame; every edit counts as a long one."""
    open_masked(driver, clip, monkeypatch)
    return driver


def held_up(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> tuple[LongEdit, Callable[[], None]]:
    """Accepting, which waits for the disk until the call that comes with it."""
    bench = driver.workspace.bench
    assert bench is not None
    driver.window.table.actions["accept_span"].trigger()
    edit = bench.session.long
    assert edit is not None
    slice_ = edit._slice

    def wait() -> ChangeSet:
        edit.waits = True
        return ChangeSet()

    monkeypatch.setattr(edit, "_slice", wait)
    return edit, lambda: monkeypatch.setattr(edit, "_slice", slice_)


def test_a_project_that_is_asked_for_twice_is_not_locked_by_ourselves(
    driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    folder = driver.workspace.bench.session.folder
    driver.close()
    let, begun, asked = threading.Event(), threading.Event(), list[Path]()
    open_ = Application.open

    def slowly(application: Application, path: Path, **how: bool) -> Any:
        bench = open_(application, path, **how)
        asked.append(path)
        if len(asked) == 1:
            begun.set()
            assert let.wait(60)
        return bench

    monkeypatch.setattr(Application, "open", slowly)
    driver.window.switcher.open_path(folder)
    driver.wait(begun.is_set)
    driver.window.switcher.open_path(folder)  # somebody clicks once more
    threading.Timer(0.5, let.set).start()
    driver.wait(lambda: not driver.window.switcher.busy)
    assert len(asked) == 2
    assert not driver.workspace.bench.session.read_only


def test_a_window_that_is_to_close_lets_nothing_in(
    masked: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit, go_on = held_up(masked, monkeypatch)
    masked.window.switcher.open_path(fakes.image_folder(tmp_path / "other"))
    masked.window.close()
    assert masked.window.isVisible(), "it waits for the edit"
    masked.wait(lambda: not masked.window.switcher.opener.busy)
    QApplication.processEvents()
    go_on()
    masked.wait(lambda: not masked.window.isVisible(), 10)
    assert masked.workspace.bench is None
    assert edit.done == edit.total


def test_who_asks_to_close_while_another_one_comes_in_waits_in_turns(
    masked: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit, go_on = held_up(masked, monkeypatch)
    switcher = masked.window.switcher
    switcher.open_path(fakes.image_folder(tmp_path / "other"))
    masked.wait(lambda: switcher._departure.waiting)
    masked.window.close()
    assert masked.window.isVisible()
    go_on()
    masked.wait(lambda: not masked.window.isVisible(), 10)
    assert edit.done == edit.total


def test_media_that_are_looked_for_do_not_keep_a_project_from_being_opened(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    driver.window.switcher.open_path(fakes.image_folder(tmp_path / "other"))
    driver.window.switcher.locate(clip)
    driver.wait(lambda: not driver.window.switcher.busy)
    assert driver.workspace.bench.session.folder.stem == "other"


def test_copied_media_are_noted_before_somebody_can_leave(
    driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    folder = driver.workspace.bench.session.folder
    let, find = threading.Event(), project_switcher.find_media

    def slowly(*given: Any) -> Any:
        assert let.wait(60)
        return find(*given)

    monkeypatch.setattr(project_switcher, "find_media", slowly)
    driver.workspace.mediaMoved.connect(lambda _: driver.window.switcher.close_project())
    driver.workspace.exchange.embed(embed_order(driver.workspace.bench.project))
    driver.wait(lambda: driver.workspace.bench is None)
    let.set()
    driver.wait(lambda: not driver.window.switcher.busy)
    driver.workspace.background.wait()
    assert Path(read_meta(folder).media).is_relative_to(folder.resolve())
    for file in clip.iterdir():
        file.unlink()
    clip.rmdir()
    driver.open(folder)
    assert driver.workspace.bench.project.media is not None


def test_two_long_edits_asked_for_in_one_turn(masked: Driver) -> None:
    bench = masked.workspace.bench
    masked.window.table.actions["accept_span"].trigger()
    masked.workspace.attempt(lambda: bench.edit.delete_object(1))
    assert "'Accept' is not done yet" in masked.window.notices.text
    masked.workspace.attempt(masked.workspace.undo)
    masked.workspace.attempt(bench.edit.add_object)
    masked.wait(lambda: bench.session.long is None)
    assert counts(masked) == {"corrected": masked.workspace.n_frames}, "the first one is not lost"
    assert set(bench.document.objects) == {1}


def test_cancelled_before_it_did_anything_it_is_told_so(
    masked: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_up(masked, monkeypatch)
    masked.wait(lambda: masked.window.notices.text.startswith("Accept: 0%"))
    masked.wait(lambda: masked.window.table.actions["cancel"].isEnabled())
    masked.window.table.actions["cancel"].trigger()
    assert masked.window.notices.text == "Accept: cancelled. All is as it was before."
    masked.wait(lambda: not masked.window.table.actions["cancel"].isEnabled())
    assert counts(masked) == {"model:copy": masked.workspace.n_frames}


def test_a_project_can_be_left_while_the_disk_refuses_an_undo(
    masked: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = masked.workspace.bench
    store, folder = bench.session.store, bench.session.folder
    bench.session.flush()
    monkeypatch.setattr(store, "_write_batch", lambda _batch: refuse())

    def refuse() -> bool:
        store.trouble = DiskError("The disk is full.", "Free some space.")
        return False

    masked.workspace.attempt(masked.workspace.undo)
    masked.wait(lambda: store.trouble is not None)
    assert bench.session.long is not None
    masked.window.switcher.close_project()
    masked.wait(lambda: masked.workspace.bench is None, 5)
    masked.workspace.background.wait()
    masked.open(folder)
    assert counts(masked) == {"model:copy": masked.workspace.n_frames}, "nothing was undone"


def test_what_a_run_takes_back_at_the_end_is_done_before_the_project_is_handed_over(
    masked: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, bench = masked.workspace, masked.workspace.bench
    folder = bench.session.folder
    heard = list[bool]()
    workspace.changed.connect(
        lambda _: heard.append(threading.current_thread() is threading.main_thread())
    )
    bench.session.subscribe(
        lambda _: heard.append(threading.current_thread() is threading.main_thread())
    )
    run = bench.session.begin_run("Import", whole=True)
    run.append(0, [SetCells(0, {1: Cell(Provenance.IMPORTED)})])
    run.append(1, [SetCells(1, {1: Cell(Provenance.IMPORTED)})])
    workspace.live.add(5, 1, Stroke(1, np.ones((2, 2), np.float32), 2.0))
    close = workspace.host.close

    def ended() -> None:
        close()
        run.end(take_back=True)
        assert bench.session.long is not None

    monkeypatch.setattr(workspace.host, "close", ended)
    masked.window.close()
    assert heard
    assert all(heard), "views hear of changes on the window's thread only"
    project = open_project(folder)
    assert len(project.session.document.strokes(5)) == 1, "a stroke is a person's work"
    assert project.session.document.cell(0, 1).provenance is Provenance.MODEL
    assert not project.session.store.cut_off
    project.close()


def test_a_run_that_waits_does_not_begin_in_a_long_edit(
    masked: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, asked = masked.workspace, list[bool]()
    bench = workspace.bench
    _, go_on = held_up(masked, monkeypatch)

    def begin() -> Run:
        asked.append(bench.session.long is None)
        raise RequestError("Nothing to do.")

    workspace.jobs.entries.append(JobEntry("Propagate", lambda: None, begin))
    for _ in range(5):
        workspace._poll()
    assert not asked
    go_on()
    masked.wait(lambda: asked)
    assert asked == [True]


def test_nothing_is_made_new_by_itself_in_a_long_edit(
    masked: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, bench = masked.workspace.prelabel, masked.workspace.bench
    monkeypatch.setattr("annotator.ui.runs.prelabel.stale_frames", lambda *_: np.ones(1, bool))
    tried = list[str]()
    monkeypatch.setattr(masked.workspace, "run", lambda task, **_: tried.append(task))
    _, go_on = held_up(masked, monkeypatch)
    desk.when_idle = True
    desk._refresh()
    assert not tried
    go_on()
    masked.wait(lambda: bench.session.long is None)
    desk._refresh()
    assert tried == ["refresh"]


def test_what_fails_in_the_background_keeps_nothing_else_open(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bugs, done = list[object](), list[int]()
    monkeypatch.setattr(threading, "excepthook", lambda told: bugs.append(told.exc_type))
    background = Background()

    def fail(error: Exception) -> None:
        done.append(1)
        raise error

    background.start(
        lambda: fail(OSError("no")), lambda: fail(DiskError("Full.")), lambda: done.append(2)
    )
    background.wait()
    assert done == [1, 1, 2]
    assert bugs == [OSError]
    assert [error.message for error in background.errors] == ["Full."]


class Slow:
    """A reader whose media are closed while it reads."""

    def __init__(self) -> None:
        self.begun, self.let = threading.Event(), threading.Event()

    def peek(self, _frame: int) -> None:
        return None

    def hold(self) -> None:
        pass

    def read_unless(self, _frame: int, _stop: object) -> np.ndarray:
        self.begun.set()
        assert self.let.wait(60)
        raise MediaError("closed")


class Quick(Slow):
    def read_unless(self, _frame: int, _stop: object) -> np.ndarray:
        return np.zeros((2, 2, 3), np.uint8)


def test_media_that_gave_way_to_others_are_no_fault_of_the_frame(qtbot: QtBot) -> None:
    loader, slow = FrameLoader(), Slow()
    failed, ready = list[str](), list[int]()
    loader.failed.connect(lambda _frame, message: failed.append(message))
    loader.ready.connect(lambda frame, _image: ready.append(frame))
    loader.request(slow, 3)  # type: ignore[arg-type]
    assert slow.begun.wait(60)
    loader.request(Quick(), 3)  # type: ignore[arg-type]
    slow.let.set()
    qtbot.waitUntil(lambda: ready == [3])
    loader.close()
    QApplication.processEvents()
    assert not failed
