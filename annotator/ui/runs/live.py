"""Live scribbles: masks follow the pen while the person goes on drawing, or goes elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from annotator.core.errors import RunError, StrokeflowError
from annotator.core.types import LabelMap, Stroke
from annotator.io.codec import decode_label_map
from annotator.jobs.base import Job, JobState
from annotator.services.runs.requests import StoredResult
from annotator.ui.canvas.click_preview import ClickPreview
from annotator.ui.i18n import tr

if TYPE_CHECKING:
    from annotator.ui.workspace import Workspace


@dataclass(slots=True)
class _Pending:
    """Strokes of one frame that are not stored yet; the first `asked` are being computed.

    `step`: undo step of the masks that the job gave so far; 0 before. `base`: the frame's label map
    when they were asked for.
    """

    strokes: list[Stroke] = field(default_factory=list)
    object_id: int = 0
    asked: int = 0
    job: Job | None = None
    step: int = 0
    base: LabelMap | None = None


class LiveScribbles:
    """Strokes on their way to masks, per frame.

    A stroke is stored together with its mask as one undo step. Strokes drawn while a mask is
    computed join the next turn. If no mask can be made, the strokes are stored alone: they are a
    person's work. Where a network can make the mask better, it does so a moment later, within the
    same undo step, unless the person has gone on by then.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pending: dict[int, _Pending] = {}
        self.click_preview = ClickPreview(workspace)
        self.enabled = True
        """Compute masks while the person draws; else only the strokes are kept."""

    @property
    def busy(self) -> bool:
        return bool(self._pending)

    def strokes(self, frame: int) -> tuple[Stroke, ...]:
        """Strokes of the frame that are not stored yet."""
        pending = self._pending.get(frame)
        return () if pending is None else tuple(pending.strokes)

    def add(self, frame: int, object_id: int, *strokes: Stroke) -> None:
        """Strokes were drawn for (or against) an object; those of one call go together."""
        self.click_preview.hide()
        pending = self._pending.setdefault(frame, _Pending())
        pending.strokes.extend(strokes)
        pending.object_id = object_id
        self._workspace.strokePreview.emit()
        if not self.enabled:
            self._store(frame)
        elif pending.job is None:
            self._ask(frame)
        elif pending.step:
            # The pen is not to wait for what only makes the last mask better.
            self._workspace.host.runner.cancel(pending.job)

    def drop(self, frame: int) -> bool:
        """Forget the unstored strokes of a frame (Esc, undo); False if there are none."""
        pending = self._pending.pop(frame, None)
        if pending is None:
            return False
        if pending.job is not None:
            self._workspace.host.runner.cancel(pending.job)
        self._workspace.strokePreview.emit()
        return bool(pending.strokes)

    def store_all(self) -> None:
        """Keep every stroke now, without waiting for masks (a run starts, the project closes)."""
        for frame in list(self._pending):
            pending = self._pending[frame]
            if pending.job is not None:
                self._workspace.host.runner.cancel(pending.job)
            self._store(frame)

    def _ask(self, frame: int) -> None:
        pending = self._pending[frame]
        pending.asked, pending.step = len(pending.strokes), 0
        assert self._workspace.bench is not None
        masks = self._workspace.bench.inference.live
        order = masks.order(frame, tuple(pending.strokes), pending.object_id)
        pending.base = np.array(self._workspace.bench.document.label_map(frame))
        # Of a click that came where its mask was seen before, the first mask is there already.
        known = self.click_preview.known(order)

        def start() -> None:
            pending.job = masks.scribble(
                order,
                lambda result: self._take(frame, pending, result),
                lambda job: self._ended(frame, pending, job),
                known=known is not None,
            )

        if not self._workspace.attempt(start):
            self._store(frame)
        elif known is not None:
            self._take(frame, pending, known)

    def _take(self, frame: int, pending: _Pending, result: StoredResult) -> None:
        bench = self._workspace.bench
        if self._pending.get(frame) is not pending or bench is None:
            return  # dropped or stored meanwhile
        label_map = decode_label_map(result.label_map)
        if pending.step:
            step = pending.step
            self._workspace.attempt(
                lambda: bench.edit.improve_scribble(step, frame, label_map, result.quality)
            )
            return
        if bench.document.cell(frame, pending.object_id).protected:
            # What the person painted after the scribble lies on its mask.
            now = bench.document.label_map(frame)
            label_map = np.where(now != pending.base, now, label_map)
        done = pending.strokes[: pending.asked]
        del pending.strokes[: pending.asked]
        before = bench.session.undo_step
        if self._workspace.attempt(
            lambda: bench.edit.scribble(frame, done, label_map, result.quality)
        ):
            newest = bench.session.undo_step
            if newest is None or newest == before:
                self.drop(frame)  # the object was taken away meanwhile
            else:
                pending.step = newest.id

    def _ended(self, frame: int, pending: _Pending, job: Job) -> None:
        if self._pending.get(frame) is not pending:
            return
        pending.job = None
        if job.state is JobState.FAILED:
            self._store(frame)
            error = job.error
            told = (
                error if isinstance(error, StrokeflowError) else RunError(tr("No mask was made."))
            )
            self._workspace.noticed.emit("error", told.message, told.hint)
        elif pending.strokes:
            self._ask(frame)
        else:
            del self._pending[frame]
        self._workspace.strokePreview.emit()

    def _store(self, frame: int) -> None:
        pending = self._pending.pop(frame)
        bench = self._workspace.bench
        if pending.strokes and bench is not None:
            self._workspace.attempt(lambda: bench.edit.add_strokes(frame, pending.strokes))
        self._workspace.strokePreview.emit()
