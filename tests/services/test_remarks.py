"""Remarks: written, answered, settled, moved, refused, undone; and names of people."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.changes import SetCells, SetLabel, SetRemark
from annotator.core.errors import ProjectError, RequestError
from annotator.core.review import Remark, StageChange
from annotator.core.types import Cell, Provenance
from annotator.io.store import DATABASE, create_store, open_store
from annotator.io.store.database import StoreMeta
from annotator.services.editing.edit import EditService
from annotator.services.project.session import Session
from annotator.services.review import people
from annotator.services.review.people import clean_name, login_name
from annotator.services.review.remarks import (
    MAX_LENGTH,
    add_remark,
    delete_remark,
    edit_remark,
    find_remarks,
    move_remark,
    next_remark,
    reply,
    set_resolved,
)
from annotator.services.review.stages import set_stage

META = StoreMeta("/clip.mp4", "", "video", "print", 64, 48, 12, 25.0)


def open_session(folder: Path, person: str = "Ann") -> Session:
    if not folder.exists():
        create_store(folder, META)
    session = Session(folder, *open_store(folder))
    session.person = person
    return session


@pytest.fixture(name="session")
def _session(tmp_path: Path):
    session = open_session(tmp_path / "p.strokeflow")
    yield session
    session.close()


def fill(session: Session, frames: range, provenance: Provenance, object_id: int = 1) -> None:
    mask = np.zeros((48, 64), np.uint8)
    mask[5:9, 5:9] = object_id
    cell = {object_id: Cell(provenance, False, None, "m" if provenance == 4 else "")}
    session.apply("Fill", [c for f in frames for c in (SetLabel(f, mask), SetCells(f, cell))])


def test_remarks_are_written_answered_settled_and_undone(tmp_path: Path) -> None:
    folder = tmp_path / "p.strokeflow"
    session = open_session(folder)
    remarks = session.document.remarks
    EditService(session).add_object("cup")
    told: list[frozenset[int]] = []
    session.subscribe(lambda changed: told.append(changed.remarks))
    first = add_remark(session, 3, "  hand hides the cup ✋ ", place=(10.123, 20), object_id=1)
    second = add_remark(session, 3, "blurred")
    assert (first.id, second.id) == (1, 2)
    assert first.text == "hand hides the cup ✋"
    assert (first.author, first.place, first.object_id) == ("Ann", (10.12, 20.0), 1)
    assert first.time > 1.7e9
    session.person = "Bob"
    reply(session, 1, "it does not")
    set_resolved(session, 1, True)
    session.person = "Ann"
    edit_remark(session, 2, "sharp")
    assert not edit_remark(session, 2, " sharp ").remarks, "nothing changed, no step"
    session.person = "Bob"
    assert not set_resolved(session, 1, True).remarks
    assert told == [frozenset([3])] * 5
    settled = remarks.get(1)
    assert settled is not None
    assert (settled.resolved, settled.resolved_by, settled.author) == (True, "Bob", "Ann")
    assert [(r.author, r.text) for r in settled.replies] == [("Bob", "it does not")]
    assert remarks.counts() == (1, 1)
    delete_remark(session, 2)
    assert remarks.on(3) == [settled]
    everything = remarks.all()
    session.close()
    again = open_session(folder)
    remarks = again.document.remarks
    assert remarks.all() == everything
    again.undo()
    assert [r.text for r in remarks.on(3)] == ["hand hides the cup ✋", "sharp"]
    titles = [step.title for step in again.store.steps() if not step.undone]
    assert titles[-4:] == [
        "Remark on frame 3", "Reply to remark 1", "Resolve remark 1", "Change remark 2",
    ]  # fmt: skip
    assert [s.first for s in again.store.steps()[-3:]] == [3, 3, 3]
    set_resolved(again, 1, False)
    reopened = remarks.get(1)
    assert reopened is not None
    assert (reopened.resolved, reopened.resolved_by, reopened.resolved_at) == (False, "", 0.0)
    again.close()


def test_only_who_wrote_words_changes_them(session: Session) -> None:
    add_remark(session, 3, "hand")
    session.person = "Bob"
    reply(session, 1, "lefd hand")
    reply(session, 1, "gone now")
    edit_remark(session, 1, " left hand ", 0)
    before = session.document.remarks.get(1)
    assert before is not None
    assert [(a.author, a.text) for a in before.replies] == [
        ("Bob", "left hand"),
        ("Bob", "gone now"),
    ]
    assert (before.text, before.replies[0].time > 1.7e9) == ("hand", True)
    assert session.store.steps()[-1].title == "Change a reply to remark 1"
    assert not edit_remark(session, 1, "left hand", 0).remarks, "nothing changed, no step"
    with pytest.raises(RequestError, match="Ann wrote that"):
        edit_remark(session, 1, "foot")
    for answer in (2, -1):
        with pytest.raises(RequestError, match=f"no reply {answer} to remark 1"):
            edit_remark(session, 1, "x", answer)
    session.person = "Ann"
    with pytest.raises(RequestError, match="Bob wrote that"):
        edit_remark(session, 1, "right hand", 0)
    assert session.document.remarks.get(1) == before
    session.undo()
    after = session.document.remarks.get(1)
    assert after is not None
    assert [a.text for a in after.replies] == ["lefd hand", "gone now"]
    session.apply("Older", [SetRemark(9, Remark(9, 0, "nobody knows who wrote this"))])
    edit_remark(session, 9, "now somebody does")


def test_a_remark_is_moved_to_another_place(session: Session) -> None:
    EditService(session).add_object("cup")
    add_remark(session, 3, "hand", place=(10, 20), object_id=1)
    add_remark(session, 4, "blurred")
    session.person = "Bob"
    move_remark(session, 1, (12.345, -0.5))
    move_remark(session, 2, (63.4, 47.4))
    steps = session.store.steps()
    assert [step.title for step in steps[-2:]] == [
        "Move the pin of remark 1",
        "Move the pin of remark 2",
    ]
    first, second = session.document.remarks.all()
    assert (first.place, first.object_id, first.author) == ((12.35, -0.5), 1, "Ann")
    assert second.place == (63.4, 47.4)
    assert not move_remark(session, 2, (63.4, 47.4)).remarks, "nothing changed, no step"
    for place in ((63.6, 3.0), (float("nan"), 1.0)):
        with pytest.raises(RequestError, match="outside the picture"):
            move_remark(session, 1, place)
    with pytest.raises(RequestError, match="no remark 7"):
        move_remark(session, 7, (1, 1))
    assert len(session.store.steps()) == len(steps)
    session.undo()
    session.undo()
    assert [r.place for r in session.document.remarks.all()] == [(10.0, 20.0), None]


def test_ids_are_never_given_twice(tmp_path: Path) -> None:
    folder = tmp_path / "p.strokeflow"
    session = open_session(folder)
    assert [add_remark(session, f, "x").id for f in (1, 2, 3)] == [1, 2, 3]
    delete_remark(session, 2)
    session.undo()
    session.undo()
    session.close()
    session = open_session(folder)
    assert add_remark(session, 0, "y").id == 4, "the third was undone and is on nobody's screen"
    session.close()


def test_what_cannot_be_a_remark_is_refused(session: Session) -> None:
    steps = len(session.store.steps())
    for frame, text, place, object_id, told in (
        (12, "late", None, 0, "no frame 12"),
        (-1, "early", None, 0, "no frame -1"),
        (0, "x" * (MAX_LENGTH + 1), None, 0, "4001 characters"),
        (0, " \n ", None, 0, "needs some text"),
        (0, "x", (64, 3), 0, "64, 3 is outside"),
        (0, "x", (3, -1), 0, "outside the picture"),
        (0, "x", (float("nan"), 1), 0, "outside the picture"),
        (0, "x", None, 5, "no object 5"),
    ):
        with pytest.raises(RequestError, match=told):
            add_remark(session, frame, text, place=place, object_id=object_id)
    for action in (
        lambda: edit_remark(session, 7, "x"),
        lambda: reply(session, 7, "x"),
        lambda: set_resolved(session, 7, True),
        lambda: delete_remark(session, 7),
    ):
        with pytest.raises(RequestError, match="no remark 7"):
            action()
    add_remark(session, 0, "x")
    with pytest.raises(RequestError, match="needs some text"):
        reply(session, 1, "")
    with pytest.raises(RequestError, match="needs some text"):
        edit_remark(session, 1, " ")
    assert len(session.store.steps()) == steps + 1


def test_remarks_are_walked_and_found(session: Session) -> None:
    for frame, text in ((2, "Edge is soft"), (7, "hand"), (7, "edge again"), (9, "settled")):
        add_remark(session, frame, text)
    set_resolved(session, 4, True)
    session.person = "Bob"
    reply(session, 2, "the LEFT hand")
    assert (next_remark(session, 2, 1), next_remark(session, 5, -1)) == (7, 2)
    with pytest.raises(RequestError, match="no further open remark"):
        next_remark(session, 7, 1)

    def found(**asked: object) -> list[int]:
        return [r.id for r in find_remarks(session.document, **asked)]  # type: ignore[arg-type]

    assert found() == [1, 2, 3, 4]
    assert found(only_open=True) == [1, 2, 3]
    assert found(person="Bob") == [2]
    assert found(text=" EDGE ") == [1, 3]
    assert found(text="left") == [2]
    assert found(text="bob", only_open=True) == [2]


def test_read_only_projects_take_no_remarks(tmp_path: Path) -> None:
    folder = tmp_path / "p.strokeflow"
    session = open_session(folder)
    add_remark(session, 1, "x")
    session.close()
    reader = Session(folder, *open_store(folder, writable=False))
    assert [r.text for r in reader.document.remarks.all()] == ["x"]
    for action in (lambda: add_remark(reader, 1, "y"), lambda: set_stage(reader, "done")):
        with pytest.raises(ProjectError, match="read-only"):
            action()
    assert len(reader.document.remarks) == 1
    reader.close()


@pytest.mark.parametrize(
    "data",
    [b"{", b'{"frame": 12, "text": "x"}', b'{"frame": 1, "text": ""}', b'{"frame": "a"}'],
)
def test_a_damaged_remark_is_told(tmp_path: Path, data: bytes) -> None:
    folder = tmp_path / "p.strokeflow"
    open_session(folder).close()
    db = sqlite3.connect(folder / DATABASE)
    db.execute("INSERT INTO remarks VALUES (1, ?)", (data,))
    db.commit()
    db.close()
    store, meta = open_store(folder)
    with pytest.raises(ProjectError, match="remark is damaged"):
        Session(folder, store, meta)
    store.close()


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "add", "edit", "reply", "resolve", "reopen", "delete", "stage", "undo", "redo"]
        ),
        st.integers(1, 6),
        st.text(max_size=5),
    ),
    max_size=25,
)


@given(ACTIONS)
@settings(max_examples=40, deadline=None)
def test_undo_and_redo_give_back_exactly_what_was_there(
    actions: list[tuple[str, int, str]],
) -> None:
    """Against a list of states; at the end all of it is there after a restart too."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "p.strokeflow"
        session = open_session(folder)

        def state() -> tuple[list[Remark], StageChange]:
            return session.document.remarks.all(), session.document.stage

        states, at, given_out = [state()], 0, set[int]()
        for kind, number, text in actions:
            try:
                if kind == "add":
                    made = add_remark(session, number, text, place=(number, number)).id
                    assert made not in given_out
                    given_out.add(made)
                elif kind == "edit":
                    edit_remark(session, number, text)
                elif kind == "reply":
                    reply(session, number, text)
                elif kind in ("resolve", "reopen"):
                    set_resolved(session, number, kind == "resolve")
                elif kind == "delete":
                    delete_remark(session, number)
                elif kind == "stage":
                    set_stage(session, ("annotation", "review", "done")[number % 3], text)
                elif kind == "undo":
                    session.undo()
                    at -= 1
                else:
                    session.redo()
                    at += 1
            except RequestError:
                assert state() == states[at], "what is refused changes nothing"
                continue
            if kind not in ("undo", "redo") and state() != states[at]:
                states = [*states[: at + 1], state()]
                at += 1
            assert state() == states[at]
        session.close()
        session = open_session(folder)
        assert state() == states[at]
        while session.undo_step is not None:
            session.undo()
            at -= 1
            assert state() == states[at]
        assert at == 0
        session.close()


