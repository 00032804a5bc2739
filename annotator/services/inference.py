"""Runs: a frozen plan goes to the runner, results come back frame by frame into one undo step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from annotator.backends.registry import BackendCard, BackendRegistry
from annotator.core.changes import Change, SetCells, SetLabel, SetSoft
from annotator.core.errors import RequestError
from annotator.core.raster import merge_labels
from annotator.core.types import Cell, Provenance, Stroke
from annotator.io.codec import decode_label_map, decode_soft_map
from annotator.io.media import MediaRef
from annotator.jobs.base import Job, JobState, Runner
from annotator.services.planning import FillPlan, plan_fill, plan_scribbles, scribble_frame
from annotator.services.requests import FillTask, ScribbleFrame, ScribbleTask, StoredResult
from annotator.services.session import RunStep, Session

BACKLOG_LIMIT = 24


@dataclass(slots=True)
class Run:
    """A run under way or over.

    `stale` counts frames whose result was dropped because a person changed them meanwhile;
    `frames` is how many it set out to fill, `filled` how many it wrote.
    """

    id: int
    task: str
    title: str
    backend: str
    frames: int
    job: Job | None = None
    filled: int = 0
    stale: int = 0
    on_end: list[Callable[[Run], None]] = field(default_factory=list)

    @property
    def state(self) -> JobState:
        return JobState.QUEUED if self.job is None else self.job.state


class RunRecord(msgspec.Struct, frozen=True):
    """A run as the project remembers it, to be taken up again after a crash."""

    task: str
    backend: str
    frames: tuple[int, ...]
    objects: tuple[int, ...]
    direction: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A run that did not end: the process died or the application was killed."""

    id: int
    record: RunRecord


