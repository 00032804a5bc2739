"""Pins of remarks: set, seen, hovered, opened, dragged, moved by the keyboard."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from annotator.services.review.remarks import add_remark
from annotator.ui.review.pin_dialog import PinDialog
from annotator.ui.timeline.marks import NOTE_COLOR
from annotator.ui.tools.tool import Tool
from tests.ui.conftest import Driver
from tests.ui.remarking import (
    CONTROL,
    LEFT,
    SHIFT,
    click,
    drag,
    head_of,
    pin,
    remarks,
    write,
)
from tests.ui.test_panels import paint


def test_a_pin_is_set_seen_hovered_opened_and_hidden(ann: Driver) -> None:
    canvas, panel = ann.window.canvas, ann.window.remarks
    paint(ann, 2)
    ann.key(Qt.Key.Key_T, CONTROL | SHIFT)
    assert ann.workspace.tool is Tool.REMARK
    ann.draw((25, 20))
    assert ann.workspace.tool is Tool.BRUSH, "the tool from before is in the hand again"
    ann.wait(panel.text.hasFocus)
    assert panel.title.text() == "New remark on frame 2 at 25, 20"
    write(ann, "soft edge")
    (remark,) = remarks(ann)
    assert remark.place == pytest.approx((25, 20), abs=0.5)
    assert remark.object_id == 1, "the object that lies there"

    def color() -> QColor:
        return canvas.grab().toImage().pixelColor(head_of(ann, *remark.place) + QPoint(7, 4))

    assert color() == NOTE_COLOR
    head = head_of(ann, *remark.place)
    QApplication.sendEvent(
        canvas, QHelpEvent(QHelpEvent.Type.ToolTip, head, canvas.mapToGlobal(head))
    )
    assert "soft edge" in QToolTip.text()
    ann.key(Qt.Key.Key_M, SHIFT)
    assert color() != NOTE_COLOR
    assert canvas.pins.at(QPointF(head)) is None
    ann.key(Qt.Key.Key_M, SHIFT)
    ann.window.docks[4].hide()
    before = np.array(ann.workspace.document.label_map(2))
    ann.key(Qt.Key.Key_H)
    QTest.mouseClick(canvas, LEFT, pos=head)
    ann.wait(panel.talk.isVisible)
    assert ann.workspace.review.remarks.chosen == remark.id
    ann.key(Qt.Key.Key_T, SHIFT)
    assert remarks(ann)[0].resolved
    ann.workspace.review.remarks.close()
    assert color() != NOTE_COLOR, "a resolved one is faint"
    assert np.array_equal(ann.workspace.document.label_map(2), before)
    ann.go(3)
    assert canvas.pins.at(QPointF(head)) is None


def test_the_tool_from_before_is_in_the_hand_again(ann: Driver) -> None:
    """Also the one that the window began with, which nobody chose."""
    first = ann.workspace.tool
    assert first is not Tool.PAN
    pin(ann, 9, 9, "here")
    assert ann.workspace.tool is first
    ann.key(Qt.Key.Key_B)
    pin(ann, 19, 9, "and here")
    assert ann.workspace.tool is Tool.BRUSH


def test_a_pin_is_dragged_with_the_hand(ann: Driver) -> None:
    """Beside it the hand moves the picture, and a press without a move opens the remark."""
    pin(ann, 30, 30, "here")
    canvas, steps = ann.window.canvas, len(ann.workspace.bench.session.store.steps())
    head, goal, origin = head_of(ann, 30, 30), head_of(ann, 50, 20), ann.at(0, 0)
    ann.key(Qt.Key.Key_H)
    drag(ann, head, goal - head, drop=False)
    assert remarks(ann)[0].place == pytest.approx((30, 30), abs=0.5), "until it is let go"
    assert canvas.grab().toImage().pixelColor(goal + QPoint(7, 4)) == NOTE_COLOR
    QTest.mouseRelease(canvas, LEFT, pos=goal)
    assert remarks(ann)[0].place == pytest.approx((50, 20), abs=0.5)
    assert len(ann.workspace.bench.session.store.steps()) == steps + 1
    assert ann.at(0, 0) == origin
    assert ann.workspace.review.remarks.chosen == 0
    drag(ann, goal, QPoint(4000, 0))
    width = ann.workspace.document.size[0]
    assert remarks(ann)[0].place == pytest.approx((width - 0.51, 20), abs=0.5), "never outside"
    for _ in range(2):
        ann.key(Qt.Key.Key_Z, CONTROL)
    assert remarks(ann)[0].place == pytest.approx((30, 30), abs=0.5)
    drag(ann, head + QPoint(60, 60), QPoint(40, 10))
    assert ann.at(0, 0) - origin == QPoint(40, 10)
    QTest.mouseClick(canvas, LEFT, pos=head + QPoint(40, 10))
    assert ann.workspace.review.remarks.chosen == 1


def test_a_pin_under_the_hand_stays_where_it_was_if_that_is_aborted(ann: Driver) -> None:
    pin(ann, 30, 30, "here")
    canvas, head = ann.window.canvas, head_of(ann, 30, 30)
    steps = len(ann.workspace.bench.session.store.steps())
    before, origin = remarks(ann), ann.at(0, 0)
    ann.key(Qt.Key.Key_H)
    for abort in (
        lambda: ann.key(Qt.Key.Key_Escape),
        lambda: ann.key(Qt.Key.Key_B),
        lambda: ann.go(3),
    ):
        drag(ann, head, QPoint(50, 20), drop=False)
        abort()
        QTest.mouseMove(canvas, head + QPoint(60, 20))
        QTest.mouseRelease(canvas, LEFT, pos=head + QPoint(60, 20))
        ann.go(0)
        ann.key(Qt.Key.Key_H)
        assert remarks(ann) == before
        assert ann.at(0, 0) == origin
        assert ann.workspace.review.remarks.chosen == 0
    drag(ann, head, QPoint(50, 20), drop=False)
    hover = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(head), QPointF(canvas.mapToGlobal(head)),
        Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(canvas, hover)
    assert remarks(ann) == before, "nobody told that the button was let go"
    QTest.mouseRelease(canvas, LEFT, pos=head)
    assert remarks(ann) == before
    assert ann.workspace.review.remarks.chosen == 0
    drag(ann, head, QPoint(50, 20), drop=False)
    ann.workspace.undo()
    QTest.mouseRelease(canvas, LEFT, pos=head + QPoint(50, 20))
    assert not remarks(ann), "it was taken away under the hand"
    assert not ann.window.notices.text
    assert len(ann.workspace.bench.session.store.steps()) == steps


def test_the_keyboard_moves_a_pin_and_gives_one(ann: Driver) -> None:
    panel = ann.window.remarks
    add_remark(ann.workspace.bench.session, 0, "somewhere")
    click(ann, 0)
    for place, typed in (((31.5, 23.5), (5, 6)), ((5, 6), (60, 7))):
        QTest.mouseClick(panel.move_pin, LEFT)
        dialog = ann.window.findChild(PinDialog)
        assert (dialog.left.value(), dialog.top.value()) == pytest.approx(place, abs=0.6)
        for field, value in zip((dialog.left, dialog.top), typed, strict=True):
            field.selectAll()
            QTest.keyClicks(field, str(value))
        QTest.keyClick(dialog.top, Qt.Key.Key_Return)
        assert remarks(ann)[0].place == typed
        ann.wait(lambda: ann.window.findChild(PinDialog) is None)
    steps = len(ann.workspace.bench.session.store.steps())
    QTest.mouseClick(panel.move_pin, LEFT)
    ann.window.findChild(PinDialog).accept()
    assert len(ann.workspace.bench.session.store.steps()) == steps, "nothing was changed"
