"""The window comes back where it was, also if it was killed."""

from __future__ import annotations

import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.core.changes import SetLabel
from annotator.io.media import container
from annotator.services.editing.edit import EditService
from annotator.services.project.projects import create_project, open_project
from annotator.services.review.remarks import add_remark
from annotator.ui.settings import Place, Settings
from annotator.ui.tools.tool import Tool
from tests import fakes
from tests.services.test_older_projects import to_version_1, to_version_2, to_version_3
from tests.ui.conftest import Driver, build
from tests.videos import write_video


def test_a_killed_window_comes_back_where_it_was(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    window, workspace = driver.window, driver.workspace
    driver.open(clip)
    workspace.bench.edit.add_object("one")
    chosen = workspace.bench.edit.add_object("two")
    workspace.choose_object(chosen.id)
    driver.go(7)
    workspace.choose_tool(Tool.BRUSH)
    window.canvas.zoom_by(3.0, QPointF(100, 80))
    window.docks[5].close()
    # The first window is not closed: nothing that only closing would store is there.
    driver.wait(lambda: '"frame\\":7' in (tmp_path / "window.ini").read_text(), 10)

    second = build(tmp_path / "window.ini")
    second.resize(window.size())
    second.show()
    again = Driver(second, driver.qtbot)
    try:
        assert again.workspace.tool is Tool.BRUSH
        again.open(clip)
        QApplication.processEvents()
        assert again.workspace.frame == 7
        assert again.workspace.object_id == chosen.id
        assert second.canvas.sight == pytest.approx(window.canvas.sight, abs=0.5)
        assert [dock.isHidden() for dock in second.docks] == [n == 5 for n in range(7)]
        closed = second.arrangement.menu.actions()[5]
        assert closed.text() == second.docks[5].windowTitle()
        closed.trigger()
        assert not second.docks[5].isHidden()
    finally:
        second.close()
        second.deleteLater()


def test_projects_of_one_name_have_places_of_their_own(driver: Driver, tmp_path: Path) -> None:
    first = fakes.image_folder(tmp_path / "monday" / "clip")
    second = fakes.image_folder(tmp_path / "tuesday" / "clip")
    driver.open(first)
    driver.go(9)
    driver.window.canvas.zoom_by(4.0)
    driver.open(second)
    assert driver.workspace.frame == 0
    assert driver.window.canvas.sight is None
    driver.open(first)
    assert driver.workspace.frame == 9
    assert driver.window.canvas.sight is not None


def test_places_of_many_projects_do_not_pile_up(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "window.ini")
    for number in range(230):
        settings.set_place(tmp_path / str(number), Place(number))
    assert settings.place(tmp_path / "229").frame == 229
    assert settings.place(tmp_path / "0").frame == 0
    assert settings.place(tmp_path / "100").frame == 100


def test_a_damaged_place_is_the_beginning(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "window.ini")
    settings.set_place(tmp_path, Place(4))
    text = settings._store
    for key in text.allKeys():
        text.setValue(key, '{"frame": "x"')
    assert settings.place(tmp_path) == Place()


def test_half_an_import_of_a_killed_window_is_taken_back_and_told(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    session = driver.workspace.bench.session
    step = session.begin_run("Import davis: masks", whole=True)
    label_map = np.full(session.document.size.shape, 1, np.uint8)
    step.append(3, [SetLabel(3, label_map)])
    session.flush()
    # As the disk is at this moment, so it is after a kill.
    copy = tmp_path / "copy.strokeflow"
    shutil.copytree(session.folder, copy)
    (copy / "project.lock").unlink()
    step.end()
    driver.open(copy)
    driver.wait(lambda: driver.window.notices.text)
    told = driver.window.notices
    assert told.text == "'Import davis: masks' was cut off last time, and was taken back."
    assert told.detail == "Nothing of it is left. Start it again."
    assert not driver.workspace.document.label_map(3).any()
    assert driver.workspace.bench.session.undo_step is None


@pytest.mark.skipif(sys.platform == "win32", reason="open folders stay there")
def test_a_project_that_is_renamed_while_open_is_followed(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    driver.go(5)
    window, workspace = driver.window, driver.workspace
    workspace.bench.edit.add_object("before")
    old = workspace.bench.session.folder
    new = old.rename(tmp_path / "renamed.strokeflow")
    workspace.bench.edit.add_object("after")
    driver.wait(lambda: window.notices.text)
    assert window.notices.text == f"The folder '{old}' was moved or renamed."
    assert str(new) in window.notices.detail
    QTest.mouseClick(window.notices._offer, Qt.MouseButton.LeftButton)
    driver.wait(lambda: workspace.bench is not None and workspace.bench.session.folder == new)
    assert not workspace.bench.session.read_only
    assert [info.name for info in workspace.document.objects.values()] == ["before", "after"]
    assert workspace.frame == 5
    assert not old.exists()
    workspace.bench.edit.add_object("later")
    driver.wait(lambda: workspace.saving.text == "Saved")
    assert window.notices.text == ""


@pytest.mark.skipif(sys.platform == "win32", reason="open folders stay there")
def test_what_came_to_lie_at_its_old_place_is_opened(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    workspace = driver.workspace
    workspace.bench.edit.add_object("before")
    old = workspace.bench.session.folder
    old.rename(tmp_path / "renamed.strokeflow")
    workspace.bench.edit.add_object("after")
    driver.wait(lambda: workspace.bench.session.store.moved)
    driver.open(clip)
    assert workspace.bench.session.folder == old
    assert not workspace.document.objects
    workspace.bench.edit.add_object("new")
    workspace.close_project()
    for place, names in ((old, ["new"]), (tmp_path / "renamed.strokeflow", ["before", "after"])):
        driver.open(place)
        assert [info.name for info in workspace.document.objects.values()] == names


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_project_of_an_older_version_opens_as_quickly_and_goes_on(
    driver: Driver, tmp_path: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its video is looked through before the window waits for it."""
    clip = write_video(tmp_path / "v.mp4", frames=60, options={"g": "30"})
    folder = create_project(tmp_path / "old", clip)
    project = open_project(folder)
    made = EditService(project.session).add_object("old").id
    project.close()
    shutil.rmtree(folder / "cache")
    {1: to_version_1, 2: to_version_2, 3: to_version_3}[version](folder)
    threads: list[bool] = []
    build_index = container.build_index

    def noted(*given: Any) -> Any:
        threads.append(threading.current_thread() is threading.main_thread())
        return build_index(*given)

    monkeypatch.setattr(container, "build_index", noted)
    driver.open(folder)
    workspace = driver.workspace
    assert threads == [False]
    assert not workspace.bench.session.read_only
    assert workspace.document.objects[made].name == "old"
    driver.wait(lambda: driver.window.canvas.shown == 0)
    workspace.choose_tool(Tool.BRUSH)
    driver.draw((20, 20), (40, 30))
    add_remark(workspace.bench.session, 2, "look")
    workspace.undo()
    workspace.undo()
    assert not workspace.document.label_map(0).any()
    workspace.redo()
    driver.wait(lambda: workspace.saving.text == "Saved")
    driver.close()
    driver.open(folder)
    assert workspace.document.label_map(0).any()
    workspace.undo()
    workspace.undo()
    assert not workspace.document.objects


def test_settings_that_change_during_a_run_leave_it_alone(driver: Driver, tmp_path: Path) -> None:
    driver.open(fakes.image_folder(tmp_path / "clip", 120))
    workspace, custom = driver.workspace, driver.window.custom
    workspace.need_object()
    workspace.choose_tool(Tool.BRUSH)
    driver.draw((20, 20), (40, 30))
    workspace.run("propagate")
    driver.wait(lambda: workspace.running is not None)
    run, usual = workspace.running, custom.chosen
    for number in range(12):
        driver.wait(lambda least=number: run.state.over or run.filled > least)
        custom.apply(
            replace(
                usual,
                theme=("dark", "light")[number % 2],
                device=("cpu", "cuda")[number % 2],
                frame_cache_mb=64 + number,
                history_mb=16,
                live=number % 2 == 0,
                hover=number % 2 == 1,
                when_idle=number % 2 == 1,
                person=f"Ann {number}",
            )
        )
    assert workspace.running is not None, "the test would prove nothing"
    driver.finish_run()
    assert (run.filled, run.stale) == (119, 0)
    assert workspace.bench.session.undo_step.title == run.title
    custom.apply(usual)
