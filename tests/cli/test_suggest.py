"""`suggest`: the next frames of many projects."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.services.project.projects import create_project
from tests import fakes
from tests.cli.calls import asked, refused, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, frames in (("long", 30), ("short", 6)):
        media = fakes.image_folder(tmp_path / f"media {name}", frames)
        create_project(tmp_path / "set" / name, media)
    return tmp_path / "set"


def test_places_of_a_folder_of_projects(folder: Path, capsys: pytest.CaptureFixture[str]):
    facts = asked(capsys, "suggest", folder, "--count", 3)
    assert facts["expected_J"] == 0
    assert [Path(one["project"]).stem for one in facts["projects"]] == ["long", "short"]
    assert Path(facts["places"][0]["project"]).stem == "long"
    assert len(facts["places"]) == 3
    assert run("suggest", folder) == 0
    told = capsys.readouterr().out
    assert told.startswith("2 projects, 36 frames: a mean J of 0.000 is expected.")
    rows = [line.split() for line in told.splitlines()]
    best = facts["places"][0]
    assert rows[2][:2] == ["long", str(best["frame"])]
    assert float(rows[2][2]) == pytest.approx(best["gain"], abs=1e-4)


def test_one_that_cannot_be_read_is_told_beside_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    (folder / "long.strokeflow" / "project.db").write_bytes(b"no database")
    assert run("suggest", folder) == 0
    told = capsys.readouterr().out
    assert "left out: long:" in told
    assert "1 projects" not in told
    (folder / "short.strokeflow" / "project.db").unlink()
    assert "long.strokeflow" in refused(capsys, 2, "suggest", folder)


def test_the_same_name_in_two_folders_is_told_apart(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    media = fakes.image_folder(tmp_path / "media other", 5)
    twin = create_project(tmp_path / "more" / "short", media)
    assert run("suggest", folder, twin) == 0
    told = capsys.readouterr().out
    assert str(twin) in told
    assert str(folder / "short.strokeflow") in told
    assert str(folder / "long.strokeflow") not in told


def test_no_project_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert "project" in refused(capsys, 2, "suggest", tmp_path / "none.strokeflow")
