"""Data sets, surveys and reports of a project in which something is under way, or was cut off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotator.core.changes import SetCells, SetLabel, SetObject
from annotator.core.errors import Cancelled
from annotator.core.objects import new_object
from annotator.core.types import Cell, Provenance
from annotator.io.store.unfinished import half_here
from annotator.services.editing.steps import RunStep
from annotator.services.exchange import dataset_task
from annotator.services.exchange.dataset import DatasetOrder
from annotator.services.exchange.dataset_report import DatasetReport
from annotator.services.exchange.dataset_task import export_dataset
from annotator.services.project.projects import create_project, open_project
from annotator.services.review.report_task import ReportTask
from annotator.services.review.report_task import report as write_report
from annotator.services.runs.survey import SurveyOrder
from annotator.services.runs.survey_task import survey
from tests import fakes
from tests.cli.calls import asked, run
from tests.services.test_dataset import Control

N_FRAMES = 6
HALF = "'Import davis: masks' has not come to its end; a part of it is here."


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    return create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip", N_FRAMES))


def take(step: RunStep, *frames: int) -> None:
    labels = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
    labels[5:20, 5:20] = 1
    for frame in frames:
        cells = SetCells(frame, {1: Cell(Provenance.IMPORTED)})
        step.append(frame, [SetObject(1, new_object(1, "it")), SetLabel(frame, labels), cells])


def made(project: Path, out: Path) -> DatasetReport:
    order = DatasetOrder((str(project),), "davis", str(out), (("train", 1.0),))
    (report,) = export_dataset(order, Control())
    return report


def test_half_an_import_is_told(project: Path, tmp_path: Path) -> None:
    """Three of six frames are there; the process died, or is still at it."""
    writer = open_project(project)
    step = writer.session.begin_run("Import davis: masks", whole=True)
    take(step, 0, 1, 2)
    writer.session.flush()
    report = made(project, tmp_path / "set")
    assert (report.frames, report.findings) == (3, (f"p: {HALF}",))
    assert HALF in (tmp_path / "set" / "README.md").read_text("utf-8")
    (found,) = survey(SurveyOrder((str(project),), 3), Control())
    assert found.projects[0].notes == (HALF,)
    (facts,) = write_report(ReportTask(str(project), str(tmp_path / "r.html")), Control())
    assert facts["notes"] == [HALF]
    step.end()
    writer.close()
    assert made(project, tmp_path / "set").findings == ()
    (found,) = survey(SurveyOrder((str(project),), 3), Control())
    assert found.projects[0].notes == ()
    (facts,) = write_report(ReportTask(str(project), str(tmp_path / "r.html")), Control())
    assert facts["notes"] == []


def test_a_run_that_has_not_ended_is_told(project: Path, tmp_path: Path) -> None:
    writer = open_project(project)
    step = writer.session.begin_run("Import davis: masks", whole=True)
    take(step, 0, 1, 2)
    step.end()
    writer.session.store.add_run(b"of some backend")
    writer.session.flush()
    (told,) = made(project, tmp_path / "set").findings
    writer.close()
    assert told.startswith("p: A run has not come to its end; ")


def test_a_clip_that_was_made_halfway_is_made_anew(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The data set is interrupted, the import meanwhile comes to its end: the same step."""

    def full(*_: object) -> None:
        raise Cancelled

    writer = open_project(project)
    step = writer.session.begin_run("Import davis: masks", whole=True)
    take(step, 0, 1, 2)
    writer.session.flush()
    with monkeypatch.context() as patch:
        patch.setattr(dataset_task, "_assemble", full)
        with pytest.raises(Cancelled):
            made(project, tmp_path / "set")
    assert (tmp_path / "set.unfinished" / "p").is_dir()
    take(step, 3, 4, 5)
    step.end()
    writer.close()
    report = made(project, tmp_path / "set")
    assert (report.frames, report.findings) == (N_FRAMES, ())


def test_the_command_line_warns(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    writer = open_project(project)
    take(writer.session.begin_run("Import davis: masks", whole=True), 0, 1, 2)
    writer.session.flush()
    assert half_here("Import davis: masks") == HALF
    for options in ((), ("--json",)):
        assert run("suggest", project, *options) == 0
        assert capsys.readouterr().err.splitlines()[-1] == f"strokeflow: warning: p: {HALF}"
    assert run("report", project, "--out", tmp_path / "r.html") == 0
    assert f"strokeflow: warning: {HALF}" in capsys.readouterr().err
    assert asked(capsys, "suggest", project)["projects"][0]["notes"] == [HALF]
    writer.close()
