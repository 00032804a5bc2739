"""The current frame on the screen: picture and masks as layers; only what changed is repainted."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from annotator.core.document import ChangeSet, Document
from annotator.core.types import Image, LabelMap, Rect
from annotator.ui.canvas.computed_overlays import SPECIAL
from annotator.ui.canvas.display import DisplaySettings
from annotator.ui.canvas.layers import paint_grid
from annotator.ui.canvas.minimap import Minimap
from annotator.ui.canvas.stack import LayerStack
from annotator.ui.canvas.view import Sight, View
from annotator.ui.workspace import Workspace


class Surface(QWidget):
    """Shows the current frame; the canvas is a surface that takes the pen.

    Signals:
        zoomed(scale): the view moved; screen pixels per image pixel.
        frameShown: the exact picture of another frame is there.
        previewPainted: a picture in its place was painted.
    """

    zoomed = Signal(float)
    frameShown = Signal()
    previewPainted = Signal()

    def __init__(self, workspace: Workspace, look: DisplaySettings) -> None:
        super().__init__()
        self.workspace = workspace
        self.look = look
        self.view = View()
        self.stack = LayerStack(look)
        self.minimap = Minimap(self, self.view, self.stack, self._view_changed)
        self.shown = -1
        """Frame whose exact picture is here; -1 for none."""
        self.standing_in = -1
        """Frame whose picture is shown until the exact one is there; -1 for none."""
        self._fitted = True
        self._sight: Sight | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 200)
        workspace.projectChanged.connect(self.clear)
        workspace.changed.connect(self._document_changed)
        workspace.objectChanged.connect(lambda _: self.recolor())
        workspace.stored.connect(self._stored)
        look.changed.connect(self.recolor)
        look.toneChanged.connect(self._retone)

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
        """Paint the masks of the frame, or a part of them, anew."""
        document, frame = self.workspace.document, self.workspace.frame
        if document is None or frame not in (self.shown, self.standing_in):
            return  # masks change together with the picture they belong to
        area = self.stack.paint_masks(self._masks(document), rect)
        if rect is None:
            self.update()
        elif not area.empty:
            self.update(self.view.to_screen_rect(area))

    def _masks(self, document: Document) -> LabelMap:
        """What is painted: the masks of the frame as the document has them."""
        return document.label_map(self.workspace.frame)

    def _paint_skins(self) -> None:
        document = self.workspace.document
        if document is not None and self.shown >= 0 and (self.look.onion or self.stack.has_skins):
            self.stack.paint_skins(document, self.shown)
            self.update()

    def _document_changed(self, changed: ChangeSet) -> None:
        frame = self.workspace.frame
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
        self._paint_over(painter)
        if self.standing_in >= 0:
            self.previewPainted.emit()

    def _paint_over(self, painter: QPainter) -> None:
        """What lies over picture and masks."""
