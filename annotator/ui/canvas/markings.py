"""What a person has under the pen, and the strokes of a frame, over its picture and masks."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter

from annotator.core.types import Stroke
from annotator.ui.canvas.computed_overlays import ComputedOverlay
from annotator.ui.canvas.layers import paint_outline, paint_pen, paint_stroke
from annotator.ui.canvas.stack import paint_badge
from annotator.ui.canvas.view import View
from annotator.ui.i18n import tr
from annotator.ui.tools.pen import ROUND, Pen
from annotator.ui.tools.tool import Tool
from annotator.ui.workspace import Workspace


class Markings:
    """Paints the strokes, the shape that is being drawn and the circle of the pen."""

    def __init__(self, workspace: Workspace, view: View, pen: Pen) -> None:
        self._workspace, self._view, self._pen = workspace, view, pen

    def paint(self, painter: QPainter, frame: int, pointer: QPointF | None) -> None:
        """Of a frame; `pointer` is where the pen would draw, None where it would not."""
        workspace, pen = self._workspace, self._pen
        self._paint_strokes(painter, frame)
        if pen.outline:
            color = self._color(workspace.object_id) or QColor("white")
            paint_outline(painter, self._view, pen.outline, pen.corners, color)
        if pointer is not None and workspace.tool in ROUND:
            paint_pen(painter, pointer, max(workspace.radius * self._view.scale, 1.5))

    def paint_badge(
        self, painter: QPainter, standing_in: int, special: ComputedOverlay | None
    ) -> None:
        """Say that this is not the frame itself: what is on the screen must never lie."""
        if standing_in < 0:
            if special is not None and special.remark:
                paint_badge(painter, special.remark, QPointF(10, 10))
            return
        near = standing_in != self._workspace.frame
        until = tr("Frame {frame}, until this one is there").format(frame=standing_in)
        text = until if near else tr("Preview")
        paint_badge(painter, text, QPointF(10, 10))

    def _paint_strokes(self, painter: QPainter, frame: int) -> None:
        document = self._workspace.document
        if document is None:
            return
        shown = [(stroke, 0.55) for stroke in document.strokes(frame)]
        shown += [(stroke, 0.9) for stroke in self._workspace.live.strokes(frame)]
        if self._pen.trail:
            background = self._workspace.tool is Tool.BACKGROUND
            owner = 0 if background else self._workspace.object_id
            shown.append((Stroke(owner, np.stack(self._pen.trail), self._workspace.radius), 0.9))
        for stroke, opacity in shown:
            color = None if stroke.object_id == 0 else self._color(stroke.object_id)
            paint_stroke(painter, self._view, stroke, color, opacity)

    def _color(self, object_id: int) -> QColor | None:
        document = self._workspace.document
        if document is None or object_id not in document.objects:
            return None
        return QColor(*document.objects[object_id].color)
