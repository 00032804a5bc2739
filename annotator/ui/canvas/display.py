"""How the canvas shows things: overlay mode, opacity, tone. For viewing only."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from annotator.core.types import Image
from annotator.ui.i18n import QT_TR_NOOP


class OverlayMode(Enum):
    """What of the masks is drawn; the value is what the person reads, in English."""

    MASK = QT_TR_NOOP("Masks")
    CONTOUR = QT_TR_NOOP("Contours")
    FADE = QT_TR_NOOP("Fade background")
    MATTE = QT_TR_NOOP("Alpha matte")
    DIFFERENCE = QT_TR_NOOP("Difference to before")
    HEAT = QT_TR_NOOP("Uncertainty")
    IMAGE = QT_TR_NOOP("Picture only")


class DisplaySettings(QObject):
    """Settings of the canvas.

    Signals:
        changed: masks are drawn in another way.
        toneChanged: the picture is drawn in another way.
    """

    changed = Signal()
    toneChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mode = OverlayMode.MASK
        self.opacity = 0.45
        self.onion = False
        self.pins = True
        """Remarks that point to a place are shown there."""
        self.solo = False
        """Only the chosen object's masks are shown."""
        self.brightness = 0
        self.contrast = 0
        self.gamma = 0
        self._before = OverlayMode.MASK
        self._table: NDArray[np.uint8] | None = None

    def set_mode(self, mode: OverlayMode) -> None:
        if mode is not self.mode:
            self.mode = mode
            self.changed.emit()

    def next_mode(self) -> None:
        modes = list(OverlayMode)
        self.set_mode(modes[(modes.index(self.mode) + 1) % len(modes)])

    def toggle_masks(self) -> None:
        """The picture alone, and back to what was shown before."""
        if self.mode is OverlayMode.IMAGE:
            self.set_mode(self._before)
        else:
            self._before = self.mode
            self.set_mode(OverlayMode.IMAGE)

    def set_opacity(self, opacity: float) -> None:
        self.opacity = opacity
        self.changed.emit()

    def set_onion(self, on: bool) -> None:
        """Show the contours of the frames before and after."""
        self.onion = on
        self.changed.emit()

    def set_pins(self, on: bool) -> None:
        """Show where remarks point to."""
        self.pins = on
        self.changed.emit()

    def set_solo(self, on: bool) -> None:
        """Show the chosen object's masks only."""
        self.solo = on
        self.changed.emit()

    def set_tone(self, *, brightness: int, contrast: int, gamma: int) -> None:
        """Each -100..100, 0 leaves the picture as it is."""
        self.brightness, self.contrast, self.gamma = brightness, contrast, gamma
        self._table = tone_table(brightness, contrast, gamma)
        self.toneChanged.emit()

    def toned(self, image: Image) -> Image:
        """The picture as it shall look, uint8 [H, W, 3]."""
        if self._table is None:
            return image
        import cv2  # loaded with the first picture, not with the window

        return np.ascontiguousarray(cv2.LUT(image, self._table))


def tone_table(brightness: int, contrast: int, gamma: int) -> NDArray[np.uint8] | None:
    """uint8 [256] that gives each channel its new value; None where nothing changes.

    Gamma first (it opens the shadows), then contrast about the middle, then brightness.
    """
    if not (brightness or contrast or gamma):
        return None
    value = np.linspace(0, 1, 256) ** (2.0 ** (-gamma / 50))
    value = (value - 0.5) * 2.0 ** (contrast / 50) + 0.5 + brightness / 200
    return np.rint(np.clip(value, 0, 1) * 255).astype(np.uint8)
