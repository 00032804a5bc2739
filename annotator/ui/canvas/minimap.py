"""The whole picture in a corner while only a part of it is on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from annotator.ui.canvas.stack import LayerStack
from annotator.ui.canvas.view import View
from annotator.ui.i18n import tr

_LONGEST = 170
_MARGIN = 10


class Minimap(QWidget):
    """A click or a drag moves the view there.

    Args:
        canvas: the widget it lies on; `moved` is called after the view was changed.
    """

    def __init__(self, canvas: QWidget, view: View, stack: LayerStack, moved) -> None:  # type: ignore[no-untyped-def]
        super().__init__(canvas)
        self._canvas, self._view, self._stack, self._moved = canvas, view, stack, moved
        self._picture: QPixmap | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Overview"))
        self.setToolTip(tr("The whole picture; click or drag to move the view"))
        self.hide()

    def picture_changed(self) -> None:
        """Another frame is shown."""
        self._picture = None
        self.update()

    def view_changed(self) -> None:
        """Show it where it helps: only while a part of the picture is out of sight."""
        size = self._stack.size
        if size is None or self._stack.empty:
            self.hide()
            return
        shown = self._shown()
        whole = QRectF(0, 0, size.width, size.height)
        part = shown.intersected(whole)
        if part.width() >= size.width - 1 and part.height() >= size.height - 1:
            self.hide()
            return
        factor = _LONGEST / max(size)
        width, height = round(size.width * factor), round(size.height * factor)
        self.setGeometry(
            self._canvas.width() - width - _MARGIN,
            self._canvas.height() - height - _MARGIN,
            width,
            height,
        )
        self.show()
        self.update()

    def _shown(self) -> QRectF:
        """The part of the image plane that the canvas shows."""
        left, top = self._view.to_image(0, 0)
        right, bottom = self._view.to_image(self._canvas.width(), self._canvas.height())
        return QRectF(left + 0.5, top + 0.5, right - left, bottom - top)

    def paintEvent(self, event: QPaintEvent) -> None:
        size = self._stack.size
        if size is None:
            return
        if self._picture is None:
            self._picture = self._stack.small(self.width(), self.height())
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._picture)
        factor = self.width() / size.width
        shown = self._shown()
        box = QRectF(
            shown.x() * factor, shown.y() * factor, shown.width() * factor, shown.height() * factor
        ).intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor(0, 0, 0, 200), 3), (QColor("white"), 1.5)):
            painter.setPen(QPen(color, width))
            painter.drawRect(box)
        painter.setPen(QPen(QColor(0, 0, 0, 200), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._center_on(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._center_on(event.position())

    def _center_on(self, at: QPointF) -> None:
        size = self._stack.size
        if size is None:
            return
        factor = size.width / self.width()
        wanted = self._view.corner(at.x() * factor, at.y() * factor)
        middle = QPointF(self._canvas.width() / 2, self._canvas.height() / 2)
        step = middle - wanted
        self._view.pan(step.x(), step.y())
        self._moved()
