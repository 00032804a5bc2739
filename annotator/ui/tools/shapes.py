"""Tools that give whole regions to the chosen object: lasso, polygon, box and fill.

With Ctrl held they take the region away instead.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from annotator.core.morphology import box_mask, polygon_mask
from annotator.core.types import Mask, Size
from annotator.ui.tools.machines import Feedback, Machine, Point, Pointer
from annotator.ui.workspace import Workspace

_TOLERANCE = 24
"""Difference from the clicked colour that the fill tool takes along, of 255."""


def apply_region(
    workspace: Workspace, region: Callable[[Size], Mask], at: Pointer, title: str
) -> None:
    """Fill (or with Ctrl, erase) a region of the current frame; a refusal becomes a notice."""
    bench = workspace.bench
    if bench is None:
        return

    def act() -> None:
        object_id = workspace.need_object(to_erase=at.subtract)
        bench.edit.masks.fill(
            workspace.frame, object_id, region(bench.document.size),
            erase=at.subtract, protect=workspace.protect,
            title=f"{title}: erase" if at.subtract else title,
        )  # fmt: skip

    workspace.attempt(act)


class TraceMachine(Machine):
    """Collects the line that is drawn while the button is down."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._points: list[Point] = []

    def down(self, at: Pointer) -> Feedback:
        self._points = [at.point]
        return Feedback(outline=self._points)

    def move(self, at: Pointer) -> Feedback:
        if self._points and np.abs(at.point - self._points[-1]).max() >= 0.5:
            self._points.append(at.point)
        return Feedback(outline=self._points)

    def abort(self) -> Feedback:
        self._points = []
        return Feedback()


class LassoMachine(TraceMachine):
    """A region drawn freehand; it closes by itself when the button is let go."""

    def up(self, at: Pointer) -> Feedback:
        points, self._points = self._points, []
        if len(points) >= 3:
            corners = np.stack(points)
            apply_region(self._workspace, lambda size: polygon_mask(corners, size), at, "Lasso")
        return Feedback()


class BoxMachine(Machine):
    """A rectangle from corner to corner."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._start: Point | None = None

    def down(self, at: Pointer) -> Feedback:
        self._start = at.point
        return Feedback(outline=self._corners(at))

    def move(self, at: Pointer) -> Feedback:
        return Feedback(outline=self._corners(at))

    def up(self, at: Pointer) -> Feedback:
        ends, self._start = self._ends(at), None
        if ends is not None:
            self._drawn(ends, at)
        return Feedback()

    def _ends(self, at: Pointer) -> NDArray[np.float32] | None:
        """float32 [2, 2], the corners of a box that ends here; None where there is none."""
        if self._start is None or np.abs(at.point - self._start).min() < 1:
            return None
        return np.stack([self._start, at.point])

    def _drawn(self, ends: NDArray[np.float32], at: Pointer) -> None:
        """The box is done: `ends` float32 [2, 2], two opposite corners (x, y)."""
        apply_region(self._workspace, lambda size: box_mask(ends, size), at, "Box")

    def abort(self) -> Feedback:
        self._start = None
        return Feedback()

    def _corners(self, at: Pointer) -> list[Point]:
        if self._start is None:
            return []
        (x0, y0), (x1, y1) = self._start, at.point
        return [np.array(c, np.float32) for c in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]


class PolygonMachine(Machine):
    """Corners by clicks; each can be dragged until the polygon is closed (first corner, double
    click or Enter). Backspace takes the last corner back."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._points: list[Point] = []
        self._held: int | None = None
        self._closing = False

    @property
    def pending(self) -> bool:
        return bool(self._points)

    def down(self, at: Pointer) -> Feedback:
        near = [i for i, p in enumerate(self._points) if np.abs(p - at.point).max() <= at.reach]
        # A click on the first corner closes; dragging it only moves it.
        self._closing = near[:1] == [0] and len(self._points) >= 3
        if near:
            self._held = near[0]
        else:
            self._points.append(at.point)
            self._held = len(self._points) - 1
        return self._show()

    def move(self, at: Pointer) -> Feedback:
        if self._held is not None:
            if np.abs(self._points[self._held] - at.point).max() > at.reach:
                self._closing = False
            if not self._closing:
                self._points[self._held] = at.point
        return self._show()

    def up(self, at: Pointer) -> Feedback:
        self._held = None
        return self.finish(at) if self._closing else self._show()

    def hover(self, at: Pointer) -> Feedback:
        if not self._points:
            return Feedback()
        return Feedback(outline=[*self._points, at.point], corners=len(self._points))

    def finish(self, at: Pointer) -> Feedback:
        points, self._points = self._points, []
        self._held, self._closing = None, False
        if len(points) >= 3:
            corners: NDArray[np.float32] = np.stack(points)
            apply_region(self._workspace, lambda size: polygon_mask(corners, size), at, "Polygon")
        return Feedback()

    def back(self) -> Feedback:
        if self._points:
            self._points.pop()
        # The corner under the pen may be the one that is gone.
        self._held, self._closing = None, False
        return self._show()

    def abort(self) -> Feedback:
        self._points, self._held, self._closing = [], None, False
        return Feedback()

    def _show(self) -> Feedback:
        return Feedback(outline=list(self._points), corners=len(self._points))


class FillMachine(Machine):
    """A click closes a hole, or takes the connected pixels of like colour."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def up(self, at: Pointer) -> Feedback:
        workspace = self._workspace
        document, reader = workspace.document, workspace.reader
        if document is None:
            return Feedback()
        x, y = round(at.x), round(at.y)
        if not (0 <= x < document.size.width and 0 <= y < document.size.height):
            return Feedback()
        label_map = document.label_map(workspace.frame)
        image = None if reader is None else reader.peek(workspace.frame)

        def region(_size: Size) -> Mask:
            from annotator.services.editing.regions import (
                clicked_region,  # OpenCV: on first use only
            )

            return clicked_region(label_map, image, x, y, _TOLERANCE)

        apply_region(workspace, region, at, "Fill")
        return Feedback()
