"""Overlays that need more than the frame's label map: what changed, how sure, how opaque."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from annotator.core.types import LabelMap, Mask, Rect, Size, SoftMap
from annotator.ui.canvas.display import OverlayMode
from annotator.ui.canvas.overlay import premultiplied
from annotator.ui.i18n import tr
from annotator.ui.workspace import Workspace

SPECIAL = (OverlayMode.DIFFERENCE, OverlayMode.HEAT, OverlayMode.MATTE)
_ADDED = premultiplied((60, 220, 90), 0.65)
_REMOVED = premultiplied((255, 60, 60), 0.65)
_CHANGED = premultiplied((250, 210, 40), 0.65)
_KEPT = premultiplied((255, 255, 255), 0.15)


def difference(before: LabelMap, now: LabelMap) -> NDArray[np.uint32]:
    """uint32 [h, w] premultiplied ARGB: green what was added, red what was taken away, yellow what
    went to another object, a veil over what stayed."""
    kept = (before == now) & (now > 0)
    return np.where(kept, np.uint32(_KEPT), changed_pixels(before, now))


def changed_pixels(before: LabelMap, now: LabelMap) -> NDArray[np.uint32]:
    """As `difference`, and clear where nothing changed."""
    picture = np.zeros(now.shape, np.uint32)
    other = before != now
    picture[other] = _CHANGED
    picture[other & (before == 0)] = _ADDED
    picture[other & (now == 0)] = _REMOVED
    return picture


def heat(soft: SoftMap) -> NDArray[np.uint32]:
    """uint32 [h, w] premultiplied ARGB: clear where the map is sure, red over yellow to white where
    it is undecided (value 0.5)."""
    unsure = 1 - np.abs(2 * soft - 1)
    ramp = np.linspace(0, 1, 256)
    red, green, blue = (np.clip(3 * ramp - i, 0, 1) for i in range(3))
    alpha = np.clip(1.6 * ramp, 0, 0.85)
    table = np.rint(alpha * 255).astype(np.uint32) << np.uint32(24)
    for channel, shift in ((red, 16), (green, 8), (blue, 0)):
        table |= np.rint(channel * alpha * 255).astype(np.uint32) << np.uint32(shift)
    return np.asarray(table[np.rint(unsure * 255).astype(np.uint8)], np.uint32)


def matte(mask: Mask, soft: SoftMap | None) -> NDArray[np.uint32]:
    """uint32 [h, w] opaque ARGB: the alpha matte, white where the objects are; `soft` gives the
    greys in between where it is known."""
    value = mask.astype(np.float32) if soft is None else soft
    level = np.rint(value * 255).astype(np.uint32)
    white = level << np.uint32(16) | level << np.uint32(8) | level
    return np.asarray(white | np.uint32(0xFF000000), np.uint32)


class ComputedOverlay:
    """The overlay of one frame in one of the modes `SPECIAL`; repaints only what changed."""

    def __init__(self, workspace: Workspace, size: Size) -> None:
        self._workspace = workspace
        self._mode = OverlayMode.DIFFERENCE
        self._pixels = np.zeros(size.shape, np.uint32)
        self._before: LabelMap | None = None
        self._soft: SoftMap | None = None
        self._shown = np.zeros(256, bool)
        self.remark = ""
        """What the person should know about it, "" for nothing."""
        self.image = QImage(
            self._pixels.data, *size, size.width * 4, QImage.Format.Format_ARGB32_Premultiplied
        )

    def load(self, mode: OverlayMode, frame: int, objects: list[int]) -> None:
        """Get what the mode needs to show a frame; only `objects` count."""
        self._mode, self.remark = mode, ""
        self._before = self._soft = None
        self._shown[:] = False
        self._shown[objects] = True
        bench = self._workspace.bench
        if bench is None:
            return
        if mode is OverlayMode.DIFFERENCE:
            self._before = bench.session.previous_label(frame)
            if self._before is None:
                self.remark = tr("No earlier version of this frame")
            return
        maps = [bench.session.soft(frame, object_id) for object_id in objects]
        known = [soft for soft in maps if soft is not None]
        if known:
            self._soft = np.maximum.reduce(known)
        elif mode is OverlayMode.HEAT:
            self.remark = tr("No soft map on this frame: its masks are hard")

    def paint(self, label_map: LabelMap, rect: Rect | None = None) -> Rect:
        """Redraw from a label map inside `rect` (all without one); returns what was redrawn."""
        height, width = self._pixels.shape
        area = Rect(0, 0, width, height) if rect is None else rect.clip(Size(width, height))
        if area.empty:
            return area
        now = label_map[area.slices]
        soft = None if self._soft is None else self._soft[area.slices]
        if self._mode is OverlayMode.MATTE:
            part = matte(self._shown[now], soft)
        elif self._mode is OverlayMode.HEAT:
            part = np.zeros(now.shape, np.uint32) if soft is None else heat(soft)
        else:
            before = now if self._before is None else self._before[area.slices]
            part = difference(before, now)
        self._pixels[area.slices] = part
        return area
