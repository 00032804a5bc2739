"""`suggest`: what it says where there is little to say, and where there is very much."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.services.project.projects import create_project, open_project
from annotator.services.review.stages import set_stage
from annotator.services.runs import survey_task
from annotator.services.runs.survey import Place, Survey, Surveyed
from tests import fakes
from tests.cli.calls import asked, refused, run


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A folder of two projects, `first` and `second`."""
    for name in ("first", "second"):
        media = fakes.image_folder(tmp_path / f"media {name}", 5)
        create_project(tmp_path / "set" / name, media)
    return tmp_path / "set"


def mark_done(folder: Path, *names: str) -> None:
    for name in names:
        project = open_project(folder / name)
        set_stage(project.session, "done")
        project.close()


def found(monkeypatch: pytest.MonkeyPatch, survey: Survey) -> None:
    def told(*_: object) -> Iterator[Survey]:
        yield survey

    monkeypatch.setattr(survey_task, "survey", told)


def test_a_short_name_is_the_project_of_that_name(two: Path, capsys: pytest.CaptureFixture[str]):
    facts = asked(capsys, "suggest", two / "first", two / "first.strokeflow")
    assert [one["project"] for one in facts["projects"]] == [str(two / "first.strokeflow")]
    named = {place["project"] for place in facts["places"]}
    assert named == {str(two / "first.strokeflow")}


def test_of_projects_that_all_stay_out_each_is_told(two: Path, capsys: pytest.CaptureFixture[str]):
    (two / "first.strokeflow" / "project.db").write_bytes(b"no database")
    mark_done(two, "second")
    for options in ((), ("--json",)):
        told = refused(capsys, 2, "suggest", two, *options).splitlines()
        assert told[0] == "strokeflow: No project can be looked at."
        assert told[1].startswith("  left out: first: ")
        assert "Restore it from a backup" in told[1]
        assert told[2:] == ["  left out: second: It is marked done. --also-done looks at it, too."]


def test_one_that_is_done_says_how_to_look_at_it(two: Path, capsys: pytest.CaptureFixture[str]):
    mark_done(two, "first")
    assert run("suggest", two) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == "  left out: first: It is marked done. --also-done looks at it, too."
    assert run("suggest", two, "--also-done") == 0
    assert "left out" not in capsys.readouterr().out


def test_gains_in_very_many_frames_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    found(
        monkeypatch,
        Survey(
            (Surveyed("/a.strokeflow", 300_000, 3, 0.5, "annotation"),),
            (Place("/a.strokeflow", 8, 2.3456e-6), Place("/a.strokeflow", 9, 1.3456e-6)),
        ),
    )
    facts = asked(capsys, "suggest", "/a.strokeflow")
    assert [place["gain"] for place in facts["places"]] == [2.346e-06, 1.346e-06]
    assert run("suggest", "/a.strokeflow") == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[2] for row in rows[2:4]] == ["0.0000023", "0.0000013"]


@pytest.mark.parametrize(
    ("annotated", "said"),
    [(5, "Every frame is annotated."), (4, "No frame is expected to gain from a mask.")],
)
def test_no_place_is_not_the_same_as_all_annotated(
    annotated: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    found(monkeypatch, Survey((Surveyed("/a.strokeflow", 5, annotated, 1.0, "annotation"),), ()))
    assert run("suggest", "/a.strokeflow") == 0
    assert capsys.readouterr().out.splitlines()[-1] == said
