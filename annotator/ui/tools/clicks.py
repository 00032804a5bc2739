"""Tools that hint at an object, by a click or a box, and splitting one."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from annotator.core.morphology import polygon_mask
from annotator.core.types import BACKGROUND, Mask, Stroke
from annotator.ui.i18n import tr
from annotator.ui.tools.machines import Feedback, Machine, Point, Pointer
from annotator.ui.tools.shapes import BoxMachine, TraceMachine
from annotator.ui.tools.tool import Tool
from annotator.ui.workspace import Workspace

_CLICK_RADIUS = 3.0
"""Radius of the scribble that a click becomes, in image pixels."""
_HINT_RADIUS = 1.5
_HINT_MARGIN = 3
"""Of the scribbles that a box becomes: half their width, and how far outside the background is."""


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
            workspace.live.add(workspace.frame, object_id, *self.would(at, object_id))

        workspace.attempt(click)
        return Feedback()

    def would(self, at: Pointer, object_id: int) -> list[Stroke]:
        return [Stroke(0 if at.subtract else object_id, at.point[None], _CLICK_RADIUS)]

    def abort(self) -> Feedback:
        self._down = False
        return Feedback()


class BoxHintMachine(BoxMachine):
    """A box around the object says where it is; the mask comes from scribbles that stand for it.

    Background along the box, an arm's breadth outside, and a cross in its middle half. They can be
    corrected like all scribbles.
    """

    def _drawn(self, ends: NDArray[np.float32], at: Pointer) -> None:
        workspace = self._workspace
        if workspace.bench is None:
            return

        def hint() -> None:
            object_id = workspace.need_object()
            workspace.live.add(workspace.frame, object_id, *self._hints(ends, object_id))

        workspace.attempt(hint)

    def would(self, at: Pointer, object_id: int) -> list[Stroke]:
        ends = self._ends(at)
        return [] if ends is None else self._hints(ends, object_id)

    def _hints(self, ends: NDArray[np.float32], object_id: int) -> list[Stroke]:
        assert self._workspace.document is not None
        label_map = self._workspace.document.label_map(self._workspace.frame)
        others = (label_map != BACKGROUND) & (label_map != object_id)
        return box_strokes(ends, object_id, others)


def box_strokes(ends: NDArray[np.float32], object_id: int, others: Mask) -> list[Stroke]:
    """Scribbles for "the object fills this box".

    Args:
        ends: float32 [2, 2], opposite corners (x, y) in image pixels.
        others: bool [H, W], pixels of other objects, which the background keeps clear of.
    """
    height, width = others.shape
    low = np.clip(ends.min(axis=0), 0, (width - 1, height - 1))
    high = np.clip(ends.max(axis=0), 0, (width - 1, height - 1))
    (cx, cy), (dx, dy) = (low + high) / 2, (high - low) / 4
    cross = ([[cx - dx, cy], [cx + dx, cy]], [[cx, cy - dy], [cx, cy + dy]])
    strokes = [Stroke(object_id, np.array(arm, np.float32), _HINT_RADIUS) for arm in cross]
    x0, y0 = np.floor(np.maximum(low - _HINT_MARGIN, 0)).astype(int)
    x1, y1 = np.ceil(np.minimum(high + _HINT_MARGIN, (width - 1, height - 1))).astype(int)
    along, down = np.arange(x0, x1 + 1), np.arange(y0, y1 + 1)
    sides = (
        [(x, y0) for x in along], [(x1, y) for y in down],
        [(x, y1) for x in along], [(x0, y) for y in down],
    )  # fmt: skip
    for side in sides:
        points = np.array(side, np.float32)
        free = ~others[points[:, 1].astype(int), points[:, 0].astype(int)]
        cuts = np.flatnonzero(np.diff(free.astype(np.int8))) + 1
        for run in np.split(np.arange(len(points)), cuts):
            if free[run[0]]:
                ends_of_run = points[[run[0], run[-1]]]
                strokes.append(Stroke(BACKGROUND, ends_of_run, _HINT_RADIUS))
    return strokes


class RemarkMachine(Machine):
    """A click says where a remark is to point; then the tool from before is in the hand again."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._before = workspace.tool
        self._down = False
        workspace.toolChanged.connect(self._tool_changed)

    def down(self, at: Pointer) -> Feedback:
        self._down = True
        return Feedback()

    def up(self, at: Pointer) -> Feedback:
        workspace, document = self._workspace, self._workspace.document
        if not self._down or document is None:
            return Feedback()
        self._down = False
        x, y = round(at.x), round(at.y)
        width, height = document.size
        if not (0 <= x < width and 0 <= y < height):
            workspace.noticed.emit("info", tr("Click on the picture."), "")
            return Feedback()
        label = int(document.label_map(workspace.frame)[y, x])
        workspace.choose_tool(self._before)
        workspace.review.remarks.point_at((at.x, at.y), label if label in document.objects else 0)
        return Feedback()

    def abort(self) -> Feedback:
        self._down = False
        return Feedback()

    def _tool_changed(self, tool: Tool) -> None:
        if tool is not Tool.REMARK:
            self._before = tool


class SplitMachine(TraceMachine):
    """A click on a part of the chosen object, or a line around it, makes it an object of its own:
    from this frame on, with Ctrl on this frame only."""

    def up(self, at: Pointer) -> Feedback:
        points, self._points = self._points, []
        workspace = self._workspace
        bench = workspace.bench
        if not points or bench is None:
            return Feedback()

        object_id, frame = workspace.object_id, workspace.frame

        def split() -> None:
            region = self._region(bench.document.label_map(frame) == object_id, points)
            made = bench.edit.whole.split(frame, object_id, region, onward=not at.subtract)
            bench.session.when_done(partial(workspace.choose_object, made.id))

        workspace.desk.after_live(partial(workspace.attempt, split))
        return Feedback()

    @staticmethod
    def _region(mask: Mask, points: list[Point]) -> Mask:
        from annotator.core.types import Size
        from annotator.services.editing.regions import part_at  # OpenCV: on first use only

        corners = np.stack(points)
        height, width = mask.shape
        if len(points) >= 3 and np.ptp(corners, axis=0).max() > 3:
            return polygon_mask(corners, Size(width, height))
        x, y = (int(v) for v in np.rint(corners[0]))
        if 0 <= x < width and 0 <= y < height:
            return part_at(mask, x, y)
        return np.zeros_like(mask)
