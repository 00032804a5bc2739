"""A second view beside the canvas: the same place, seen another way."""

from __future__ import annotations

from enum import Enum

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from annotator.core.document import ChangeSet
from annotator.core.types import Image, LabelMap
from annotator.ui.canvas.canvas import Canvas
from annotator.ui.canvas.display import DisplaySettings
from annotator.ui.canvas.frames import FrameLoader
from annotator.ui.canvas.stack import LayerStack
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.workspace import Workspace


class Source(Enum):
    """What the second view shows; the value is what the person reads."""

    IMAGE = QT_TR_NOOP("The picture alone")
    PREVIOUS = QT_TR_NOOP("Masks before the last change")
    FRAME = QT_TR_NOOP("Another frame")


class _Sheet(QWidget):
    """Paints a stack at the canvas's place and scale; wheel and drag move both."""

    def __init__(self, canvas: Canvas, stack: LayerStack) -> None:
        super().__init__()
        self._canvas, self._stack = canvas, stack
        self._from: QPointF | None = None
        self.setAccessibleName(tr("Second view"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumWidth(160)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().color(self.backgroundRole()).darker(130))
        self._stack.draw(painter, self._canvas.view, event.rect(), self.devicePixelRatioF())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._canvas.zoom_by(1.25 ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None and event.buttons() != Qt.MouseButton.NoButton:
            step = event.position() - self._from
            self._from = event.position()
            self._canvas.pan_by(step.x(), step.y())


class ComparePane(QWidget):
    """Side by side with the canvas: the picture alone, the masks as they were before the last
    change of this frame, or another frame."""

    def __init__(self, workspace: Workspace, canvas: Canvas, look: DisplaySettings) -> None:
        super().__init__()
        self.workspace, self.canvas = workspace, canvas
        self.stack = LayerStack(look)
        self.sheet = _Sheet(canvas, self.stack)
        self._loader: FrameLoader | None = None
        self.source = QComboBox()
        self.source.setAccessibleName(tr("What the second view shows"))
        for source in Source:
            self.source.addItem(tr(source.value), source)
        self.frame = QSpinBox()
        self.frame.setAccessibleName(tr("Frame of the second view"))
        self.frame.setKeyboardTracking(False)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(QLabel(tr("Beside it:")))
        row.addWidget(self.source)
        row.addWidget(self.frame)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        # The row below: both views begin at the same height, so that a place lies beside itself.
        column.addWidget(self.sheet, 1)
        column.addLayout(row)
        self.hide()
        self.source.currentIndexChanged.connect(lambda _: self.refresh())
        self.frame.valueChanged.connect(lambda _: self.refresh())
        canvas.zoomed.connect(lambda _: self.sheet.update())
        canvas.frameShown.connect(self.refresh)
        workspace.changed.connect(self._changed)
        workspace.stored.connect(self.refresh)
        workspace.projectChanged.connect(self._project_changed)
        look.changed.connect(self.refresh)

    def toggle(self) -> None:
        """Open it, or close it."""
        self.setVisible(self.isHidden())
        splitter = self.parentWidget()
        if isinstance(splitter, QSplitter):
            splitter.setSizes([splitter.width() // 2] * 2)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show:
            self.refresh()
        return super().event(event)

    def close_loader(self) -> None:
        """The window closes."""
        if self._loader is not None:
            self._loader.close()
            self._loader = None

    def refresh(self) -> None:
        """Show what is chosen, for the frame on the canvas."""
        source = self.source.currentData()
        self.frame.setVisible(source is Source.FRAME)
        document, pixels = self.workspace.document, self.canvas.stack.pixels
        if self.isHidden() or document is None or self.canvas.shown < 0:
            return
        if source is Source.FRAME:
            self._load(self.frame.value())
        elif pixels is not None:
            self._show(pixels, self._masks(source))

    def _masks(self, source: Source) -> LabelMap:
        bench = self.workspace.bench
        assert bench is not None
        before = None
        if source is Source.PREVIOUS:
            before = bench.session.previous_label(self.canvas.shown)
        return np.zeros(bench.document.size.shape, np.uint8) if before is None else before

    def _load(self, frame: int) -> None:
        if self._loader is None:
            self._loader = FrameLoader()
            self._loader.ready.connect(self._arrived)
        if self.workspace.reader is not None:
            self._loader.request(self.workspace.reader, frame)

    def _arrived(self, frame: int, image: Image) -> None:
        document = self.workspace.document
        wanted = self.source.currentData() is Source.FRAME and frame == self.frame.value()
        if wanted and document is not None:
            self._show(image, document.label_map(frame))

    def _show(self, image: Image, masks: LabelMap) -> None:
        document = self.workspace.document
        assert document is not None
        self.stack.resize(document.size)
        self.stack.set_picture(image)
        self.stack.set_colors(document, self.workspace.object_id)
        self.stack.paint_masks(masks, None)
        self.sheet.update()

    def _changed(self, changed: ChangeSet) -> None:
        if changed.objects or self.canvas.shown in changed.labels:
            self.refresh()

    def _project_changed(self) -> None:
        self.stack.clear()
        self.frame.setRange(0, max(self.workspace.n_frames - 1, 0))
        self.sheet.update()
