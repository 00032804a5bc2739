"""Where next in the data set: many projects, by mouse and keyboard, with a real worker."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from annotator.jobs.base import JobState
from annotator.services.editing.edit import EditService
from annotator.services.project.projects import create_project, open_project
from annotator.services.review.stages import set_stage
from annotator.services.runs.survey import Place
from annotator.ui.runs.survey_dialog import SurveyDialog
from annotator.ui.settings import Settings
from tests.moving import HEIGHT, WIDTH, square, write_clip
from tests.ui.conftest import Driver
from tests.ui.data_sets import (
    CTRL,
    click,
    desk,
    draw,
    opened,
    project,
    seen,
    where,
    write_set,
)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A short project, a long one, and one of middling length."""
    return write_set(tmp_path / "the set", short=5, long=16, middling=9)


def rows(dialog: SurveyDialog) -> list[tuple[str, str]]:
    table = dialog.places
    return [(table.item(r, 0).text(), table.item(r, 1).text()) for r in range(table.rowCount())]


def test_one_key_goes_from_clip_to_clip(driver: Driver, folder: Path, tmp_path: Path) -> None:
    driver.open(project(folder, "short"))
    driver.key(Qt.Key.Key_D, CTRL)
    assert driver.window.notices.text == "Looking at the data set: 0 of 3 projects"
    driver.wait(lambda: where(driver)[0] == "long")
    best = seen(driver).places[0]
    assert best.project == str(project(folder, "long").resolve())
    assert where(driver) == ("long", best.frame)
    assert (project(folder, "long") / "cache" / "course").is_file(), "the next look is quick"
    driver.wait(lambda: driver.window.canvas.shown == best.frame)
    assert driver.window.canvas.hasFocus()

    draw(driver)
    assert desk(driver).outdated
    driver.key(Qt.Key.Key_D, CTRL)
    driver.wait(lambda: where(driver) != ("long", best.frame))
    state = next(one for one in seen(driver).projects if one.project == best.project)
    assert state.annotated == 1, "the stroke was on disk before they were looked at"
    assert (best.project, best.frame) not in [(p.project, p.frame) for p in seen(driver).places]
    next_best = seen(driver).places[0]
    assert where(driver) == (Path(next_best.project).stem, next_best.frame)
    assert not desk(driver).outdated
    assert driver.window.notices.text == ""
    assert len(driver.workspace.jobs.entries) == 2, "they are not about one project"
    assert not any("frames" in e.words() for e in driver.workspace.jobs.entries), "projects count"
    stored, also_done = Settings(tmp_path / "window.ini").data_set()
    assert [Path(path).stem for path in stored] == ["long", "middling", "short"]
    assert not also_done


def test_the_dialog_by_keys_and_by_mouse(driver: Driver, folder: Path) -> None:
    driver.open(project(folder, "short"))
    dialog = opened(driver)
    assert [Path(path).stem for path in dialog.projects.paths()] == ["long", "middling", "short"]
    assert dialog.look.hasFocus()
    QTest.keyClick(dialog.look, Qt.Key.Key_Return)
    assert dialog.cancel.isVisible()
    assert not dialog.look.isVisible()
    driver.wait(lambda: dialog.places.rowCount() > 3)
    driver.wait(dialog.look.isVisible)
    survey = seen(driver)
    assert "Projects: 3, frames: 30. A mean J of 0.000 is expected." in dialog.about.text()
    assert rows(dialog)[0] == ("long", str(survey.places[0].frame))
    shown = [dialog.places.item(0, column).text() for column in range(2, 7)]
    assert shown == [f"{survey.places[0].gain:.4f}", "16", "0", "0.000", "Annotation"]
    assert dialog.left_out.isHidden()

    # Enter in the table goes there, and looks at nothing; the dialog stays and knows its list.
    assert dialog.places.hasFocus()
    QTest.keyClick(dialog.places, Qt.Key.Key_Return)
    driver.wait(lambda: where(driver) == ("long", survey.places[0].frame))
    assert desk(driver).survey is survey
    assert not desk(driver).looking
    assert dialog.isVisible()
    assert len(dialog.projects.paths()) == 3
    driver.wait(driver.window.isActiveWindow)
    driver.wait(driver.window.canvas.hasFocus)

    # In the project that is open a double click only goes to the frame.
    driver.wait(lambda: not driver.window.switcher.busy)
    bench = driver.workspace.bench
    at = next(r for r, (name, _) in enumerate(rows(dialog)) if name == "long" and r > 0)
    dialog.places.scrollToItem(dialog.places.item(at, 0))
    spot = dialog.places.visualItemRect(dialog.places.item(at, 1)).center()
    viewport = dialog.places.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=spot)  # QTest leaves it down
    driver.wait(lambda: where(driver) == ("long", survey.places[at].frame))
    assert driver.workspace.bench is bench


