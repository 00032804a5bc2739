"""Whole objects in the window: lock, solo, class, split, clicks, and what is out of date."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QMenu

from annotator.core.objects import SAFE_COLORS
from annotator.core.types import Provenance
from annotator.services.runs.staleness import stale_frames
from annotator.ui.tools.clicks import box_strokes
from annotator.ui.tools.tool import Tool
from tests.ui.conftest import Driver
from tests.ui.pointing import LEFT, Pointed

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def keyed(driver: Driver, clip: Path) -> Driver:
    """Object 1 brushed on frames 0 and 8, filled between."""
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    for frame in (0, 8):
        driver.go(frame)
        driver.draw((20, 20), (30, 20))
    driver.key(Qt.Key.Key_F)
    driver.finish_run()
    return driver


def stale(driver: Driver) -> list[int]:
    return np.flatnonzero(stale_frames(driver.workspace.document, 1)).tolist()


def trigger(driver: Driver, action: str) -> None:
    driver.window.table.actions[action].trigger()


def test_clicks_become_tiny_scribbles(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_C)
    document = driver.workspace.document
    canvas = driver.window.canvas
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=driver.at(20, 20))
    driver.wait(lambda: not driver.workspace.live.busy)
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton, pos=driver.at(50, 40))
    driver.wait(lambda: not driver.workspace.live.busy)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, CONTROL, driver.at(55, 10))
    driver.wait(lambda: not driver.workspace.live.busy)
    strokes = document.strokes(0)
    assert [s.object_id for s in strokes] == [1, 0, 0]
    assert [len(s.points) for s in strokes] == [1, 1, 1]
    assert document.label_map(0)[20, 20] == 1
    assert document.cell(0, 1).provenance is Provenance.HUMAN


def test_a_box_around_the_object_becomes_scribbles(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    document = driver.workspace.document
    driver.draw((12, 12), (30, 28), (42, 32))
    driver.wait(lambda: not driver.workspace.live.busy)
    strokes = document.strokes(0)
    assert [s.object_id for s in strokes] == [1, 1, 0, 0, 0, 0]
    around = np.concatenate([s.points for s in strokes if s.object_id == 0])
    assert (around.min(axis=0) < (12, 12)).all()
    assert (around.max(axis=0) > (42, 32)).all()
    assert document.label_map(0)[22, 27] == 1
    assert document.cell(0, 1).provenance is Provenance.HUMAN
    driver.key(Qt.Key.Key_Z, CONTROL)
    assert not document.strokes(0), "strokes and mask are one step"


def test_a_box_is_seen_while_it_is_dragged(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    pointed = Pointed(driver)
    pointed.workspace.choose_tool(Tool.HINT)
    before = pointed.state()
    QTest.mousePress(pointed.canvas, LEFT, pos=pointed.driver.at(12, 12))
    end = pointed.canvas.view.to_image(*pointed.driver.at(40, 32).toTuple())
    change = pointed.rest(*end, held=LEFT)
    assert change.made is not None
    assert pointed.state()[:-1] == before[:-1], "the press counts as effort, as it always did"
    QTest.mouseRelease(pointed.canvas, LEFT, pos=pointed.driver.at(40, 32))
    now = pointed.pixels()
    assert np.array_equal(now[change.rect.slices], change.pixels), "at once, and as it was shown"
    pointed.settle()
    assert len(pointed.workspace.document.strokes(0)) > 2
    assert pointed.shown is None


def test_escape_ends_a_box_and_its_preview(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    pointed = Pointed(driver)
    pointed.workspace.choose_tool(Tool.HINT)
    QTest.mousePress(pointed.canvas, LEFT, pos=pointed.driver.at(12, 12))
    pointed.rest(40, 32, held=LEFT)
    pointed.driver.key(Qt.Key.Key_Escape)
    assert pointed.shown is None
    QTest.mouseRelease(pointed.canvas, LEFT, pos=pointed.driver.at(40, 32))
    assert not pointed.workspace.document.objects


def test_the_background_of_a_box_keeps_clear_of_other_objects() -> None:
    others = np.zeros((60, 80), bool)
    others[:, 70:] = True
    others[5:12, 30:40] = True
    ends = np.array([[20, 10], [75, 40]], np.float32)
    background = [s.points for s in box_strokes(ends, 2, others) if s.object_id == 0]
    for points in background:
        (x0, y0), (x1, y1) = points.astype(int)
        assert not others[y0 : y1 + 1, x0 : x1 + 1].any()
    assert len(background) == 4, (
        "the upper side is cut in two, the right one lies in another object"
    )


def test_a_locked_object_refuses_the_pen_and_undo_opens_it(keyed: Driver) -> None:
    trigger(keyed, "lock_object")
    document = keyed.workspace.document
    assert document.objects[1].locked
    assert keyed.window.table.actions["lock_object"].isChecked()
    before = document.label_map(8).copy()
    keyed.draw((40, 40), (50, 40))
    assert np.array_equal(document.label_map(8), before)
    assert "locked on all frames" in keyed.window.notices.text
    keyed.key(Qt.Key.Key_Z, CONTROL)
    assert not document.objects[1].locked
    keyed.draw((40, 40), (50, 40))
    assert not np.array_equal(document.label_map(8), before)


def test_solo_hides_the_others(keyed: Driver) -> None:
    trigger(keyed, "add_object")
    keyed.draw((40, 40), (50, 40))
    stack = keyed.window.canvas.stack

    def alpha(x: int, y: int) -> int:
        return stack.masks.image.pixelColor(x, y).alpha()

    assert alpha(45, 40)
    assert alpha(25, 20)
    keyed.key(Qt.Key.Key_Q)
    assert alpha(45, 40)
    assert not alpha(25, 20)
    keyed.workspace.choose_object(1)
    assert alpha(25, 20)
    assert not alpha(45, 40), "solo follows the chosen object"
    keyed.key(Qt.Key.Key_Q)
    assert alpha(45, 40)


def test_class_and_colour(keyed: Driver) -> None:
    trigger(keyed, "class_object")
    dialog = keyed.window.findChild(QInputDialog)
    dialog.setTextValue(" animal ")
    dialog.accept()
    document = keyed.workspace.document
    assert document.objects[1].category == "animal"
    menu = QMenu()
    keyed.window.object_commands.fill_colors(menu)
    assert [action.text() for action in menu.actions()][:2] == ["orange", "sky blue"]
    menu.actions()[2].trigger()
    assert document.objects[1].color == SAFE_COLORS[2]
    keyed.key(Qt.Key.Key_Z, CONTROL)
    assert document.objects[1].color == SAFE_COLORS[0]


def test_split_by_a_click_and_by_a_line(keyed: Driver) -> None:
    document = keyed.workspace.document
    keyed.draw((45, 40), (55, 40))
    before = document.label_map(8).copy()
    keyed.key(Qt.Key.Key_T)
    QTest.mouseClick(keyed.window.canvas, Qt.MouseButton.LeftButton, CONTROL, keyed.at(50, 40))
    assert sorted(document.objects) == [1, 2]
    assert keyed.workspace.object_id == 2
    assert (document.label_map(8)[before == 1] > 0).all()
    assert document.label_map(8)[40, 50] == 2
    assert document.label_map(8)[20, 25] == 1
    keyed.key(Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(document.label_map(8), before)
    keyed.workspace.choose_object(1)
    keyed.draw((40, 33), (62, 33), (62, 46), (40, 46))
    assert document.label_map(8)[40, 50] == 3, "ids are never used again"


def test_an_edit_marks_what_it_governs_and_only_that_is_run_again(keyed: Driver) -> None:
    timeline, document = keyed.window.timeline, keyed.workspace.document
    assert stale(keyed) == []
    keyed.draw((40, 40), (50, 40))
    assert stale(keyed) == [1, 2, 3, 4, 5, 6, 7]
    rows = timeline.rows()
    keyed.wait(lambda: timeline.rows() is not rows)
    assert timeline.rows().stale().tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert "Governed by key frame 0 + 8" in timeline.describe(3)
    assert "Out of date" in timeline.describe(3)
    keyed.go(0)
    keyed.key(Qt.Key.Key_Z)
    assert keyed.workspace.frame == 1
    keyed.key(Qt.Key.Key_F, SHIFT)
    keyed.finish_run()
    assert stale(keyed) == []
    assert document.label_map(7)[40, 45] == 1
    keyed.key(Qt.Key.Key_Z)
    assert "out of date" in keyed.window.notices.text
    keyed.key(Qt.Key.Key_F, SHIFT)
    assert "Nothing is out of date" in keyed.window.notices.text


def test_jump_to_edited_frames(keyed: Driver) -> None:
    keyed.go(4)
    trigger(keyed, "next_edited")
    assert keyed.workspace.frame == 8
    trigger(keyed, "previous_edited")
    assert keyed.workspace.frame == 0


def test_thumbnails_come_by_themselves(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    timeline, previews = driver.window.timeline, driver.workspace.previews
    driver.window.repaint()
    driver.wait(lambda: previews.store.nearest(0) is not None)
    driver.wait(lambda: len(timeline._thumbnails._kept) > 2)
    x = timeline.x_of(6.5)
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(round(x), 12))
    assert driver.workspace.frame == 6, "a thumbnail is a place on the timeline"
