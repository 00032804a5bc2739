"""What lies over picture and masks: strokes, outlines, pixel grid and the pen. Pure painting."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from annotator.core.types import Stroke
from annotator.ui.canvas.view import View
from annotator.ui.icons import BAD
from annotator.ui.tools.machines import Point

_GRID_FROM = 12
"""Screen pixels per image pixel from which the grid is shown."""


def paint_grid(painter: QPainter, view: View, source: QRect) -> None:
    """Lines between the pixels of `source`, where they are large enough."""
    if view.scale < _GRID_FROM:
        return
    painter.setPen(QPen(QColor(128, 128, 128, 90), 0))
    top, bottom = source.top(), source.bottom() + 1
    left, right = source.left(), source.right() + 1
    for x in range(left, right + 1):
        painter.drawLine(view.corner(x, top), view.corner(x, bottom))
    for y in range(top, bottom + 1):
        painter.drawLine(view.corner(left, y), view.corner(right, y))


def paint_stroke(
    painter: QPainter, view: View, stroke: Stroke, color: QColor | None, opacity: float
) -> None:
    """A scribble; without a colour it is background: red with a dotted line."""
    path = QPainterPath(view.to_screen(*map(float, stroke.points[0])))
    for x, y in stroke.points[1:].tolist():
        path.lineTo(view.to_screen(x, y))
    if len(stroke.points) == 1:
        path.lineTo(path.currentPosition() + QPointF(0.01, 0))
    tint = QColor(BAD) if color is None else QColor(color)
    width = max(2.0, 2 * stroke.radius * view.scale)
    edge = QColor(0, 0, 0, round(120 * opacity))
    round_ = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(edge, width + 2, Qt.PenStyle.SolidLine, *round_))
    painter.drawPath(path)
    tint.setAlphaF(opacity)
    painter.setPen(QPen(tint, width, Qt.PenStyle.SolidLine, *round_))
    painter.drawPath(path)
    if color is None:  # told apart by more than colour
        painter.setPen(QPen(QColor(255, 255, 255, 200), max(1.0, width / 5), Qt.PenStyle.DotLine))
        painter.drawPath(path)


def paint_outline(
    painter: QPainter, view: View, points: Sequence[Point], corners: int, color: QColor
) -> None:
    """A region being drawn: its outline closed, its first `corners` points as handles."""
    spots = [view.to_screen(float(x), float(y)) for x, y in points]
    painter.setBrush(QColor(color.red(), color.green(), color.blue(), 60))
    for line in (QPen(QColor(0, 0, 0, 170), 3), QPen(QColor("white"), 1.5)):
        painter.setPen(line)
        painter.drawPolygon(QPolygonF(spots))
    painter.setBrush(color)
    painter.setPen(QPen(QColor("white"), 1.5))
    for at in spots[:corners]:
        painter.drawRect(QRectF(at.x() - 4, at.y() - 4, 8, 8))


def paint_pen(painter: QPainter, at: QPointF, radius: float) -> None:
    """The circle that the pen will draw, on any background."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, grow in ((QColor(0, 0, 0, 160), 1.0), (QColor(255, 255, 255, 220), 0.0)):
        painter.setPen(QPen(color, 1))
        painter.drawEllipse(at, radius + grow, radius + grow)
