"""Remarks at the window: written, pinned, seen, answered, settled, undone, kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.core.changes import SetRemark
from annotator.core.review import Remark
from annotator.services.review.remarks import add_remark, reply, set_resolved
from annotator.ui.settings import Preferences
from annotator.ui.tools.tool import Tool
from tests.ui.conftest import Driver, build
from tests.ui.remarking import (
    ALT,
    CONTROL,
    LEFT,
    SHIFT,
    click,
    drag,
    head_of,
    listed,
    pin,
    remarks,
    write,
)
from tests.ui.test_panels import paint


def test_a_remark_is_written_answered_settled_undone_and_there_after_a_restart(
    ann: Driver, qtbot: QtBot, clip: Path, tmp_path: Path
) -> None:
    panel = ann.window.remarks
    ann.go(4)
    ann.key(Qt.Key.Key_T, CONTROL)
    ann.wait(panel.text.hasFocus)
    assert panel.title.text() == "New remark on frame 4"
    QTest.keyClicks(panel.text, "hand in front")
    assert not remarks(ann)
    QTest.keyClick(panel.text, Qt.Key.Key_Return, CONTROL)
    (first,) = remarks(ann)
    assert (first.frame, first.text, first.author) == (4, "hand in front", "Ann")
    ann.wait(panel.list_page.list.isVisible)
    assert listed(ann) == ["Frame 4\n#1 Ann: hand in front"]
    ann.wait(lambda: list(ann.window.timeline.rows().remarks) == [4])
    assert "#1 Ann: hand in front" in ann.window.timeline.describe(4)
    ann.window.custom.apply(Preferences(person="Bob"))
    ann.go(0)
    click(ann, 0)
    ann.wait(lambda: ann.window.canvas.shown == 4)
    assert panel.talk.isVisible()
    assert "hand in front" in panel.talk.toPlainText()
    QTest.keyClicks(panel.text, "it is gone")
    QTest.mouseClick(panel.keep_button, LEFT)
    assert [(a.author, a.text) for a in remarks(ann)[0].replies] == [("Bob", "it is gone")]
    assert "it is gone" in panel.talk.toPlainText()
    QTest.mouseClick(panel.resolve, LEFT)
    assert remarks(ann)[0].resolved_by == "Bob"
    assert panel.resolve.text() == "Reopen"
    assert "Resolved: Bob" in panel.talk.toPlainText()
    assert listed(ann) == [], "only open ones are listed"
    ann.wait(lambda: not len(ann.window.timeline.rows().remarks))
    ann.key(Qt.Key.Key_Z, CONTROL)
    assert not remarks(ann)[0].resolved
    ann.key(Qt.Key.Key_Z, CONTROL)
    assert not remarks(ann)[0].replies
    ann.key(Qt.Key.Key_Z, CONTROL)
    assert not remarks(ann)
    assert panel.list_page.list.isVisible()
    for _ in range(3):
        ann.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    everything = remarks(ann)
    assert everything[0].resolved
    ann.window.close()
    window = build(tmp_path / "again.ini")
    qtbot.addWidget(window)
    again = Driver(window, qtbot)
    window.show()
    again.open(clip)
    assert remarks(again) == everything
    window.close()


def test_what_is_typed_is_kept_by_going_elsewhere_and_dropped_by_esc(ann: Driver) -> None:
    panel = ann.window.remarks
    ann.go(9)
    ann.key(Qt.Key.Key_T, CONTROL)
    QTest.keyClicks(panel.text, "blurred")
    ann.key(Qt.Key.Key_T, CONTROL | SHIFT)
    ann.draw((12, 8))
    assert panel.text.toPlainText() == "blurred", "a place is given to what is typed already"
    ann.go(0)
    (remark,) = remarks(ann)
    assert (remark.frame, remark.text) == (9, "blurred")
    assert remark.place == pytest.approx((12, 8), abs=0.5)
    ann.key(Qt.Key.Key_T, CONTROL)
    QTest.keyClicks(panel.text, "no")
    QTest.keyClick(panel.text, Qt.Key.Key_Escape)
    ann.go(5)
    assert len(remarks(ann)) == 1
    click(ann, 0)
    QTest.keyClicks(panel.text, "an answer")
    QTest.mouseClick(panel.back, LEFT)
    assert [a.text for a in remarks(ann)[0].replies] == ["an answer"]
    assert panel.list_page.list.isVisible()


def test_a_remark_being_typed_is_kept_when_the_window_closes(
    ann: Driver, qtbot: QtBot, clip: Path, tmp_path: Path
) -> None:
    ann.key(Qt.Key.Key_T, CONTROL)
    QTest.keyClicks(ann.window.remarks.text, "unfinished")
    ann.window.close()
    window = build(tmp_path / "again.ini")
    qtbot.addWidget(window)
    again = Driver(window, qtbot)
    window.show()
    again.open(clip)
    assert [(r.frame, r.text) for r in remarks(again)] == [(0, "unfinished")]
    window.close()


def test_a_remark_is_worded_anew_and_deleted(ann: Driver) -> None:
    panel = ann.window.remarks
    pin(ann, 20, 20, "wrng")
    click(ann, 0)
    QTest.mouseClick(panel.edit, LEFT)
    assert panel.title.text() == "Change remark 1"
    write(ann, "wrong")
    (remark,) = remarks(ann)
    assert (remark.text, remark.replies) == ("wrong", ())
    assert panel.resolve.isVisible()
    QTest.mouseClick(panel.delete, LEFT)
    assert not remarks(ann)
    ann.key(Qt.Key.Key_Z, CONTROL)
    assert remarks(ann) == [remark]


def test_one_words_anew_what_one_wrote_and_nothing_else(ann: Driver) -> None:
    session, panel = ann.workspace.bench.session, ann.window.remarks
    add_remark(session, 0, "hand")
    reply(session, 1, "leff")
    session.person = "Bob"
    reply(session, 1, "gone")
    click(ann, 0)
    QTest.mouseClick(panel.edit, LEFT)
    assert (panel.title.text(), panel.text.toPlainText()) == ("Change a reply to remark 1", "gone")
    write(ann, "gone now")
    ann.workspace.review.remarks.close()
    session.person = "Ann"
    click(ann, 0)
    QTest.mouseClick(panel.edit, LEFT)
    offered = panel.texts.actions()
    assert [action.text().rpartition(": ")[2] for action in offered] == ["hand", "leff"]
    panel.texts.close()
    offered[1].trigger()
    assert panel.text.toPlainText() == "leff"
    write(ann, "left")
    assert [(a.author, a.text) for a in remarks(ann)[0].replies] == [
        ("Ann", "left"),
        ("Bob", "gone now"),
    ]
    assert "left" in panel.talk.toPlainText()
    ann.workspace.review.remarks.close()
    session.person = "Eve"
    click(ann, 0)
    assert not panel.edit.isEnabled()


def test_remarks_are_filtered_searched_walked_and_reviewed(ann: Driver) -> None:
    session, panel = ann.workspace.bench.session, ann.window.remarks
    panel.list_page.filter.setCurrentIndex(1)
    ann.window.docks[4].raise_()
    for frame, person, text in ((2, "Ann", "edge"), (7, "Bob", "hand"), (7, "Ann", "Hand again")):
        session.person = person
        add_remark(session, frame, text)
    set_resolved(session, 2, True)
    assert [line.partition("#")[2][0] for line in listed(ann)] == ["1", "2", "3"]
    assert listed(ann)[1].endswith("hand (resolved)")
    QTest.keyClicks(panel.list_page.search, "HAND")
    assert len(listed(ann)) == 2
    panel.list_page.search.clear()
    panel.list_page.filter.setCurrentIndex(2)
    assert [line.partition("#")[2][0] for line in listed(ann)] == ["1", "3"]
    ann.key(Qt.Key.Key_Right, ALT)
    assert (ann.workspace.frame, ann.workspace.review.remarks.chosen) == (2, 1)
    ann.key(Qt.Key.Key_Right, ALT)
    assert (ann.workspace.frame, ann.workspace.review.remarks.chosen) == (7, 3)
    ann.key(Qt.Key.Key_Right, ALT)
    assert ann.window.notices.text == "There is no further open remark on that side."
    ann.key(Qt.Key.Key_Left, ALT)
    assert ann.workspace.frame == 2
    paint(ann, 0)
    ann.key(Qt.Key.Key_G)
    ann.finish_run()
    review = ann.workspace.review
    ann.window.review_panel.with_remarks.setChecked(True)
    assert sorted(review.worst_frames()) == [2, 7]
    ann.window.review_panel.with_remarks.setChecked(False)
    assert len(review.worst_frames()) == 11


def test_many_remarks_are_listed_in_part_and_the_rest_is_told(ann: Driver) -> None:
    session, panel = ann.workspace.bench.session, ann.window.remarks
    texts = [f"look {number}" for number in range(302)]
    session.apply(
        "Many",
        [SetRemark(at, Remark(at, at % 12, text)) for at, text in enumerate(texts, 1)],
    )
    assert len(listed(ann)) == 301
    assert listed(ann)[-1] == "… and 2 more: search for them"
    QTest.keyClicks(panel.list_page.search, "look 301")
    assert len(listed(ann)) == 1


def test_bad_remarks_are_told_and_nothing_typed_is_lost(ann: Driver) -> None:
    panel, notices = ann.window.remarks, ann.window.notices
    ann.key(Qt.Key.Key_T, CONTROL)
    QTest.mouseClick(panel.keep_button, LEFT)
    assert notices.text == "A remark needs some text."
    panel.text.setPlainText("x" * 4001)
    QTest.mouseClick(panel.keep_button, LEFT)
    assert notices.text == "The remark is 4001 characters long."
    assert len(panel.text.toPlainText()) == 4001
    QTest.keyClick(panel.text, Qt.Key.Key_Escape)
    ann.key(Qt.Key.Key_T, SHIFT)
    assert notices.text == "Which remark?"
    ann.key(Qt.Key.Key_T, CONTROL | SHIFT)
    canvas = ann.window.canvas
    QTest.mouseClick(canvas, LEFT, pos=ann.at(-5, 10))
    assert notices.text == "Click on the picture."
    assert ann.workspace.tool is Tool.REMARK
    assert not remarks(ann)


def test_a_read_only_project_shows_its_remarks_and_takes_none(
    ann: Driver, qtbot: QtBot, tmp_path: Path
) -> None:
    pin(ann, 20, 20, "look")
    folder = ann.workspace.bench.session.folder
    ann.workspace.bench.session.flush()
    window = build(tmp_path / "reader.ini")
    qtbot.addWidget(window)
    reader = Driver(window, qtbot)
    window.show()
    reader.open(folder)
    assert reader.workspace.bench.session.read_only
    panel = window.remarks
    window.docks[4].raise_()
    reader.wait(panel.list_page.list.isVisible)
    assert not window.table.actions["note"].isEnabled()
    assert not panel.list_page.new.isEnabled()
    click(reader, 0)
    assert "look" in panel.talk.toPlainText()
    assert panel.text.isReadOnly()
    assert not panel.resolve.isEnabled()
    assert not panel.move_pin.isEnabled()
    assert not panel.edit.isEnabled()
    panel.desk.close()
    before, origin = remarks(reader), reader.at(0, 0)
    reader.key(Qt.Key.Key_H)
    drag(reader, head_of(reader, 20, 20), QPoint(30, 10))
    assert remarks(reader) == before
    assert reader.at(0, 0) - origin == QPoint(30, 10)
    QTest.mouseClick(window.canvas, LEFT, pos=head_of(reader, 20, 20))
    assert panel.desk.chosen == 1
    window.close()