def test_what_was_done_since_is_told(driver: Driver, folder: Path) -> None:
    driver.open(project(folder, "short"))
    dialog = opened(driver)
    click(dialog.look)
    seen(driver)
    driver.wait(lambda: "expected" in dialog.about.text())
    assert "look again" not in dialog.about.text()
    draw(driver)
    assert "look again" in dialog.about.text()
    click(dialog.look)
    driver.wait(lambda: not desk(driver).outdated)
    driver.wait(lambda: "look again" not in dialog.about.text())
    dialog.projects.list.setFocus()
    dialog.projects.list.setCurrentRow(0)
    QTest.keyClick(dialog.projects.list, Qt.Key.Key_Delete)
    assert len(desk(driver).projects) == 2
    assert "look again" in dialog.about.text()


def test_projects_that_cannot_be_looked_at_are_left_out_and_why(
    driver: Driver, folder: Path
) -> None:
    shutil.rmtree(folder / "short")
    (project(folder, "middling") / "project.db").write_bytes(b"garbage" * 1000)
    done = create_project(folder / "ready", write_clip(folder / "ready", 4))
    held = open_project(done)
    set_stage(held.session, "done", "")
    held.close()
    dialog = opened(driver)
    everything = [*sorted(folder.glob("*.strokeflow")), folder / "gone.strokeflow"]
    dialog.projects.add(everything)
    click(dialog.look)
    seen(driver)
    driver.wait(lambda: dialog.left_out.count() == 4)
    told = {
        text.split(":")[0]: text for text in (dialog.left_out.item(row).text() for row in range(4))
    }
    assert "The media of this project are not at" in told["short"]
    assert "Put it back" in told["short"]
    assert "damaged" in told["middling"]
    assert told["ready"] == "ready: It is marked done."
    assert "is not a Strokeflow project" in told["gone"]
    assert {name for name, _ in rows(dialog)} == {"long"}
    assert dialog.left_out_title.text() == "Left out: 4"

    click_box = dialog.also_done
    QTest.mouseClick(click_box, Qt.MouseButton.LeftButton, pos=QPoint(8, click_box.height() // 2))
    assert desk(driver).also_done
    click(dialog.look)
    driver.wait(lambda: dialog.left_out.count() == 3)
    assert {name for name, _ in rows(dialog)} == {"long", "ready"}

    # One that is left out can be opened to mend it.
    item = next(i for i in map(dialog.left_out.item, range(3)) if i.text().startswith("short"))
    dialog.left_out.setCurrentItem(item)
    QTest.keyClick(dialog.left_out, Qt.Key.Key_Return)
    driver.wait(lambda: where(driver)[0] == "short")
    assert driver.workspace.reader is None


def test_nothing_to_look_at(driver: Driver, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.key(Qt.Key.Key_D, CTRL)
    dialog = driver.window.findChild(SurveyDialog)
    assert dialog is not None, "there one adds projects"
    assert not dialog.look.isEnabled()
    assert not dialog.go.isEnabled()
    assert "Add the projects" in dialog.about.text()
    dialog.activateWindow()
    driver.wait(dialog.projects.list.hasFocus)

    folders = {"Add project …": folder, "Add folder of projects …": folder / "short"}
    for button in dialog.projects.findChildren(QPushButton):
        place = folders.get(button.text())
        if place is not None:
            found = staticmethod(lambda *_a, place=place: str(place))
            monkeypatch.setattr(QFileDialog, "getExistingDirectory", found)
            click(button)
    assert "There is no project in" in dialog.about.text()
    assert len(desk(driver).projects) == 3, "what is no project is taken for a folder of some"
    assert dialog.look.isEnabled()

    dialog.projects.list.selectAll()
    click(dialog.projects.remove)
    assert not desk(driver).projects
    assert not dialog.look.isEnabled()
    dialog.projects.add([folder / "gone.strokeflow"])
    QTest.keyClick(dialog, Qt.Key.Key_D, CTRL)
    driver.wait(lambda: "is not a Strokeflow project" in driver.window.notices.text)
    assert driver.window.notices.text.startswith("gone: ")
    assert "None of these projects could be looked at" in dialog.about.text()


def test_all_annotated(driver: Driver, folder: Path) -> None:
    place = project(folder, "short")
    held = open_project(place)
    edit = EditService(held.session)
    info = edit.add_object("square")
    for frame in range(5):
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        mask[square(frame)] = info.id
        edit.set_mask(frame, info.id, mask, "Draw")
    held.close()
    desk(driver).choose([str(place)], False)
    dialog = opened(driver)
    click(dialog.look)
    driver.wait(lambda: "All of them are annotated" in dialog.about.text())
    assert dialog.places.rowCount() == 0
    assert not dialog.go.isEnabled()
    driver.key(Qt.Key.Key_D, CTRL)
    driver.wait(lambda: "No other frame" in driver.window.notices.text)
    assert driver.workspace.bench is None


@pytest.mark.usefixtures("held")
def test_a_look_is_cancelled_and_a_second_one_does_not_begin(driver: Driver, folder: Path) -> None:
    driver.open(project(folder, "short"))
    dialog = opened(driver)
    click(dialog.look)
    first = desk(driver).job
    assert first is not None
    desk(driver).look()
    driver.key(Qt.Key.Key_D, CTRL)
    assert desk(driver).job is first, "who waits for the best place waits for this one"
    driver.wait(lambda: dialog.bar.value() == 1)
    assert "1 of 4 projects" in driver.window.notices.text
    assert driver.window.notices.offer == "Cancel"
    click(dialog.cancel)
    driver.wait(lambda: not desk(driver).looking, 10)
    assert first.state is JobState.CANCELLED
    assert "was cancelled" in driver.window.notices.text
    assert dialog.look.isVisible()
    assert not dialog.cancel.isVisible()
    assert where(driver) == ("short", 0)
    (entry,) = driver.workspace.jobs.entries
    assert entry.over
    # The way of the notice.
    driver.key(Qt.Key.Key_D, CTRL)
    driver.wait(lambda: driver.window.notices.offer == "Cancel")
    driver.window.notices.take_offer()
    driver.wait(lambda: not desk(driver).looking, 10)
    (folder / "go").touch()
    click(dialog.look)
    assert seen(driver).places


@pytest.mark.usefixtures("held")
def test_who_went_elsewhere_is_not_pulled_away(driver: Driver, folder: Path) -> None:
    driver.open(project(folder, "short"))
    driver.key(Qt.Key.Key_D, CTRL)
    driver.wait(lambda: "1 of 4" in driver.window.notices.text)
    driver.go(3)
    (folder / "go").touch()
    best = seen(driver).places[0]
    said = f"Best place in the data set: long, frame {best.frame}."
    driver.wait(lambda: driver.window.notices.text == said)
    QApplication.processEvents()
    assert where(driver) == ("short", 3)
    assert driver.window.notices.offer == "Go there"
    driver.window.notices.take_offer()
    driver.wait(lambda: where(driver) == ("long", best.frame))


@pytest.mark.usefixtures("held")
def test_another_project_is_opened_and_the_window_closed_meanwhile(
    driver: Driver, folder: Path
) -> None:
    driver.open(project(folder, "short"))
    dialog = opened(driver)
    click(dialog.look)
    driver.wait(lambda: dialog.bar.value() == 1)
    driver.open(project(folder, "middling"))
    assert desk(driver).looking, "it is not about the project that was left"
    job = desk(driver).job
    assert driver.window.close()
    assert job is not None
    assert job.state.over


def test_a_place_that_is_gone_leaves_the_open_project(driver: Driver, folder: Path) -> None:
    driver.open(project(folder, "short"))
    dialog = opened(driver)
    click(dialog.look)
    driver.wait(lambda: dialog.places.rowCount() > 0)
    bench = driver.workspace.bench
    shutil.rmtree(project(folder, "long"))
    click(dialog.go)
    driver.wait(lambda: "is not a Strokeflow project" in driver.window.notices.text)
    assert driver.workspace.bench is bench
    assert where(driver) == ("short", 0)


def test_what_is_opened_last_is_shown_where_it_was(driver: Driver, folder: Path) -> None:
    driver.open(project(folder, "middling"))
    driver.go(6)
    driver.open(project(folder, "short"))
    desk(driver).go(Place(str(project(folder, "long")), 7, 0.1))
    driver.window.switcher.open_path(project(folder, "middling"))
    driver.wait(lambda: where(driver)[0] == "middling")
    assert where(driver) == ("middling", 6)
    # A place of the open project ends what is being opened.
    driver.window.switcher.open_path(project(folder, "long"))
    desk(driver).go(Place(str(project(folder, "middling")), 2, 0.1))
    driver.wait(lambda: where(driver) == ("middling", 2))
    assert not driver.window.switcher.busy
    QTest.qWait(300)
    assert where(driver) == ("middling", 2)
    assert driver.window.notices.text == ""


def test_a_project_that_somebody_else_writes(driver: Driver, folder: Path) -> None:
    held = open_project(project(folder, "long"))
    try:
        driver.open(project(folder, "long"))
        assert driver.workspace.bench.session.read_only
        driver.key(Qt.Key.Key_D, CTRL)
        best = seen(driver).places[0]
        driver.wait(lambda: where(driver) == ("long", best.frame))
    finally:
        held.close()
