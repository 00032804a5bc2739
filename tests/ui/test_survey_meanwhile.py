"""The key to the best place of a data set, while something else is going on."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.backends.base import Runtime
from annotator.core.types import Provenance
from annotator.jobs.base import JobState
from annotator.services.project.projects import create_project
from annotator.services.runs.live import LiveMasks
from annotator.services.runs.requests import Gear
from annotator.services.runs.survey import Place
from annotator.ui.runs.survey_dialog import SurveyDialog
from tests import fakes
from tests.ui.conftest import Driver
from tests.ui.data_sets import (
    click,
    desk,
    draw,
    opened,
    project,
    seen,
    where,
    write_set,
)
from tests.ui.long_edits import open_masked
from tests.ui.test_races import held_up

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A short project and a long one, which is where a mask helps most."""
    return write_set(tmp_path / "the set", short=5, long=16)


def press(driver: Driver) -> None:
    driver.key(Qt.Key.Key_D, CTRL)


def offered(driver: Driver) -> bool:
    notices = driver.window.notices
    return notices.text.startswith("Best place in the data set: ") and notices.offer == "Go there"


def test_a_look_behind_a_run_says_what_it_waits_for(driver: Driver, folder: Path) -> None:
    many = fakes.image_folder(folder / "many", 150)
    driver.open(create_project(folder / "many", many))
    desk(driver).choose([str(project(folder, name)) for name in ("long", "many")], False)
    driver.key(Qt.Key.Key_B)
    driver.draw((10, 10), (20, 20))
    driver.key(Qt.Key.Key_G)
    press(driver)
    run = driver.workspace.running
    assert run is not None
    said = f"The data set is looked at when '{driver.workspace.jobs.entries[0].title}' is done."
    assert driver.window.notices.text == said
    assert driver.window.notices.offer == "Cancel"
    dialog = opened(driver)
    assert dialog.about.text() == said
    driver.wait(lambda: run.state.over)
    driver.wait(lambda: where(driver) != ("many", 0))
    assert run.filled == 149
    assert "expected" in dialog.about.text()


@pytest.mark.usefixtures("held")
def test_a_run_that_was_begun_meanwhile_goes_on(driver: Driver, folder: Path) -> None:
    driver.open(project(folder, "short"))
    draw(driver)
    press(driver)
    driver.wait(lambda: "1 of 3" in driver.window.notices.text)
    driver.key(Qt.Key.Key_G)
    run = driver.workspace.running
    assert run is not None
    (folder / "go").touch()
    driver.wait(lambda: offered(driver) or where(driver)[0] == "long")
    driver.wait(lambda: run.state.over)
    assert run.state is JobState.DONE, "going to another project would have ended it"
    assert where(driver) == ("short", 0)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("what", ["type", "draw", "ask", "press"])
def test_who_does_something_meanwhile_is_asked_first(
    driver: Driver, folder: Path, what: str
) -> None:
    driver.open(project(folder, "short"))
    press(driver)
    driver.wait(lambda: "1 of 3" in driver.window.notices.text)
    text = driver.window.remarks.text
    if what == "draw":
        draw(driver)
    elif what == "ask":
        driver.window.dialogs.ask_dataset()
        assert QApplication.activeModalWidget() is not None
    elif what == "press":
        QTest.mousePress(driver.window.canvas, LEFT, pos=driver.at(30, 40))
    else:
        driver.key(Qt.Key.Key_T, CTRL)
        driver.wait(text.hasFocus)
        QTest.keyClicks(text, "bad ra")
    (folder / "go").touch()
    driver.wait(lambda: offered(driver) or where(driver)[0] == "long")
    if what == "type":
        QTest.keyClicks(text, "ggedly")
        assert text.toPlainText() == "bad raggedly"
    if what == "press":
        QTest.mouseRelease(driver.window.canvas, LEFT, pos=driver.at(30, 40))
    if what == "ask":
        modal = QApplication.activeModalWidget()
        assert modal is not None
        modal.close()
    QTest.qWait(300)
    assert where(driver) == ("short", 0)
    driver.window.notices.take_offer()
    driver.wait(lambda: where(driver)[0] == "long")


def test_a_look_behind_a_download_says_so(driver: Driver, folder: Path) -> None:
    driver.open(project(folder, "short"))
    workspace = driver.workspace
    submit = partial(workspace.host.runner.submit, "Fetch", "tests.jobs.tasks:slow", 0.1)
    download = workspace.exchange.model("Fetch weights", submit, lambda: None, download=True)
    assert download is not None
    driver.wait(lambda: download.job.state is JobState.RUNNING)
    press(driver)
    driver.wait(lambda: desk(driver).job is not None)
    said = "The data set is looked at when 'Fetch weights' is done."
    driver.wait(lambda: driver.window.notices.text == said)
    entry = workspace.jobs.entries[-1]
    assert entry.words() == "Waits for its turn."
    workspace.jobs.cancel(download)
    driver.wait(lambda: where(driver)[0] == "long")
    assert entry.words().startswith("Done.")


