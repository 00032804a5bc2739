"""Data sets in tests of the window: small projects, and the ways to their places."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from annotator.core.types import Provenance
from annotator.services.project.projects import create_project
from annotator.services.runs.survey import Survey
from annotator.ui.runs.survey_desk import SurveyDesk
from annotator.ui.runs.survey_dialog import SurveyDialog
from tests.moving import square, write_clip
from tests.ui.conftest import Driver

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def write_set(folder: Path, **lengths: int) -> Path:
    """Projects of these names with so many frames each, in a new folder."""
    folder.mkdir()
    for name, frames in lengths.items():
        create_project(folder / name, write_clip(folder / name, frames))
    return folder


def project(folder: Path, name: str) -> Path:
    return folder / f"{name}.strokeflow"


def desk(driver: Driver) -> SurveyDesk:
    return driver.window.survey


def seen(driver: Driver) -> Survey:
    driver.wait(lambda: not desk(driver).looking)
    found = desk(driver).survey
    assert found is not None
    return found


def where(driver: Driver) -> tuple[str, int]:
    bench = driver.workspace.bench
    return ("" if bench is None else bench.session.folder.stem), driver.workspace.frame


def opened(driver: Driver) -> SurveyDialog:
    """By its keys."""
    driver.key(Qt.Key.Key_D, CTRL | SHIFT)
    dialog = driver.window.findChild(SurveyDialog)
    assert dialog is not None
    dialog.activateWindow()
    driver.wait(dialog.isActiveWindow)
    return dialog


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def draw(driver: Driver) -> None:
    """Paint the square of the frame that is shown."""
    frame = driver.workspace.frame
    driver.wait(lambda: driver.window.canvas.shown == frame)
    driver.key(Qt.Key.Key_B)
    rows, columns = square(frame)
    driver.draw((columns.start + 5, rows.start + 5), (columns.stop - 5, rows.stop - 5))
    driver.wait(lambda: driver.workspace.document.cell(frame, 1).provenance is Provenance.HUMAN)