class InferenceService:
    """Starts runs on the session's project and writes what comes back."""

    def __init__(
        self, session: Session, media: MediaRef, runner: Runner, registry: BackendRegistry
    ) -> None:
        self.session = session
        self.media = media
        self.runner = runner
        self.registry = registry

    # -- starting

    def fill(
        self,
        task: str,
        *,
        backend: str | None = None,
        frames: range | None = None,
        objects: Iterable[int] | None = None,
        direction: str = "both",
    ) -> Run:
        """Start `propagate` or `interpolate`. Raises RequestError before anything starts."""
        card = self.registry.resolve(task, backend)
        plan = plan_fill(self.session.document, task, frames, objects, direction)
        return self._start_fill(task, card, plan)

    def saliency(
        self,
        *,
        backend: str | None = None,
        frames: range | None = None,
        objects: Iterable[int] | None = None,
    ) -> Run:
        """Start masks from the stored scribbles. Raises RequestError before anything starts."""
        card = self.registry.resolve("saliency", backend)
        orders = plan_scribbles(self.session.document, frames, objects)
        run = Run(0, "saliency", "Scribbles to masks", card.id, len(orders))
        step = self.session.begin_run(run.title)
        covered = {order.frame: frozenset(order.objects) for order in orders}
        self._submit(
            run,
            step,
            "annotator.services.tasks:segment",
            ScribbleTask(self.media, card.factories["saliency"], orders),
            lambda result: covered[result.frame],
        )
        return run

    def warm_up(self) -> None:
        """Start the worker, its scribble backend and its reader, so that the first mask is quick.

        An order without frames does it; there is nothing to tell, whatever becomes of it.
        """
        card = self.registry.resolve("saliency")
        self.runner.submit(
            "Warm up",
            "annotator.services.tasks:segment",
            ScribbleTask(self.media, card.factories["saliency"], ()),
            on_result=lambda _result: None,
            on_end=lambda _job: None,
            quick=True,
        )

    def live_scribble(
        self,
        frame: int,
        strokes: tuple[Stroke, ...],
        object_id: int,
        on_result: Callable[[StoredResult], None],
        on_end: Callable[[Job], None],
    ) -> Job:
        """Masks for strokes that are not stored yet; the result is only handed to `on_result`.

        The caller decides what becomes of it (`EditService.scribble`).
        """
        document = self.session.document
        card = self.registry.resolve("saliency")
        touched = {object_id, *(s.object_id for s in strokes)} - {0}
        touched |= {s.object_id for s in document.strokes(frame)} - {0}
        objects = sorted(
            o for o in touched if o in document.objects and not document.cell(frame, o).locked
        )
        order: ScribbleFrame = scribble_frame(document, frame, objects, strokes)
        task = ScribbleTask(self.media, card.factories["saliency"], (order,))
        return self.runner.submit(
            "Scribble",
            "annotator.services.tasks:segment",
            task,
            on_result=on_result,
            on_end=on_end,
            quick=True,
        )

    def _start_fill(self, task: str, card: BackendCard, plan: FillPlan) -> Run:
        verb = {"propagate": "Propagate", "interpolate": "Fill between key frames"}[task]
        run = Run(0, task, f"{verb}: {len(plan.frames)} frames", card.id, len(plan.frames))
        step = self.session.begin_run(run.title)
        run.id = self._remember(RunRecord(task, card.id, plan.frames, plan.objects, plan.direction))
        order = FillTask(
            self.media,
            card.factories[task],
            plan.frames,
            plan.keys,
            plan.objects,
            plan.direction,
        )
        self._submit(
            run,
            step,
            "annotator.services.tasks:fill",
            order,
            lambda result: self._fillable(plan, result.frame),
        )
        return run

    def _fillable(self, plan: FillPlan, frame: int) -> frozenset[int]:
        """Objects that this run may fill on a frame; a mask from strokes is a reference."""
        document = self.session.document
        return frozenset(
            o for o in plan.objects if plan.covers(frame, o) and not document.is_reference(frame, o)
        )

    def _submit(
        self,
        run: Run,
        step: RunStep,
        task: str,
        request: Any,
        covered: Callable[[StoredResult], frozenset[int]],
    ) -> None:
        def on_result(result: StoredResult) -> None:
            store = self.session.store
            if store.trouble is not None and store.backlog > BACKLOG_LIMIT:
                # The disk refuses: more results would only fill the memory.
                assert run.job is not None
                self.runner.cancel(run.job)
                return
            changes = self._changes(result, covered(result), run.backend)
            if step.append(result.frame, changes):
                run.filled += 1
            run.stale = len(step.skipped)
            self._wait_for_room()

        def on_end(job: Job) -> None:
            step.end()
            # A dead worker leaves the record: the run can be resumed, also after a restart.
            if run.id and not job.died:
                self._forget(run.id)
            for listener in run.on_end:
                listener(run)

        run.job = self.runner.submit(run.title, task, request, on_result=on_result, on_end=on_end)

    # -- results

    def _changes(self, result: StoredResult, covered: frozenset[int], backend: str) -> list[Change]:
        """Law 1: only cells that no person made, imported or locked are written."""
        document = self.session.document
        computed = [o for o in result.quality if o in covered and o in document.objects]
        writable = document.writable(result.frame, computed)
        if not writable:
            return []
        label_map = merge_labels(
            document.label_map(result.frame), decode_label_map(result.label_map), writable
        )
        cells = {
            o: Cell(Provenance.MODEL, False, result.quality[o], backend) for o in sorted(writable)
        }
        changes: list[Change] = [SetLabel(result.frame, label_map), SetCells(result.frame, cells)]
        changes += [
            SetSoft(result.frame, o, decode_soft_map(data))
            for o, data in result.soft.items()
            if o in writable
        ]
        return changes

    def _wait_for_room(self) -> None:
        """Results may come faster than the disk takes them; memory stays flat by waiting."""
        if self.session.store.backlog > BACKLOG_LIMIT and self.session.store.trouble is None:
            self.session.flush()

    # -- resuming

    def interrupted(self) -> list[Interrupted]:
        """Runs of this project that did not end, oldest first."""
        return [
            Interrupted(key, msgspec.msgpack.decode(data, type=RunRecord))
            for key, data in self.session.store.open_runs()
        ]

    def resume(self, interrupted: Interrupted) -> Run:
        """Start an interrupted run again for the frames that it had not reached."""
        record = interrupted.record
        document = self.session.document
        missing = [
            frame
            for frame in record.frames
            if any(
                document.cell(frame, o).provenance is Provenance.NONE
                for o in record.objects
                if o in document.objects
            )
        ]
        self._forget(interrupted.id)
        if not missing:
            raise RequestError("That run had already filled every frame.")
        card = self.registry.resolve(record.task, record.backend)
        span = range(min(missing), max(missing) + 1)
        objects = [o for o in record.objects if o in document.objects]
        plan = plan_fill(document, record.task, span, objects, record.direction)
        wanted = set(missing)
        kept = tuple(f for f in plan.frames if f in wanted)
        return self._start_fill(
            record.task, card, FillPlan(kept, plan.keys, plan.spans, plan.direction)
        )

    def dismiss(self, interrupted: Interrupted) -> None:
        """The user does not want the run any more."""
        self._forget(interrupted.id)

    def _remember(self, record: RunRecord) -> int:
        return self.session.store.add_run(msgspec.msgpack.encode(record))

    def _forget(self, run_id: int) -> None:
        self.session.store.end_run(run_id)


def wait_for(runner: Runner, run: Run, on_tick: Callable[[Run], None] | None = None) -> Run:
    """Poll until a run is over (the command line's event loop). Raises the run's error."""
    assert run.job is not None
    while not run.job.state.over:
        runner.poll(0.05)
        if on_tick is not None:
            on_tick(run)
    if run.job.error is not None:
        raise run.job.error
    return run
