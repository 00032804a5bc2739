"""A real window with fake backends, driven by real events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.app import Application
from annotator.ui.main_window import MainWindow
from annotator.ui.settings import Preferences
from annotator.ui.start import make_window
from tests import fakes


class Driver:
    """A person at the window."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.workspace = window.workspace
        self.qtbot = qtbot

    def at(self, x: float, y: float) -> QPoint:
        """Where an image point is on the canvas."""
        return self.window.canvas.view.to_screen(x, y).toPoint()

    def open(self, path: Path, at_once: bool = False) -> None:
        """`at_once`: without waiting until its frames are ready for scrubbing."""
        self.open_only(path, at_once)
        self.wait(lambda: self.window.canvas.shown == self.workspace.frame)

    def open_only(self, path: Path, at_once: bool = False) -> None:
        """Open, whether or not there is a picture to see."""
        self.window.switcher.open_path(path)
        if at_once:
            self.window.switcher.opener.hurry()
        self.wait(lambda: not self.window.switcher.busy)

    def close(self) -> None:
        """Close the project, until its files are closed too."""
        self.window.switcher.close_project()
        self.wait(lambda: self.workspace.bench is None)
        self.workspace.background.wait()

    def wait(self, done: Callable[[], object], seconds: float = 60) -> None:
        """Long enough for a worker that loads its libraries on a machine with other work."""
        self.qtbot.waitUntil(lambda: bool(done()), timeout=int(seconds * 1000))

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.window.canvas, key, modifier)

    def draw(
        self,
        *points: tuple[float, float],
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press, move through the points, release."""
        canvas, left = self.window.canvas, Qt.MouseButton.LeftButton
        QTest.mousePress(canvas, left, modifier, self.at(*points[0]))
        for point in points[1:]:
            QTest.mouseMove(canvas, self.at(*point))
        QTest.mouseRelease(canvas, left, modifier, self.at(*points[-1]))

    def go(self, frame: int) -> None:
        self.workspace.go_to(frame)
        self.wait(lambda: self.window.canvas.shown == frame)

    def finish_run(self) -> None:
        """Until no run goes on, nor waits for a live mask, and how it ended is told."""
        self.wait(lambda: not self.workspace.live.busy)
        self.wait(lambda: self.workspace.running is None)
        self.wait(lambda: not self.workspace.saving._waiting)


def build(settings: Path) -> MainWindow:
    def host(wake: Callable[[], None]) -> Application:
        application = Application(inline=False, on_message=wake)
        application.registry = fakes.registry()
        return application

    return make_window(host, settings)


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path) -> Iterator[Driver]:
    window = build(tmp_path / "window.ini")
    # Beside the window: over the canvas, where another test left it, it would start the worker.
    QCursor.setPos(0, 790)
    window.resize(1100, 760)
    window.show()
    qtbot.waitExposed(window)
    yield Driver(window, qtbot)
    window.close()
    # Windows that linger are styled again with every new one, and the tests become slower.
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return fakes.image_folder(tmp_path / "my clip é 猫")


@pytest.fixture(name="ann")
def _ann(driver: Driver, clip: Path) -> Driver:
    driver.window.custom.apply(Preferences(person="Ann"))
    driver.open(clip)
    return driver


@pytest.fixture(name="held")
def _held(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at the projects of a data set waits for a file beside them."""
    monkeypatch.setattr("annotator.ui.runs.survey_desk.TASK", "tests.ui.surveying:held")
