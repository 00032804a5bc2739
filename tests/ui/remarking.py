"""Hands for tests of remarks: written, pinned, dragged, listed."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from annotator.core.review import Remark
from annotator.ui.canvas.pins import _RISE
from tests.ui.conftest import Driver

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


def remarks(driver: Driver) -> list[Remark]:
    return driver.workspace.document.remarks.all()


def write(driver: Driver, text: str) -> None:
    """Type into the field of the panel and keep it."""
    field = driver.window.remarks.text
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return, CONTROL)


def pin(driver: Driver, x: float, y: float, text: str) -> None:
    driver.key(Qt.Key.Key_T, CONTROL | SHIFT)
    driver.draw((x, y))
    write(driver, text)


def head_of(driver: Driver, x: float, y: float) -> QPoint:
    """Where the head of a pin at an image point is on the canvas."""
    return driver.at(x, y) - QPoint(0, round(_RISE))


def listed(driver: Driver) -> list[str]:
    rows = driver.window.remarks.list_page.list
    return [rows.item(row).text() for row in range(rows.count())]


def click(driver: Driver, row: int) -> None:
    """On a row of the list."""
    rows = driver.window.remarks.list_page.list
    place = rows.visualItemRect(rows.item(row)).center()
    QTest.mouseClick(rows.viewport(), LEFT, pos=place)


def drag(driver: Driver, start: QPoint, by: QPoint, *, drop: bool = True) -> None:
    canvas = driver.window.canvas
    QTest.mousePress(canvas, LEFT, pos=start)
    for share in (0.1, 0.5, 1.0):
        QTest.mouseMove(canvas, start + by * share)
    if drop:
        QTest.mouseRelease(canvas, LEFT, pos=start + by)
