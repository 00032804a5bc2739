"""What a click would make of the masks, asked for while the pointer rests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from annotator.core.errors import StrokeflowError
from annotator.core.objects import ObjectInfo
from annotator.core.types import LabelMap, Rect, Stroke
from annotator.io.codec import decode_label_map
from annotator.jobs.base import Job, JobState
from annotator.services.runs.requests import Prospect, ScribbleFrame, StoredResult

if TYPE_CHECKING:
    from annotator.core.document import ChangeSet
    from annotator.ui.tools.machines import Pointer
    from annotator.ui.workspace import Workspace

REST_MS = 80
"""How long a pointer lies still when it rests: between two pixels of a slow move it is less."""

Would = Callable[["Pointer", int], list[Stroke]]
"""The strokes that a tool would give to live masks at a place, for an object of this id."""


@dataclass(frozen=True, slots=True)
class Change:
    """Where masks would change.

    Attributes:
        at: the place of the pointer that it holds for.
        rect: of the frame, maybe empty.
        pixels: uint8 of its size; see `Prospect`.
        made: the object that would be made first, None where there is one.
    """

    at: Pointer
    rect: Rect
    pixels: LabelMap
    made: ObjectInfo | None

    def reaches(self, to: Pointer) -> bool:
        """Whether it may stay while the pointer goes on to a place: near by, and as much inside
        what would change as where it began."""
        return _near(self.at, to) and self._becomes(to) == self._becomes(self.at)

    def _becomes(self, at: Pointer) -> int:
        x, y = round(at.x) - self.rect.x0, round(at.y) - self.rect.y0
        height, width = self.pixels.shape
        return int(self.pixels[y, x]) if 0 <= x < width and 0 <= y < height else 0


def _near(one: Pointer, other: Pointer) -> bool:
    away = max(abs(one.x - other.x), abs(one.y - other.y))
    return one.subtract == other.subtract and away <= other.reach


@dataclass(slots=True)
class _Question:
    """An order under way; `wanted` ends when its answer would come too late."""

    order: ScribbleFrame
    at: Pointer
    made: ObjectInfo | None
    job: Job | None = None
    wanted: bool = True


class ClickPreview(QObject):
    """Asks for masks that nobody drew, one at a time, where the pointer rests; nothing is stored.

    Signals:
        changed: what is to be shown is another change now, or none.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._enabled = True
        self.change: Change | None = None
        """What is to be shown."""
        self._at: Pointer | None = None
        self._would: Would | None = None
        self._question: _Question | None = None
        self._answer: tuple[ScribbleFrame, StoredResult, Change] | None = None
        self._broken = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._rest)
        for signal in (workspace.frameChanged, workspace.toolChanged):
            signal.connect(lambda _: self.drop())
        for left in (workspace.projectChanged, workspace.closing):
            left.connect(self._leave)
        workspace.changed.connect(self._document_changed)
        workspace.objectChanged.connect(lambda _: self._renew())

    @property
    def busy(self) -> bool:
        """A question is under way."""
        return self._question is not None

    def enable(self, on: bool) -> None:
        """Switch it on or off."""
        self._enabled = on
        if not on:
            self.drop()

    # -- the pointer

    def moved(self, at: Pointer, would: Would) -> None:
        """The pointer is here, with a tool that hints at an object."""
        self._at, self._would = at, would
        if self.change is not None and not self.change.reaches(at):
            self._show(None)
        if self._question is not None and not _near(self._question.at, at):
            self._cancel()
        self._timer.start()

    def turned(self, subtract: bool) -> None:
        """Ctrl was pressed or let go where the pointer is."""
        if self._at is None or self._at.subtract == subtract:
            return
        self._at = replace(self._at, subtract=subtract)
        if not self._timer.isActive():
            self._show(None)
            self._rest()

    def hide(self) -> None:
        """Show nothing until the pointer moves again."""
        self._at = None
        self._timer.stop()
        self._show(None)
        self._cancel()

    def drop(self) -> None:
        """As `hide`, and forget what was found."""
        self.hide()
        self._answer = None

    # -- what it is good for

    def known(self, order: ScribbleFrame) -> StoredResult | None:
        """The masks for an order, where they are what was shown last: the click came there."""
        if self._answer is None or not self._answer[0].same_as(order):
            return None
        return self._answer[1]

    # -- inner

    def _leave(self) -> None:
        self.drop()
        self._broken = False

    def _document_changed(self, changed: ChangeSet) -> None:
        frame = self._workspace.frame
        if changed.everything or changed.objects or frame in changed.frames:
            self._renew()

    def _renew(self) -> None:
        """Masks are not what they were: what is shown does not hold any more."""
        self._show(None)
        self._cancel()
        if self._at is not None:
            self._timer.start()

    def _show(self, change: Change | None) -> None:
        if change is not self.change:
            self.change = change
            self.changed.emit()

    def _cancel(self) -> None:
        question = self._question
        if question is not None and question.wanted:
            question.wanted = False
            if question.job is not None:
                self._workspace.host.runner.cancel(question.job)

    def _rest(self) -> None:
        """The pointer lies still: show what is known for this place, or ask."""
        at = self._at
        if at is None:
            return
        if self._workspace.live.busy:
            self._timer.start()  # what was really drawn goes first
            return
        try:
            found = self._order(at)
            if found is None:
                self._show(None)
                return
            order, made = found
            if self._answer is not None and self._answer[0].same_as(order):
                self._show(self._answer[2])
            elif self._question is None:
                self._ask(_Question(order, at, made))
            elif not self._question.order.same_as(order):
                self._cancel()  # its end asks again
        except StrokeflowError:
            self._broken = True  # a click tells why

    def _order(self, at: Pointer) -> tuple[ScribbleFrame, ObjectInfo | None] | None:
        """What to ask for here, and the object that a click would make; None for nothing."""
        workspace = self._workspace
        bench = workspace.bench
        if bench is None or self._would is None or not self._allowed():
            return None
        object_id, made = workspace.object_id, None
        if object_id not in bench.document.objects:
            made = bench.session.new_object()
            object_id = made.id
        strokes = tuple(self._would(at, object_id))
        if not strokes or bench.document.is_locked(workspace.frame, object_id):
            return None
        return bench.inference.live.order(workspace.frame, strokes, object_id), made

    def _allowed(self) -> bool:
        """Whether a click here would make a mask at once."""
        workspace = self._workspace
        bench = workspace.bench
        return (
            self._enabled
            and workspace.live.enabled
            and not self._broken
            and workspace.reader is not None
            and bench is not None
            and not bench.session.read_only
        )

    def _ask(self, question: _Question) -> None:
        assert self._workspace.bench is not None
        self._question = question
        try:
            question.job = self._workspace.bench.inference.live.foresee(
                question.order, lambda found: self._take(question, found), self._ended
            )
        except StrokeflowError:
            self._question = None
            raise

    def _take(self, question: _Question, found: Prospect) -> None:
        if not question.wanted:
            return
        empty = np.zeros((0, 0), np.uint8)
        pixels = empty if found.rect.empty else decode_label_map(found.change)
        change = Change(question.at, found.rect, pixels, question.made)
        self._answer = question.order, found.result, change
        if self._at is not None and change.reaches(self._at):
            self._show(change)

    def _ended(self, job: Job) -> None:
        self._question = None
        # Whatever it is, it would be the same for the next place.
        self._broken = self._broken or job.state is JobState.FAILED
        if self._at is not None and not self._timer.isActive():
            self._rest()
