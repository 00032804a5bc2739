"""Review and the range, by mouse and keyboard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from annotator.core.types import Provenance
from tests.ui.conftest import Driver

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def filled(driver: Driver, clip: Path) -> Driver:
    """Two objects drawn on frames 0 and 8 and filled between."""
    driver.open(clip)
    QTest.mouseClick(driver.window.objects.add, Qt.MouseButton.LeftButton)
    QTest.mouseClick(driver.window.objects.add, Qt.MouseButton.LeftButton)
    driver.key(Qt.Key.Key_U)
    for frame in (0, 8):
        driver.go(frame)
        for object_id, x in ((1, 5), (2, 35)):
            driver.workspace.choose_object(object_id)
            driver.draw((x, 5), (x + 10, 15))
    driver.key(Qt.Key.Key_F)
    driver.finish_run()
    return driver


def provenance(driver: Driver, object_id: int) -> np.ndarray:
    return np.array(driver.workspace.document.cells.provenance(object_id))


def test_accept_object_frame_and_span(filled: Driver) -> None:
    filled.go(4)
    filled.key(Qt.Key.Key_A, SHIFT)
    assert provenance(filled, 2)[4] == Provenance.CORRECTED
    assert provenance(filled, 1)[4] == Provenance.MODEL
    filled.key(Qt.Key.Key_Z, CONTROL)
    assert provenance(filled, 2)[4] == Provenance.MODEL
    filled.go(2)
    filled.key(Qt.Key.Key_A, CONTROL | SHIFT)
    for object_id in (1, 2):
        assert (provenance(filled, object_id)[1:8] == Provenance.CORRECTED).all()
    filled.key(Qt.Key.Key_Z, CONTROL)
    assert (provenance(filled, 1)[1:8] == Provenance.MODEL).all(), "one undo step"


def test_reject_forgets_the_frame_and_a_run_makes_it_anew(filled: Driver) -> None:
    filled.go(3)
    filled.key(Qt.Key.Key_R)
    assert provenance(filled, 1)[3] == Provenance.NONE
    assert not filled.workspace.document.label_map(3).any()
    filled.go(0)
    filled.key(Qt.Key.Key_R)
    assert "no model mask" in filled.window.notices.text
    assert filled.workspace.document.label_map(0).any()
    filled.key(Qt.Key.Key_F)
    filled.finish_run()
    assert provenance(filled, 1)[3] == Provenance.MODEL


def test_accept_and_next_walks_to_the_end(filled: Driver) -> None:
    filled.key(Qt.Key.Key_W)
    for _ in range(7):
        filled.key(Qt.Key.Key_D)
    assert filled.workspace.review.counts().open == 0
    filled.key(Qt.Key.Key_W)
    assert "no model mask to review" in filled.window.notices.text


def test_the_panel_counts_lists_and_filters(filled: Driver) -> None:
    panel = filled.window.review_panel
    filled.window.docks[2].raise_()
    filled.wait(lambda: panel.list.count() == 7)
    assert panel.bar.value() == 2
    assert panel.bar.maximum() == 9
    assert "3 without a mask" in panel.left.text()
    panel.threshold.setValue(0.3)
    filled.wait(lambda: panel.list.count() == 3)
    item = panel.list.item(0)
    at = panel.list.visualItemRect(item).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert filled.workspace.frame == 4
    panel.threshold.setValue(0.1)
    filled.key(Qt.Key.Key_W)
    assert "below 0.10" in filled.window.notices.text
    panel.threshold.setValue(1.0)
    panel.only_chosen.setChecked(True)
    filled.key(Qt.Key.Key_A, SHIFT)
    assert filled.workspace.review.counts().open == 6
    panel.only_chosen.setChecked(False)
    assert filled.workspace.review.counts().open == 7


def test_runs_keep_to_the_range(filled: Driver) -> None:
    timeline, workspace = filled.window.timeline, filled.workspace
    y = 20
    QTest.mousePress(
        timeline, Qt.MouseButton.LeftButton, SHIFT, QPoint(round(timeline.x_of(9.5)), y)
    )
    QTest.mouseMove(timeline, QPoint(round(timeline.x_of(10.5)), y))
    QTest.mouseRelease(
        timeline, Qt.MouseButton.LeftButton, SHIFT, QPoint(round(timeline.x_of(10.5)), y)
    )
    assert workspace.span == range(9, 11)
    assert "9 to 10" in filled.window.run_panel.hint.text()
    filled.key(Qt.Key.Key_G)
    filled.finish_run()
    assert provenance(filled, 1)[9:12].tolist() == [Provenance.MODEL, Provenance.MODEL, 0]
    filled.go(5)
    filled.key(Qt.Key.Key_I)
    assert workspace.span == range(5, 11)
    filled.go(3)
    filled.key(Qt.Key.Key_O)
    assert workspace.span == range(3, 4)
    assert filled.workspace.review.worst_frames() == [3]
    filled.key(Qt.Key.Key_I, SHIFT)
    assert workspace.span is None


def test_a_filter_that_leaves_nothing_is_named(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    driver.key(Qt.Key.Key_G)
    driver.finish_run()
    driver.workspace.review.set_filter(only_chosen=False, threshold=1.0, with_remarks=True)
    driver.key(Qt.Key.Key_W)
    notices = driver.window.notices
    assert notices.text == "The filter or the range leaves no model mask to review."
    assert "Propagate" not in notices.detail


def test_another_object_is_walked_from_its_worst(filled: Driver) -> None:
    panel = filled.window.review_panel
    panel.only_chosen.setChecked(True)
    filled.workspace.choose_object(1)
    filled.key(Qt.Key.Key_W)
    worst = filled.workspace.frame
    filled.workspace.choose_object(2)
    filled.key(Qt.Key.Key_W)
    assert filled.workspace.frame == worst, "the masks of both are as good as each other"


def test_the_list_of_worst_frames_is_gone_through_by_keys(filled: Driver) -> None:
    filled.window.docks[2].raise_()
    panel = filled.window.review_panel
    filled.wait(lambda: panel.list.count() == 7)
    panel.list.setCurrentRow(2)
    frame = int(panel.list.item(2).text().split()[1].rstrip(":"))
    filled.go(frame)
    filled.key(Qt.Key.Key_A)
    filled.wait(lambda: panel.list.count() == 6)
    assert panel.list.currentRow() == 2
