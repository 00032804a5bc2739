"""The timeline: state of every frame, quality strip, key-frame ticks and the playhead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from annotator.core.document import ChangeSet, Document
from annotator.core.types import Provenance
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.words import cell_words
from annotator.ui.workspace import Workspace

STATES = ("empty", "model", "imported", "corrected", "human")
"""What a frame shows, the strongest of its cells last."""

STATE_COLORS = {
    "empty": QColor(110, 110, 110, 70),
    "model": QColor(86, 160, 233),
    "imported": QColor(150, 120, 210),
    "corrected": QColor(0, 178, 125),
    "human": QColor(240, 180, 20),
}
NOTE_COLOR = QColor(235, 110, 200)
LEGEND = {
    "human": QT_TR_NOOP("drawn"),
    "corrected": QT_TR_NOOP("corrected"),
    "imported": QT_TR_NOOP("imported"),
    "model": QT_TR_NOOP("model"),
}
"""What the colours mean, in words."""

_RANK = np.zeros(256, np.uint8)
_RANK[Provenance.MODEL] = 1
_RANK[Provenance.IMPORTED] = 2
_RANK[Provenance.CORRECTED] = 3
_RANK[Provenance.HUMAN] = 4
_REDRAW_MS = 50


def frame_states(document: Document) -> NDArray[np.uint8]:
    """uint8 [n_frames]: index into `STATES`, over all objects."""
    states = np.zeros(document.n_frames, np.uint8)
    for object_id in document.objects:
        np.maximum(states, _RANK[document.cells.provenance(object_id)], out=states)
    return states


def frame_quality(document: Document) -> NDArray[np.float32]:
    """float32 [n_frames]: the lowest estimate among the model's masks, NaN where there is none."""
    lowest = np.full(document.n_frames, np.nan, np.float32)
    for object_id in document.objects:
        model = document.cells.provenance(object_id) == Provenance.MODEL
        quality = np.where(model, document.cells.quality(object_id), np.nan).astype(np.float32)
        lowest = np.fmin(lowest, quality)
    return lowest


def frame_locked(document: Document) -> NDArray[np.bool_]:
    """bool [n_frames]: some cell of the frame is locked."""
    locked = np.zeros(document.n_frames, bool)
    for object_id in document.objects:
        locked |= document.cells.locked(object_id) > 0
    return locked


