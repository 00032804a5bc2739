"""Label maps as pictures: colours by a table, any rectangle at a time."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF
from PySide6.QtGui import QImage

from annotator.core.objects import ObjectInfo
from annotator.core.raster import bounding_rect
from annotator.core.types import VOID, LabelMap, Rect, Size
from annotator.services.runs.requests import GONE
from annotator.ui.canvas.display import OverlayMode

LOST = (240, 82, 79)
"""Colour of what would be taken away: that of background scribbles."""
_ENOUGH = 1 << 20
"""Pixels of a picture of changes at most."""
_SHORT_RUN = 12
"""Runs of fewer pixels than this, on average, are not worth filling one by one."""


def color_table(
    objects: Iterable[ObjectInfo], opacity: float, selected: int = 0
) -> NDArray[np.uint32]:
    """uint32 [256] premultiplied ARGB by label; hidden objects and background are clear.

    The selected object is a little denser, so that one sees whose mask the pen changes.
    """
    table = np.zeros(256, np.uint32)
    for info in objects:
        if info.visible:
            alpha = min(1.0, opacity * (1.25 if info.id == selected else 1.0))
            table[info.id] = premultiplied(info.color, alpha)
    table[VOID] = premultiplied((255, 255, 255), 0.35)
    return table


def mode_tables(
    mode: OverlayMode, objects: Iterable[ObjectInfo], opacity: float, selected: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Tables for the inside and for the outline in an overlay mode."""
    listed = list(objects)
    nothing = np.zeros(256, np.uint32)
    if mode is OverlayMode.IMAGE:
        return nothing, nothing
    line = color_table(listed, 1.0)
    if mode is OverlayMode.CONTOUR:
        return nothing, line
    if mode is OverlayMode.FADE:
        # Everything but the shown objects sinks into the dark; they keep their own colours.
        fade = np.full(256, premultiplied((0, 0, 0), min(1.0, 0.25 + opacity)), np.uint32)
        fade[[info.id for info in listed if info.visible]] = 0
        return fade, line
    return color_table(listed, opacity, selected), line


def premultiplied(color: tuple[int, int, int], alpha: float) -> int:
    """A colour (0..255 per channel) of some opacity as premultiplied ARGB."""
    red, green, blue = (round(channel * alpha) for channel in color)
    return round(alpha * 255) << 24 | red << 16 | green << 8 | blue


class MaskPicture:
    """A picture of a label map (fill and outline) that repaints only the rectangles that changed.

    `image` is QImage ARGB32 premultiplied, sharing `_pixels`; all of it outside `content` is clear.
    """

    def __init__(self, width: int, height: int) -> None:
        self._pixels = np.zeros((height, width), np.uint32)
        self.image = QImage(
            self._pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied
        )
        self.content = Rect(0, 0, 0, 0)
        self._fill = np.zeros(256, np.uint32)
        self._line = np.zeros(256, np.uint32)

    def set_colors(self, fill: NDArray[np.uint32], line: NDArray[np.uint32]) -> None:
        """Tables of `color_table` for the inside and for the outline."""
        self._fill, self._line = fill, line

    def paint(self, label_map: LabelMap, rect: Rect | None = None) -> Rect:
        """Redraw from a label map inside `rect` (all without one); returns what was redrawn."""
        height, width = self._pixels.shape
        size = Size(width, height)
        if rect is None:
            there = Rect(0, 0, *size) if self._fill[0] else bounding_rect(label_map)
            area, self.content = self.content.union(there), there
        else:
            # A changed pixel changes the outline of its neighbours too.
            area = grown(rect).clip(size)
            if not area.empty:
                self.content = self.content.union(area)
        if not area.empty:
            # What lies beside the area decides on the outline along its border.
            around = grown(area).clip(size)
            inside = Rect(*np.subtract(area, (around.x0, around.y0) * 2).tolist())
            self._pixels[area.slices] = self._colored(label_map[around.slices])[inside.slices]
        return area

    def _colored(self, part: LabelMap) -> NDArray[np.uint32]:
        """uint32 [h, w]. Labels come in long runs along the rows: filling those is several times
        faster than looking up every pixel, and their ends are the outline."""
        flat, width = part.ravel(), part.shape[1]
        ends = np.flatnonzero(flat[1:] != flat[:-1])
        starts = np.append(0, ends + 1)
        if len(starts) * _SHORT_RUN < len(flat):
            out = np.repeat(self._fill[flat[starts]], np.diff(np.append(starts, len(flat))))
        else:
            out = self._fill[flat]
        ends = ends[(ends + 1) % width != 0]
        above = np.flatnonzero(flat[width:] != flat[:-width])
        outline = np.concatenate((ends, ends + 1, above, above + width))
        labels = flat[outline]
        out[outline[labels != 0]] = self._line[labels[labels != 0]]
        return out.reshape(part.shape)


def change_tables(objects: Iterable[ObjectInfo]) -> NDArray[np.uint32]:
    """uint32 [3, 256] premultiplied ARGB for `ChangePicture`: between stripes, stripes, outline.

    What a hidden object would get or lose is not shown.
    """
    shown = list(objects)
    tables = np.stack([color_table(shown, strength) for strength in (0.2, 0.75, 1.0)])
    tables[:, GONE] = premultiplied(LOST, 1.0)
    tables[0, GONE] = premultiplied((0, 0, 0), 0.55)
    return tables


class ChangePicture:
    """What masks would become, striped so that nobody takes it for one: pixels that an object would
    get in its colour, those that would be nobody's in red, with stripes the other way.

    Args:
        change: uint8 [h, w], 0 where nothing changes; see `Prospect`.
        rect: where that is on the frame.
        tables: of `change_tables`.
        stripe: width of the stripes, px of the frame.
    """

    def __init__(
        self, change: LabelMap, rect: Rect, tables: NDArray[np.uint32], stripe: float
    ) -> None:
        self.rect = rect
        # More pixels than a screen has would only take time.
        self._step = max(1, math.ceil(math.sqrt(change.size / _ENOUGH)))
        part = change[:: self._step, :: self._step]
        height, width = part.shape
        x, y = (np.arange(n, dtype=np.int32) * self._step for n in (width, height))
        across = max(round(stripe), 2, self._step)
        rising = (y[:, None] + x) // across & 1
        falling = (y[:, None] - x) // across & 1
        which = np.where(part == GONE, falling, rising)
        which[1:][part[1:] != part[:-1]] = 2
        which[:, 1:][part[:, 1:] != part[:, :-1]] = 2
        self._pixels = tables[which, part]
        self.image = QImage(
            self._pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied
        )

    def part(self, source: QRect) -> tuple[QRect, QRectF]:
        """What lies in a rectangle of the frame: pixels of the frame, and those of `image`."""
        x0, y0, x1, y1 = self.rect
        there = QRect(x0, y0, x1 - x0, y1 - y0).intersected(source)
        corner = QPointF(there.x() - x0, there.y() - y0) / self._step
        return there, QRectF(corner, QSizeF(there.size()) / self._step)


def grown(rect: Rect) -> Rect:
    """One pixel more on every side."""
    return Rect(rect.x0 - 1, rect.y0 - 1, rect.x1 + 1, rect.y1 + 1)
