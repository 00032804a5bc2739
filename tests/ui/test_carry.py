"""Going on frame by frame: accept, carry, show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from annotator.core.types import Provenance
from tests.ui.conftest import Driver

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def drawn(driver: Driver, clip: Path) -> Driver:
    """Two objects drawn on frame 3."""
    driver.open(clip)
    QTest.mouseClick(driver.window.objects.add, Qt.MouseButton.LeftButton)
    QTest.mouseClick(driver.window.objects.add, Qt.MouseButton.LeftButton)
    driver.key(Qt.Key.Key_U)
    driver.go(3)
    for object_id, x in ((1, 5), (2, 35)):
        driver.workspace.choose_object(object_id)
        driver.draw((x, 5), (x + 10, 15))
    return driver


def provenance(driver: Driver, object_id: int, frame: int) -> Provenance:
    return driver.workspace.document.cell(frame, object_id).provenance


def carry(driver: Driver, key: Qt.Key) -> None:
    driver.key(key)
    driver.finish_run()


def test_on_and_back(drawn: Driver) -> None:
    document = drawn.workspace.document
    told = drawn.window.notices.text
    carry(drawn, Qt.Key.Key_Period)
    drawn.wait(lambda: drawn.window.canvas.shown == 4)
    for object_id in (1, 2):
        assert provenance(drawn, object_id, 4) is Provenance.MODEL
        assert (document.label_map(4) == object_id).any()
        assert provenance(drawn, object_id, 5) is Provenance.NONE, "no frame more"
    assert drawn.window.notices.text == told, "each step is seen, not told"
    carry(drawn, Qt.Key.Key_Period)
    assert provenance(drawn, 1, 4) is Provenance.CORRECTED, "who goes on found it right"
    assert provenance(drawn, 1, 5) is Provenance.MODEL
    drawn.go(3)
    carry(drawn, Qt.Key.Key_Comma)
    assert drawn.workspace.frame == 2
    assert provenance(drawn, 2, 2) is Provenance.MODEL


def test_each_step_can_be_undone(drawn: Driver) -> None:
    for _ in range(2):
        carry(drawn, Qt.Key.Key_Period)
    drawn.key(Qt.Key.Key_Z, CONTROL)
    assert provenance(drawn, 1, 5) is Provenance.NONE
    drawn.key(Qt.Key.Key_Z, CONTROL)
    assert provenance(drawn, 1, 4) is Provenance.MODEL
    drawn.key(Qt.Key.Key_Z, CONTROL)
    assert provenance(drawn, 1, 4) is Provenance.NONE


def test_what_a_person_drew_there_stays(drawn: Driver) -> None:
    workspace = drawn.workspace
    drawn.go(4)
    for object_id, x in ((1, 20), (2, 50)):
        workspace.choose_object(object_id)
        drawn.draw((x, 20), (x + 5, 25))
    before = np.array(workspace.document.label_map(4))
    drawn.go(3)
    carry(drawn, Qt.Key.Key_Period)
    assert workspace.frame == 4, "it goes there all the same"
    np.testing.assert_array_equal(workspace.document.label_map(4), before)
    assert not workspace.desk.runs


def test_a_key_held_down_steps_as_masks_come(drawn: Driver) -> None:
    for _ in range(12):
        drawn.key(Qt.Key.Key_Period)
        QTest.qWait(5)
    drawn.finish_run()
    last = drawn.workspace.frame
    assert last > 3
    for frame in range(4, last + 1):
        assert provenance(drawn, 1, frame) in (Provenance.MODEL, Provenance.CORRECTED), frame
    assert "no mask" not in drawn.window.notices.text


@pytest.mark.parametrize(
    ("frame", "key", "told"),
    [
        (0, Qt.Key.Key_Period, "no mask on this frame"),
        (5, Qt.Key.Key_Comma, "no mask on this frame"),
        (0, Qt.Key.Key_Comma, "clip ends here"),
    ],
)
def test_nothing_to_carry_or_nowhere_to(drawn: Driver, frame: int, key: Qt.Key, told: str) -> None:
    drawn.go(frame)
    drawn.key(key)
    assert told in drawn.window.notices.text
    assert drawn.workspace.frame == frame
    assert not drawn.workspace.desk.runs


def test_a_scribble_whose_mask_is_on_its_way_is_carried(drawn: Driver) -> None:
    drawn.go(6)
    drawn.key(Qt.Key.Key_S)
    drawn.draw((10, 10), (20, 12))
    drawn.key(Qt.Key.Key_Period)
    drawn.wait(lambda: drawn.workspace.frame == 7)
    drawn.finish_run()
    chosen = drawn.workspace.object_id
    assert provenance(drawn, chosen, 7) is Provenance.MODEL


def test_twice_while_a_live_mask_is_made_is_once(drawn: Driver) -> None:
    drawn.workspace.choose_object(1)
    drawn.key(Qt.Key.Key_S)
    drawn.draw((30, 30), (35, 30))
    for _ in range(2):
        drawn.key(Qt.Key.Key_Period)
    assert drawn.workspace.live.busy
    drawn.wait(lambda: drawn.workspace.frame == 4 and not drawn.workspace.live.busy)
    drawn.wait(lambda: drawn.workspace.running is None and not drawn.workspace.jobs.waiting)
    assert len(drawn.workspace.desk.runs) == 1
