"""A pen with pressure, and the grid between large pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QInputDevice,
    QPainter,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtTest import QTest

from annotator.ui.canvas.layers import paint_grid
from annotator.ui.canvas.view import View
from annotator.ui.tools.tool import Tool
from tests.ui.conftest import Driver


def tablet(driver: Driver, kind: QEvent.Type, at: tuple[float, float], pressure: float) -> None:
    """An event of a graphics tablet at a pixel of the picture."""
    canvas = driver.window.canvas
    place = QPointF(driver.at(*at))
    released = kind is QEvent.Type.TabletRelease
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    stylus = QPointingDevice(
        "pen", 1, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure, 1, 1,
    )  # fmt: skip
    event = QTabletEvent(
        kind, stylus, place, QPointF(canvas.mapToGlobal(place)), pressure, 0, 0, 0, 0, 0,
        Qt.KeyboardModifier.NoModifier, none if kind is QEvent.Type.TabletMove else left,
        none if released else left,
    )  # fmt: skip
    QCoreApplication.sendEvent(canvas, event)


@pytest.fixture
def painting(driver: Driver, clip: Path) -> Driver:
    driver.open(clip)
    driver.workspace.choose_tool(Tool.BRUSH)
    driver.workspace.set_radius(8)
    return driver


def dot(driver: Driver, at: tuple[float, float], pressure: float) -> int:
    """Paint one dot; how many pixels it has."""
    document = driver.workspace.document
    assert document is not None
    before = np.count_nonzero(document.label_map(0))
    tablet(driver, QEvent.Type.TabletPress, at, pressure)
    tablet(driver, QEvent.Type.TabletRelease, at, 0.0)
    return int(np.count_nonzero(document.label_map(0)) - before)


def test_a_pen_paints_wider_the_harder_it_is_pressed(painting: Driver) -> None:
    soft, hard = dot(painting, (15, 15), 0.25), dot(painting, (40, 30), 1.0)
    assert 0 < soft < hard
    assert hard == pytest.approx(np.pi * 8**2, rel=0.15)
    assert soft == pytest.approx(np.pi * 2**2, rel=0.4)


@pytest.mark.parametrize("end", ["up", "escape", "another tool"])
def test_nothing_is_read_ahead_while_the_pen_is_down(
    painting: Driver, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    reader = painting.workspace.reader
    assert reader is not None
    held: list[bool] = []
    monkeypatch.setattr(reader, "hold", lambda: held.append(True))
    monkeypatch.setattr(reader, "go_on", lambda: held.append(False))
    tablet(painting, QEvent.Type.TabletPress, (10, 24), 0.5)
    tablet(painting, QEvent.Type.TabletMove, (20, 24), 0.5)
    assert held == [True]
    if end == "up":
        tablet(painting, QEvent.Type.TabletRelease, (20, 24), 0.0)
    elif end == "escape":
        QTest.keyClick(painting.window.canvas, Qt.Key.Key_Escape)
    else:
        painting.workspace.choose_tool(Tool.ERASER)
    assert held == [True, False]


def test_pressure_changes_along_a_stroke_that_is_one_undo_step(painting: Driver) -> None:
    document, bench = painting.workspace.document, painting.workspace.bench
    assert document is not None
    assert bench is not None
    tablet(painting, QEvent.Type.TabletPress, (10, 24), 0.1)
    for x in range(12, 52, 2):
        tablet(painting, QEvent.Type.TabletMove, (x, 24), x / 52)
    tablet(painting, QEvent.Type.TabletRelease, (50, 24), 0.0)
    height = np.count_nonzero(document.label_map(0), axis=0)
    assert height[12] < height[28] < height[46]
    painting.workspace.undo()
    assert not document.label_map(0).any()


@pytest.mark.parametrize(("scale", "lines"), [(8, False), (24, True)])
def test_lines_between_the_pixels_appear_at_high_zoom_only(scale: int, lines: bool) -> None:
    picture = QImage(10 * scale, 10 * scale, QImage.Format.Format_RGB32)
    picture.fill(QColor(20, 20, 20))
    view = View()
    view.zoom(scale, 0, 0)
    painter = QPainter(picture)
    paint_grid(painter, view, QRect(0, 0, 10, 10))
    painter.end()
    across = [picture.pixelColor(x, scale // 2).red() for x in range(10 * scale)]
    drawn = [x for x, level in enumerate(across) if level != 20]
    assert drawn == ([x * scale for x in range(10)] if lines else [])


def test_what_is_undone_while_the_pen_is_down_stays_undone(painting: Driver) -> None:
    painting.draw((10, 10), (20, 10))
    canvas, left = painting.window.canvas, Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=painting.at(45, 40))
    painting.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.mouseMove(canvas, painting.at(50, 40))
    QTest.mouseRelease(canvas, left, pos=painting.at(50, 40))
    done = painting.workspace.document.label_map(0)
    assert (done[10, 15], done[40, 47]) == (0, 1)


def test_an_object_that_goes_while_the_pen_is_down_is_told(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    canvas, left = driver.window.canvas, Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=driver.at(45, 40))
    driver.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # the object of this stroke
    QTest.mouseRelease(canvas, left, pos=driver.at(50, 40))
    assert driver.window.notices.text == "There is no object 1."
    assert not driver.workspace.document.label_map(0).any()
    assert not canvas.pen.drawing


@pytest.mark.parametrize("tool", [Tool.BRUSH, Tool.SCRIBBLE])
def test_a_stroke_that_is_refused_is_no_stroke_of_the_effort(painting: Driver, tool: Tool) -> None:
    workspace = painting.workspace
    painting.draw((10, 10), (15, 10))
    workspace.choose_tool(tool)
    info = workspace.document.objects[workspace.object_id]
    workspace.bench.edit.change_object(replace(info, locked=True))
    painting.draw((10, 20), (15, 20))
    assert "locked" in painting.window.notices.text
    workspace.effort.flush()
    workspace.bench.session.flush()
    ((_, _, clicks, strokes, _, _),) = workspace.bench.session.store.effort()
    assert (clicks, strokes) == (2, 1)
