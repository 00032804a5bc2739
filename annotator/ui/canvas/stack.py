"""The layers of one view of a frame: picture, masks, neighbours. What is drawn, not where."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPixmap

from annotator.core.document import Document
from annotator.core.types import Image, LabelMap, Rect, Size
from annotator.ui.canvas.computed_overlays import ComputedOverlay
from annotator.ui.canvas.display import DisplaySettings, OverlayMode
from annotator.ui.canvas.overlay import ChangePicture, MaskPicture, color_table, mode_tables
from annotator.ui.canvas.view import View
from annotator.ui.workspace import Workspace


class LayerStack:
    """Pictures of a frame and what lies on it, as images that can be drawn any rectangle at a time.

    A stand-in takes the place of the picture until the exact one is there.
    """

    def __init__(self, look: DisplaySettings) -> None:
        self.look = look
        self.size: Size | None = None
        self.masks: MaskPicture | None = None
        self._image: QImage | None = None
        self._pixels: Image | None = None
        self._skins: list[MaskPicture] = []
        self.special: ComputedOverlay | None = None
        """Takes the place of the masks in the modes that need more than a label map."""
        self._trial: tuple[NDArray[np.uint32], QImage] | None = None
        self.change: ChangePicture | None = None
        """What a click would do, over the masks."""

    def clear(self) -> None:
        self.size = self.masks = self._image = self._pixels = None
        self.special = self._trial = self.change = None
        self._skins = []

    def drop_picture(self) -> None:
        """Show nothing until the next picture."""
        self._image = self._pixels = None

    def resize(self, size: Size) -> bool:
        """Make room for frames of this size; False if they had it already."""
        if self.size == size:
            return False
        self.size = size
        self.masks = MaskPicture(*size)
        self.special = None
        self._skins = []
        return True

    # -- picture

    def set_picture(self, image: Image) -> None:
        """uint8 [h, w, 3] RGB; one that stands in may be smaller than the frame."""
        self._pixels = image
        self.retone()

    def retone(self) -> None:
        """Make the picture that is shown from the one that was decoded."""
        if self._pixels is None:
            return
        shown = self.look.toned(self._pixels)
        height, width = shown.shape[:2]
        borrowed = QImage(shown.data, width, height, width * 3, QImage.Format.Format_RGB888)
        # Qt scales and draws four bytes a pixel twice as fast as three.
        self._image = borrowed.convertToFormat(QImage.Format.Format_RGB32)

    @property
    def pixels(self) -> Image | None:
        """The picture as it was given, uint8 [h, w, 3]."""
        return self._pixels

    def small(self, width: int, height: int) -> QPixmap:
        """The picture alone at a size."""
        if self._image is None:
            return QPixmap()
        return QPixmap.fromImage(self._image.scaled(width, height))

    @property
    def empty(self) -> bool:
        return self._image is None

    # -- masks

    def set_colors(self, document: Document, chosen: int) -> None:
        if self.masks is not None:
            look = self.look
            objects = document.objects.values()
            shown = [info for info in objects if not look.solo or info.id == chosen]
            self.masks.set_colors(*mode_tables(look.mode, shown, look.opacity, chosen))

    def paint_skins(self, document: Document, frame: int) -> None:
        """Onion skin: the contours of the frame before, fainter than those of the one after."""
        if not self.look.onion or self.size is None:
            self._skins = []
            return
        if not self._skins:
            self._skins = [MaskPicture(*self.size), MaskPicture(*self.size)]
        nothing = np.zeros(256, np.uint32)
        for skin, step, strength in zip(self._skins, (-1, 1), (0.45, 0.8), strict=True):
            beside = frame + step
            skin.set_colors(nothing, color_table(document.objects.values(), strength))
            there = 0 <= beside < document.n_frames
            skin.paint(document.label_map(beside) if there else np.zeros(self.size.shape, "u1"))

    @property
    def has_skins(self) -> bool:
        return bool(self._skins)

    def load_special(self, workspace: Workspace, frame: int | None) -> None:
        """Get what the overlay mode needs besides the label map of a frame; None: nothing."""
        document = workspace.document
        if frame is None or document is None or self.size is None:
            self.special = None
            return
        if self.special is None:
            self.special = ComputedOverlay(workspace, self.size)
        chosen, solo = workspace.object_id, self.look.solo
        objects = [o.id for o in document.objects.values() if o.visible]
        shown = [o for o in objects if not solo or o == chosen]
        self.special.load(self.look.mode, frame, shown)

    def paint_masks(self, label_map: LabelMap, rect: Rect | None) -> Rect:
        """Repaint masks inside `rect` (all without one); returns what was repainted."""
        layer = self.special or self.masks
        return Rect(0, 0, 0, 0) if layer is None else layer.paint(label_map, rect)

    def show_trial(self, picture: NDArray[np.uint32] | None) -> None:
        """Lay over the masks what would become of them, uint32 [H, W] premultiplied ARGB; None:
        nothing any more."""
        self._trial = None
        if picture is not None:
            height, width = picture.shape
            kind = QImage.Format.Format_ARGB32_Premultiplied
            # The image borrows the pixels, so that they are kept with it.
            self._trial = picture, QImage(picture.data, width, height, width * 4, kind)

    def hide_masks(self) -> None:
        """The picture shown is another frame's."""
        self.special = None
        if self.masks is not None and self.size is not None:
            self.masks.paint(np.zeros(self.size.shape, np.uint8))

    # -- drawing

    def draw(self, painter: QPainter, view: View, rect: QRect, ratio: float) -> QRect:
        """Draw what lies in a screen rectangle; returns those pixels of the frame.

        `ratio`: pixels of the device per unit of the screen.
        """
        if self._image is None or self.size is None:
            return QRect()
        width, height = self.size
        source = view.to_image_rect(rect, width, height)
        target = view.to_screen_rectf(source)
        # Close up one sees the pixels of the frame; those of a smaller picture are none.
        close = view.scale * ratio >= 2
        smooth = not close or self._image.width() < width
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        fx, fy = self._image.width() / width, self._image.height() / height
        part = QRectF(source.x() * fx, source.y() * fy, source.width() * fx, source.height() * fy)
        painter.drawImage(target, self._image, part)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not close)
        for layer in [] if self.look.mode is OverlayMode.IMAGE else self._skins:
            self._draw_masks(painter, view, layer, source)
        if self.special is not None:
            painter.drawImage(target, self.special.image, QRectF(source))
        elif self.masks is not None:
            self._draw_masks(painter, view, self.masks, source)
        if self._trial is not None:
            painter.drawImage(target, self._trial[1], QRectF(source))
        if self.change is not None:
            there, pixels = self.change.part(source)
            painter.drawImage(view.to_screen_rectf(there), self.change.image, pixels)
        return source

    @staticmethod
    def _draw_masks(painter: QPainter, view: View, layer: MaskPicture, source: QRect) -> None:
        """Only where there are any; smoothing reaches over the edge of the masks."""
        x0, y0, x1, y1 = layer.content
        there = QRect(x0, y0, x1 - x0, y1 - y0).adjusted(-2, -2, 2, 2).intersected(source)
        if x1 > x0 and not there.isEmpty():
            painter.drawImage(view.to_screen_rectf(there), layer.image, QRectF(there))


def paint_badge(painter: QPainter, text: str, corner: QPointF) -> None:
    """A short remark on the picture, readable on any background."""
    metrics = QFontMetrics(painter.font())
    box = QRectF(corner.x(), corner.y(), metrics.horizontalAdvance(text) + 16, metrics.height() + 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 170))
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(QColor("white"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
