"""What a click would do, shown on the canvas while the pointer rests; see `ClickPreview`."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from annotator.ui.canvas.click_preview import Change
from annotator.ui.canvas.display import OverlayMode
from annotator.ui.canvas.overlay import ChangePicture, change_tables
from annotator.ui.canvas.stack import LayerStack
from annotator.ui.canvas.view import View
from annotator.ui.tools.machines import Pointer
from annotator.ui.tools.pen import HINTING, Pen
from annotator.ui.workspace import Workspace

_STRIPE_PX = 5
"""Width of the stripes on the screen."""


class Hover:
    """Tells `ClickPreview` of the pointer over a canvas, and puts what it found among the layers.

    Args:
        update: called with the part of the canvas, px, that looks different now.
    """

    def __init__(
        self,
        canvas: QWidget,
        workspace: Workspace,
        stack: LayerStack,
        view: View,
        pen: Pen,
        update: Callable[[QRect], None],
    ) -> None:
        self._canvas, self._workspace = canvas, workspace
        self._stack, self._view, self._pen = stack, view, pen
        self._update = update
        self._click_preview = workspace.live.click_preview
        self._click_preview.changed.connect(self._changed)

    def moved(self, at: Pointer, *, here: bool) -> None:
        """The pointer moved; `here`: over the picture of the frame itself, ready to be clicked."""
        if self._workspace.tool not in HINTING:
            return
        seen = self._stack.look.mode is not OverlayMode.IMAGE and self._canvas.isActiveWindow()
        if here and seen and (self._inside(at) or self._pen.drawing):
            self._click_preview.moved(at, self._pen.would)
        else:
            self._click_preview.hide()

    def _inside(self, at: Pointer) -> bool:
        size, x, y = self._stack.size, round(at.x), round(at.y)
        return size is not None and 0 <= x < size.width and 0 <= y < size.height

    def turned(self, subtract: bool) -> None:
        """Ctrl was pressed or let go."""
        self._click_preview.turned(subtract)

    def drop(self) -> None:
        """The pointer is gone, or what it was up to is done."""
        self._click_preview.drop()

    def _changed(self) -> None:
        before = self._stack.change
        self._stack.change = self._picture(self._click_preview.change)
        for picture in (before, self._stack.change):
            if picture is not None:
                self._update(self._view.to_screen_rect(picture.rect))

    def _picture(self, change: Change | None) -> ChangePicture | None:
        document, look = self._workspace.document, self._stack.look
        if change is None or change.rect.empty or document is None:
            return None
        objects = [*document.objects.values(), *([] if change.made is None else [change.made])]
        chosen = self._workspace.object_id if change.made is None else change.made.id
        shown = [info for info in objects if not look.solo or info.id == chosen]
        stripe = _STRIPE_PX / self._view.scale
        return ChangePicture(change.pixels, change.rect, change_tables(shown), stripe)