def test_the_mask_of_the_last_scribble_is_waited_for(
    driver: Driver, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(project(folder, "short"))
    slow = Gear("tests.fakes:Widen", {}, Runtime())
    monkeypatch.setattr(LiveMasks, "_gear", lambda _self: slow)
    monkeypatch.setattr(LiveMasks, "_better_gear", lambda _self: None)
    driver.key(Qt.Key.Key_S)
    driver.draw((30, 40), (40, 50))
    press(driver)
    assert driver.workspace.live.busy
    driver.wait(lambda: where(driver)[0] == "long")
    short = next(one for one in seen(driver).projects if one.frames == 5)
    assert short.annotated == 1


def test_a_long_edit_is_waited_for_without_a_pause(
    driver: Driver, clip: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_masked(driver, clip, monkeypatch)
    bench = driver.workspace.bench
    here = str(bench.session.folder.resolve())
    desk(driver).choose([here, str(project(folder, "long"))], False)
    edit, let_go = held_up(driver, monkeypatch)
    press(driver)
    assert desk(driver).before == edit.title
    assert desk(driver).looking
    assert desk(driver).job is None
    desk(driver).cancel()
    assert not desk(driver).looking
    assert driver.window.notices.text == "Look at the data set was cancelled."
    press(driver)
    QTest.qWait(100)
    assert desk(driver).job is None
    let_go()
    driver.wait(lambda: where(driver)[0] == "long")
    state = next(one for one in seen(driver).projects if one.project == here)
    assert state.annotated == 12


def test_a_window_that_is_closed_looks_at_nothing_more(
    driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_masked(driver, clip, monkeypatch)
    desk(driver).choose([str(driver.workspace.bench.session.folder.resolve())], False)
    _, let_go = held_up(driver, monkeypatch)
    press(driver)
    assert not driver.window.close(), "it stays until the edit is done"
    let_go()
    assert driver.window.close(), "who asks twice has it at once"
    QTest.qWait(100)
    assert desk(driver).job is None


def test_the_key_ends_playing(driver: Driver, folder: Path) -> None:
    driver.open(project(folder, "short"))
    driver.key(Qt.Key.Key_P)
    assert driver.window.player.playing
    press(driver)
    assert not driver.window.player.playing
    driver.wait(lambda: where(driver)[0] == "long")
    driver.key(Qt.Key.Key_P)
    assert driver.window.player.playing
    desk(driver).go(Place(str(project(folder, "long")), 3, 0.1))
    QTest.qWait(300)
    assert where(driver) == ("long", 3)


def test_the_key_pressed_many_times(driver: Driver, folder: Path) -> None:
    driver.open(project(folder, "short"))
    for _ in range(5):
        press(driver)
    driver.wait(lambda: driver.window.switcher.busy)
    for _ in range(5):
        press(driver)
    best = seen(driver).places[0]
    driver.wait(lambda: where(driver) == ("long", best.frame))
    driver.wait(lambda: not desk(driver).looking and not driver.window.switcher.busy)
    assert where(driver) == ("long", best.frame)
    assert driver.window.notices.text == "", "nobody is offered to go where they are"


def test_a_list_of_another_data_set_leads_nowhere(driver: Driver, clip: Path, folder: Path) -> None:
    desk(driver).choose([str(project(folder, "long"))], False)
    driver.open(clip)
    here = where(driver)
    press(driver)
    assert not desk(driver).looking
    dialog = driver.window.findChild(SurveyDialog)
    assert dialog is not None, "there one sees which they are"
    said = f"{here[0]} is not among the projects of the data set."
    assert driver.window.notices.text == said
    driver.window.notices.take_offer()
    assert driver.window.notices.text == ""
    assert len(dialog.projects.paths()) == 2
    # By another way to the same folder it is known.
    linked = clip.parent / "by another way"
    linked.symlink_to(clip.parent, target_is_directory=True)
    other = linked / driver.workspace.bench.session.folder.name
    desk(driver).choose([str(other), str(project(folder, "long"))], False)
    click(dialog.look)
    assert len(seen(driver).projects) == 2
    press(driver)
    assert desk(driver).looking
    driver.wait(lambda: where(driver)[0] == "long")
    assert driver.workspace.document.cell(0, 1).provenance is Provenance.NONE
