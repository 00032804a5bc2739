"""What changes nothing is no undo step, and leaves what can be redone alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotator.core.changes import SetCells, SetLabel
from annotator.core.errors import RequestError
from annotator.core.types import Cell, Provenance
from annotator.services.editing.edit import EditService
from annotator.services.project.session import Session
from annotator.services.review import remarks
from tests.services.test_session import SHAPE, make_project, open_session


@pytest.fixture
def session(tmp_path: Path):
    """Two objects: masks on frame 0, drawn of the first, by a model of the second."""
    session = open_session(make_project(tmp_path))
    edit = EditService(session)
    label_map = np.zeros(SHAPE, np.uint8)
    label_map[10:20, 10:30] = edit.add_object("cat").id
    label_map[40:60, 10:30] = edit.add_object("dog").id
    cells = {1: Cell(Provenance.HUMAN), 2: Cell(Provenance.MODEL, False, 0.3, "copy")}
    session.apply("Masks", [SetLabel(0, label_map), SetCells(0, cells)])
    yield session
    session.close()


Act = Callable[[Session, EditService], object]

TWICE: dict[str, Act] = {
    "absent": lambda s, e: e.masks.mark_absent(0, 1),
    "copy": lambda s, e: e.masks.copy(3, 0, 1),
    "accept": lambda s, e: e.accept([0], [1, 2]),
    "reject": lambda s, e: e.reject([0], [1, 2]),
    "lock": lambda s, e: e.set_locked([0], [1, 2], True),
    "rename": lambda s, e: e.change_object(replace(s.document.objects[1], name="lion")),
    "mask": lambda s, e: e.set_mask(5, 1, np.eye(*SHAPE, dtype=np.uint8), "Draw"),
    "fill": lambda s, e: e.masks.fill(0, 1, np.eye(*SHAPE, dtype=bool)),
}


@pytest.mark.parametrize("act", TWICE.values(), ids=TWICE.keys())
def test_the_second_time_makes_no_step(session: Session, act: Act) -> None:
    edit = EditService(session)
    before = len(session.store.steps())
    act(session, edit)
    assert len(session.store.steps()) == before + 1
    edit.set_locked([9], [1], True)
    session.undo()
    told = act(session, edit)
    assert not told.frames
    assert not told.objects
    assert len(session.store.steps()) == before + 2
    assert session.redo_step is not None, "what was undone can still be redone"


def test_swapping_where_nothing_is_makes_no_step(session: Session) -> None:
    before = session.store.steps()
    EditService(session).whole.swap(1, 2, 6)
    assert session.store.steps() == before


def test_a_remark_in_the_same_words_makes_no_step(session: Session) -> None:
    remark = remarks.add_remark(session, 0, "look here")
    before = session.store.steps()
    remarks.edit_remark(session, remark.id, "look here")
    assert session.store.steps() == before


def test_clearing_where_no_mask_is_says_so(session: Session) -> None:
    before = session.store.steps()
    with pytest.raises(RequestError, match="cat has no mask on frame 4"):
        EditService(session).clear_mask(4, 1)
    assert session.store.steps() == before


def test_a_mask_without_pixels_is_still_stated(session: Session) -> None:
    before = len(session.store.steps())
    EditService(session).masks.mark_absent(7, 1)
    assert session.document.cell(7, 1).provenance is Provenance.HUMAN
    assert len(session.store.steps()) == before + 1
