"""Runs: a frozen plan goes to the runner, results come back frame by frame into one undo step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import msgspec

from annotator.backends.registry import BackendCard, BackendRegistry
from annotator.core.changes import Change, SetCells, SetLabel, SetObject, SetSoft
from annotator.core.errors import RequestError
from annotator.core.options import resolve_options
from annotator.core.raster import merge_labels
from annotator.core.types import Cell, Provenance, Stroke
from annotator.io.codec import decode_label_map
from annotator.io.media import MediaRef
from annotator.jobs.base import Job, JobState, Runner
from annotator.services.editing.steps import RunStep
from annotator.services.project.session import Session
from annotator.services.runs.auto import Prelabelling
from annotator.services.runs.equipment import Equipment
from annotator.services.runs.live import LiveMasks
from annotator.services.runs.planning import (
    FillPlan,
    check_frames,
    plan_fill,
    plan_fit,
    plan_rest,
    plan_scan,
    plan_scribbles,
)
from annotator.services.runs.requests import (
    AutoTask,
    FillTask,
    FitOrder,
    Gear,
    ScribbleTask,
    StoredResult,
)
from annotator.services.runs.running import carry_out
from annotator.services.runs.runs import VERBS, Interrupted, Run, RunRecord, Setup
from annotator.services.runs.staleness import plan_stale

FillOrder = FillTask | AutoTask


class InferenceService:
    """Starts runs on the session's project and writes what comes back."""

    def __init__(
        self,
        session: Session,
        media: MediaRef,
        runner: Runner,
        registry: BackendRegistry,
        equipment: Equipment,
    ) -> None:
        self.session = session
        self.media = media
        self.runner = runner
        self.registry = registry
        self.equipment = equipment
        self.prelabel = Prelabelling(self)
        self.live = LiveMasks(self)

    # -- starting

    def fill(
        self,
        task: str,
        *,
        setup: Setup = Setup(),  # noqa: B008 - frozen
        frames: range | None = None,
        objects: Iterable[int] | None = None,
        direction: str = "both",
    ) -> Run:
        """Start `propagate` or `interpolate`. Raises RequestError before anything starts."""
        card = self.choose(task, setup)
        gear = self.gear(card, task, setup)
        plan = plan_fill(self.session.document, task, frames, objects, direction)
        return self._start_fill(task, card, gear, plan, setup)

    def refresh(
        self,
        *,
        setup: Setup = Setup(),  # noqa: B008 - frozen
        objects: Iterable[int] | None = None,
        frames: range | None = None,
    ) -> Run:
        """Make the masks anew that are older than the key frames which govern them.

        Raises RequestError before anything starts.
        """
        task, plan = plan_stale(self.session.document, objects, frames)
        card = self.choose(task, setup)
        return self._start_fill(task, card, self.gear(card, task, setup), plan, setup)

    def saliency(
        self,
        *,
        setup: Setup = Setup(),  # noqa: B008 - frozen
        frames: range | None = None,
        objects: Iterable[int] | None = None,
    ) -> Run:
        """Start masks from the stored scribbles, or of what is salient.

        A backend that finds objects without scribbles predicts every frame of `frames`; it does so
        for the whole clip where it cannot use scribbles at all. Raises RequestError before anything
        starts.
        """
        card = self.choose("saliency", setup)
        if "scan" in card.factories and (frames is not None or "saliency" not in card.factories):
            gear = self.gear(card, "scan", setup)
            chosen = self.salient_objects(objects, frames, several=card.fits)
            plan = plan_scan(self.session.document, frames, chosen)
            return self._start_fill("saliency", card, gear, plan, setup)
        gear = self.gear(card, "saliency", setup)
        scans = "scan" in card.factories
        orders = plan_scribbles(self.session.document, frames, objects, scans=scans)
        fit = self._fit(card, setup, [o for order in orders for o in order.objects])
        run = Run(0, "saliency", "Scribbles to masks", card.id, len(orders))
        step = self.session.begin_run(run.title)
        covered = {order.frame: frozenset(order.objects) for order in orders}
        self._submit(
            run,
            step,
            "annotator.services.runs.tasks:segment",
            ScribbleTask(self.media, gear, orders, fit),
            lambda result: covered.get(result.frame, frozenset()),
        )
        return run

    def cosaliency(
        self,
        *,
        setup: Setup = Setup(),  # noqa: B008 - frozen
        frames: Collection[int] | None = None,
        objects: Iterable[int] | None = None,
    ) -> Run:
        """Start masks of what the frames have in common. Raises RequestError before it starts."""
        card = self.choose("cosaliency", setup)
        gear = self.gear(card, "cosaliency", setup)
        chosen = self.salient_objects(objects, frames, several=False)
        plan = plan_scan(self.session.document, frames, chosen)
        return self._start_fill("cosaliency", card, gear, plan, setup)

    def choose(self, task: str, setup: Setup) -> BackendCard:
        """The backend that a run takes. Raises RequestError."""
        return self.registry.resolve(task, setup.backend, self.equipment.usable)

    def gear(self, card: BackendCard, ability: str, setup: Setup) -> Gear:
        """The backend's code with its options and what it works with. Raises RequestError."""
        if setup.fit_steps and not card.fits:
            raise RequestError(f"Backend '{card.id}' cannot be fitted.", "Leave out --fit.")
        runtime = self.equipment.runtime(
            card, setup.device, setup.flow, fitting=setup.fit_steps > 0
        )
        return Gear(card.factories[ability], resolve_options(card.options, setup.options), runtime)

    def _fit(self, card: BackendCard, setup: Setup, objects: Iterable[int]) -> FitOrder | None:
        """What to learn from first, if a fit is asked for. Raises RequestError."""
        if not setup.fit_steps:
            return None
        chosen = sorted(set(objects))
        scribbles, keys = plan_fit(self.session.document, chosen)
        return FitOrder(
            self.gear(card, "fit", setup),
            scribbles,
            keys,
            tuple(chosen),
            setup.fit_steps,
            setup.fit_seconds,
            str(self.equipment.weights.fitted(Path(self.session.home), card.id)),
        )

    def salient_objects(
        self, objects: Iterable[int] | None, frames: Collection[int] | None, *, several: bool
    ) -> list[int]:
        """Objects that a backend without prompts fills on `frames`; made where there are none.

        Raises RequestError where it cannot know which one is meant, or the clip lacks a frame.
        """
        document = self.session.document
        check_frames(document, frames)  # a run that is refused leaves no object behind
        if objects is None and not document.objects:
            made = self.session.new_object("Salient object")
            self.session.apply(f"Add {made.name}", [SetObject(made.id, made)])
            return [made.id]
        chosen = sorted(document.objects) if objects is None else sorted(set(objects))
        if len(chosen) > 1 and not several:
            raise RequestError(
                "This backend finds one object, and the project has several.",
                "Say which one shall get the masks: --objects ID.",
            )
        return chosen

    def _start_fill(
        self, task: str, card: BackendCard, gear: Gear, plan: FillPlan, setup: Setup
    ) -> Run:
        order = FillTask(
            self.media,
            gear,
            plan.way,
            plan.keys,
            plan.objects,
            plan.direction,
            self._fit(card, setup, plan.objects),
            {} if plan.keys else self._strokes_on(plan.frames),
            frozenset(plan.passed),
        )
        return self.launch(task, card.id, plan, setup, "annotator.services.runs.tasks:fill", order)

    def launch(
        self, task: str, backend: str, plan: FillPlan, setup: Setup, code: str, order: FillOrder
    ) -> Run:
        """Start a run that fills the frames of a plan, as one step that can be resumed.

        Args:
            backend: what the provenance of the masks calls it.
            code: "module:function" of the work.
            order: its request.
        """
        run = Run(0, task, f"{VERBS[task]}: {len(plan.frames)} frames", backend, len(plan.frames))
        step = self.session.begin_run(run.title)
        first = order.first if isinstance(order, AutoTask) else None
        record = RunRecord(task, backend, plan.way, plan.objects, plan.direction, setup, first)
        run.id = self._remember(record)
        self._submit(run, step, code, order, lambda result: self._fillable(plan, result.frame))
        return run

    def _strokes_on(self, frames: Iterable[int]) -> dict[int, tuple[Stroke, ...]]:
        document = self.session.document
        drawn = set(document.stroke_frames())
        return {frame: document.strokes(frame) for frame in frames if frame in drawn}

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
        request: FillOrder | ScribbleTask,
        covered: Callable[[StoredResult], frozenset[int]],
    ) -> None:
        fitted = getattr(request, "fit", None) is not None

        def ended(job: Job) -> None:
            # A dead worker leaves the record: the run can be resumed, also after a restart.
            if run.id and not job.died:
                self._forget(run.id)
            if job.state is JobState.DONE and not fitted:
                size = self.session.document.size
                seconds = (job.ended or 0.0) - (job.started or 0.0)
                self.equipment.speeds.record(run.backend, run.task, run.filled, seconds, size)

        def changes(result: StoredResult) -> list[Change]:
            free = frozenset(filter(step.may_fill, covered(result)))
            return self._changes(result, free, run.backend)

        carry_out(self.session, self.runner, run, step, task, request, changes, ended)

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
            SetSoft(result.frame, o, data) for o, data in result.soft.items() if o in writable
        ]
        return changes

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
        objects = [o for o in record.objects if o in document.objects]
        missing = [
            frame
            for frame in record.frames
            if any(document.cell(frame, o).provenance is Provenance.NONE for o in objects)
        ]
        self._forget(interrupted.id)
        if not missing:
            raise RequestError("That run had already filled every frame.")
        setup = msgspec.structs.replace(record.setup, backend=record.backend)
        if record.task == "auto":
            return self.prelabel.auto(
                setup=record.setup, frames=missing, objects=objects, first=record.first
            )
        if record.task == "cosaliency":
            return self.cosaliency(setup=setup, frames=record.frames, objects=objects)
        if record.task == "saliency":
            span = range(min(missing), max(missing) + 1)
            return self.saliency(setup=setup, frames=span, objects=objects)
        card = self.choose(record.task, setup)
        rest = plan_rest(document, record.task, record.frames, missing, objects, record.direction)
        return self._start_fill(record.task, card, self.gear(card, record.task, setup), rest, setup)

    def dismiss(self, interrupted: Interrupted) -> None:
        """The user does not want the run any more."""
        self._forget(interrupted.id)

    def _remember(self, record: RunRecord) -> int:
        return self.session.store.add_run(msgspec.msgpack.encode(record))

    def _forget(self, run_id: int) -> None:
        self.session.store.end_run(run_id)
