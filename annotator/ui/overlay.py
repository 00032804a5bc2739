"""Label maps as pictures: colours by a table, any rectangle at a time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from annotator.core.objects import ObjectInfo
from annotator.core.types import VOID, LabelMap, Rect
from annotator.ui.look import OverlayMode


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

    `image` is QImage ARGB32 premultiplied, sharing `_pixels`.
    """

    def __init__(self, width: int, height: int) -> None:
        self._pixels = np.zeros((height, width), np.uint32)
        self.image = QImage(
            self._pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied
        )
        self._fill = np.zeros(256, np.uint32)
        self._line = np.zeros(256, np.uint32)

    def set_colors(self, fill: NDArray[np.uint32], line: NDArray[np.uint32]) -> None:
        """Tables of `color_table` for the inside and for the outline."""
        self._fill, self._line = fill, line

    def paint(self, label_map: LabelMap, rect: Rect | None = None) -> Rect:
        """Redraw from a label map inside `rect` (all without one); returns what was redrawn."""
        height, width = self._pixels.shape
        area = Rect(0, 0, width, height)
        if rect is not None:
            # A changed pixel changes the outline of its neighbours too.
            area = Rect(
                max(rect.x0 - 1, 0), max(rect.y0 - 1, 0),
                min(rect.x1 + 1, width), min(rect.y1 + 1, height),
            )  # fmt: skip
        if area.empty:
            return area
        part = label_map[area.slices]
        self._pixels[area.slices] = self._fill[part]
        edge = np.zeros(part.shape, bool)
        across = part[:, 1:] != part[:, :-1]
        down = part[1:] != part[:-1]
        edge[:, 1:] |= across
        edge[:, :-1] |= across
        edge[1:] |= down
        edge[:-1] |= down
        edge &= part != 0
        self._pixels[area.slices][edge] = self._line[part[edge]]
        return area
