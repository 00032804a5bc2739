"""Tools of single clicks: object or background at a point, and splitting an object."""

from __future__ import annotations

import numpy as np

from annotator.core.morphology import polygon_mask
from annotator.core.types import Mask, Stroke
from annotator.ui.shape_tools import TraceMachine
from annotator.ui.tools import Feedback, Machine, Point, Pointer
from annotator.ui.workspace import Workspace

_CLICK_RADIUS = 3.0
"""Radius of the scribble that a click becomes, in image pixels."""


class ClickMachine(Machine):
    """A click says "this is the object"; with Ctrl or the right button, "this is not".

    It is a scribble of one point and takes the same way to a mask.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._down = False

    def down(self, at: Pointer) -> Feedback:
        self._down = True
        return Feedback()

    def up(self, at: Pointer) -> Feedback:
        if not self._down or self._workspace.bench is None:
            return Feedback()
        self._down = False
        workspace = self._workspace

        def click() -> None:
            object_id = workspace.need_object()
            owner = 0 if at.subtract else object_id
            stroke = Stroke(owner, at.point[None], _CLICK_RADIUS)
            workspace.live.add(workspace.frame, object_id, stroke)

        workspace.attempt(click)
        return Feedback()

    def abort(self) -> Feedback:
        self._down = False
        return Feedback()


class SplitMachine(TraceMachine):
    """A click on a part of the chosen object, or a line around it, makes it an object of its own:
    from this frame on, with Ctrl on this frame only."""

    def up(self, at: Pointer) -> Feedback:
        points, self._points = self._points, []
        workspace = self._workspace
        bench = workspace.bench
        if not points or bench is None:
            return Feedback()

        def split() -> None:
            object_id, frame = workspace.need_object(), workspace.frame
            region = self._region(bench.document.label_map(frame) == object_id, points)
            made = bench.edit.whole.split(frame, object_id, region, onward=not at.subtract)
            workspace.choose_object(made.id)

        workspace.attempt(split)
        return Feedback()

    @staticmethod
    def _region(mask: Mask, points: list[Point]) -> Mask:
        from annotator.core.types import Size
        from annotator.services.regions import part_at  # OpenCV: on first use only

        corners = np.stack(points)
        height, width = mask.shape
        if len(points) >= 3 and np.ptp(corners, axis=0).max() > 3:
            return polygon_mask(corners, Size(width, height))
        x, y = (int(v) for v in np.rint(corners[0]))
        if 0 <= x < width and 0 <= y < height:
            return part_at(mask, x, y)
        return np.zeros_like(mask)
