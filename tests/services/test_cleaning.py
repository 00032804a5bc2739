"""Cleaning up masks of many frames: what it does to pixels, and whose masks it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotator.core.changes import SetCells, SetLabel, SetObject
from annotator.core.errors import RequestError
from annotator.core.types import Cell, Provenance, Stroke
from annotator.jobs.base import JobState
from annotator.jobs.inline import InlineRunner
from annotator.services.editing.cleaning import (
    Cleaning,
    CleaningService,
    CleanOrder,
    clean,
    plan_cleaning,
)
from annotator.services.editing.edit import EditService
from annotator.services.project.session import Session
from annotator.services.runs.runs import Run
from annotator.services.runs.staleness import stale_frames
from tests.services.test_embedding import Control
from tests.services.test_session import make_project, open_session

MODEL = Cell(Provenance.MODEL, quality=0.75, backend="copy")
HUMAN = Cell(Provenance.HUMAN, quality=0.875)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = open_session(make_project(tmp_path))
    edit = EditService(session)
    for name in ("one", "two"):
        edit.add_object(name)
    yield session
    session.close()


def put(session: Session, frame: int, **cells: Cell) -> np.ndarray:
    """Object 1 at the left and 2 at the right, each with a crumb; `one` and `two` are cells."""
    label_map = np.zeros(session.document.size.shape, np.uint8)
    given = {1: cells.get("one"), 2: cells.get("two")}
    for object_id, left in ((1, 10), (2, 60)):
        if given[object_id] is not None:
            label_map[20:40, left : left + 20] = object_id
            label_map[60:62, left : left + 2] = object_id
    known = {o: cell for o, cell in given.items() if cell is not None}
    session.apply("Put", [SetLabel(frame, label_map), SetCells(frame, known)])
    return label_map


def run(session: Session, cleaning: Cleaning, **asked: object) -> Run:
    runner = InlineRunner()
    made = CleaningService(session, runner).start(cleaning, **asked)  # type: ignore[arg-type]
    runner.poll()
    return made


def test_a_models_mask_stays_the_models(session: Session) -> None:
    put(session, 3, one=MODEL)
    put(session, 7, one=MODEL)
    steps = len(session.store.steps())
    done = run(session, Cleaning(islands=0))
    assert (done.frames, done.filled, done.stale) == (2, 2, 0)
    for frame in (3, 7):
        assert session.document.cell(frame, 1) == MODEL
        assert (session.document.label_map(frame) == 1).sum() == 400
    assert len(session.store.steps()) == steps + 1, "one undo step"
    assert session.undo_step is not None
    assert session.undo_step.title == "Clean up: 2 frames"
    session.undo()
    assert all((session.document.label_map(f) == 1).sum() == 404 for f in (3, 7))
    session.redo()
    assert (session.document.label_map(7) == 1).sum() == 400


def test_drawn_and_locked_masks_stay_byte_for_byte(session: Session) -> None:
    locked = Cell(Provenance.MODEL, locked=True, quality=0.5, backend="copy")
    kinds = {0: HUMAN, 1: Cell(Provenance.CORRECTED, backend="copy"), 2: Cell(Provenance.IMPORTED)}
    for frame, cell in {**kinds, 3: locked}.items():
        put(session, frame, one=cell, two=MODEL)
    before = [session.document.label_map(f).copy() for f in range(4)]
    cells = [session.document.cell(f, 1) for f in range(4)]
    # So far that it meets the other object: its pixels are not for taking.
    run(session, Cleaning(grow=45))
    for frame in range(4):
        now = session.document.label_map(frame)
        assert np.array_equal(now == 1, before[frame] == 1)
        assert (now == 2).sum() > 3000
        assert session.document.cell(frame, 1) == cells[frame]
    with pytest.raises(RequestError, match="no mask in this range"):
        run(session, Cleaning(grow=1), objects=[1])


def test_drawn_masks_change_only_if_that_is_chosen_and_stay_drawn(session: Session) -> None:
    corrected = Cell(Provenance.CORRECTED, backend="copy", quality=0.4)
    put(session, 0, one=HUMAN)
    put(session, 1, one=corrected)
    put(session, 2, one=Cell(Provenance.HUMAN, locked=True))
    run(session, Cleaning(islands=0), drawn=True)
    document = session.document
    sizes = [(document.label_map(f) == 1).sum() for f in range(3)]
    assert sizes == [400, 400, 404]
    assert document.cell(0, 1) == Cell(Provenance.HUMAN)
    assert document.cell(1, 1) == Cell(Provenance.CORRECTED, backend="copy")


def test_it_does_what_the_commands_of_one_frame_do(session: Session) -> None:
    masks = EditService(session).masks
    ways = {
        "Grow": Cleaning(grow=1), "Shrink": Cleaning(grow=-1), "Smooth": Cleaning(smooth=2),
        "Fill holes of": Cleaning(holes=0), "Remove islands of": Cleaning(islands=0),
    }  # fmt: skip
    for how, cleaning in ways.items():
        label_map = put(session, 4, one=HUMAN, two=MODEL).copy()
        label_map[25:30, 15:18] = 0
        label_map[22:24, 30:62] = 1
        session.apply("Put", [SetLabel(4, label_map)])
        masks.reshape(4, 1, how, protect=True)
        wanted, cell = session.document.label_map(4).copy(), session.document.cell(4, 1)
        session.undo()
        run(session, cleaning, objects=[1], drawn=True)
        assert np.array_equal(session.document.label_map(4), wanted), how
        assert session.document.cell(4, 1) == cell


def test_range_and_objects_bound_it(session: Session) -> None:
    for frame in range(4):
        put(session, frame, one=MODEL, two=MODEL)
    run(session, Cleaning(islands=0), frames=range(1, 3), objects=[2])
    sizes = [(session.document.label_map(f) == o).sum() for o in (1, 2) for f in range(4)]
    assert sizes == [404, 404, 404, 404, 404, 400, 400, 404]
    for asked, told_ in (({"objects": [9]}, "no object 9"), ({"frames": range(5, 99)}, "range")):
        with pytest.raises(RequestError, match=told_):
            run(session, Cleaning(islands=0), **asked)
    with pytest.raises(RequestError, match="nothing to do"):
        run(session, Cleaning())


def test_a_locked_object_is_left_alone(session: Session) -> None:
    put(session, 0, one=MODEL, two=MODEL)
    info = session.document.objects[1]
    session.apply("Lock", [SetObject(1, replace(info, locked=True))])
    run(session, Cleaning(islands=0))
    label_map = session.document.label_map(0)
    assert ((label_map == 1).sum(), (label_map == 2).sum()) == (404, 400)


def test_nothing_to_clean_leaves_no_step(session: Session) -> None:
    put(session, 0, one=MODEL)
    run(session, Cleaning(islands=0))
    steps = session.store.steps()
    done = run(session, Cleaning(islands=0))
    assert (done.frames, done.filled) == (1, 0)
    assert session.store.steps() == steps


def test_what_is_locked_meanwhile_stays(session: Session) -> None:
    """A lock of a whole object belongs to no frame, so that the frame is not left alone."""
    put(session, 0, one=MODEL, two=MODEL)
    info = session.document.objects[1]

    def lock(_: object) -> None:
        session.apply("Lock", [SetObject(1, replace(info, locked=True))])

    runner = Meanwhile(lock)
    done = CleaningService(session, runner).start(Cleaning(islands=0))
    runner.poll()
    label_map = session.document.label_map(0)
    assert ((label_map == 1).sum(), (label_map == 2).sum()) == (404, 400)
    assert (done.filled, done.stale) == (1, 0)


class Meanwhile(InlineRunner):
    """Does something before a result is delivered."""

    def __init__(self, action: object) -> None:
        super().__init__()
        self._action = action

    def submit(self, *args, on_result, **kwargs):  # type: ignore[no-untyped-def]
        def delivered(result: object) -> None:
            self._action(result)
            on_result(result)

        job = super().submit(*args, on_result=delivered, **kwargs)
        self.job = job
        return job


def test_what_a_person_did_meanwhile_stays(session: Session) -> None:
    for frame in range(3):
        put(session, frame, one=MODEL)
    edited = np.full(session.document.size.shape, 1, np.uint8)

    def paint(result: object) -> None:
        if result.frame == 1:  # type: ignore[attr-defined]
            session.apply("Paint", [SetLabel(1, edited), SetCells(1, {1: HUMAN})])

    runner = Meanwhile(paint)
    done = CleaningService(session, runner).start(Cleaning(islands=0))
    runner.poll()
    assert (done.filled, done.stale) == (2, 1)
    assert np.array_equal(session.document.label_map(1), edited)
    assert session.document.cell(1, 1) == HUMAN


def test_what_another_run_did_meanwhile_stays(session: Session) -> None:
    for frame in range(2):
        put(session, frame, one=MODEL)
    other = session.begin_run("Other")
    fresh = np.zeros(session.document.size.shape, np.uint8)
    fresh[5:9, 5:9] = 1

    def fill(result: object) -> None:
        if result.frame == 0:  # type: ignore[attr-defined]
            other.append(0, [SetLabel(0, fresh), SetCells(0, {1: MODEL})])

    runner = Meanwhile(fill)
    done = CleaningService(session, runner).start(Cleaning(islands=0))
    runner.poll()
    other.end()
    assert (done.filled, done.stale) == (1, 1)
    assert np.array_equal(session.document.label_map(0), fresh)


def test_cancelling_keeps_what_is_done(session: Session) -> None:
    for frame in range(5):
        put(session, frame, one=MODEL)

    def stop(result: object) -> None:
        if result.frame == 2:  # type: ignore[attr-defined]
            runner.cancel(runner.job)

    runner = Meanwhile(stop)
    done = CleaningService(session, runner).start(Cleaning(islands=0))
    runner.poll()
    assert done.state is JobState.CANCELLED
    sizes = [(session.document.label_map(f) == 1).sum() for f in range(5)]
    assert sizes == [400, 400, 400, 404, 404]
    session.undo()
    assert all((session.document.label_map(f) == 1).sum() == 404 for f in range(5))


def test_what_is_out_of_date_stays_so_and_changed_keys_make_it_so(session: Session) -> None:
    put(session, 0, one=HUMAN)
    put(session, 5, one=MODEL)
    assert not stale_frames(session.document, 1).any()
    label_map = session.document.label_map(0).copy()
    label_map[0, 0] = 1
    session.apply("Paint", [SetLabel(0, label_map), SetCells(0, {1: HUMAN})])
    assert stale_frames(session.document, 1)[5]
    run(session, Cleaning(islands=0))
    assert stale_frames(session.document, 1)[5], "a cleaned mask is no newer than it was"
    put(session, 5, one=MODEL)
    assert not stale_frames(session.document, 1).any()
    run(session, Cleaning(grow=1), frames=range(1), drawn=True)
    assert stale_frames(session.document, 1)[5], "its key frame has changed"


def test_masks_from_scribbles_are_a_models(session: Session) -> None:
    put(session, 2, one=MODEL)
    points = np.array([[15.0, 25.0]], np.float32)
    EditService(session).add_strokes(2, [Stroke(1, points, 2.0)])
    run(session, Cleaning(islands=0))
    assert (session.document.label_map(2) == 1).sum() == 400
    assert session.document.cell(2, 1) == MODEL


def test_progress_counts_frames(session: Session) -> None:
    for frame in range(3):
        put(session, frame, one=MODEL)
    session.flush()
    control = Control()
    targets = plan_cleaning(session.document, None, None, False)
    results = list(clean(CleanOrder(str(session.folder), Cleaning(islands=0), targets), control))
    assert [result.frame for result in results] == [0, 1, 2]
    assert control.seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
