"""The timeline while only a part of the clip is on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest

from annotator.core.changes import SetCells, SetLabel
from annotator.core.types import Cell, Provenance, Stroke
from annotator.ui.timeline.timeline import Timeline
from tests import fakes
from tests.ui.conftest import Driver


def turn(timeline: Timeline, notches: int, x: float) -> None:
    """The wheel, at a place."""
    place = QPointF(x, 50)
    timeline.wheelEvent(
        QWheelEvent(
            place, timeline.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )
    )  # fmt: skip


def test_the_playhead_stays_in_sight(driver: Driver, tmp_path: Path) -> None:
    driver.open(fakes.image_folder(tmp_path / "clip", 200), at_once=True)
    timeline = driver.window.timeline
    turn(timeline, 8, timeline.x_of(0))
    width = timeline.x_of(1) - timeline.x_of(0)
    assert timeline.x_of(60) > timeline.width(), "only the beginning is shown"
    for frame in (60, 199, 120, 0, 34, 33):
        driver.workspace.go_to(frame)
        assert timeline.x_of(frame) >= timeline.GUTTER - 1
        assert timeline.x_of(frame + 1) <= timeline.width()
        assert timeline.x_of(1) - timeline.x_of(0) == pytest.approx(width), "at the same scale"
    x = timeline.x_of(33.5)
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(round(x), 50))
    assert driver.workspace.frame == 33
    assert timeline.x_of(33.5) == x, "a click does not scroll"


def test_a_key_frame_that_was_one_by_its_strokes_is_none_without_them(
    driver: Driver, clip: Path
) -> None:
    driver.open(clip)
    bench = driver.workspace.bench
    assert bench is not None
    bench.edit.add_object("thing")
    label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
    label_map[5:20, 5:20] = 1
    cells = SetCells(3, {1: Cell(Provenance.MODEL, False, 0.5, "copy")})
    bench.session.apply("Made", [SetLabel(3, label_map), cells])
    bench.edit.add_strokes(3, [Stroke(1, np.array([[8, 8], [12, 12]], np.float32), 2.0)])
    timeline = driver.window.timeline
    driver.wait(lambda: timeline.rows().keys.tolist() == [3])
    driver.go(3)
    driver.qtbot.wait(200)  # nothing else is about to be painted
    driver.window.table.actions["clear_strokes"].trigger()
    driver.wait(lambda: timeline.rows().keys.tolist() == [], 5)
