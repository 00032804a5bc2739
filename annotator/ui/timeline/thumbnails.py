"""Small pictures of the clip along the timeline, drawn as they become available."""

from __future__ import annotations

import time
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from annotator.ui.workspace import Workspace

READY_COLOR = QColor(60, 190, 110)
_LINE = 2
_KEPT = 256
_BUDGET_S = 0.01
"""Time for decoding in one turn of the event loop; what is left comes in the next ones."""


class ThumbnailRow:
    """Paints one picture per stretch of the timeline, and asks for those that are missing.

    The pictures are the small copies of `Previews`; the row keeps `_KEPT` of them at most.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self.late = False
        """Some were left out of what was painted last: paint again."""
        self._until = 0.0

    def clear(self) -> None:
        """Another clip is open."""
        self._kept.clear()

    def paint(self, painter: QPainter, row: QRectF, first: float, shown: float) -> None:
        """Fill `row` with the frames from `first` on, `shown` of them."""
        document, previews = self._workspace.document, self._workspace.previews
        self.late, self._until = False, time.perf_counter() + _BUDGET_S
        painter.fillRect(row, QColor(110, 110, 110, 40))
        if document is None or previews is None or shown <= 0:
            return
        width = row.height() * document.size.width / document.size.height
        slots = max(round(row.width() / max(width, 8.0)), 1)
        step = row.width() / slots
        middles = first + (np.arange(slots) + 0.5) / slots * shown
        frames = np.minimum(middles.astype(np.int64), document.n_frames - 1)
        found = previews.store.nearest_to_each(frames)
        near = np.zeros(slots, bool)
        if len(found):
            near = np.abs(found - frames) <= max(shown / slots / 2, 0.5)
        for slot in np.flatnonzero(near).tolist():
            place = QRectF(row.x() + slot * step, row.y(), step, row.height())
            self._draw(painter, int(found[slot]), place)
        if not near.all():
            previews.want(frames[~near].tolist())
        copied = previews.copied
        if copied is not None and not copied.all():
            self._draw_ready(painter, row, np.flatnonzero(copied), first, shown)

    def _draw_ready(
        self,
        painter: QPainter,
        row: QRectF,
        ready: NDArray[np.int64],
        first: float,
        shown: float,
    ) -> None:
        """A line under the frames that are shown at once, `ready`, while others are not."""
        columns = np.arange(max(round(row.width()), 1))
        edges = first + np.append(columns, len(columns)) / len(columns) * shown
        there = np.diff(np.searchsorted(ready, edges)) > 0
        if shown < len(columns):
            # A frame is wider than a column: the one that the column lies in counts.
            there = np.isin(edges[:-1].astype(np.int64), ready)
        turns = np.flatnonzero(np.diff(there, prepend=False, append=False))
        for left, right in turns.reshape(-1, 2):
            line = QRectF(row.x() + left, row.bottom() - _LINE, right - left, _LINE)
            painter.fillRect(line, READY_COLOR)

    def _draw(self, painter: QPainter, frame: int, place: QRectF) -> None:
        pixmap = self._pixmap(frame)
        if pixmap is None:
            return
        # Cut to the slot, not squeezed: faces must stay faces.
        wanted = place.width() / place.height()
        width, height = pixmap.width(), pixmap.height()
        if width / height > wanted:
            part = QRectF((width - height * wanted) / 2, 0, height * wanted, height)
        else:
            part = QRectF(0, (height - width / wanted) / 2, width, width / wanted)
        painter.drawPixmap(place.adjusted(0, 0, -1, 0), pixmap, part)

    def _pixmap(self, frame: int) -> QPixmap | None:
        if frame in self._kept:
            self._kept.move_to_end(frame)
            return self._kept[frame]
        if time.perf_counter() > self._until:
            self.late = True
            return None
        previews = self._workspace.previews
        image = None if previews is None else previews.thumbnail(frame)
        if image is None:
            return None
        height, width = image.shape[:2]
        borrowed = QImage(image.data, width, height, width * 3, QImage.Format.Format_RGB888)
        pixmap = self._kept[frame] = QPixmap.fromImage(borrowed)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return pixmap
