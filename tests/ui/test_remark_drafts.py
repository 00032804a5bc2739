"""What somebody began to write about a frame outlives the window, until it is kept or dropped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.services.review.remarks import add_remark, delete_remark
from annotator.ui.review.drafts import Draft, Target
from annotator.ui.words.remark_words import remark_line
from tests.ui.conftest import Driver, build
from tests.ui.remarking import (
    CONTROL,
    LEFT,
    click,
    listed,
    remarks,
)


def drafted(driver: Driver) -> list[str]:
    return [draft.text for draft in driver.window.remarks.drafts.all()]


TYPING = """
import sys
from pathlib import Path
from types import SimpleNamespace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.ui.conftest import Driver, build

def wait_until(done, timeout):
    while not done():
        QTest.qWait(10)

application = QApplication([])
window = build(Path(sys.argv[1]))
driver = Driver(window, SimpleNamespace(waitUntil=wait_until))
window.show()
driver.open(Path(sys.argv[2]))
driver.go(4)
driver.key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
driver.draw((20, 10))
window.remarks.text.setPlainText("left \\N{CAT FACE}\\nedge")
print("typed", flush=True)
application.exec()
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_remark_being_typed_outlives_a_killed_window(
    qtbot: QtBot, clip: Path, tmp_path: Path
) -> None:
    settings = tmp_path / "window.ini"
    told = [sys.executable, "-c", TYPING, str(settings), str(clip)]
    with subprocess.Popen(told, stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == b"typed\n"
            qtbot.waitUntil(lambda: settings.exists() and "drafts" in settings.read_text())
        finally:
            child.kill()
    window = build(settings)
    qtbot.addWidget(window)
    window.show()
    driver, panel = Driver(window, qtbot), window.remarks
    driver.open(clip)
    window.docks[4].raise_()
    assert not remarks(driver)
    assert listed(driver) == ["✎ Frame 4, not kept yet\nleft 🐱"]
    driver.go(4)
    driver.key(Qt.Key.Key_T, CONTROL)
    assert panel.text.toPlainText() == "left 🐱\nedge"
    driver.go(0)
    assert not remarks(driver), "nobody wrote on: it is still a draft"
    click(driver, 0)
    assert driver.workspace.frame == 4
    QTest.keyClicks(panel.text, " of it")
    QTest.keyClick(panel.text, Qt.Key.Key_Return, CONTROL)
    (kept,) = remarks(driver)
    assert (kept.frame, kept.text) == (4, "left 🐱\nedge of it")
    assert kept.place == pytest.approx((20, 10), abs=0.5)
    assert listed(driver) == ["Frame 4\n" + remark_line(kept)]
    assert drafted(driver) == []
    window.close()
    qtbot.waitUntil(lambda: "drafts" not in settings.read_text())


def test_drafts_of_answers_and_changes_are_taken_up_and_dropped(ann: Driver) -> None:
    session, panel = ann.workspace.bench.session, ann.window.remarks
    desk = ann.workspace.review.remarks
    for frame in (2, 5):
        add_remark(session, frame, f"look {frame}")
    drafts = panel.drafts
    drafts.put(Draft(Target(5, 2), "because"))
    drafts.put(Draft(Target(2, 1, 0), "look closer"))
    panel.list_page.fill()
    assert [line.splitlines()[1] for line in listed(ann)[:2]] == ["look closer", "because"]
    click(ann, 0)
    assert (ann.workspace.frame, panel.title.text()) == (2, "Change remark 1")
    assert panel.text.toPlainText() == "look closer"
    desk.choose(2)
    assert panel.text.toPlainText() == "because"
    assert [r.text for r in remarks(ann)] == ["look 2", "look 5"]
    QTest.keyClick(panel.text, Qt.Key.Key_Escape)
    assert drafted(ann) == ["look closer"]
    assert panel.text.toPlainText() == ""
    QTest.mouseClick(panel.back, LEFT)
    delete_remark(session, 1)
    click(ann, 0)
    assert panel.title.text() == "New remark on frame 2", "what it changed is gone"
    assert panel.text.toPlainText() == "look closer"
    QTest.keyClick(panel.text, Qt.Key.Key_Return, CONTROL)
    assert [r.text for r in remarks(ann)] == ["look closer", "look 5"]
    assert drafted(ann) == []


def test_what_is_refused_when_going_elsewhere_stays_a_draft(ann: Driver) -> None:
    panel = ann.window.remarks
    ann.key(Qt.Key.Key_T, CONTROL)
    panel.text.setPlainText("x" * 4001)
    ann.go(7)
    assert ann.window.notices.text == "The remark is 4001 characters long."
    assert drafted(ann) == ["x" * 4001]
    ann.key(Qt.Key.Key_T, CONTROL)
    assert panel.text.toPlainText() == "", "it is not about this frame"
    ann.go(0)
    ann.key(Qt.Key.Key_T, CONTROL)
    assert panel.text.toPlainText() == "x" * 4001
    panel.text.clear()
    ann.wait(lambda: not drafted(ann))


def test_drafts_do_not_pile_up_and_damaged_ones_are_none(ann: Driver) -> None:
    panel, folder = ann.window.remarks, ann.workspace.bench.session.folder
    for number in range(60):
        panel.drafts.put(Draft(Target(1, number), "x" * 30_000))
    kept = panel.drafts.all()
    assert [draft.target.remark for draft in kept] == list(range(10, 60))
    assert {len(draft.text) for draft in kept} == {20_000}
    ann.window.settings.set_drafts(folder, '[{"target"')
    assert panel.drafts.all() == []
