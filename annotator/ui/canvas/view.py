"""Where the image lies on the canvas: scale and offset, and the way between both spaces."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QRectF

from annotator.core.types import Rect, Size

MIN_SCALE = 0.02
MAX_SCALE = 64.0

Sight = tuple[float, float, float]
"""Scale, and the image point in the middle of the canvas."""


class View:
    """screen = (image + 0.5) * scale + offset, since (0, 0) is the centre of the first pixel."""

    def __init__(self) -> None:
        self.scale = 1.0
        self._x = 0.0
        self._y = 0.0

    def fit(self, width: int, height: int, room_x: int, room_y: int) -> None:
        """Centre an image of `width` x `height` in a room, with a small margin."""
        margin = 12
        self.scale = max(min((room_x - margin) / width, (room_y - margin) / height), MIN_SCALE)
        self._x = (room_x - width * self.scale) / 2
        self._y = (room_y - height * self.scale) / 2

    def zoom(self, factor: float, x: float, y: float) -> None:
        """Scale about a screen point, which stays over the same image point."""
        scale = min(max(self.scale * factor, MIN_SCALE), MAX_SCALE)
        factor = scale / self.scale
        self._x = x - (x - self._x) * factor
        self._y = y - (y - self._y) * factor
        self.scale = scale

    def sight(self, room_x: int, room_y: int) -> Sight:
        """What a room of this size shows."""
        return self.scale, *self.to_image(room_x / 2, room_y / 2)

    def see(self, sight: Sight | None, size: Size, room_x: int, room_y: int) -> None:
        """Show this in a room, or the whole of an image of `size`."""
        if sight is None:
            self.fit(*size, room_x, room_y)
            return
        self.scale = min(max(sight[0], MIN_SCALE), MAX_SCALE)
        self._x = room_x / 2 - (sight[1] + 0.5) * self.scale
        self._y = room_y / 2 - (sight[2] + 0.5) * self.scale

    def pan(self, dx: float, dy: float) -> None:
        self._x += dx
        self._y += dy

    def to_image(self, x: float, y: float) -> tuple[float, float]:
        return (x - self._x) / self.scale - 0.5, (y - self._y) / self.scale - 0.5

    def to_screen(self, x: float, y: float) -> QPointF:
        return self.corner(x + 0.5, y + 0.5)

    def corner(self, x: float, y: float) -> QPointF:
        """Screen point of a pixel corner (0, 0 = top left of the image)."""
        return QPointF(x * self.scale + self._x, y * self.scale + self._y)

    def to_screen_rectf(self, rect: QRect) -> QRectF:
        return QRectF(
            self.corner(rect.x(), rect.y()),
            self.corner(rect.x() + rect.width(), rect.y() + rect.height()),
        )

    def to_screen_rect(self, rect: Rect) -> QRect:
        """Screen rectangle that surely covers the image rectangle, interpolation included."""
        first, last = self.corner(rect.x0 - 1, rect.y0 - 1), self.corner(rect.x1 + 1, rect.y1 + 1)
        return QRectF(first, last).toAlignedRect()

    def to_image_rect(self, rect: QRect, width: int, height: int) -> QRect:
        """Image pixels that surely cover a screen rectangle, clipped to the image."""
        x0 = math.floor((rect.left() - self._x) / self.scale) - 1
        y0 = math.floor((rect.top() - self._y) / self.scale) - 1
        x1 = math.ceil((rect.right() + 1 - self._x) / self.scale) + 1
        y1 = math.ceil((rect.bottom() + 1 - self._y) / self.scale) + 1
        x0, y0 = max(x0, 0), max(y0, 0)
        return QRect(x0, y0, max(min(x1, width) - x0, 0), max(min(y1, height) - y0, 0))