# -- stages and acceptances


def test_a_remark_is_in_no_runs_way(session: Session) -> None:
    EditService(session).add_object("cup")
    run = session.begin_run("Propagate")
    add_remark(session, 3, "look")
    mask = np.ones((48, 64), np.uint8)
    cell = {1: Cell(Provenance.MODEL, False, 0.5, "m")}
    assert run.append(3, [SetLabel(3, mask), SetCells(3, cell)])
    run.end()
    session.undo()
    assert not session.document.remarks.all()
    assert session.document.label_map(3).all()
    session.undo()
    assert not session.document.label_map(3).any()
    session.redo()
    session.redo()
    assert session.document.label_map(3).all()
    assert [r.text for r in session.document.remarks.on(3)] == ["look"]


def test_names_are_cleaned_and_nobody_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clean_name("  Ann \n Other ") == "Ann Other"
    assert login_name()

    def nobody() -> str:
        raise KeyError("uid")

    monkeypatch.setattr(people.getpass, "getuser", nobody)
    assert login_name() == ""


def test_effort_adds_up_and_survives(tmp_path: Path) -> None:
    create_store(tmp_path / "p.strokeflow", META)
    store, _ = open_store(tmp_path / "p.strokeflow")
    store.add_effort([(1, 4, 2, 1, 0, 1.5), (0, 4, 0, 0, 1, 0.0)])
    store.add_effort([(1, 4, 1, 1, 0, 2.0)])
    store.close()
    store, _ = open_store(tmp_path / "p.strokeflow", writable=False)
    assert list(store.effort()) == [(0, 4, 0, 0, 1, 0.0), (1, 4, 3, 2, 0, 3.5)]
    store.close()
