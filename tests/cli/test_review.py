"""`review`: remarks listed, the stage moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.services.project.projects import open_project
from annotator.services.review.remarks import add_remark, reply, set_resolved
from tests.cli.calls import asked, refused, run
from tests.cli.conftest import N_FRAMES


def test_remarks_are_listed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("review", project, "--remarks") == 0
    assert capsys.readouterr().out == "There are no remarks.\n"
    opened = open_project(project)
    session = opened.session
    session.person = "Ann"
    add_remark(session, 4, "look here\nand there", place=(7.5, 3))
    add_remark(session, 2, "settled")
    session.person = "Bob"
    reply(session, 1, "yes")
    set_resolved(session, 2, True)
    opened.close()
    listed = asked(capsys, "review", project, "--remarks")["remarks"]
    assert [(r["id"], r["frame"], r["resolved"]) for r in listed] == [(2, 2, True), (1, 4, False)]
    assert listed[0]["resolved_by"] == "Bob"
    assert listed[0]["resolved_at"].endswith("Z")
    assert (listed[1]["author"], listed[1]["place"], listed[1]["object"]) == ("Ann", [7.5, 3.0], "")
    assert listed[1]["replies"][0]["text"] == "yes"
    assert listed[1]["resolved_at"] is None
    (only,) = asked(capsys, "review", project, "--remarks", "--open")["remarks"]
    assert only["id"] == 1
    assert run("review", project, "--remarks") == 0
    told = capsys.readouterr().out
    assert "#2, frame 2, Bob" not in told
    assert "resolved by Bob" in told
    assert "#1, frame 4, at 8, 3, Ann" in told
    assert "    and there\n" in told
    assert asked(capsys, "info", project)["remarks"] == {"open": 1, "resolved": 1}
    assert run("info", project) == 0
    assert "remarks  1 open, 1 resolved" in capsys.readouterr().out
    assert "goes with --remarks" in refused(capsys, 2, "review", project, "--open")


def test_the_stage_is_set_shown_and_forbids_nothing(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ann")
    facts = asked(capsys, "info", project)
    assert (facts["stage"], facts["assignee"], facts["stage_at"]) == ("annotation", "", None)
    done = asked(capsys, "review", project, "--stage", "review", "--assign", "Bob")
    assert (done["stage"], done["assignee"], done["stage_by"]) == ("review", "Bob", "ann")
    assert done["left"] == {"empty": N_FRAMES, "unaccepted": 0, "remarks": 0}
    assert run("review", project, "--stage", "done") == 0
    told = capsys.readouterr().out
    assert "done, assigned to Bob (by ann, 20" in told
    assert f"Still left: {N_FRAMES} frames without a mask." in told
    assert run("review", project, "--assign", "") == 0
    assert "done (by ann" in capsys.readouterr().out
    assert run("info", project) == 0
    assert "  stage    done (by ann" in capsys.readouterr().out
    opened = open_project(project)
    opened.session.undo()
    assert opened.session.document.stage.assignee == "Bob"
    opened.close()
    assert "no stage 'x'" in refused(capsys, 2, "review", project, "--stage", "x")
    assert "81 characters" in refused(capsys, 2, "review", project, "--assign", "x" * 81)
    assert "does not go" in refused(capsys, 2, "review", project, "--stage", "done", "--remarks")


def test_a_data_set_of_what_is_done(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis")
    given = ("dataset", project, "--format", "davis", "--out", tmp_path / "set", "--done")
    assert "No project is marked done" in refused(capsys, 2, *given)
    asked(capsys, "review", project, "--stage", "done")
    assert asked(capsys, *given)["frames"] == N_FRAMES
