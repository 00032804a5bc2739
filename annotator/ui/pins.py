"""Pins on the picture: where remarks point to. The hand opens one, hovering reads it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QIcon,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QToolTip

from annotator.core.document import ChangeSet
from annotator.core.review import Remark
from annotator.ui.remark_words import thread
from annotator.ui.timeline_marks import NOTE_COLOR
from annotator.ui.workspace import Tool

if TYPE_CHECKING:
    from annotator.ui.canvas import Canvas

_RADIUS = 11.0
_RISE = 19.0
"""How far the middle of a pin's head is above its tip, px."""
_INK = QColor(38, 10, 32)


class Pins(QObject):
    """Paints the pins of the frame on a canvas and answers the mouse over them."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._workspace = canvas.workspace
        self._desk = canvas.workspace.review.remarks
        self._pressed: tuple[QPointF, int] | None = None
        canvas.installEventFilter(self)
        self._desk.shown.connect(canvas.update)
        self._workspace.changed.connect(self._document_changed)

    def _listed(self) -> list[Remark]:
        """Those of the frame that point somewhere; what lies on top last."""
        document, canvas = self._workspace.document, self._canvas
        frame = self._workspace.frame
        if document is None or not canvas.look.pins:
            return []
        if frame not in (canvas.shown, canvas.standing_in):
            return []
        here = [r for r in document.remarks.on(frame) if r.place is not None]
        return sorted(here, key=lambda r: (r.id == self._desk.chosen, not r.resolved))

    def paint(self, painter: QPainter) -> None:
        view, desk = self._canvas.view, self._desk
        for remark in self._listed():
            assert remark.place is not None
            tip = view.to_screen(*remark.place)
            draw_pin(
                painter, tip, str(remark.id), resolved=remark.resolved,
                chosen=remark.id == desk.chosen,
            )  # fmt: skip
        if desk.place is not None and desk.frame == self._workspace.frame:
            draw_pin(painter, view.to_screen(*desk.place), "+", resolved=False, chosen=True)

    def at(self, position: QPointF) -> Remark | None:
        """The remark whose pin is under a point of the canvas."""
        for remark in reversed(self._listed()):
            assert remark.place is not None
            tip = self._canvas.view.to_screen(*remark.place)
            if _shape(tip).contains(position):
                return remark
        return None

    # -- mouse

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            return self._read(event)
        if isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.MouseButtonPress:
                self._press(event)
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._release(event)
        return False

    def _read(self, event: QHelpEvent) -> bool:
        remark, document = self.at(QPointF(event.pos())), self._workspace.document
        if remark is None or document is None:
            QToolTip.hideText()
            return False
        QToolTip.showText(event.globalPos(), thread(remark, document), self._canvas)
        return True

    def _press(self, event: QMouseEvent) -> None:
        hand = self._workspace.tool is Tool.PAN and event.button() == Qt.MouseButton.LeftButton
        remark = self.at(event.position()) if hand else None
        self._pressed = None if remark is None else (event.position(), remark.id)

    def _release(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        moved = (event.position() - pressed[0]).manhattanLength()
        if moved < QApplication.startDragDistance():
            self._desk.open(pressed[1])

    def _document_changed(self, changed: ChangeSet) -> None:
        if self._workspace.frame in changed.remarks:
            self._canvas.update()


def _shape(tip: QPointF) -> QPainterPath:
    """A head over a point."""
    middle = tip - QPointF(0, _RISE)
    head = QPainterPath()
    head.addEllipse(middle, _RADIUS, _RADIUS)
    foot = QPainterPath(tip)
    foot.lineTo(middle + QPointF(-_RADIUS * 0.8, _RADIUS * 0.55))
    foot.lineTo(middle + QPointF(_RADIUS * 0.8, _RADIUS * 0.55))
    foot.closeSubpath()
    return head.united(foot)


def draw_pin(painter: QPainter, tip: QPointF, text: str, *, resolved: bool, chosen: bool) -> None:
    """A pin whose tip is at a point of the canvas; a resolved one is faint."""
    shape = _shape(tip)
    painter.save()
    painter.setOpacity(0.45 if resolved and not chosen else 1.0)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 5 if chosen else 3.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(shape)
    painter.setPen(QPen(QColor("white"), 3 if chosen else 1.5))
    painter.setBrush(QColor(150, 150, 155) if resolved else NOTE_COLOR)
    painter.drawPath(shape)
    font = painter.font()
    font.setPixelSize(12 if len(text) < 3 else 9)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(_INK)
    middle = tip - QPointF(0, _RISE)
    head = QRectF(middle.x() - _RADIUS, middle.y() - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)
    painter.drawText(head, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.restore()


@lru_cache(maxsize=4)
def pin_icon(*, pinned: bool, resolved: bool) -> QIcon:
    """For a list: a pin, or a square for a remark on the frame as a whole; grey if resolved."""
    plate = QPixmap(40, 40)
    plate.fill(Qt.GlobalColor.transparent)
    painter = QPainter(plate)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(140, 140, 145) if resolved else NOTE_COLOR)
    if pinned:
        painter.drawPath(_shape(QPointF(20, 35)))
    else:
        painter.drawRoundedRect(QRectF(9, 9, 22, 22), 5, 5)
    painter.end()
    return QIcon(plate)
