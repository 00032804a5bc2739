"""The canvas: picture, masks and strokes as layers; only what changed is painted again."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from annotator.core.document import ChangeSet
from annotator.core.types import Image, Rect
from annotator.ui.hover import Hover
from annotator.ui.i18n import tr
from annotator.ui.layers import paint_grid
from annotator.ui.look import Look
from annotator.ui.markings import Markings
from annotator.ui.minimap import Minimap
from annotator.ui.pen import HINTING, Pen, pointer_at
from annotator.ui.pins import Pins
from annotator.ui.special import SPECIAL
from annotator.ui.stack import LayerStack
from annotator.ui.tools import Pointer
from annotator.ui.view import Sight, View
from annotator.ui.workspace import Tool, Workspace


class Canvas(QWidget):
    """Shows the current frame and turns pointer events into tool events.

    Signals:
        pointed(x, y): the pointer is over this pixel (-1, -1: outside).
        zoomed(scale): the view moved; screen pixels per image pixel.
        frameShown: the exact picture of another frame is on the canvas.
        previewPainted: a picture in its place was painted.
    """

    pointed = Signal(int, int)
    zoomed = Signal(float)
    frameShown = Signal()
    previewPainted = Signal()

    def __init__(self, workspace: Workspace, look: Look) -> None:
        super().__init__()
        self.workspace = workspace
        self.look = look
        self.view = View()
        self.stack = LayerStack(look)
        self.minimap = Minimap(self, self.view, self.stack, self._view_changed)
        self.pen = Pen(workspace, self.repaint_masks, self.update)
        self.hover = Hover(self, workspace, self.stack, self.view, self.pen, self.update)
        self._markings = Markings(workspace, self.view, self.pen)
        self.pins = Pins(self)
        self.shown = -1
        """Frame whose exact picture is on the canvas; -1 for none."""
        self.standing_in = -1
        """Frame whose picture is shown until the exact one is there; -1 for none."""
        self._pan_from: QPointF | None = None
        self._space = False
        self._hover: QPointF | None = None
        self._fitted = True
        self._sight: Sight | None = None
        self._tablet = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 200)
        self.setAccessibleName(tr("Canvas"))
        workspace.projectChanged.connect(self.clear)
        workspace.changed.connect(self._document_changed)
        workspace.objectChanged.connect(lambda _: self.recolor())
        workspace.stored.connect(self._stored)
        workspace.strokePreview.connect(self.update)
        workspace.radiusChanged.connect(lambda _: self.update())
        workspace.toolChanged.connect(lambda _: self._show_cursor())
        look.changed.connect(self.recolor)
        look.toneChanged.connect(self._retone)
        self._show_cursor()

    def sizeHint(self) -> QSize:
        return QSize(960, 600)

    # -- content

    def clear(self) -> None:
        """No picture (no project, or its media are missing)."""
        self.stack.clear()
        self.shown = self.standing_in = -1
        self.update()

    def show_frame(self, frame: int, image: Image) -> None:
        """Show the current frame's picture, uint8 [H, W, 3] RGB, with its masks."""
        self.shown, self.standing_in = frame, -1
        self._take(image)
        self._load_special()
        self.repaint_masks()
        self._paint_skins()
        self.frameShown.emit()

    def show_preview(self, frame: int, shows: int, image: Image) -> None:
        """Until the picture of `frame` is there, show that of frame `shows` (maybe the same one,
        smaller), uint8 [h, w, 3]. Nobody can draw on it."""
        if self.shown == frame:
            return
        self.shown, self.standing_in = -1, shows
        self._take(image)
        if shows == frame:
            self.repaint_masks()
        else:
            self.stack.hide_masks()
        self._paint_skins()

    def show_nothing(self) -> None:
        """The current frame has no picture: that of another one must not stay in its place."""
        self.shown = self.standing_in = -1
        self.stack.drop_picture()
        self._view_changed()

    def _take(self, image: Image) -> None:
        document = self.workspace.document
        if document is None:
            return
        first = self.stack.resize(document.size)
        self.stack.set_picture(image)
        if first:
            self.stack.set_colors(document, self.workspace.object_id)
            self.see(self._sight)
        self.minimap.picture_changed()
        self.update()

    def _retone(self) -> None:
        self.stack.retone()
        self.update()

    def recolor(self) -> None:
        """Objects, mode or opacity changed: same pixels, other colours."""
        if self.workspace.document is not None:
            self.stack.set_colors(self.workspace.document, self.workspace.object_id)
        self._load_special()
        self.repaint_masks()
        self._paint_skins()

    def _load_special(self) -> None:
        ready = self.shown >= 0 and self.look.mode in SPECIAL
        self.stack.load_special(self.workspace, self.shown if ready else None)

    def _stored(self) -> None:
        # What was there before a change is known when the change is on disk.
        if self.stack.special is not None:
            self._load_special()
            self.repaint_masks()

    def repaint_masks(self, rect: Rect | None = None) -> None:
        """Paint masks: with a pen stroke under way, or without one, of the document."""
        document, frame = self.workspace.document, self.workspace.frame
        if document is None or frame not in (self.shown, self.standing_in):
            return  # masks change together with the picture they belong to
        painting = self.pen.painting
        pixels = document.label_map(frame) if painting is None else painting.pixels
        area = self.stack.paint_masks(pixels, rect)
        if rect is None:
            self.update()
        elif not area.empty:
            self.update(self.view.to_screen_rect(area))

    def _paint_skins(self) -> None:
        document = self.workspace.document
        if document is not None and self.shown >= 0 and (self.look.onion or self.stack.has_skins):
            self.stack.paint_skins(document, self.shown)
            self.update()

    def _document_changed(self, changed: ChangeSet) -> None:
        frame = self.workspace.frame
        if frame in changed.labels:
            self.pen.renew()
        if changed.objects:
            self.recolor()
        elif frame in changed.labels:
            self.repaint_masks(changed.labels[frame])
        if self.stack.has_skins and not changed.labels.keys().isdisjoint((frame - 1, frame + 1)):
            self._paint_skins()
        if frame in changed.strokes:
            self.update()

    # -- view

    def fit(self) -> None:
        """The whole picture, as large as it fits."""
        self.see(None)

    @property
    def sight(self) -> Sight | None:
        """The part of the picture that is shown; None where it is all of it."""
        seen = self._sight or self.view.sight(self.width(), self.height())
        return None if self._fitted else seen

    def see(self, sight: Sight | None) -> None:
        """Show a part of the picture, or all; as soon as there is one."""
        self._fitted = sight is None
        self._sight = sight if self.stack.size is None else None
        if self.stack.size is not None:
            self.view.see(sight, self.stack.size, self.width(), self.height())
            self._view_changed()

    def zoom_actual(self) -> None:
        """One image pixel is one pixel of the screen."""
        self.zoom_by(1.0 / (self.view.scale * self.devicePixelRatioF()))

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        anchor = around if around is not None else QPointF(self.width() / 2, self.height() / 2)
        self._fitted = False
        self.view.zoom(factor, anchor.x(), anchor.y())
        self._view_changed()

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture, in screen pixels."""
        self._fitted = False
        self.view.pan(dx, dy)
        self._view_changed()

    def _view_changed(self) -> None:
        self.minimap.view_changed()
        self.zoomed.emit(self.view.scale * self.devicePixelRatioF())
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fitted:
            self.fit()
        self.minimap.view_changed()

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().color(self.backgroundRole()).darker(130))
        if self.stack.empty:
            return
        source = self.stack.draw(painter, self.view, event.rect(), self.devicePixelRatioF())
        paint_grid(painter, self.view, source)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._markings.paint_badge(painter, self.standing_in, self.stack.special)
        self._markings.paint(painter, self.shown, None if self._space else self._hover)
        self.pins.paint(painter)
        if self.standing_in >= 0:
            self.previewPainted.emit()

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

    def focusOutEvent(self, event: QFocusEvent) -> None:
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
