"""Tools as small state machines: pointer events in, edits out; no model calls, no painting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import StrokeflowError
from annotator.core.types import Rect, Stroke
from annotator.services.edit import Painting
from annotator.ui.workspace import Tool, Workspace


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer event in image coordinates (pixel centres are whole numbers).

    `pressure` is in (0, 1], 1 for a mouse; `straight` asks for a straight line (shift).
    """

    x: float
    y: float
    pressure: float = 1.0
    straight: bool = False

    @property
    def point(self) -> NDArray[np.float32]:
        return np.array([self.x, self.y], np.float32)


@dataclass(slots=True)
class Feedback:
    """What the canvas shows after an event: dirty pixels and the stroke under the pen."""

    dirty: Rect | None = None
    trail: list[NDArray[np.float32]] = field(default_factory=list)


class ToolMachine(Protocol):
    """down, moves, then up or abort."""

    def down(self, at: Pointer) -> Feedback: ...

    def move(self, at: Pointer) -> Feedback: ...

    def up(self, at: Pointer) -> Feedback: ...

    def abort(self) -> Feedback: ...


class PaintMachine:
    """Brush and eraser: pixels change under the pen, one undo step when it is lifted."""

    def __init__(self, workspace: Workspace, *, erase: bool) -> None:
        self._workspace = workspace
        self._erase = erase
        self.painting: Painting | None = None
        self._start: NDArray[np.float32] | None = None
        self._straight = False

    def down(self, at: Pointer) -> Feedback:
        workspace = self._workspace
        if workspace.bench is None:
            return Feedback()
        try:
            object_id = workspace.need_object()
            self.painting = workspace.bench.edit.begin_paint(
                workspace.frame, object_id, workspace.radius * at.pressure, erase=self._erase
            )
        except StrokeflowError as error:
            workspace.noticed.emit("error", error.message, error.hint)
            return Feedback()
        self._start = at.point
        self._straight = at.straight
        if self._straight:
            return Feedback(trail=[at.point])
        return Feedback(self.painting.extend(at.point[None]))

    def move(self, at: Pointer) -> Feedback:
        if self.painting is None:
            return Feedback()
        if self._straight:
            assert self._start is not None
            return Feedback(trail=[self._start, at.point])
        self.painting.radius = max(0.5, self._workspace.radius * at.pressure)
        return Feedback(self.painting.extend(at.point[None]))

    def up(self, at: Pointer) -> Feedback:
        painting, self.painting = self.painting, None
        if painting is None:
            return Feedback()
        dirty = None
        if self._straight and self._start is not None:
            dirty = painting.extend(np.stack([self._start, at.point]))
        self._workspace.attempt(painting.commit)
        return Feedback(dirty)

    def abort(self) -> Feedback:
        painting, self.painting = self.painting, None
        return Feedback(None if painting is None else painting.abort())


class ScribbleMachine:
    """Collects one stroke; masks are asked for when the pen is lifted."""

    def __init__(self, workspace: Workspace, *, background: bool) -> None:
        self._workspace = workspace
        self._background = background
        self._trail: list[NDArray[np.float32]] = []
        self._straight = False

    def down(self, at: Pointer) -> Feedback:
        if self._workspace.bench is None:
            return Feedback()
        self._straight = at.straight
        self._trail = [at.point]
        return Feedback(trail=self._trail)

    def move(self, at: Pointer) -> Feedback:
        if not self._trail:
            return Feedback()
        if self._straight:
            self._trail = [self._trail[0], at.point]
        elif np.abs(at.point - self._trail[-1]).max() >= 0.5:
            self._trail.append(at.point)
        return Feedback(trail=self._trail)

    def up(self, at: Pointer) -> Feedback:
        self.move(at)
        trail, self._trail = self._trail, []
        if not trail:
            return Feedback()
        workspace = self._workspace

        def draw() -> None:
            object_id = workspace.need_object()
            owner = 0 if self._background else object_id
            stroke = Stroke(owner, np.stack(trail), workspace.radius)
            workspace.live.add(workspace.frame, object_id, stroke)

        workspace.attempt(draw)
        return Feedback()

    def abort(self) -> Feedback:
        self._trail = []
        return Feedback()


def make_tools(workspace: Workspace) -> dict[Tool, ToolMachine]:
    """A machine for every tool that draws (panning belongs to the canvas)."""
    return {
        Tool.SCRIBBLE: ScribbleMachine(workspace, background=False),
        Tool.BACKGROUND: ScribbleMachine(workspace, background=True),
        Tool.BRUSH: PaintMachine(workspace, erase=False),
        Tool.ERASER: PaintMachine(workspace, erase=True),
    }
