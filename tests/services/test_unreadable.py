"""Projects and media in places that may not be looked into."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from annotator.core.errors import DiskError, MediaError
from annotator.services.project.projects import create_project, open_project
from annotator.services.runs.survey import SurveyOrder
from annotator.services.runs.survey_task import survey
from tests import fakes
from tests.cli.calls import asked
from tests.services.test_dataset import Control


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Folders, by name, into which nobody may look; who runs the tests may be root, whom no rights
    stop."""
    folders: set[str] = set()
    stat = os.stat

    def refusing(path: object, *rest: object, **more: object) -> os.stat_result:
        if isinstance(path, str | os.PathLike) and folders & {p.name for p in Path(path).parents}:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", refusing)
    return folders


@pytest.fixture
def projects(tmp_path: Path) -> list[Path]:
    names = ("one", "other")
    media = [fakes.image_folder(tmp_path / f"films {n}" / n, 5) for n in names]
    return [create_project(tmp_path / n, m) for n, m in zip(names, media, strict=True)]


@pytest.mark.parametrize("place", ["one.strokeflow", "films one"])
def test_the_others_are_looked_at(projects: list[Path], place: str, shut: set[str]) -> None:
    shut.add(place)
    (found,) = survey(SurveyOrder(tuple(map(str, projects)), 2), Control())
    locked, fine = found.projects
    assert locked.reason.startswith("Cannot read ")
    assert locked.reason.endswith(": Permission denied.")
    assert place in locked.reason
    assert locked.hint == "Check the path and its rights."
    assert not fine.reason
    assert {Path(p.project).stem for p in found.places} == {"other"}


def test_a_project_is_told_from_its_media(
    projects: list[Path], shut: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    shut.add("films one")
    with pytest.raises(MediaError, match="Cannot read"):
        open_project(projects[0])
    facts = asked(capsys, "info", projects[0])
    assert not facts["media_found"]
    assert "films one" in facts["media_problem"]
    shut.add("one.strokeflow")
    with pytest.raises(DiskError, match="Cannot read"):
        open_project(projects[0])
