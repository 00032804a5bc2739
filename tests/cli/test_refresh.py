"""`run refresh`: only what is out of date."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotator.services.project.projects import open_project
from annotator.services.runs.staleness import stale_frames
from tests.cli.batches import worker
from tests.cli.calls import asked, refused
from tests.cli.conftest import N_FRAMES


def stale(project: Path) -> list[int]:
    opened = open_project(project, writable=False)
    try:
        document = opened.session.document
        found = [stale_frames(document, object_id) for object_id in document.objects]
        return np.flatnonzero(np.any(found, axis=0)).tolist()
    finally:
        opened.close()


@pytest.fixture
def filled(project: Path, masks: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Key frames 0 and 5, the rest interpolated."""
    asked(capsys, "import", project, "--format", "davis", masks, "--frames", f"0,{N_FRAMES - 1}")
    asked(capsys, "run", project, "interpolate", "--backend", "embedded")
    return project


def test_only_what_a_new_key_frame_governs_is_made_anew(
    filled: Path, masks: Path, capsys: pytest.CaptureFixture[str]
):
    told = refused(capsys, 2, "run", filled, "refresh", "--backend", "embedded")
    assert "Nothing is out of date" in told
    asked(capsys, "import", filled, "--format", "davis", masks, "--frames", "2")
    assert stale(filled) == [1, 3, 4]
    done = asked(capsys, "run", filled, "refresh", "--backend", "embedded", "--frames", "3:6")
    assert (done["task"], done["filled"], stale(filled)) == ("interpolate", 2, [1])
    done = asked(capsys, "run", filled, "refresh", "--backend", "embedded")
    assert (done["filled"], stale(filled)) == (1, [])


def test_what_it_does_not_know_is_refused(filled: Path, capsys: pytest.CaptureFixture[str]):
    assert "--resume" in refused(capsys, 2, "run", filled, "refresh", "--resume")
    direction = "run", filled, "refresh", "--direction", "forward"
    assert "--direction" in refused(capsys, 2, *direction)


def test_in_a_batch_nothing_out_of_date_is_no_failure(filled: Path, masks: Path):
    outcome = worker(filled, "refresh --backend embedded")
    assert (outcome.state, outcome.message) == ("done", "refresh: nothing to fill")
    steps = f"import davis '{masks}' --frames 2; refresh --backend embedded"
    outcome = worker(filled, steps)
    assert outcome.state == "done"
    assert "refresh: 3 frames by embedded" in outcome.message
    assert stale(filled) == []
