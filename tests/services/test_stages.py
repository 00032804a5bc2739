"""Stages: moved, assigned, undone; what is left to do; and who accepted what."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.errors import RequestError
from annotator.core.review import StageChange
from annotator.core.types import Provenance
from annotator.io.store import open_store
from annotator.services.editing.edit import EditService
from annotator.services.project.session import Session
from annotator.services.review.remarks import add_remark
from annotator.services.review.stages import Left, accepted_by, left_to_do, set_stage
from tests.services.test_remarks import fill, open_session


@pytest.fixture(name="session")
def _session(tmp_path: Path):
    session = open_session(tmp_path / "p.strokeflow")
    yield session
    session.close()


def test_the_stage_moves_is_assigned_and_undone(session: Session, tmp_path: Path) -> None:
    document = session.document
    assert document.stage == StageChange("annotation", "", "", 0.0)
    told: list[bool] = []
    session.subscribe(lambda changed: told.append(changed.stage))
    set_stage(session, "review", "  Bob   the second ")
    session.person = "Bob"
    set_stage(session, "done")
    assert (document.stage.stage, document.stage.assignee) == ("done", "Bob the second")
    assert document.stage.author == "Bob"
    assert document.stage.time > 1.7e9
    assert not set_stage(session, "done").stage, "nothing changed, no step"
    set_stage(session, "annotation", "Ann")
    set_stage(session, assignee="")
    assert told == [True] * 4
    assert [step.title for step in session.store.steps()] == [
        "Hand over to review", "Mark as done", "Send back to annotation", "Assign to nobody",
    ]  # fmt: skip
    assert [(s.stage, s.assignee, s.author) for s in document.stages.values()] == [
        ("review", "Bob the second", "Ann"), ("done", "Bob the second", "Bob"),
        ("annotation", "Ann", "Bob"), ("annotation", "", "Bob"),
    ]  # fmt: skip
    session.undo()
    session.undo()
    assert document.stage.stage == "done"
    session.redo()
    assert document.stage.assignee == "Ann"
    for stage, assignee, about in (("finished", None, "no stage"), (None, "x" * 81, "81 char")):
        with pytest.raises(RequestError, match=about):
            set_stage(session, stage, assignee)
    session.flush()
    other = Session(session.folder, *open_store(session.folder, writable=False))
    assert other.document.stages == document.stages
    other.close()


def test_what_is_left_is_counted_and_forbids_nothing(session: Session) -> None:
    EditService(session).add_object("cup")
    assert left_to_do(session.document) == Left(12, 0, 0)
    fill(session, range(1), Provenance.HUMAN)
    fill(session, range(1, 11), Provenance.MODEL)
    add_remark(session, 5, "look")
    left = left_to_do(session.document)
    assert left == Left(1, 10, 1)
    assert (
        left.words() == "Still left: 1 frame without a mask, 10 frames not accepted, 1 open remark."
    )
    set_stage(session, "done")
    assert Left(0, 0, 0).words() == "Nothing is left."


def test_who_accepted_a_frame_is_kept_with_the_step(session: Session) -> None:
    edit = EditService(session)
    edit.add_object("cup")
    edit.add_object("lid")
    fill(session, range(12), Provenance.MODEL)
    edit.accept(range(4), [1])
    session.person = "Bob"
    edit.accept([4, 5], [1])
    session.flush()
    accepted = session.accepted(5)
    assert accepted is not None
    assert accepted.author == "Bob"
    assert accepted.time > 1.7e9
    assert session.accepted(6) is None
    assert accepted_by(session) == {"Ann": 4, "Bob": 2}
    edit.clear_mask(0, 1)
    session.flush()
    assert accepted_by(session) == {"Ann": 3, "Bob": 2}, "what is gone is accepted by nobody"
    session.undo()
    session.undo()
    assert session.accepted(5) is None
    assert accepted_by(session) == {"Ann": 4}
    session.redo()
    assert session.accepted(5) == accepted
