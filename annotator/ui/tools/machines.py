"""Tools as small state machines: pointer events in, edits out; no model calls, no painting."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import StrokeflowError
from annotator.core.types import Rect, Stroke
from annotator.services.editing.edit import Painting
from annotator.ui.workspace import Workspace

Point = NDArray[np.float32]
"""(x, y) in image coordinates."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer event in image coordinates (pixel centres are whole numbers).

    `pressure` is in (0, 1], 1 for a mouse; `straight` asks for a straight line (shift),
    `subtract` to take away instead of giving (Ctrl). `reach` is how near to a point of the picture
    counts as on it, in image pixels.
    """

    x: float
    y: float
    pressure: float = 1.0
    straight: bool = False
    subtract: bool = False
    reach: float = 3.0

    @property
    def point(self) -> Point:
        return np.array([self.x, self.y], np.float32)


@dataclass(slots=True)
class Feedback:
    """What the canvas shows after an event: dirty pixels, the stroke under the pen, or the outline
    of a region, whose first `corners` points are marked; and how many strokes of a round pen were
    drawn to their end."""

    dirty: Rect | None = None
    trail: list[Point] = field(default_factory=list)
    outline: list[Point] = field(default_factory=list)
    corners: int = 0
    strokes: int = 0


class Machine:
    """down, moves, then up; or abort. A machine answers what it does not know with nothing."""

    @property
    def pending(self) -> bool:
        """Something is begun that goes on after the button was let go."""
        return False

    def down(self, at: Pointer) -> Feedback:
        return Feedback()

    def move(self, at: Pointer) -> Feedback:
        return Feedback()

    def up(self, at: Pointer) -> Feedback:
        return Feedback()

    def hover(self, at: Pointer) -> Feedback:
        """The pointer moves without a button while something is pending."""
        return Feedback()

    def finish(self, at: Pointer) -> Feedback:
        """Enter or a double click."""
        return Feedback()

    def back(self) -> Feedback:
        """Backspace."""
        return Feedback()

    def abort(self) -> Feedback:
        """Esc, another tool or another frame."""
        return Feedback()

    def would(self, at: Pointer, object_id: int) -> list[Stroke]:
        """The strokes that a click, or letting go, at this place would give to live masks, for an
        object of this id."""
        return []


class PaintMachine(Machine):
    """Brush and eraser: pixels change under the pen, one undo step when it is lifted."""

    def __init__(self, workspace: Workspace, *, erase: bool) -> None:
        self._workspace = workspace
        self._erase = erase
        self.painting: Painting | None = None
        self._start: Point | None = None
        self._straight = False

    def down(self, at: Pointer) -> Feedback:
        workspace = self._workspace
        if workspace.bench is None:
            return Feedback()
        try:
            object_id = workspace.need_object(to_erase=self._erase)
            self.painting = workspace.bench.edit.begin_paint(
                workspace.frame,
                object_id,
                workspace.radius * at.pressure,
                erase=self._erase,
                protect=workspace.protect,
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
        if not self._workspace.attempt(painting.commit):
            return Feedback(painting.abort())
        return Feedback(dirty, strokes=1)

    def abort(self) -> Feedback:
        painting, self.painting = self.painting, None
        return Feedback(None if painting is None else painting.abort())


class ScribbleMachine(Machine):
    """Collects one stroke; masks are asked for when the pen is lifted."""

    def __init__(self, workspace: Workspace, *, background: bool) -> None:
        self._workspace = workspace
        self._background = background
        self._trail: list[Point] = []
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

        return Feedback(strokes=int(workspace.attempt(draw)))

    def abort(self) -> Feedback:
        self._trail = []
        return Feedback()
