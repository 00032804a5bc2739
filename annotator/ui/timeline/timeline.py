"""The timeline: state of every frame, quality strip, key-frame ticks and the playhead."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from annotator.core.document import ChangeSet
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.timeline.marks import (
    LOCK_COLOR,
    NOTE_COLOR,
    Axis,
    paint_flags,
    paint_governors,
    paint_keys,
    paint_numbers,
    paint_range,
    paint_suggestions,
)
from annotator.ui.timeline.rows import STRIP, RowReader, Rows, describe_span, draw_columns
from annotator.ui.timeline.thumbnails import ThumbnailRow
from annotator.ui.words.remark_words import by_whom, remark_line
from annotator.ui.words.words import cell_words
from annotator.ui.workspace import Workspace

LEGEND = {
    "human": QT_TR_NOOP("drawn"),
    "corrected": QT_TR_NOOP("corrected"),
    "imported": QT_TR_NOOP("imported"),
    "model": QT_TR_NOOP("model"),
    "stale": QT_TR_NOOP("out of date"),
}
"""What the colours mean, in words."""

_REDRAW_MS = 50
_THUMBS_MS = 300


class Timeline(QWidget):
    """One column of pixels shows the frames that fall on it; the strongest state wins.

    Click or drag: go there. Wheel: zoom. Shift and drag: the range that runs keep to.
    """

    BAR = 18
    SPANS = 10
    THUMBS = 34
    MARGIN = 8
    GUTTER = 58
    """Room for the names of the rows, left of the first frame."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self._rows: Rows | None = None
        self._reader: RowReader | None = None
        self._strip: QImage | None = None
        self._plate: QPixmap | None = None
        self._thumbnails = ThumbnailRow(workspace)
        self._playhead = 0
        self._first = 0.0
        self._shown = 1.0
        self._span_from: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Timeline"))
        workspace.projectChanged.connect(self._project_changed)
        workspace.changed.connect(self._document_changed)
        workspace.objectChanged.connect(lambda _: self._reread())
        workspace.frameChanged.connect(self._move_playhead)
        workspace.spanChanged.connect(self._repaint)
        workspace.prelabel.suggested.connect(self._repaint)
        # A run changes cells hundreds of times a second; nobody sees more than 20 pictures of it.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_REDRAW_MS)
        self._later.timeout.connect(self._reread)
        self._thumbs_later = QTimer(self)
        self._thumbs_later.setSingleShot(True)
        workspace.thumbnailStored.connect(self._thumbnail_stored)
        self._thumbs_later.setInterval(_THUMBS_MS)
        self._thumbs_later.timeout.connect(self._repaint)

    def sizeHint(self) -> QSize:
        return QSize(600, int(self._quality_row().bottom()) + 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    # -- geometry: rows, frame <-> x

    def _thumb_row(self) -> QRectF:
        return QRectF(self.GUTTER, 2, self._width(), self.THUMBS)

    def _state_row(self) -> QRectF:
        top = self._thumb_row().bottom() + self.MARGIN
        return QRectF(self.GUTTER, top, self._width(), self.BAR)

    def _span_row(self) -> QRectF:
        return QRectF(self.GUTTER, self._state_row().bottom() + 2, self._width(), self.SPANS)

    def _quality_row(self) -> QRectF:
        return QRectF(self.GUTTER, self._span_row().bottom() + 2, self._width(), STRIP)

    def _width(self) -> float:
        return max(self.width() - self.GUTTER - self.MARGIN, 1)

    @property
    def axis(self) -> Axis:
        return Axis(self._first, self._shown, self.GUTTER, self._width())

    def x_of(self, frame: float) -> float:
        """Left edge of a frame, px."""
        return self.axis.x_of(frame)

    def frame_of(self, x: float) -> int:
        return min(max(int(self.axis.at(x)), 0), max(self.workspace.n_frames - 1, 0))

    def _project_changed(self) -> None:
        self._reader = None
        self._first, self._shown = 0.0, float(max(self.workspace.n_frames, 1))
        self._thumbnails.clear()
        self._reread()

    def _document_changed(self, changed: ChangeSet) -> None:
        masks = changed.cells or changed.strokes  # one made from strokes is a key frame
        told = masks or changed.objects or changed.remarks or changed.everything
        if told and not self._later.isActive():
            self._later.start()

    def _reread(self) -> None:
        """The document changed: look at all frames again."""
        self._rows = None
        self._redraw()

    def _move_playhead(self, frame: int) -> None:
        if not self._first - 1 < frame < self._first + self._shown:
            self._scroll_to(frame)
        for at in (self._playhead, frame):
            left, right = self.x_of(at), max(self.x_of(at + 1), self.x_of(at) + 2)
            self.update(QRectF(left - 3, 0, right - left + 6, self.height()).toAlignedRect())
        self._playhead = frame

    def _scroll_to(self, frame: int) -> None:
        """Show the part around a frame: the next page forward, the last one backward."""
        ahead = frame > self._first
        first = frame if ahead else frame + 1 - self._shown
        self._first = min(max(first, 0.0), self.workspace.n_frames - self._shown)
        self._redraw()

    def rows(self) -> Rows | None:
        """What the rows say now; None without a project."""
        document = self.workspace.document
        if self._rows is None and document is not None:
            if self._reader is None or self._reader.document is not document:
                self._reader = RowReader(document)
            self._rows = self._reader.read(self.workspace.object_id)
        return self._rows

    def _thumbnail_stored(self, _frame: int) -> None:
        if not self._thumbs_later.isActive():
            self._thumbs_later.start()

    def _redraw(self) -> None:
        self._strip = None
        self._repaint()

    def _repaint(self) -> None:
        """All rows as they are known."""
        self._plate = None
        self.update()

    def resizeEvent(self, event: object) -> None:
        self._redraw()

    # -- painting

    def changeEvent(self, event: QEvent) -> None:
        """Another palette, font or style: everything looks different."""
        super().changeEvent(event)
        self._repaint()

    def paintEvent(self, event: QPaintEvent) -> None:
        rows = self.rows()
        if rows is None:
            return
        ratio = self.devicePixelRatioF()
        if self._plate is None or self._plate.devicePixelRatioF() != ratio:
            self._plate = self._draw_plate(rows, ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._plate)
        self._paint_playhead(painter)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(self.foregroundRole()), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw_plate(self, rows: Rows, ratio: float) -> QPixmap:
        """All but the playhead, which moves most often by far."""
        plate = QPixmap(self.size() * ratio)
        plate.setDevicePixelRatio(ratio)
        plate.fill(Qt.GlobalColor.transparent)
        painter = QPainter(plate)
        # On a pixmap nobody sets what the widget's style says of font and layout.
        painter.setFont(self.font())
        painter.setLayoutDirection(self.layoutDirection())
        if self._strip is None:
            columns = max(int(self._width() * ratio), 1)
            self._strip = draw_columns(rows, self._first, self._shown, columns)
        columns = self._strip.width()
        axis, ink = self.axis, self.palette().color(self.foregroundRole())
        bar, spans, strip = self._state_row(), self._span_row(), self._quality_row()
        self._thumbnails.paint(painter, self._thumb_row(), self._first, self._shown)
        if self._thumbnails.late:
            QTimer.singleShot(0, self, self._repaint)
        painter.drawImage(bar, self._strip, QRectF(0, 0, columns, 1))
        for row in (spans, strip):
            painter.fillRect(row, QColor(110, 110, 110, 40))
        painter.drawImage(spans, self._strip, QRectF(0, 1, columns, 1))
        painter.drawImage(strip, self._strip, QRectF(0, 2, columns, STRIP))
        if self.workspace.span is not None:
            veil = self.palette().color(self.backgroundRole())
            veil.setAlpha(190)
            paint_range(painter, axis, self.workspace.span, bar.united(strip), veil, ink)
        self._paint_names(painter)
        paint_keys(painter, axis, rows.keys, bar.top() - 4, ink)
        paint_governors(painter, axis, rows.own_keys, spans, ink)
        paint_flags(painter, axis, rows.locks, bar.bottom(), 4, LOCK_COLOR)
        suggested = [s.frame for s in self.workspace.prelabel.suggestions]
        paint_suggestions(painter, axis, suggested, bar.top() - 4)
        paint_flags(painter, axis, rows.remarks, strip.bottom(), 5, NOTE_COLOR)
        paint_numbers(painter, axis, strip.bottom() + 13, ink)
        painter.end()
        return plate

    def _paint_names(self, painter: QPainter) -> None:
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setFont(self._small(painter.font()))
        named = (
            (self._state_row(), tr("Masks")),
            (self._span_row(), tr("Spans")),
            (self._quality_row(), tr("Quality")),
        )
        for row, word in named:
            place = QRectF(0, row.center().y() - 10, self.GUTTER - 6, 20)
            middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, int(middle), word)

    @staticmethod
    def _small(font: QFont) -> QFont:
        font.setPointSizeF(max(font.pointSizeF() * 0.85, 6))
        return font

    def _paint_playhead(self, painter: QPainter) -> None:
        top, bottom = self._thumb_row().top(), self._quality_row().bottom()
        frame = self.workspace.frame
        left, right = self.x_of(frame), self.x_of(frame + 1)
        color = self.palette().highlight().color()
        width = max(right - left, 2.0)
        painter.setPen(QPen(color, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left, top, width, bottom - top + 2))

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
        bench, document = self.workspace.bench, self.workspace.document
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
                if cell.occluded:
                    parts.append(tr("occluded"))
                lines.append(f"{document.objects[object_id].name}: {', '.join(parts)}")
        if len(lines) == 1:
            lines = [tr("Frame {frame}: no masks").format(frame=frame)]
        rows = self.rows()
        if rows is not None:
            lines += describe_span(rows, frame)
        if any(s.frame == frame for s in self.workspace.prelabel.suggestions):
            lines.append(tr("Suggested: a mask here would help most."))
        previews = self.workspace.previews
        if previews is not None and previews.is_awaited(frame):
            lines.append(tr("It takes a moment to show: its copy is yet to be made."))
        accepted = None if bench is None else bench.session.accepted(frame)
        if accepted is not None:
            who = by_whom(accepted.author, accepted.time)
            lines.append(tr("Accepted: {who}").format(who=who))
        lines += map(remark_line, document.remarks.on(frame))
        return "\n".join(lines)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        total = float(max(self.workspace.n_frames, 1))
        at = self.axis.at(event.position().x())
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
