"""Who works here, and the stage of the project: set, shown, told, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.app import Application
from annotator.services.review.stages import set_stage
from annotator.ui.review.stage_dialog import StageDialog
from annotator.ui.settings import Preferences
from tests.ui.conftest import Driver
from tests.ui.test_panels import paint

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(name="ann")
def _ann(driver: Driver, clip: Path) -> Driver:
    driver.window.custom.apply(Preferences(person="Ann"))
    driver.open(clip)
    return driver


def test_the_name_comes_from_the_settings_and_is_kept_with_accepted_frames(ann: Driver) -> None:
    dialog = ann.window.custom.ask_settings()
    dialog.person.clear()
    QTest.keyClicks(dialog.person, " Eve  Other ")
    QTest.keyClick(dialog.person, Qt.Key.Key_Return)
    assert not dialog.isVisible(), "Enter closes"
    assert ann.window.settings.preferences().person == "Eve Other"
    assert ann.workspace.bench.session.person == "Eve Other"
    paint(ann, 0)
    ann.key(Qt.Key.Key_G)
    ann.finish_run()
    ann.go(3)
    ann.window.table.actions["accept"].trigger()
    ann.workspace.bench.session.flush()
    assert "Accepted: Eve Other, 20" in ann.window.timeline.describe(3)
    assert "Accepted" not in ann.window.timeline.describe(4)
    ann.window.custom.apply(Preferences())
    assert ann.workspace.bench.session.person, "the login name"


def test_the_stage_is_set_shown_told_and_undone(ann: Driver) -> None:
    window, status = ann.window, ann.window.status
    assert status.stage.text().strip() == "Annotation"
    assert "(" not in window.windowTitle()
    paint(ann, 0)
    window.table.actions["stage"].trigger()
    dialog = window.findChild(StageDialog)
    assert dialog.left.text() == "Still left: 11 without a mask."
    assert dialog.ok.text() == "Assign"
    QTest.keyClick(dialog.stage, Qt.Key.Key_Down)
    assert dialog.ok.text() == "Hand over"
    QTest.keyClicks(dialog.assignee, "Bob")
    QTest.mouseClick(dialog.ok, LEFT)
    document = ann.workspace.document
    assert (document.stage.stage, document.stage.assignee, document.stage.author) == (
        "review", "Bob", "Ann",
    )  # fmt: skip
    assert status.stage.text().strip() == "Review: Bob"
    assert "(Review)" in window.windowTitle()
    assert window.notices.text == "Review: Bob"
    assert window.notices.detail == "Still left: 11 without a mask."
    QApplication.processEvents()
    window.dialogs.ask_stage()
    dialog = [d for d in window.findChildren(StageDialog) if d.isVisible()][-1]
    assert dialog.history.item(0).text().startswith("Review: Bob  (Ann, 20")
    dialog.stage.setCurrentIndex(0)
    assert dialog.ok.text() == "Send back"
    dialog.stage.setCurrentIndex(2)
    assert dialog.ok.text() == "Mark as done"
    QTest.mouseClick(dialog.ok, LEFT)
    assert "(Done)" in window.windowTitle()
    window.notices.hide()
    paint(ann, 1)
    assert window.notices.text == "This project is marked done."
    assert document.stage.stage == "done", "nothing is set back silently"
    assert document.label_map(1).any(), "and nothing is forbidden"
    for _ in range(3):
        window.table.actions["undo"].trigger()
    assert status.stage.text().strip() == "Annotation"
    assert "(" not in window.windowTitle()


def test_a_project_that_is_done_says_so_when_it_is_opened(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    folder = driver.workspace.bench.session.folder
    driver.close()
    application = Application(inline=True)
    bench = application.open(folder)
    set_stage(bench.session, "done", "Bob")
    bench.close()
    application.close()
    driver.open(folder)
    assert driver.window.notices.text == "This project is marked done."
    assert driver.window.status.stage.text().strip() == "Done: Bob"
