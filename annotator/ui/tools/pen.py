"""The pen over the canvas: which tool answers, and what it shows while it is at it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt

from annotator.core.types import Rect, Stroke
from annotator.services.editing.edit import Painting
from annotator.ui.canvas.view import View
from annotator.ui.tools.clicks import BoxHintMachine, ClickMachine, RemarkMachine, SplitMachine
from annotator.ui.tools.machines import (
    Feedback,
    Machine,
    PaintMachine,
    Point,
    Pointer,
    ScribbleMachine,
)
from annotator.ui.tools.shapes import BoxMachine, FillMachine, LassoMachine, PolygonMachine
from annotator.ui.tools.tool import Tool
from annotator.ui.workspace import Workspace

ROUND = (Tool.SCRIBBLE, Tool.BACKGROUND, Tool.BRUSH, Tool.ERASER)
"""Tools whose size is the pen's."""
HINTING = (Tool.CLICK, Tool.HINT)
"""Tools whose masks can be seen before the button is let go."""
_NEAR_PX = 8
"""How near to a corner the pointer must be to take hold of it, screen pixels."""


def pointer_at(
    view: View, place: QPointF, keys: Qt.KeyboardModifier, pressure: float = 1.0
) -> Pointer:
    """A place on the canvas, px, as a pointer event of the picture."""
    x, y = view.to_image(place.x(), place.y())
    return Pointer(
        x,
        y,
        pressure,
        straight=bool(keys & Qt.KeyboardModifier.ShiftModifier),
        subtract=bool(keys & Qt.KeyboardModifier.ControlModifier),
        reach=_NEAR_PX / view.scale,
    )


class Pen:
    """Hands pointer events to the machine of the chosen tool.

    Args:
        repaint: called where masks are to be shown anew (None: everywhere).
        update: called when trail or outline changed.
    """

    def __init__(
        self,
        workspace: Workspace,
        repaint: Callable[[Rect | None], None],
        update: Callable[[], None],
    ) -> None:
        self.workspace = workspace
        self._repaint = repaint
        self._update = update
        self._machines: dict[Tool, Machine] = {
            Tool.SCRIBBLE: ScribbleMachine(workspace, background=False),
            Tool.BACKGROUND: ScribbleMachine(workspace, background=True),
            Tool.BRUSH: PaintMachine(workspace, erase=False),
            Tool.ERASER: PaintMachine(workspace, erase=True),
            Tool.LASSO: LassoMachine(workspace),
            Tool.POLYGON: PolygonMachine(workspace),
            Tool.BOX: BoxMachine(workspace),
            Tool.FILL: FillMachine(workspace),
            Tool.CLICK: ClickMachine(workspace),
            Tool.HINT: BoxHintMachine(workspace),
            Tool.SPLIT: SplitMachine(workspace),
            Tool.REMARK: RemarkMachine(workspace),
        }
        self._machine: Machine | None = self._machines.get(workspace.tool)
        self.drawing = False
        self.trail: list[Point] = []
        self.outline: list[Point] = []
        self.corners = 0
        workspace.toolChanged.connect(self._tool_changed)
        workspace.frameChanged.connect(lambda _: self.abort())

    @property
    def pending(self) -> bool:
        """A polygon waits for its next corner."""
        return self._machine is not None and self._machine.pending

    @property
    def painting(self) -> Painting | None:
        """The stroke of brush or eraser under way."""
        return self._machine.painting if isinstance(self._machine, PaintMachine) else None

    def renew(self) -> None:
        """The masks of the frame changed, maybe under the pen."""
        if self.painting is not None:
            self.painting.renew()

    def would(self, at: Pointer, object_id: int) -> list[Stroke]:
        """What the chosen tool would hint at here; see `Machine.would`."""
        return [] if self._machine is None else self._machine.would(at, object_id)

    def down(self, at: Pointer) -> None:
        if self._machine is not None:
            self.drawing = True
            if self.workspace.reader is not None:
                self.workspace.reader.hold()
            if self.workspace.effort is not None:
                self.workspace.effort.hold()
            self._show(self._machine.down(at))
            self.workspace.note_effort(clicks=1)

    def move(self, at: Pointer) -> None:
        if self._machine is not None and self.drawing:
            self._show(self._machine.move(at))
        elif self._machine is not None and self.pending:
            self._show(self._machine.hover(at))

    def up(self, at: Pointer) -> None:
        if self._machine is not None and self.drawing:
            self.drawing = False
            done = self._machine.up(at)
            self._show(done)
            self.workspace.note_effort(strokes=done.strokes)
            self._settle()

    def finish(self, at: Pointer) -> None:
        if self._machine is not None and self.pending:
            self.drawing = False
            self._show(self._machine.finish(at))
            self._settle()

    def back(self) -> None:
        if self._machine is not None:
            self._show(self._machine.back())
            self._settle()

    def abort(self) -> bool:
        """Drop what is under the pen; False if there was nothing."""
        if self._machine is None or not (self.drawing or self.pending):
            return False
        self.drawing = False
        self._machine.abort()
        self._show(Feedback())
        self._repaint(None)
        self._settle()
        return True

    def _tool_changed(self, tool: Tool) -> None:
        self.abort()
        self._machine = self._machines.get(tool)

    def _settle(self) -> None:
        """The pen is up. What a figure has cost is known when nothing of it is left to draw."""
        if self.workspace.reader is not None:
            self.workspace.reader.go_on()
        if self.workspace.effort is not None and not (self.drawing or self.pending):
            self.workspace.effort.settle()

    def _show(self, feedback: Feedback) -> None:
        """Repaint what a tool says it changed."""
        if feedback.trail or self.trail or feedback.outline or self.outline:
            self.trail = list(feedback.trail) if self.drawing else []
            self.outline, self.corners = feedback.outline, feedback.corners
            self._update()
        if feedback.dirty is None or feedback.dirty.empty:
            return
        self._repaint(feedback.dirty)