class Timeline(QWidget):
    """One column of pixels shows the frames that fall on it; the strongest state wins.

    Click or drag: go there. Wheel: zoom. Shift and drag: the range that runs keep to.
    """

    BAR = 18
    STRIP = 26
    MARGIN = 8
    GUTTER = 58
    """Room for the names of the rows, left of the first frame."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self._strip: QImage | None = None
        self._keys = np.zeros(0, np.int64)
        self._locks = np.zeros(0, np.int64)
        self._notes = np.zeros(0, np.int64)
        self._first = 0.0
        self._shown = 1.0
        self._span_from: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Timeline"))
        workspace.projectChanged.connect(self._project_changed)
        workspace.changed.connect(self._document_changed)
        workspace.frameChanged.connect(lambda _: self.update())
        workspace.spanChanged.connect(self.update)
        # A run changes cells hundreds of times a second; nobody sees more than 20 pictures of it.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_REDRAW_MS)
        self._later.timeout.connect(self._redraw)

    def sizeHint(self) -> QSize:
        return QSize(600, self.BAR + self.STRIP + 2 * self.MARGIN + 14)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    # -- geometry: frame <-> x

    def _width(self) -> float:
        return max(self.width() - self.GUTTER - self.MARGIN, 1)

    def x_of(self, frame: float) -> float:
        """Left edge of a frame, px."""
        return self.GUTTER + (frame - self._first) / self._shown * self._width()

    def frame_of(self, x: float) -> int:
        frame = self._first + (x - self.GUTTER) / self._width() * self._shown
        return min(max(int(frame), 0), max(self.workspace.n_frames - 1, 0))

    def _project_changed(self) -> None:
        self._first, self._shown = 0.0, float(max(self.workspace.n_frames, 1))
        self._redraw()

    def _document_changed(self, changed: ChangeSet) -> None:
        told = changed.cells or changed.objects or changed.notes or changed.everything
        if told and not self._later.isActive():
            self._later.start()

    def _redraw(self) -> None:
        self._strip = None
        self.update()

    def resizeEvent(self, event: object) -> None:
        self._redraw()

    # -- painting

    def _draw_strip(self, document: Document) -> QImage:
        """First line: the state. Below: quality as columns, the higher the better; one pixel wide
        per column of the screen."""
        columns = int(self._width() * self.devicePixelRatioF())
        edges = self._first + np.arange(columns + 1) / columns * self._shown
        start = np.clip(edges[:-1].astype(int), 0, document.n_frames - 1)
        every = frame_states(document)
        self._keys = np.array(document.key_frames(), np.int64)
        self._locks = np.flatnonzero(frame_locked(document))
        self._notes = np.array(sorted(document.notes), np.int64)
        states = np.maximum.reduceat(every, start)
        quality = np.fmin.reduceat(frame_quality(document), start)
        pixels = np.zeros((1 + self.STRIP, columns), np.uint32)
        palette = np.array([STATE_COLORS[s].rgba() for s in STATES], np.uint32)
        pixels[0] = palette[states]
        level = np.clip(np.nan_to_num(quality), 0, 1)
        red = np.where(level < 0.75, 230, 230 - (level - 0.75) * 4 * 190).astype(np.uint32)
        green = np.where(level < 0.75, 60 + level / 0.75 * 140, 200 - (level - 0.75) * 100)
        color = 0xFF000000 | red << 16 | green.astype(np.uint32) << 8 | 50
        # The worst mask still shows a stump: nothing at all means that nothing is estimated.
        height = np.where(np.isnan(quality), 0, np.maximum(level * self.STRIP, 3))
        filled = np.arange(self.STRIP, 0, -1)[:, None] <= height
        pixels[1:] = np.where(filled, color, 0)
        image = QImage(
            pixels.data, columns, 1 + self.STRIP, columns * 4, QImage.Format.Format_ARGB32
        )
        return image.copy()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        document = self.workspace.document
        bar = QRectF(self.GUTTER, self.MARGIN, self._width(), self.BAR)
        strip = QRectF(self.GUTTER, bar.bottom() + 2, self._width(), self.STRIP)
        if document is None:
            return
        if self._strip is None:
            self._strip = self._draw_strip(document)
        columns = self._strip.width()
        painter.drawImage(bar, self._strip, QRectF(0, 0, columns, 1))
        painter.fillRect(strip, QColor(110, 110, 110, 40))
        painter.drawImage(strip, self._strip, QRectF(0, 1, columns, self.STRIP))
        self._paint_span(painter, bar, strip)
        self._paint_names(painter, bar, strip)
        self._paint_keys(painter, bar)
        self._paint_notes(painter, strip)
        self._paint_numbers(painter, strip)
        self._paint_playhead(painter, bar, strip)

    def _paint_span(self, painter: QPainter, bar: QRectF, strip: QRectF) -> None:
        """Veil what lies outside the range, and mark its ends."""
        span = self.workspace.span
        if span is None:
            return
        left, right = self.x_of(span.start), self.x_of(span.stop)
        high = strip.bottom() - bar.top()
        veil = self.palette().color(self.backgroundRole())
        veil.setAlpha(190)
        end = bar.right()
        for first, last in ((bar.left(), left), (right, end)):
            if last > first:
                painter.fillRect(QRectF(first, bar.top(), last - first, high), veil)
        painter.setPen(QPen(self.palette().color(self.foregroundRole()), 2))
        for x, turn in ((left, 4), (right, -4)):
            if self.GUTTER <= x <= end + 1:
                top, bottom = bar.top() - 3, strip.bottom() + 3
                painter.drawLine(QPointF(x, top), QPointF(x, bottom))
                painter.drawLine(QPointF(x, top), QPointF(x + turn, top))
                painter.drawLine(QPointF(x, bottom), QPointF(x + turn, bottom))

    def _paint_names(self, painter: QPainter, bar: QRectF, strip: QRectF) -> None:
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setFont(self._small(painter.font()))
        for row, word in ((bar, tr("Masks")), (strip, tr("Quality"))):
            place = QRectF(0, row.top(), self.GUTTER - 6, row.height())
            middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, int(middle), word)

    @staticmethod
    def _small(font: QFont) -> QFont:
        font.setPointSizeF(max(font.pointSizeF() * 0.85, 6))
        return font

    def _paint_keys(self, painter: QPainter, bar: QRectF) -> None:
        if len(self._keys) > self._width() / 4:
            return  # ticks would only blur; the bar's colours say it all
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(self.foregroundRole()))
        for frame in self._keys.tolist():
            x = self.x_of(frame + 0.5)
            painter.drawEllipse(QRectF(x - 2, bar.top() - 6, 4, 4))
        painter.setBrush(QColor(220, 60, 60))
        for frame in self._locks[: int(self._width())].tolist():
            painter.drawRect(QRectF(self.x_of(frame + 0.5) - 2, bar.bottom() - 4, 4, 4))

    def _paint_notes(self, painter: QPainter, strip: QRectF) -> None:
        """A small flag under every frame with a note, one per pixel at most."""
        last = self._first + self._shown
        inside = self._notes[(self._notes >= self._first) & (self._notes < last)]
        places = self.GUTTER + (inside + 0.5 - self._first) / self._shown * self._width()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(NOTE_COLOR)
        for x in np.unique(np.round(places)).tolist():
            painter.drawRect(QRectF(x - 2, strip.bottom() - 5, 4, 5))

    def _paint_numbers(self, painter: QPainter, strip: QRectF) -> None:
        painter.setPen(self.palette().color(self.foregroundRole()))
        step = 1.0
        for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000):
            if step / self._shown * self._width() >= 60:
                break
        frame = int(np.ceil(self._first / step) * step)
        while frame < self._first + self._shown:
            x = self.x_of(frame)
            painter.drawText(QPoint(round(x), round(strip.bottom()) + 13), str(frame))
            frame += int(step)

    def _paint_playhead(self, painter: QPainter, bar: QRectF, strip: QRectF) -> None:
        frame = self.workspace.frame
        left, right = self.x_of(frame), self.x_of(frame + 1)
        color = self.palette().highlight().color()
        width = max(right - left, 2.0)
        painter.setPen(QPen(color, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left, bar.top() - 2, width, strip.bottom() - bar.top() + 4))

    # -- pointer and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        frame = self.frame_of(event.position().x())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._span_from = frame if shift else None
        if not shift:
            self.workspace.go_to(frame)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        frame = self.frame_of(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            if self._span_from is not None:
                self.workspace.set_span(self._span_from, frame)
            else:
                self.workspace.go_to(frame)
        elif self.workspace.document is not None:
            QToolTip.showText(event.globalPosition().toPoint(), self.describe(frame), self)

    def describe(self, frame: int) -> str:
        """Tooltip of a frame: who made which mask, and how good it is thought to be."""
        document = self.workspace.document
        if document is None:
            return ""
        title = tr("Frame {frame}").format(frame=frame)
        lines = [title]
        for object_id, cell in document.cells.frame(frame).items():
            if object_id in document.objects:
                parts = [cell_words(cell)] if cell.provenance else []
                if cell.quality is not None:
                    parts.append(tr("estimated {quality}").format(quality=f"{cell.quality:.2f}"))
                if cell.locked:
                    parts.append(tr("locked"))
                lines.append(f"{document.objects[object_id].name}: {', '.join(parts)}")
        if len(lines) == 1:
            lines = [tr("Frame {frame}: no masks").format(frame=frame)]
        if frame in document.notes:
            lines.append(document.notes[frame])
        return "\n".join(lines)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        total = float(max(self.workspace.n_frames, 1))
        at = self._first + (event.position().x() - self.GUTTER) / self._width() * self._shown
        shown = min(
            max(self._shown * 0.8 ** (event.angleDelta().y() / 120), min(10.0, total)), total
        )
        first = at - (at - self._first) * shown / self._shown
        self._first = min(max(first, 0.0), total - shown)
        self._shown = shown
        self._redraw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -10,
            Qt.Key.Key_PageDown: 10,
        }
        if event.key() in steps:
            self.workspace.go_to(self.workspace.frame + steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Home:
            self.workspace.go_to(0)
        elif event.key() == Qt.Key.Key_End:
            self.workspace.go_to(self.workspace.n_frames - 1)
        else:
            super().keyPressEvent(event)
