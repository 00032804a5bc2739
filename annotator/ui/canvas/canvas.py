"""The canvas: the current frame under the pen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QTabletEvent,
    QWheelEvent,
)

from annotator.core.document import ChangeSet, Document
from annotator.core.types import LabelMap
from annotator.ui.canvas.display import DisplaySettings
from annotator.ui.canvas.hover import Hover
from annotator.ui.canvas.markings import Markings
from annotator.ui.canvas.pins import Pins
from annotator.ui.canvas.surface import Surface
from annotator.ui.i18n import tr
from annotator.ui.tools.machines import Pointer
from annotator.ui.tools.pen import HINTING, Pen, pointer_at
from annotator.ui.tools.tool import Tool
from annotator.ui.workspace import Workspace


class Canvas(Surface):
    """Shows the current frame and turns pointer events into tool events.

    Signals:
        pointed(x, y): the pointer is over this pixel (-1, -1: outside).
    """

    pointed = Signal(int, int)

    def __init__(self, workspace: Workspace, look: DisplaySettings) -> None:
        super().__init__(workspace, look)
        self.pen = Pen(workspace, self.repaint_masks, self.update)
        self.hover = Hover(self, workspace, self.stack, self.view, self.pen, self.update)
        self._markings = Markings(workspace, self.view, self.pen)
        self.pins = Pins(self)
        self._pan_from: QPointF | None = None
        self._space = False
        self._hover: QPointF | None = None
        self._tablet = False
        self._ringed = False
        """The keyboard came here by keys, which nothing else would show."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Canvas"))
        workspace.strokePreview.connect(self.update)
        workspace.radiusChanged.connect(lambda _: self.update())
        workspace.toolChanged.connect(lambda _: self._show_cursor())
        self._show_cursor()

    # -- what is shown

    def _masks(self, document: Document) -> LabelMap:
        """With the stroke that is under way."""
        painting = self.pen.painting
        return super()._masks(document) if painting is None else painting.pixels

    def _document_changed(self, changed: ChangeSet) -> None:
        if self.workspace.frame in changed.labels:
            self.pen.renew()
        super()._document_changed(changed)

    def _paint_over(self, painter: QPainter) -> None:
        self._markings.paint_badge(painter, self.standing_in, self.stack.special)
        self._markings.paint(painter, self.shown, None if self._space else self._hover)
        self.pins.paint(painter)
        if self._ringed:
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    # -- pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        if event.buttons() != button and (self._pan_from is not None or self.pen.drawing):
            return  # one thing at a time: the button that is down ends it
        panning = self._space or self.workspace.tool is Tool.PAN
        if button == Qt.MouseButton.MiddleButton or (
            panning and button == Qt.MouseButton.LeftButton
        ):
            self._pan_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif button == Qt.MouseButton.LeftButton and not self._tablet:
            self._pen_down(self._pointer(event))
        elif button == Qt.MouseButton.RightButton and self.workspace.tool is Tool.CLICK:
            at = replace(self._pointer(event), subtract=True)
            self._pen_down(at)
            self.pen.up(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move_hover(event.position())
        if self._pan_from is not None:
            step = event.position() - self._pan_from
            self._pan_from = event.position()
            self.pan_by(step.x(), step.y())
        elif not self._tablet:
            self.pen.move(self._pointer(event))
        self._foresee(self._pointer(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self._show_cursor()
        elif event.button() == Qt.MouseButton.LeftButton and not self._tablet:
            self.pen.up(self._pointer(event))
            self.hover.drop()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self.workspace.tool is Tool.POLYGON and not self._space:
            # On the first corner, the first click closed the polygon already: no new one begins.
            self.pen.finish(self._pointer(event))
        else:
            self.mousePressEvent(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen: the same as the mouse, with pressure."""
        at = self._pointer(event, max(event.pressure(), 0.05))
        if event.type() == QTabletEvent.Type.TabletPress:
            self._tablet = True
            self._pen_down(at)
        elif event.type() == QTabletEvent.Type.TabletMove:
            self._move_hover(event.position())
            self.pen.move(at)
            self._foresee(at)
        elif event.type() == QTabletEvent.Type.TabletRelease:
            self.pen.up(at)
            self.hover.drop()
            self._tablet = False
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        if self.workspace.tool in (Tool.SCRIBBLE, Tool.BACKGROUND, *HINTING):
            self.workspace.attempt(self.workspace.desk.warm_up)

    def leaveEvent(self, event: object) -> None:
        self._move_hover(None)
        self.hover.drop()
        self.pointed.emit(-1, -1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            # Alt swaps the wheel's axes on most systems.
            turns = turns or event.angleDelta().x() / 120
            self.workspace.set_radius(self.workspace.radius * 1.15**turns)
        else:
            self.zoom_by(1.25**turns, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self._show_cursor()
        elif event.key() == Qt.Key.Key_Escape:
            self.abort()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.pen.pending:
            at = self._hover or QPointF()
            self.pen.finish(pointer_at(self.view, at, event.modifiers()))
        elif event.key() == Qt.Key.Key_Backspace and self.pen.pending:
            self.pen.back()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor()
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        tab, back = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason
        self._ringed = event.reason() in (tab, back)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ringed = False
        # The space bar may be let go elsewhere, where nobody would tell.
        self._space = False
        self.hover.drop()
        self._show_cursor()
        super().focusOutEvent(event)

    def abort(self) -> None:
        """Esc: drop what is under the pen, or scribbles whose mask is still computed."""
        self.hover.drop()
        if not self.pen.abort():
            self.workspace.live.drop(self.workspace.frame)

    def _pen_down(self, at: Pointer) -> None:
        # While the next picture is still being decoded, nobody may draw on the last one.
        if self.shown == self.workspace.frame:
            self.pen.down(at)

    def _foresee(self, at: Pointer) -> None:
        ready = self.shown == self.workspace.frame and self._pan_from is None and not self._space
        self.hover.moved(at, here=ready)

    def _pointer(self, event: QMouseEvent | QTabletEvent, pressure: float = 1.0) -> Pointer:
        return pointer_at(self.view, event.position(), event.modifiers(), pressure)

    def _move_hover(self, position: QPointF | None) -> None:
        if self.workspace.previews is not None:
            self.workspace.previews.touch()
        reach = round(self.workspace.radius * self.view.scale) + 4
        for point in (self._hover, position):
            if point is not None:
                at = point.toPoint()
                self.update(QRect(at - QPoint(reach, reach), at + QPoint(reach, reach)))
        self._hover = position
        if position is not None and self.stack.size is not None:
            x, y = (round(v) for v in self.view.to_image(position.x(), position.y()))
            inside = 0 <= x < self.stack.size.width and 0 <= y < self.stack.size.height
            self.pointed.emit(x if inside else -1, y if inside else -1)

    def _show_cursor(self) -> None:
        if self._space or self.workspace.tool is Tool.PAN:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)
