"""Pins on the picture: where remarks point to. The hand opens or moves one, hovering reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QToolTip

from annotator.core.document import ChangeSet
from annotator.core.review import Remark
from annotator.services.review.remarks import move_remark
from annotator.ui.timeline.marks import NOTE_COLOR
from annotator.ui.tools.tool import Tool
from annotator.ui.words.remark_words import thread

if TYPE_CHECKING:
    from annotator.ui.canvas.canvas import Canvas

_RADIUS = 11.0
_RISE = 19.0
"""How far the middle of a pin's head is above its tip, px."""
_INK = QColor(38, 10, 32)


@dataclass(slots=True)
class _Grip:
    """A pin under the pressed button: where it was pressed, where its tip was on the screen then,
    and where in the picture it would point to now; None as long as that is a click. Where nobody
    may write it is not movable, and the hand moves the picture."""

    remark: Remark
    pressed: QPointF
    tip: QPointF
    place: tuple[float, float] | None = None
    aborted: bool = False
    movable: bool = True


class Pins(QObject):
    """Paints the pins of the frame on a canvas and answers the mouse over them."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._workspace = canvas.workspace
        self._desk = canvas.workspace.review.remarks
        self._grip: _Grip | None = None
        canvas.installEventFilter(self)
        self._desk.shown.connect(canvas.update)
        self._workspace.changed.connect(self._document_changed)
        for gone in (self._workspace.frameChanged, self._workspace.toolChanged):
            gone.connect(lambda _: self._abort())
        self._workspace.closing.connect(self._abort)

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
            grip = self._grip
            dragged = grip.place if grip is not None and grip.remark.id == remark.id else None
            draw_pin(
                painter, view.to_screen(*(dragged or remark.place)), str(remark.id),
                resolved=remark.resolved, chosen=dragged is not None or remark.id == desk.chosen,
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
            match event.type():
                case QEvent.Type.MouseButtonPress:
                    return self._press(event)
                case QEvent.Type.MouseMove:
                    self._drag(event)
                case QEvent.Type.MouseButtonRelease:
                    return self._release(event)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return event.key() == Qt.Key.Key_Escape and self._abort()
        elif event.type() == QEvent.Type.FocusOut:
            self._abort()
        return False

    def _read(self, event: QHelpEvent) -> bool:
        remark, document = self.at(QPointF(event.pos())), self._workspace.document
        if remark is None or document is None:
            QToolTip.hideText()
            return False
        QToolTip.showText(event.globalPos(), thread(remark, document), self._canvas)
        return True

    def _press(self, event: QMouseEvent) -> bool:
        """True where the press is on a pin that the hand has now, and not the picture."""
        if self._grip is not None:
            return True  # one thing at a time: the button that is down ends it
        hand = self._workspace.tool is Tool.PAN and event.button() == Qt.MouseButton.LeftButton
        remark, bench = self.at(event.position()) if hand else None, self._workspace.bench
        if remark is None or remark.place is None or bench is None:
            return False
        tip = self._canvas.view.to_screen(*remark.place)
        movable = not bench.session.read_only
        self._grip = _Grip(remark, event.position(), tip, movable=movable)
        return movable

    def _drag(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._abort()
            self._grip = None  # it was let go where nobody told us, under a dialog perhaps
        grip, bench = self._grip, self._workspace.bench
        if grip is None or grip.aborted or not grip.movable or bench is None:
            return
        by = event.position() - grip.pressed
        if grip.place is not None or by.manhattanLength() >= QApplication.startDragDistance():
            tip = grip.tip + by
            at = self._canvas.view.to_image(tip.x(), tip.y())
            grip.place = _within(at, bench.document.size)
            self._canvas.update()

    def _release(self, event: QMouseEvent) -> bool:
        grip, bench = self._grip, self._workspace.bench
        if grip is None or event.button() != Qt.MouseButton.LeftButton:
            return grip is not None
        self._grip = None
        place, remark_id = grip.place, grip.remark.id
        if grip.aborted or bench is None:
            return grip.movable
        if place is not None:
            self._workspace.attempt(lambda: move_remark(bench.session, remark_id, place))
            self._canvas.update()
        elif (event.position() - grip.pressed).manhattanLength() < QApplication.startDragDistance():
            self._desk.open(remark_id)
        return grip.movable

    def _abort(self) -> bool:
        """Leave the pin where it was; False if none is dragged."""
        if self._grip is None or self._grip.aborted:
            return False
        self._grip.place, self._grip.aborted = None, True
        self._canvas.update()
        return True

    def _document_changed(self, changed: ChangeSet) -> None:
        if self._workspace.frame in changed.remarks:
            grip, document = self._grip, self._workspace.document
            if grip is not None and document is not None:
                now = document.remarks.get(grip.remark.id)
                if now is None or now.place != grip.remark.place:
                    self._abort()
            self._canvas.update()


def _within(at: tuple[float, float], size: tuple[int, int]) -> tuple[float, float]:
    """The place of the picture that is nearest to a point."""
    x, y = (min(max(a, -0.5), extent - 0.51) for a, extent in zip(at, size, strict=True))
    return x, y


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
