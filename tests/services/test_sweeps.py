"""Edits of many frames, in columns and in slices, against the same ones cell by cell."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.cells import CELL_DTYPE
from annotator.core.changes import (
    AddStroke,
    Change,
    DropStroke,
    SetAccepted,
    SetCells,
    SetLabel,
    SetObject,
)
from annotator.core.document import PlacedStroke
from annotator.core.errors import ProjectError, RequestError
from annotator.core.review import Acceptance
from annotator.core.types import Cell, Provenance, Stroke
from annotator.io.store import StoreMeta, Swapped, create_store, open_store
from annotator.services.editing.edit import EditService
from annotator.services.editing.edit_masks import touched_by_hand
from annotator.services.editing.steps import LARGEST, LongEdit
from annotator.services.project.session import Session
from tests.services.sweeping import OBJECTS, content, in_slices, make, memory

NONE = Cell(Provenance.NONE)

cells = st.builds(
    Cell,
    st.sampled_from(Provenance),
    st.booleans(),
    st.none() | st.floats(0, 1, width=32),
    st.sampled_from(["", "copy", "npmca"]),
    st.booleans(),
)
frames_of_cells = st.lists(st.dictionaries(st.sampled_from(OBJECTS), cells), min_size=1, max_size=9)


def strength(cell: Cell) -> int:
    order = ("NONE", "MODEL", "IMPORTED", "CORRECTED", "HUMAN")
    return order.index(cell.provenance.name)


def united(mine: Cell, theirs: Cell) -> Cell:
    weak, strong = sorted((mine, theirs), key=strength)
    if strong.provenance is not Provenance.MODEL or weak.provenance is Provenance.NONE:
        return strong
    estimates = [c.quality for c in (mine, theirs) if c.quality is not None]
    return Cell(Provenance.MODEL, False, min(estimates, default=None), strong.backend)


class Plain:
    """The same edits, frame by frame and cell by cell."""

    def __init__(self, session: Session) -> None:
        self.session, self.document = session, session.document
        self.frames = range(session.document.n_frames)

    def accept(self) -> None:
        changes: list[Change] = []
        for frame in self.frames:
            known = self.document.cells.frame(frame).items()
            judged = {o: touched_by_hand(c) for o, c in known if c.label.startswith("model")}
            if judged:
                changes += [SetCells(frame, judged), SetAccepted(frame, Acceptance("x", 0.0))]
        self.session.apply("Accept", changes)

    def reject(self) -> None:
        changes: list[Change] = []
        for frame in self.frames:
            known = self.document.cells.frame(frame).items()
            lost = [o for o, c in known if c.label.startswith("model") and not c.locked]
            if lost:
                before = self.document.label_map(frame)
                changes.append(
                    SetLabel(frame, np.where(np.isin(before, lost), np.uint8(0), before))
                )
                changes.append(SetCells(frame, dict.fromkeys(lost, NONE)))
        self.session.apply("Reject", changes)

    def lock(self) -> None:
        changes: list[Change] = [
            SetCells(f, {o: replace(self.document.cell(f, o), locked=True) for o in OBJECTS})
            for f in self.frames
        ]
        self.session.apply("Lock", changes)

    def _relabel(self, table: dict[int, int], moves: Callable[[int], dict[int, Cell]]) -> None:
        changes: list[Change] = []
        known = self.document.cells.provenance
        for frame in self.frames:
            if any(known(o)[frame] for o in table):
                before = self.document.label_map(frame)
                after = before.copy()
                for old, new in table.items():
                    after[before == old] = new
                changes += [SetLabel(frame, after), SetCells(frame, moves(frame))]
        for frame in self.frames:
            for placed in self.document.placed_strokes(frame):
                owner = table.get(placed.stroke.object_id)
                if owner:
                    moved = Stroke(owner, placed.stroke.points, placed.stroke.radius)
                    changes.append(AddStroke(PlacedStroke(placed.id, frame, moved)))
                elif owner is not None:
                    changes.append(DropStroke(placed.id))
        if 2 not in table.values():
            changes.append(SetObject(2, None))
        self.session.apply("Edit", changes)

    def delete(self) -> None:
        self._relabel({2: 0}, lambda _: {2: NONE})

    def merge(self) -> None:
        cell = self.document.cell
        self._relabel({2: 1}, lambda f: {1: united(cell(f, 1), cell(f, 2)), 2: NONE})

    def swap(self) -> None:
        cell = self.document.cell
        self._relabel({1: 2, 2: 1}, lambda f: {1: cell(f, 2), 2: cell(f, 1)})


def act(session: Session, name: str) -> None:
    """The edit over all frames, as the window asks for it."""
    edit, frames = EditService(session), range(session.document.n_frames)
    calls: dict[str, Callable[[], object]] = {
        "accept": lambda: edit.accept(frames, OBJECTS),
        "reject": lambda: edit.reject(frames, OBJECTS),
        "lock": lambda: edit.set_locked(frames, OBJECTS, True),
        "delete": lambda: edit.delete_object(2),
        "merge": lambda: edit.whole.merge(2, 1),
        "swap": lambda: edit.whole.swap(1, 2, 0),
    }
    calls[name]()


@settings(max_examples=25, deadline=None)
@given(
    frames_of_cells,
    st.sampled_from(["accept", "reject", "lock", "delete", "merge", "swap"]),
    st.booleans(),
    st.integers(0, 99),
)
def test_columns_and_slices_do_what_single_cells_do(
    known: list[dict[int, Cell]], name: str, sliced: bool, seed: int
) -> None:
    if name in ("delete", "merge", "swap"):
        known = [{o: replace(c, locked=False) for o, c in here.items()} for here in known]
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        plain = make(Path(place) / "plain.strokeflow", known, seed)
        tested = make(Path(place) / "tested.strokeflow", known, seed)
        begin = content(tested)
        getattr(Plain(plain), name)()
        if sliced:
            in_slices(tested, patch)
        act(tested, name)
        tested.finish()
        done = content(tested)
        assert done == content(plain)
        assert memory(tested) == memory(plain)
        if done != begin:
            for move, wanted in ((tested.undo, begin), (tested.redo, done), (tested.undo, begin)):
                move()
                tested.finish()
                assert content(tested) == wanted
                again = Session(tested.folder, tested.store, tested.meta)
                assert memory(tested) == memory(again)
        plain.close()
        tested.close()


def test_a_bulk_accept_goes_on_in_slices_of_a_bounded_size(tmp_path: Path) -> None:
    count = 20_000
    folder = tmp_path / "a.strokeflow"
    create_store(folder, StoreMeta("clip", "", "images", "print", 12, 8, count, 25.0))
    session = Session(folder, *open_store(folder))
    session.apply("Add", [SetObject(1, session.new_object())])
    model = Cell(Provenance.MODEL, False, 0.5, "copy")
    table = session.document.cells
    filled = np.full(count, np.array(table.record(model), CELL_DTYPE))
    table.set_records(1, np.arange(count), filled)
    taken: list[LongEdit] = []
    session.on_long = taken.append
    EditService(session).accept(range(count), [1])
    (edit,) = taken
    assert edit.done == 0, "nothing is done before the event loop asks for it"
    slices = []
    while not edit.over:
        before = edit.done
        edit.go_on()
        slices.append(edit.done - before)
    assert sum(slices) == count
    assert max(slices) <= LARGEST
    assert len(slices) >= count // LARGEST
    assert table.counts() == {"corrected": count}
    assert len([s for s in session.store.steps() if s.title == "Accept"]) == 1
    session.close()


def test_while_a_long_edit_goes_on_others_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [{1: Cell(Provenance.MODEL, False, 0.5, "copy")} for _ in range(9)]
    session = make(tmp_path / "a.strokeflow", known)
    taken = in_slices(session, monkeypatch)
    act(session, "accept")
    (edit,) = taken
    other = EditService(session)
    other.add_object()  # it has not begun: this one comes first
    edit.go_on()
    assert session.pressed, "results of runs have to wait"
    refused: list[Callable[[], object]] = [
        other.add_object,
        session.undo,
        lambda: session.begin_run("Propagate"),
        lambda: other.begin_paint(0, 1, 3.0, erase=False),
        lambda: other.accept([8], [1]),
    ]
    for call in refused:
        with pytest.raises(RequestError, match="'Accept' is not done yet"):
            call()
    told: list[bool] = []
    session.when_done(lambda: told.append(edit.over))
    session.finish()
    assert told == [True]
    assert not session.pressed
    session.undo()
    session.close()
    again = Session(session.folder, *open_store(session.folder))
    assert again.document.cells.counts() == {"model:copy": 9}
    again.close()


def test_what_fails_halfway_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [{2: Cell(Provenance.MODEL, False, 0.5, "copy")} for _ in range(9)]
    session = make(tmp_path / "a.strokeflow", known)
    before = content(session)
    in_slices(session, monkeypatch)
    read = session.document.label_map

    def damaged(frame: int) -> np.ndarray:
        if frame == 7:
            raise ProjectError("A label map is damaged.")
        return read(frame)

    monkeypatch.setattr(session.document, "label_map", damaged)
    act(session, "delete")
    with pytest.raises(ProjectError, match="damaged"):
        session.finish()
    session.finish()
    assert content(session) == before
    session.close()


def test_killed_in_the_middle_the_part_can_be_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [{1: Cell(Provenance.MODEL, False, 0.5, "copy")} for _ in range(9)]
    session = make(tmp_path / "a.strokeflow", known)
    before = content(session)
    taken = in_slices(session, monkeypatch)
    act(session, "accept")
    (edit,) = taken
    edit.go_on()
    session.store.flush()
    edit.end()  # nobody carries it on
    session.close()
    again = Session(session.folder, *open_store(session.folder))
    assert again.document.cells.counts() == {"corrected": 2, "model:copy": 7}
    again.undo()
    assert content(again) == before
    again.close()


@pytest.mark.parametrize("slices", [0, 1, 3])
@pytest.mark.parametrize("name", ["accept", "reject", "lock", "delete", "merge", "swap"])
def test_what_is_cancelled_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, slices: int
) -> None:
    model = Cell(Provenance.MODEL, False, 0.5, "copy")
    session = make(tmp_path / "a.strokeflow", [{1: model, 2: model} for _ in range(9)])
    before, state, history = content(session), memory(session), session.store.steps()
    taken = in_slices(session, monkeypatch)
    act(session, name)
    for _ in range(slices):
        taken[0].go_on()
    assert taken[0].cancellable
    taken[0].cancel()
    if slices:
        assert session.pressed, "other edits wait until all is taken back"
        assert not taken[1].cancellable
        with pytest.raises(RequestError, match="is not done yet"):
            session.undo()
    session.finish()
    assert not session.pressed
    assert (content(session), memory(session), session.store.steps()) == (before, state, history)
    assert not session.store.rows("accepted")
    taken[0].cancel()  # too late: it has no effect
    session.close()
    again = Session(session.folder, *open_store(session.folder))
    assert (content(again), memory(again), again.store.steps()) == (before, state, history)
    assert not again.store.cut_off
    again.close()


@pytest.mark.parametrize("how", ["cancelled", "killed", "kept"])
def test_what_was_undone_before_is_forgotten_only_with_an_edit_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    model = Cell(Provenance.MODEL, False, 0.5, "copy")
    session = make(tmp_path / "a.strokeflow", [{1: model, 2: model} for _ in range(9)])
    edit = EditService(session)
    for frame in (2, 4):
        edit.masks.mark_absent(frame, 1)
    after, state = content(session), memory(session)
    session.undo()
    session.undo()
    undone = session.store.steps()
    taken = in_slices(session, monkeypatch)
    act(session, "reject")
    for _ in range(3):
        taken[0].go_on()
    assert session.redo_step is None, "it would not follow from what is now"
    if how == "kept":
        session.finish()
        assert not any(step.undone for step in session.store.steps())
        session.close()
        session = Session(session.folder, *open_store(session.folder))
        assert session.redo_step is None
    else:
        if how == "cancelled":
            taken[0].cancel()
            session.finish()
        else:
            session.flush()
            session.store.close()  # as it is when the process dies: half of the step is there
            session = Session(session.folder, *open_store(session.folder))
            assert session.store.cut_off[0].gone
        assert session.store.steps() == undone
        for _ in range(2):
            session.redo()
            session.finish()
        assert (content(session), memory(session)) == (after, state)
    session.close()


def test_an_edit_that_is_done_cannot_be_cancelled_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make(tmp_path / "a.strokeflow", [{1: Cell(Provenance.MODEL)} for _ in range(9)])
    taken = in_slices(session, monkeypatch)
    act(session, "accept")
    session.finish()
    after = content(session)
    taken[0].cancel()
    assert content(session) == after
    assert session.long is None
    session.close()


def test_what_undo_has_read_again_is_let_go_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letting go of the rows of very many frames in one moment would hold the window."""
    session = make(tmp_path / "a.strokeflow", [{1: Cell(Provenance.MODEL)} for _ in range(9)])
    taken = in_slices(session, monkeypatch)
    act(session, "accept")
    session.finish()
    swaps: list[Swapped] = []
    swap_step = session.store.swap_step

    def noted(step: int, *, undo: bool) -> Future[Swapped]:
        future = swap_step(step, undo=undo)
        swaps.append(future.result())
        return future

    monkeypatch.setattr(session.store, "swap_step", noted)
    session.undo()
    (swap,) = swaps
    left = len(swap.touched)
    while not taken[-1].over:
        taken[-1].go_on()
        assert len(swap.touched) == max(left - 2, 0)
        left = len(swap.touched)
    session.close()
