"""A hand on the real window: it sends events and waits for pixels, as a person's eye would."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QWidget

from annotator.core.errors import RunError
from annotator.ui.canvas.canvas import Canvas
from annotator.ui.main_window import MainWindow

_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    `limit` is the target for `p95`, None where there is none; `unit` holds for all of them.
    """

    name: str
    p50: float
    p95: float
    unit: str
    limit: float | None = None

    @property
    def reached(self) -> bool | None:
        return None if self.limit is None else self.p95 <= self.limit


def figure(name: str, samples: list[float], unit: str = "ms", limit: float | None = None) -> Figure:
    """Median and 95th percentile of samples (seconds become ms where the unit is ms)."""
    values = np.asarray(samples) * (1e3 if unit == "ms" else 1)
    p50, p95 = np.percentile(values, (50, 95))
    return Figure(name, round(float(p50), 2), round(float(p95), 2), unit, limit)


class Seen(NamedTuple):
    """What the canvas showed when it was painted (see `Canvas`)."""

    standing_in: int
    shown: int


class PaintWatch(QObject):
    """Counts the paint events of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.count += 1
        return False


class CanvasWatch(PaintWatch):
    """Keeps what the canvas showed at each paint event."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.seen: list[Seen] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        super().eventFilter(watched, event)
        if event.type() is QEvent.Type.Paint:
            self.seen.append(Seen(self._canvas.standing_in, self._canvas.shown))
        return False

    def any(self, wanted: Callable[[Seen], bool]) -> bool:
        return any(wanted(seen) for seen in self.seen)


class Hand:
    """Drives one window."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.workspace = window.workspace
        self.watch = CanvasWatch(window.canvas)

    def wait(self, done: Callable[[], bool], seconds: float = _PATIENCE_S) -> float:
        """Turn the event loop until `done()`; the seconds it took. Raises RunError."""
        began = time.perf_counter()
        # Sleeping in between, as the window does: a loop that spins would take a core from the
        # threads that decode. The window's own clock ends each sleep.
        flags = (
            QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        )
        while not done():
            QCoreApplication.processEvents(flags)
            if time.perf_counter() - began > seconds:
                raise RunError("The window did not get there in time.")
        return time.perf_counter() - began

    def rest(self, until: float) -> None:
        """Let the window see to its events up to a time of `time.perf_counter`."""
        while time.perf_counter() < until:
            QCoreApplication.processEvents()
            time.sleep(0.001)

    def open(self, path: Path, at_once: bool = False) -> float:
        """Open a clip as a person does; `at_once`: who presses "Open now". The seconds it took."""
        began = time.perf_counter()
        self.window.switcher.open_path(path)
        if at_once:
            self.window.switcher.opener.hurry()
        self.wait(lambda: not self.window.switcher.busy)
        self.wait(lambda: self.window.canvas.shown == self.workspace.frame)
        return time.perf_counter() - began

    def until_painted(self, act: Callable[[], object]) -> float:
        """Act, and wait until the canvas has been painted since; seconds from act to pixels."""
        before = self.watch.count
        began = time.perf_counter()
        act()
        self.wait(lambda: self.watch.count > before)
        return time.perf_counter() - began

    def mouse(self, kind: QEvent.Type, at: QPointF) -> None:
        """A mouse event of the left button at a place of the canvas."""
        canvas = self.window.canvas
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        moving = kind is QEvent.Type.MouseMove
        held = none if kind is QEvent.Type.MouseButtonRelease else left
        event = QMouseEvent(
            kind, at, QPointF(canvas.mapToGlobal(at)), none if moving else left, held,
            Qt.KeyboardModifier.NoModifier, QPointingDevice.primaryPointingDevice(),
        )  # fmt: skip
        QCoreApplication.sendEvent(canvas, event)


def turn_wheel(widget: QWidget, at: QPointF, turns: int) -> None:
    """Turn the mouse wheel over a widget, away from the person for positive turns."""
    nothing = QPointF(0, 0).toPoint()
    event = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(at)),
        nothing,
        QPointF(0, 120 * turns).toPoint(),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(widget, event)
