"""Where in many projects a mask would help most."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from annotator.backends.saliency.course_store import FILE
from annotator.core.changes import SetCells, SetLabel, SetObject
from annotator.core.errors import Cancelled, RequestError
from annotator.core.objects import new_object
from annotator.core.types import Cell, Provenance
from annotator.services.project.projects import create_project, open_project
from annotator.services.review.stages import set_stage
from annotator.services.runs import auto_tasks
from annotator.services.runs.suggest import Suggestion
from annotator.services.runs.survey import Place, Survey, SurveyOrder, rank
from annotator.services.runs.survey_task import survey
from tests import fakes
from tests.controls import Control


def labelled(folder: Path, name: str, frames: int, quality: float | None) -> Path:
    """A project with one object: a person's mask on frame 0, a run's masks on the others, good ones
    on the next two and of this quality after that; None for a project without labels."""
    media = fakes.image_folder(folder / f"media {name}", frames)
    project = create_project(folder / name, media)
    if quality is None:
        return project
    bench = open_project(project)
    labels = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
    labels[5:20, 5:20] = 1
    changes: list[object] = [SetObject(1, new_object(1, "it"))]
    for frame in range(frames):
        made = Cell(Provenance.MODEL, quality=0.97 if frame < 3 else quality, backend="embedded")
        changes.append(SetLabel(frame, labels))
        changes.append(SetCells(frame, {1: made if frame else Cell(Provenance.HUMAN)}))
    bench.session.apply("Label", changes)
    bench.close()
    return project


def look(*projects: Path, count: int = 3, **choices: bool) -> Survey:
    (found,) = survey(SurveyOrder(tuple(map(str, projects)), count, **choices), Control())
    return found


def test_what_is_unknown_comes_first_then_what_is_bad(tmp_path: Path):
    good, bad = (labelled(tmp_path, n, 12, q) for n, q in (("good", 0.95), ("bad", 0.4)))
    new = labelled(tmp_path, "new", 12, None)
    found = look(good, bad, new)
    assert Path(found.places[0].project).stem == "new"
    assert [one.annotated for one in found.projects] == [1, 1, 0]
    expected = [(1 + 2 * 0.97 + 9 * quality) / 12 for quality in (0.95, 0.4)] + [0]
    assert [one.expected for one in found.projects] == pytest.approx(expected)
    assert found.expected == pytest.approx(np.mean(expected))
    without = look(good, bad)
    assert Path(without.places[0].project).stem == "bad"
    gains = [place.gain for place in without.places]
    assert gains == sorted(gains, reverse=True)


def test_every_frame_weighs_the_same():
    found = {"long": [Suggestion(5, 0.02)], "short": [Suggestion(1, 0.1)]}
    first, second = rank(found, {"long": 900, "short": 100}, 5)
    assert first == Place("long", 5, pytest.approx(0.018))
    assert second == Place("short", 1, pytest.approx(0.01))


def test_suggestions_of_a_project_keep_their_order():
    found = {"a": [Suggestion(3, 0.1), Suggestion(9, 0.3)], "b": [Suggestion(4, 0.2)]}
    assert [p.frame for p in rank(found, {"a": 10, "b": 10}, 3)] == [4, 3, 9]
    assert [p.frame for p in rank(found, {"a": 10, "b": 10}, 1)] == [4]
    assert rank({}, {}, 3) == ()


def test_projects_that_are_done_are_left_out_unless_asked(tmp_path: Path):
    one, other = labelled(tmp_path, "one", 6, None), labelled(tmp_path, "other", 6, 0.9)
    opened = open_project(one)
    set_stage(opened.session, "done", "")
    opened.close()
    found = look(one, other)
    assert {Path(p.project).stem for p in found.places} == {"other"}
    assert found.projects[0].reason == "It is marked done."
    assert found.expected == pytest.approx(found.projects[1].expected)
    assert Path(look(one, other, also_done=True).places[0].project).stem == "one"


def test_what_cannot_be_read_is_told_and_the_others_count(tmp_path: Path):
    whole, lost = labelled(tmp_path, "whole", 6, 0.5), labelled(tmp_path, "lost", 6, None)
    shutil.rmtree(tmp_path / "media lost")
    found = look(lost, tmp_path / "nothing.strokeflow", whole)
    assert {Path(p.project).stem for p in found.places} == {"whole"}
    gone, nothing, fine = found.projects
    assert "media lost" in gone.reason
    assert "Locate" in gone.hint
    assert "not a Strokeflow project" in nothing.reason
    assert not fine.reason


def test_a_clip_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    project = labelled(tmp_path, "p", 8, 0.6)
    first = look(project)
    assert (project / "cache" / FILE).is_file()
    monkeypatch.setattr(auto_tasks, "course", lambda *_: pytest.fail("looked at again"))
    assert look(project) == first


def test_named_twice_it_counts_once(tmp_path: Path):
    project = labelled(tmp_path, "p", 6, 0.6)
    found = look(project, project.parent / "." / project.name)
    assert len(found.projects) == 1


def test_it_can_be_cancelled_and_changes_nothing(tmp_path: Path):
    projects = tuple(str(labelled(tmp_path, name, 8, 0.6)) for name in "ab")
    before = [(Path(p) / "project.db").read_bytes() for p in projects]
    with pytest.raises(Cancelled):
        list(survey(SurveyOrder(projects, 3), Control(4)))
    control = Control()
    list(survey(SurveyOrder(projects, 3), control))
    assert control.seen[-1] == (2, 2)
    assert [(Path(p) / "project.db").read_bytes() for p in projects] == before


@pytest.mark.parametrize("order", [SurveyOrder((), 3), SurveyOrder(("x",), 0)])
def test_an_order_that_cannot_be_meant_is_refused(order: SurveyOrder):
    with pytest.raises(RequestError):
        list(survey(order, Control()))
