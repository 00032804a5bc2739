"""The canvas: exact on any screen, repaints no more than it must, and shows more than masks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QRegion
from PySide6.QtTest import QTest

from annotator.core.changes import SetCells, SetLabel, SetSoft
from annotator.core.types import Cell, Provenance
from annotator.io.codec import encode_soft_map
from annotator.ui.canvas.compare import Source
from annotator.ui.canvas.computed_overlays import difference, heat, matte
from annotator.ui.canvas.display import OverlayMode
from tests import fakes
from tests.conftest import ROOT
from tests.ui.conftest import Driver

CONTROL = Qt.KeyboardModifier.ControlModifier

_SCALED = """
import sys, numpy as np
from pathlib import Path
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.ui.conftest import build
app = QApplication([])
window = build(Path(sys.argv[1]) / "w.ini")
window.resize(900, 700)
window.show()
window.switcher.open_path(Path(sys.argv[2]))
canvas, workspace = window.canvas, window.workspace
for _ in range(4000):
    QTest.qWait(5)
    if canvas.shown == 0:
        break
assert canvas.devicePixelRatioF() == float(sys.argv[3]), canvas.devicePixelRatioF()
workspace.choose_tool(type(workspace.tool).BRUSH)
workspace.set_radius(1)
for zoom in (canvas.fit, canvas.zoom_actual, lambda: canvas.zoom_by(9)):
    zoom()
    for x, y in ((10, 10), (33, 21), (30, 30)):
        at = canvas.view.to_screen(x, y)
        pixel = canvas.view.to_image(at.toPoint().x(), at.toPoint().y())
        column, row = (int(np.floor(v + 0.5)) for v in pixel)
        before = workspace.document.label_map(0).copy()
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at.toPoint())
        changed = np.argwhere(workspace.document.label_map(0) != before)
        assert [row, column] in changed.tolist(), (x, y, changed)
        assert np.abs(changed - [row, column]).max() <= 1, (x, y, changed)
        QTest.qWait(20)
        if canvas.view.scale * canvas.devicePixelRatioF() >= 4:
            picture = canvas.grab().toImage()
            ratio = canvas.devicePixelRatioF()
            spot = canvas.view.to_screen(column, row) * ratio
            color = picture.pixelColor(spot.toPoint())
            other = canvas.view.to_screen(column + 3, row + 3) * ratio
            assert color != picture.pixelColor(other.toPoint())
        workspace.undo()
canvas.fit()
canvas.zoom_actual()
assert abs(canvas.view.scale * canvas.devicePixelRatioF() - 1) < 1e-9
window.close()
"""


@pytest.mark.parametrize("ratio", ["1", "1.5", "2"])
def test_the_pixel_under_the_cursor_is_painted(clip: Path, tmp_path: Path, ratio: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCALED, str(tmp_path), str(clip), ratio],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={**os.environ, "QT_SCALE_FACTOR": ratio, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


class Painted(QObject):
    """Collects the regions that a widget repaints."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.region += event.region()
        return False


def test_a_dab_repaints_only_its_surroundings(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    canvas = driver.window.canvas
    driver.key(Qt.Key.Key_B)
    driver.workspace.set_radius(1)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=driver.at(20, 20))
    QTest.qWait(60)
    watch = Painted()
    canvas.installEventFilter(watch)
    QTest.mouseMove(canvas, driver.at(22, 20))
    driver.wait(lambda: not watch.region.isEmpty())
    QTest.qWait(30)
    box = watch.region.boundingRect()
    assert box.contains(driver.at(22, 20))
    assert box.width() < canvas.width() / 4
    assert box.height() < canvas.height() / 4
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=driver.at(22, 20))


