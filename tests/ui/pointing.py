"""A person whose pointer is over the canvas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice
from PySide6.QtTest import QTest

from annotator.services.editing.edit import EditService
from annotator.ui.canvas.click_preview import Change
from tests.ui.conftest import Driver

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
LONG_MS = 400
"""Much longer than a pointer must rest, and than the fakes compute."""


class Pointed:
    """A person whose pointer is over the canvas of a clip, with the tool Click."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.workspace = driver, driver.workspace
        self.window, self.canvas = driver.window, driver.window.canvas

    @property
    def edit(self) -> EditService:
        assert self.workspace.bench is not None
        return self.workspace.bench.edit

    @property
    def shown(self) -> Change | None:
        return self.workspace.live.click_preview.change

    def move(self, *point: float, held: Qt.MouseButton = NONE) -> None:
        at = self.canvas.view.to_screen(*point)
        event = QMouseEvent(
            QEvent.Type.MouseMove, at, QPointF(self.canvas.mapToGlobal(at)), NONE, held,
            Qt.KeyboardModifier.NoModifier, QPointingDevice.primaryPointingDevice(),
        )  # fmt: skip
        QCoreApplication.sendEvent(self.canvas, event)

    def rest(self, *point: float, held: Qt.MouseButton = NONE) -> Change:
        """Move there, and wait for what is shown."""
        self.move(*point, held=held)
        self.driver.wait(lambda: self.shown is not None)
        assert self.shown is not None
        return self.shown

    def wait_in_vain(self, *point: float) -> None:
        self.move(*point)
        self.driver.qtbot.wait(LONG_MS)
        assert self.shown is None
        assert self.canvas.stack.change is None

    def click(self, *point: float) -> None:
        QTest.mouseClick(self.canvas, LEFT, pos=self.driver.at(*point))

    def settle(self) -> None:
        self.driver.wait(lambda: not self.workspace.live.busy)

    def pixels(self) -> NDArray[np.uint8]:
        return np.array(self.workspace.document.label_map(0))

    def state(self) -> tuple[object, ...]:
        """All that must not change by looking."""
        document, bench = self.workspace.document, self.workspace.bench
        assert document is not None
        assert bench is not None
        assert self.workspace.effort is not None
        self.workspace.effort.flush()
        bench.session.sync()
        store = bench.session.store
        return (
            self.pixels().tobytes(), document.strokes(0), dict(document.objects),
            document.next_object_id, document.cells.frame(0),
            [step.id for step in store.steps()], store.issued,
        )  # fmt: skip
