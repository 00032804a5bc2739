"""Edits, long edits that are cancelled, runs, undo and reopening in any order."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from annotator.core.changes import Change, SetCells, SetLabel
from annotator.core.errors import RequestError
from annotator.core.raster import merge_labels
from annotator.core.types import Cell, Provenance, Stroke
from annotator.io.codec import decode_label_map
from annotator.io.store import open_store
from annotator.jobs.base import Job, finish
from annotator.jobs.inline import InlineRunner
from annotator.services.editing import steps
from annotator.services.editing.cleaning import Cleaning, CleaningService
from annotator.services.editing.edit import EditService
from annotator.services.editing.steps import LongEdit, RunStep
from annotator.services.project.session import Session
from annotator.services.review.remarks import add_remark, delete_remark, reply
from annotator.services.review.stages import set_stage
from tests.services.sweeping import OBJECTS, TABLES, in_slices, make, memory

FRAMES = 7
SHAPE = (8, 12)
ALL = (*TABLES, "remarks", "accepted", "stages", "soft")
frames, objects = st.integers(0, FRAMES - 1), st.sampled_from((*OBJECTS, 4, 5))
spans = st.builds(lambda a, b: range(min(a, b), max(a, b) + 1), frames, frames)
slices = st.integers(0, 4)


def rows(session: Session) -> dict[str, list[tuple[int, bytes]]]:
    session.flush()
    return {table: session.store.rows(table) for table in ALL}


def state(session: Session) -> object:
    """The document as it is in memory."""
    document = session.document
    cells = [[int(document.marks.column(o)[f]) for o in range(1, 6)] for f in range(FRAMES)]
    reviewed = document.remarks.all(), document.stage
    return memory(session), cells, sorted(document.objects.items()), reviewed


def carry_on(edit: LongEdit, slices: int) -> None:
    """So many slices, not counting those in which it only waits for the disk."""
    while slices and not edit.over:
        edit.go_on()
        slices -= not edit.waits


@dataclass
class Run:
    step: RunStep
    object_id: int


class Project(RuleBasedStateMachine):
    """A person at a project, who carries long edits on as the window does."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp())
        self.patch = pytest.MonkeyPatch()
        model = Cell(Provenance.MODEL, False, 0.5, "copy")
        human = Cell(Provenance.HUMAN)
        known = [{1: model, 2: human if f % 3 == 0 else model} for f in range(FRAMES)]
        self.session = make(self.place / "a.strokeflow", known)
        self.start = self.session.undo_step.id  # type: ignore[union-attr]
        self.first = rows(self.session)
        self.runs: list[Run] = []
        self.taken: list[LongEdit] = []
        self.listen()

    def listen(self) -> None:
        self.taken = in_slices(self.session, self.patch)
        # Not two: how many it becomes depends on the time that one takes.
        self.patch.setattr(steps, "LARGEST", 1)
        self.edit = EditService(self.session)

    def teardown(self) -> None:
        try:
            self.end_all()
            last = rows(self.session)
            count = self.undo_all()
            assert rows(self.session) == self.first, "all of it can be undone"
            assert self.fresh() == state(self.session)
            for _ in range(count):
                self.session.redo()
                self.session.finish()
            assert rows(self.session) == last
        finally:
            self.session.close()
            self.patch.undo()
            shutil.rmtree(self.place)

    def end_all(self) -> None:
        self.session.finish()
        for run in self.runs:
            run.step.end()
        self.runs.clear()
        self.session.finish()

    def undo_all(self) -> int:
        count = 0
        while (step := self.session.undo_step) is not None and step.id > self.start:
            self.session.undo()
            self.session.finish()
            count += 1
        return count

    def fresh(self) -> object:
        """The document as somebody reads it who opens the project now."""
        self.session.flush()
        return state(Session(self.session.folder, self.session.store, self.session.meta))

    def attempt(self, call: Callable[[], object], carried: int, cancelled: bool) -> None:
        """A person asks for something. It is carried on for some slices, then cancelled, or left
        to go on for now."""
        begun, history = len(self.taken), self.session.store.steps()
        try:
            call()
        except RequestError:
            return
        for edit in self.taken[begun:]:
            carry_on(edit, carried)
            if cancelled and edit.cancellable and not edit.over:
                edit.cancel()
                assert self.session.store.steps() == history, "what can be redone still can"

    # -- what a person does

    @rule(frame=frames, object_id=objects, x=st.integers(0, 11), y=st.integers(0, 7))
    def paint(self, frame: int, object_id: int, x: int, y: int) -> None:
        def call() -> None:
            pen = self.edit.begin_paint(frame, object_id, 2.0, erase=x > 8)
            pen.extend(np.array([[x, y]], np.float32))
            pen.commit()

        self.attempt(call, 0, False)

    @rule(frame=frames, object_id=objects)
    def scribble(self, frame: int, object_id: int) -> None:
        stroke = Stroke(object_id, np.ones((2, 2), np.float32), 1.0)
        self.attempt(lambda: self.edit.add_strokes(frame, [stroke]), 0, False)

    @rule(frame=frames)
    def clear(self, frame: int) -> None:
        self.attempt(lambda: self.edit.clear_strokes(frame), 0, False)

    @precondition(lambda self: self.session.document.next_object_id < 6)
    @rule()
    def add(self) -> None:
        self.attempt(self.edit.add_object, 0, False)

    @rule(what=st.sampled_from(["add", "delete", "reply", "stage"]), frame=frames)
    def review(self, what: str, frame: int) -> None:
        calls: dict[str, Callable[[], object]] = {
            "add": lambda: add_remark(self.session, frame, "look"),
            "delete": lambda: delete_remark(self.session, 1 + frame),
            "reply": lambda: reply(self.session, 1 + frame, "why"),
            "stage": lambda: set_stage(self.session, "review", "Ann"),
        }
        self.attempt(calls[what], 0, False)

    @rule(
        what=st.sampled_from(["accept", "reject", "lock", "unlock", "delete", "merge", "swap"]),
        span=spans, one=objects, other=objects, carried=slices, cancelled=st.booleans(),
    )  # fmt: skip
    def sweep(
        self, what: str, span: range, one: int, other: int, carried: int, cancelled: bool
    ) -> None:
        edit = self.edit
        calls: dict[str, Callable[[], object]] = {
            "accept": lambda: edit.accept(span, [one, other]),
            "reject": lambda: edit.reject(span, [one, other]),
            "lock": lambda: edit.set_locked(span, [one], True),
            "unlock": lambda: edit.set_locked(span, [one], False),
            "delete": lambda: edit.delete_object(one),
            "merge": lambda: edit.whole.merge(one, other),
            "swap": lambda: edit.whole.swap(one, other, span.start),
        }
        self.attempt(calls[what], carried, cancelled)

    @rule(frame=frames, object_id=objects, carried=slices, cancelled=st.booleans())
    def split(self, frame: int, object_id: int, carried: int, cancelled: bool) -> None:
        if self.session.document.next_object_id < 6 and not self.session.long:
            region = np.zeros(SHAPE, bool)
            region[:, :6] = True
            self.attempt(
                lambda: self.edit.whole.split(frame, object_id, region, onward=True),
                carried, cancelled,
            )  # fmt: skip

    @rule(back=st.booleans(), carried=slices)
    def undo(self, back: bool, carried: int) -> None:
        newest = self.session.undo_step
        if not back or (newest is not None and newest.id > self.start):
            self.attempt(self.session.undo if back else self.session.redo, carried, False)

    @precondition(lambda self: self.session.long is not None)
    @rule(carried=slices, cancelled=st.booleans())
    def go_on(self, carried: int, cancelled: bool) -> None:
        assert self.session.long is not None
        carry_on(self.session.long, carried)
        if cancelled and self.session.long is not None and self.session.long.cancellable:
            self.session.long.cancel()

    @rule()
    def wait(self) -> None:
        self.session.finish()

    # -- what runs do

    @precondition(lambda self: len(self.runs) < 2)
    @rule(object_id=objects, whole=st.booleans())
    def begin_run(self, object_id: int, whole: bool) -> None:
        def call() -> None:
            self.runs.append(Run(self.session.begin_run("Run", whole=whole), object_id))

        self.attempt(call, 0, False)

    @precondition(lambda self: self.runs and self.session.long is None)
    @rule(number=st.integers(0, 1), frame=frames, seed=st.integers(0, 3))
    def result(self, number: int, frame: int, seed: int) -> None:
        """As `InferenceService` takes it; only what it may write changes."""
        document, run = self.session.document, self.runs[number % len(self.runs)]
        before, cells = np.array(document.label_map(frame)), dict(document.cells.frame(frame))
        made = np.full(SHAPE, run.object_id, np.uint8)
        made[seed:, seed:] = 0
        there = run.object_id in document.objects and run.step.may_fill(run.object_id)
        writable = document.writable(frame, [run.object_id] if there else [])
        changes: list[Change] = []
        if writable:
            cell = Cell(Provenance.MODEL, False, 0.3, "run")
            changes = [
                SetLabel(frame, merge_labels(before, made, writable)),
                SetCells(frame, dict.fromkeys(writable, cell)),
            ]
        run.step.append(frame, changes)
        after = document.label_map(frame)
        for object_id, cell in cells.items():
            if cell.provenance is not Provenance.MODEL or cell.locked:
                assert document.cell(frame, object_id) == cell
                assert np.array_equal(before == object_id, after == object_id)

    @precondition(lambda self: self.runs and self.session.long is None)
    @rule(take_back=st.booleans(), carried=slices)
    def end_run(self, take_back: bool, carried: int) -> None:
        run = self.runs.pop()
        self.attempt(lambda: run.step.end(take_back=take_back), carried, False)

    @precondition(lambda self: self.session.long is None)
    @rule(grow=st.sampled_from([-1, 2]), drawn=st.booleans())
    def clean(self, grow: int, drawn: bool) -> None:
        document, runner = self.session.document, InlineRunner()
        human = self.human() if not drawn else []
        try:
            run = CleaningService(self.session, runner).start(Cleaning(grow=grow), drawn=drawn)
        except RequestError:
            return
        job: Job | None = run.job
        assert job is not None
        finish(runner, job)
        for frame, object_id, mask in human:
            assert np.array_equal(document.label_map(frame) == object_id, mask)

    def human(self) -> list[tuple[int, int, np.ndarray]]:
        document = self.session.document
        return [
            (frame, o, document.label_map(frame) == o)
            for frame in range(FRAMES)
            for o, cell in document.cells.frame(frame).items()
            if cell.provenance.is_key or cell.locked
        ]

    @rule()
    def reopen(self) -> None:
        self.end_all()
        before = state(self.session)
        steps = self.session.store.steps()
        self.session.close()
        self.session = Session(self.session.folder, *open_store(self.session.folder))
        self.listen()
        assert not self.session.store.cut_off
        assert state(self.session) == before
        assert self.session.store.steps() == steps

    # -- what holds all the time

    @invariant()
    def memory_is_what_is_on_disk(self) -> None:
        if self.session.long is None:
            assert self.fresh() == state(self.session)
            stored = self.session.document.stored_labels(range(FRAMES))
            for frame in range(FRAMES):
                label_map = self.session.document.label_map(frame)
                if frame in stored:
                    assert np.array_equal(decode_label_map(stored[frame]), label_map)
                else:
                    assert not label_map.any()


Project.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestInterleaved = Project.TestCase


def test_a_run_leaves_alone_what_one_wrote_that_began_later() -> None:
    project = Project()
    project.begin_run(object_id=1, whole=False)
    project.clean(grow=-1, drawn=False)
    project.result(number=0, frame=0, seed=0)
    assert project.runs[0].step.skipped == [0]
    project.teardown()