def test_the_minimap_comes_with_zoom_and_moves_the_view(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    canvas = driver.window.canvas
    minimap = canvas.minimap
    assert minimap.isHidden()
    canvas.zoom_by(6)
    assert minimap.isVisible()
    corner = QPoint(2, 2)
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=corner)
    x, y = canvas.view.to_image(canvas.width() / 2, canvas.height() / 2)
    assert x < 3
    assert y < 3
    assert driver.workspace.document.label_map(0).max() == 0, "the click was not the pen's"
    far = QPoint(minimap.width() - 3, minimap.height() - 3)
    QTest.mousePress(minimap, Qt.MouseButton.LeftButton, pos=corner)
    QTest.mouseMove(minimap, far)
    QTest.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=far)
    x, y = canvas.view.to_image(canvas.width() / 2, canvas.height() / 2)
    assert x > 60
    assert y > 44
    canvas.fit()
    assert minimap.isHidden()


def test_difference_to_the_version_before(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    driver.draw((20, 35), (30, 35))
    stack, look = driver.window.canvas.stack, driver.window.look
    driver.workspace.bench.session.flush()
    look.set_mode(OverlayMode.DIFFERENCE)

    def color(x: int, y: int) -> tuple[int, int, int]:
        return stack.special.image.pixelColor(x, y).getRgb()[:3]

    assert color(25, 35)[1] > color(25, 35)[0], "added last: green"
    assert color(25, 20) == (255, 255, 255), "was there before"
    driver.key(Qt.Key.Key_E)
    driver.draw((25, 20), (26, 20))
    driver.wait(lambda: color(25, 20)[0] > color(25, 20)[1])
    driver.wait(lambda: color(25, 35) == (255, 255, 255))  # no longer the last change
    driver.go(5)
    assert "No earlier version" in stack.special.remark
    look.set_mode(OverlayMode.MASK)
    assert stack.special is None


def test_soft_maps_as_heat_and_matte(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    bench = driver.workspace.bench
    bench.edit.add_object()
    label_map = np.zeros((48, 64), np.uint8)
    label_map[:, 32:] = 1
    soft = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (48, 1))
    cell = Cell(Provenance.MODEL, False, 0.9, "copy")
    bench.session.apply(
        "Soft",
        [SetLabel(0, label_map), SetCells(0, {1: cell}), SetSoft(0, 1, encode_soft_map(soft))],
    )
    bench.session.flush()
    stack, look = driver.window.canvas.stack, driver.window.look
    look.set_mode(OverlayMode.HEAT)
    assert stack.special.image.pixelColor(31, 5).alpha() > 200
    assert stack.special.image.pixelColor(0, 5).alpha() < 10
    look.set_mode(OverlayMode.MATTE)
    assert stack.special.image.pixelColor(0, 5).red() < 5
    assert stack.special.image.pixelColor(63, 5).red() > 250
    assert abs(stack.special.image.pixelColor(16, 5).red() - 65) < 6
    driver.go(3)
    look.set_mode(OverlayMode.HEAT)
    assert "No soft map" in stack.special.remark


def test_special_pictures_by_hand() -> None:
    before, now = np.array([[0, 1, 1, 2]], np.uint8), np.array([[1, 0, 1, 3]], np.uint8)
    added, removed, kept, other = (int(v) for v in difference(before, now)[0])
    assert added >> 8 & 255 > added >> 16 & 255
    assert removed >> 16 & 255 > removed >> 8 & 255
    assert kept >> 24 < added >> 24
    assert len({added, removed, kept, other}) == 4
    sure, unsure = heat(np.array([[1.0, 0.5]], np.float32))[0]
    assert sure == 0
    assert unsure >> 24 > 200
    white, black = matte(np.array([[True, False]]), None)[0]
    assert (white, black) == (0xFFFFFFFF, 0xFF000000)


def test_side_by_side(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    driver.draw((20, 35), (30, 35))
    pane, canvas = driver.window.compare, driver.window.canvas
    driver.key(Qt.Key.Key_B, CONTROL)
    assert pane.isVisible()
    assert abs(pane.width() - canvas.width()) < 60 or pane.width() >= 160

    def alpha(x: int, y: int) -> int:
        return pane.stack.masks.image.pixelColor(x, y).alpha()

    driver.wait(lambda: pane.stack.masks is not None)
    assert not alpha(25, 20), "the picture alone"
    pane.source.setCurrentIndex(pane.source.findData(Source.PREVIOUS))
    driver.workspace.bench.session.flush()
    pane.refresh()
    assert alpha(25, 20)
    assert not alpha(25, 35), "before the last stroke"
    driver.go(6)
    pane.source.setCurrentIndex(pane.source.findData(Source.FRAME))
    pane.frame.setValue(0)
    driver.wait(lambda: alpha(25, 35) and alpha(25, 20))
    assert np.array_equal(pane.stack.pixels, driver.workspace.reader.read(0))
    scale = canvas.view.scale
    middle = QPointF(pane.sheet.width() / 2, pane.sheet.height() / 2)
    from annotator.ui.bench.driver import turn_wheel

    turn_wheel(pane.sheet, middle, 1)
    assert canvas.view.scale == pytest.approx(1.25 * scale), "both views are one place"
    driver.key(Qt.Key.Key_B, CONTROL)
    assert pane.isHidden()


def test_pan_by_space_and_middle_button(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    canvas = driver.window.canvas
    canvas.setFocus()
    before = canvas.view.to_screen(0, 0)
    start = driver.at(20, 20)
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + QPoint(30, 10))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(30, 10))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.view.to_screen(0, 0) - before == QPointF(30, 10)
    QTest.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=start)
    QTest.mouseMove(canvas, start - QPoint(0, 10))
    QTest.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=start - QPoint(0, 10))
    assert canvas.view.to_screen(0, 0) - before == QPointF(30, 0)
    assert driver.workspace.document.label_map(0).max() == 0
    assert driver.workspace.document.size.width == fakes.WIDTH


