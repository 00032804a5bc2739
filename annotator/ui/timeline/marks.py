"""Where a frame lies on the timeline, and the marks that are drawn at frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

NOTE_COLOR = QColor(235, 110, 200)
SUGGESTION_COLOR = QColor(40, 170, 220)
LOCK_COLOR = QColor(220, 60, 60)
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000)
"""Frames from one number to the next."""
_NUMBER_PX = 60


@dataclass(frozen=True, slots=True)
class Axis:
    """Frames from `first` on, `shown` of them, over `width` px from `left` on."""

    first: float
    shown: float
    left: float
    width: float

    def x_of(self, frame: float) -> float:
        """Left edge of a frame, px."""
        return self.left + (frame - self.first) / self.shown * self.width

    def at(self, x: float) -> float:
        """The place in the clip, frames, at a pixel."""
        return self.first + (x - self.left) / self.width * self.shown

    def places(self, frames: NDArray[np.int64]) -> list[float]:
        """Where the middles of those frames are that are shown, px, each pixel once."""
        low, high = np.searchsorted(frames, (self.first - 1, self.first + self.shown))
        if low == high:
            return []
        middles = (frames[low:high] + 0.5 - self.first) / self.shown * self.width
        there = np.round(self.left + middles)
        there = there[np.diff(there, prepend=-np.inf) > 0]
        return there[(there >= self.left) & (there <= self.left + self.width)].tolist()


def paint_range(
    painter: QPainter, axis: Axis, span: range, rows: QRectF, veil: QColor, color: QColor
) -> None:
    """Veil what of `rows` lies outside `span`, and mark its ends."""
    left, right = axis.x_of(span.start), axis.x_of(span.stop)
    for first, last in ((rows.left(), left), (right, rows.right())):
        if last > first:
            painter.fillRect(QRectF(first, rows.top(), last - first, rows.height()), veil)
    painter.setPen(QPen(color, 2))
    top, bottom = rows.top() - 3, rows.bottom() + 3
    for x, turn in ((left, 4), (right, -4)):
        if rows.left() <= x <= rows.right() + 1:
            painter.drawLine(QPointF(x, top), QPointF(x, bottom))
            painter.drawLine(QPointF(x, top), QPointF(x + turn, top))
            painter.drawLine(QPointF(x, bottom), QPointF(x + turn, bottom))


def paint_keys(
    painter: QPainter, axis: Axis, keys: NDArray[np.int64], y: float, color: QColor
) -> None:
    """A dot on every key frame; none where they would only blur."""
    places = axis.places(keys)
    if len(places) <= axis.width / 4:
        _fill(painter, color, smooth=True)
        for x in places:
            painter.drawEllipse(QRectF(x - 2, y - 2, 4, 4))


def paint_governors(
    painter: QPainter, axis: Axis, keys: NDArray[np.int64], row: QRectF, color: QColor
) -> None:
    """Key frames of the chosen object, with arrows towards what they govern."""
    places, middle = axis.places(keys), row.center().y()
    if len(places) > axis.width / 6:
        return
    _fill(painter, color, smooth=True)
    for x in places:
        for turn in (-1, 1):
            tip = QPointF(x + turn * 6, middle)
            painter.drawPolygon(
                QPolygonF([QPointF(x + turn, row.top()), tip, QPointF(x + turn, row.bottom())])
            )


def paint_flags(
    painter: QPainter,
    axis: Axis,
    frames: NDArray[np.int64],
    bottom: float,
    height: float,
    color: QColor,
) -> None:
    """A small box on every one of some frames."""
    _fill(painter, color, smooth=False)
    for x in axis.places(frames):
        painter.drawRect(QRectF(x - 2, bottom - height, 4, height))


def paint_suggestions(painter: QPainter, axis: Axis, frames: Sequence[int], y: float) -> None:
    """A diamond above every frame that is worth a mask; the best one, the first, is larger."""
    _fill(painter, SUGGESTION_COLOR, smooth=True)
    for rank, frame in enumerate(frames):
        size = 5.5 if rank == 0 else 4
        for x in axis.places(np.array([frame], np.int64)):
            corners = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def paint_numbers(painter: QPainter, axis: Axis, baseline: float, color: QColor) -> None:
    """Numbers of frames, as many as there is room for."""
    painter.setPen(color)
    wide = (step for step in _STEPS if step / axis.shown * axis.width >= _NUMBER_PX)
    step = next(wide, _STEPS[-1])
    first = int(np.ceil(axis.first / step) * step)
    for frame in range(first, int(np.ceil(axis.first + axis.shown)), step):
        painter.drawText(QPoint(round(axis.x_of(frame)), round(baseline)), str(frame))


def _fill(painter: QPainter, color: QColor, *, smooth: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
