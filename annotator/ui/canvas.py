"""The canvas: picture, masks and strokes as layers; only what changed is painted again."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from annotator.core.document import ChangeSet
from annotator.core.types import Image, LabelMap, Rect, Stroke
from annotator.ui.overlay import MaskPicture, color_table
from annotator.ui.tools import Feedback, PaintMachine, Pointer, make_tools
from annotator.ui.view import View
from annotator.ui.workspace import Tool, Workspace

_BACKGROUND_STROKE = QColor(240, 70, 70)


class Canvas(QWidget):
    """Shows the current frame and turns pointer events into tool events.

    Signals:
        pointed(x, y): the pointer is over this pixel (-1, -1: outside).
        zoomed(scale): screen pixels per image pixel.
    """

    pointed = Signal(int, int)
    zoomed = Signal(float)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.view = View()
        self.opacity = 0.45
        self._image: QImage | None = None
        self._pixels: Image | None = None
        self._masks: MaskPicture | None = None
        self.shown = -1
        """Frame whose picture is on the canvas; -1 for none."""
        self._tools = make_tools(workspace)
        self._trail: list = []
        self._drawing = False
        self._pan_from: QPointF | None = None
        self._space = False
        self._hover: QPointF | None = None
        self._fitted = True
        self._tablet = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 200)
        self.setAccessibleName("Canvas")
        workspace.changed.connect(self._document_changed)
        workspace.objectChanged.connect(lambda _: self.recolor())
        workspace.strokePreview.connect(self.update)
        workspace.radiusChanged.connect(lambda _: self.update())
        workspace.toolChanged.connect(lambda _: self._show_cursor())
        self._show_cursor()

    def sizeHint(self) -> QSize:
        return QSize(960, 600)

    # -- content

    def clear(self) -> None:
        """No picture (no project, or its media are missing)."""
        self._image = self._pixels = self._masks = None
        self.shown = -1
        self.update()

    def show_frame(self, frame: int, image: Image) -> None:
        """Show the current frame's picture, uint8 [H, W, 3] RGB, with its masks."""
        self.shown = frame
        height, width = image.shape[:2]
        first = self._image is None or self._image.size() != QSize(width, height)
        self._pixels = image  # QImage borrows the memory
        self._image = QImage(image.data, width, height, width * 3, QImage.Format.Format_RGB888)
        if first:
            self._masks = MaskPicture(width, height)
            self._set_colors()
            self.fit()
        self.repaint_masks()

    def recolor(self) -> None:
        """Objects or opacity changed: same pixels, other colours."""
        self._set_colors()
        self.repaint_masks()

    def repaint_masks(self, rect: Rect | None = None) -> None:
        document = self.workspace.document
        if self._masks is None or document is None or self.shown != self.workspace.frame:
            return  # masks change together with the picture they belong to
        self._show_labels(document.label_map(self.workspace.frame), rect)

    def _set_colors(self) -> None:
        document = self.workspace.document
        if self._masks is not None and document is not None:
            objects = document.objects.values()
            chosen = self.workspace.object_id
            self._masks.set_colors(
                color_table(objects, self.opacity, chosen), color_table(objects, 1.0)
            )

    def _show_labels(self, label_map: LabelMap, rect: Rect | None) -> None:
        assert self._masks is not None
        area = self._masks.paint(label_map, rect)
        if rect is None:
            self.update()
        elif not area.empty:
            self.update(self.view.to_screen_rect(area))

    def _document_changed(self, changed: ChangeSet) -> None:
        frame = self.workspace.frame
        if changed.objects:
            self.recolor()
        elif frame in changed.labels:
            self.repaint_masks(changed.labels[frame])
        if frame in changed.strokes:
            self.update()

    # -- view

    def fit(self) -> None:
        """The whole picture, as large as it fits."""
        self._fitted = True
        if self._image is not None:
            self.view.fit(self._image.width(), self._image.height(), self.width(), self.height())
            self._view_changed()

    def zoom_actual(self) -> None:
        """One image pixel is one pixel of the screen."""
        self.zoom_by(1.0 / (self.view.scale * self.devicePixelRatioF()))

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        anchor = around if around is not None else QPointF(self.width() / 2, self.height() / 2)
        self._fitted = False
        self.view.zoom(factor, anchor.x(), anchor.y())
        self._view_changed()

    def _view_changed(self) -> None:
        self.zoomed.emit(self.view.scale * self.devicePixelRatioF())
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fitted:
            self.fit()

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().color(self.backgroundRole()).darker(130))
        if self._image is None:
            return
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform,
            self.view.scale * self.devicePixelRatioF() < 2,
        )
        source = self.view.to_image_rect(event.rect(), self._image.width(), self._image.height())
        target = self.view.to_screen_rectf(source)
        painter.drawImage(target, self._image, QRectF(source))
        if self._masks is not None:
            painter.drawImage(target, self._masks.image, QRectF(source))
        self._paint_grid(painter, source)
        self._paint_strokes(painter)
        self._paint_pen(painter)

    def _paint_grid(self, painter: QPainter, source: QRect) -> None:
        if self.view.scale < 12:
            return
        painter.setPen(QPen(QColor(128, 128, 128, 90), 0))
        top, bottom = source.top(), source.bottom() + 1
        left, right = source.left(), source.right() + 1
        for x in range(left, right + 1):
            painter.drawLine(self.view.corner(x, top), self.view.corner(x, bottom))
        for y in range(top, bottom + 1):
            painter.drawLine(self.view.corner(left, y), self.view.corner(right, y))

    def _paint_strokes(self, painter: QPainter) -> None:
        document = self.workspace.document
        if document is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self.shown
        for stroke in document.strokes(frame):
            self._paint_stroke(painter, stroke, 0.55)
        for stroke in self.workspace.live.strokes(frame):
            self._paint_stroke(painter, stroke, 0.9)
        if self._trail:
            background = self.workspace.tool is Tool.BACKGROUND
            owner = 0 if background else self.workspace.object_id
            trail = np.stack(self._trail)
            self._paint_stroke(painter, Stroke(owner, trail, self.workspace.radius), 0.9)

    def _paint_stroke(self, painter: QPainter, stroke: Stroke, opacity: float) -> None:
        path = QPainterPath(self.view.to_screen(*map(float, stroke.points[0])))
        for x, y in stroke.points[1:].tolist():
            path.lineTo(self.view.to_screen(x, y))
        if len(stroke.points) == 1:
            path.lineTo(path.currentPosition() + QPointF(0.01, 0))
        color = self._stroke_color(stroke.object_id)
        width = max(2.0, 2 * stroke.radius * self.view.scale)
        edge = QColor(0, 0, 0, round(120 * opacity))
        round_ = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(edge, width + 2, Qt.PenStyle.SolidLine, *round_))
        painter.drawPath(path)
        color.setAlphaF(opacity)
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, *round_))
        painter.drawPath(path)
        if stroke.object_id == 0:  # told apart by more than colour
            painter.setPen(
                QPen(QColor(255, 255, 255, 200), max(1.0, width / 5), Qt.PenStyle.DotLine)
            )
            painter.drawPath(path)

    def _stroke_color(self, object_id: int) -> QColor:
        document = self.workspace.document
        if object_id == 0 or document is None or object_id not in document.objects:
            return QColor(_BACKGROUND_STROKE)
        return QColor(*document.objects[object_id].color)

    def _paint_pen(self, painter: QPainter) -> None:
        if self._hover is None or self.workspace.tool is Tool.PAN or self._space:
            return
        radius = max(self.workspace.radius * self.view.scale, 1.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, grow in ((QColor(0, 0, 0, 160), 1.0), (QColor(255, 255, 255, 220), 0.0)):
            painter.setPen(QPen(color, 1))
            painter.drawEllipse(self._hover, radius + grow, radius + grow)

    # -- pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        panning = self._space or self.workspace.tool is Tool.PAN
        if button == Qt.MouseButton.MiddleButton or (
            panning and button == Qt.MouseButton.LeftButton
        ):
            self._pan_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif button == Qt.MouseButton.LeftButton and not self._tablet:
            self._pen_down(self._pointer(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move_hover(event.position())
        if self._pan_from is not None:
            step = event.position() - self._pan_from
            self._pan_from = event.position()
            self._fitted = False
            self.view.pan(step.x(), step.y())
            self._view_changed()
        elif self._drawing and not self._tablet:
            self._show(self._tools[self.workspace.tool].move(self._pointer(event)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self._show_cursor()
        elif event.button() == Qt.MouseButton.LeftButton and not self._tablet:
            self._pen_up(self._pointer(event))

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen: the same as the mouse, with pressure."""
        at = self._pointer(event, max(event.pressure(), 0.05))
        if event.type() == QTabletEvent.Type.TabletPress:
            self._tablet = True
            self._pen_down(at)
        elif event.type() == QTabletEvent.Type.TabletMove and self._drawing:
            self._move_hover(event.position())
            self._show(self._tools[self.workspace.tool].move(at))
        elif event.type() == QTabletEvent.Type.TabletRelease:
            self._pen_up(at)
            self._tablet = False
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        if self.workspace.tool in (Tool.SCRIBBLE, Tool.BACKGROUND):
            self.workspace.attempt(self.workspace.warm_up)

    def leaveEvent(self, event: object) -> None:
        self._move_hover(None)
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
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor()
        else:
            super().keyReleaseEvent(event)

    def abort(self) -> None:
        """Esc: drop the stroke under the pen, or scribbles whose mask is still computed."""
        if self._drawing:
            self._drawing = False
            self._trail = []
            self._tools[self.workspace.tool].abort()
            self.repaint_masks()
        else:
            self.workspace.live.drop(self.workspace.frame)

    def _pen_down(self, at: Pointer) -> None:
        # While the next picture is still being decoded, nobody may draw on the last one.
        there = self._image is not None and self.shown == self.workspace.frame
        if there and self.workspace.tool in self._tools:
            self._drawing = True
            self._show(self._tools[self.workspace.tool].down(at))

    def _pen_up(self, at: Pointer) -> None:
        if self._drawing:
            self._drawing = False
            self._show(self._tools[self.workspace.tool].up(at))

    def _show(self, feedback: Feedback) -> None:
        """Repaint what a tool says it changed."""
        if feedback.trail or self._trail:
            self._trail = list(feedback.trail) if self._drawing else []
            self.update()
        tool = self._tools.get(self.workspace.tool)
        if feedback.dirty is None or feedback.dirty.empty or self._masks is None:
            return
        if isinstance(tool, PaintMachine) and tool.painting is not None:
            self._show_labels(tool.painting.pixels, feedback.dirty)
        else:
            self.repaint_masks(feedback.dirty)

    def _pointer(self, event: QMouseEvent | QTabletEvent, pressure: float = 1.0) -> Pointer:
        x, y = self.view.to_image(event.position().x(), event.position().y())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return Pointer(x, y, pressure, shift)

    def _move_hover(self, position: QPointF | None) -> None:
        reach = round(self.workspace.radius * self.view.scale) + 4
        for point in (self._hover, position):
            if point is not None:
                at = point.toPoint()
                self.update(QRect(at - QPoint(reach, reach), at + QPoint(reach, reach)))
        self._hover = position
        if position is not None and self._image is not None:
            x, y = (round(v) for v in self.view.to_image(position.x(), position.y()))
            inside = 0 <= x < self._image.width() and 0 <= y < self._image.height()
            self.pointed.emit(x if inside else -1, y if inside else -1)

    def _show_cursor(self) -> None:
        if self._space or self.workspace.tool is Tool.PAN:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)