def test_a_space_bar_let_go_elsewhere_does_not_leave_the_hand(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    canvas = driver.window.canvas
    canvas.setFocus()
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    driver.window.objects.list.setFocus()
    QTest.keyRelease(driver.window.objects.list, Qt.Key.Key_Space)
    assert canvas.cursor().shape() is Qt.CursorShape.CrossCursor
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    assert driver.workspace.document.label_map(0).any(), "the brush paints again"


def test_a_frame_that_is_gone_is_not_shown_as_another_one(driver: Driver, tmp_path: Path) -> None:
    clip = fakes.image_folder(tmp_path / "clip", 200)
    driver.open(clip, at_once=True)
    driver.key(Qt.Key.Key_B)
    canvas = driver.window.canvas
    canvas.zoom_by(3)
    scale = canvas.view.scale
    (clip / "00150.png").unlink()
    driver.workspace.go_to(150)
    driver.wait(lambda: driver.window.notices.text)
    assert driver.window.notices.text == "Frame 150 cannot be shown."
    assert canvas.stack.empty, "no picture rather than that of frame 0"
    assert not canvas.minimap.isVisible()
    driver.draw((20, 20), (30, 20))
    assert not driver.workspace.document.label_map(150).any()
    driver.go(151)
    assert not canvas.stack.empty
    assert canvas.view.scale == scale


def test_another_button_during_a_stroke_changes_nothing(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    canvas, start = driver.window.canvas, driver.at(10, 10)
    left, middle = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
    place = canvas.view.to_screen(0, 0)
    QTest.mousePress(canvas, left, pos=start)
    QTest.mousePress(canvas, middle, pos=start)
    QTest.mouseRelease(canvas, left, pos=driver.at(20, 10))
    QTest.mouseRelease(canvas, middle, pos=driver.at(20, 10))
    assert not canvas.pen.drawing, "the pen is lifted with its own button"
    assert canvas.view.to_screen(0, 0) == place
    QTest.mousePress(canvas, middle, pos=start)
    QTest.mousePress(canvas, left, pos=start)
    QTest.mouseRelease(canvas, left, pos=start)
    QTest.mouseRelease(canvas, middle, pos=start)
    assert not canvas.pen.drawing
    assert len(driver.workspace.bench.session.store.steps()) == 2, "an object and one stroke"
