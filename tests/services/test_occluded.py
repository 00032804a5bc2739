"""What a person says about hidden objects: kept, undone, read again, exported and imported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from annotator.app import Application, Workbench
from annotator.core.errors import RequestError
from annotator.core.types import Cell, Provenance
from annotator.jobs.base import finish
from annotator.services.project.projects import create_project, open_project
from annotator.services.runs.runs import wait_for
from tests import fakes


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    application = Application(inline=True)
    application.registry = fakes.registry()
    clip = fakes.image_folder(tmp_path / "clip", 6)
    opened = application.open(create_project(tmp_path / "p", clip))
    opened.edit.add_object()
    for frame in (0, 5):
        pen = opened.edit.begin_paint(frame, 1, 2, erase=False)
        pen.extend(np.array([[10, 10], [20, 10]], np.float32))
        pen.commit()
    wait_for(application.runner, opened.inference.fill("interpolate"))
    yield opened
    opened.close()
    application.close()


def test_the_mark_makes_a_mask_drawn_and_undo_takes_it_back(bench: Workbench) -> None:
    before = bench.document.cell(2, 1)
    assert before.provenance is Provenance.MODEL
    mask = bench.document.label_map(2).copy()
    bench.edit.masks.toggle_occluded(2, 1)
    made = bench.document.cell(2, 1)
    assert made.occluded
    assert made.provenance is Provenance.CORRECTED
    assert np.array_equal(bench.document.label_map(2), mask), "the mask itself stays"
    assert np.flatnonzero(bench.document.cells.occluded(1)).tolist() == [2]
    bench.session.undo()
    assert bench.document.cell(2, 1) == before
    bench.session.redo()
    bench.edit.masks.toggle_occluded(2, 1)
    assert not bench.document.cell(2, 1).occluded
    assert bench.document.cell(2, 1).provenance is Provenance.CORRECTED


def test_painting_and_locking_keep_the_mark_and_a_lock_keeps_the_pen_off(bench: Workbench) -> None:
    bench.edit.masks.toggle_occluded(0, 1)
    bench.edit.masks.reshape(0, 1, "Grow")
    bench.edit.set_locked([0], [1], True)
    assert bench.document.cell(0, 1) == Cell(Provenance.HUMAN, locked=True, occluded=True)
    with pytest.raises(RequestError, match="locked"):
        bench.edit.masks.toggle_occluded(0, 1)


def test_a_wholly_hidden_object_has_an_empty_mask_that_counts_as_drawn(bench: Workbench) -> None:
    bench.edit.clear_mask(0, 1)
    bench.edit.masks.toggle_occluded(0, 1)
    assert bench.document.cell(0, 1) == Cell(Provenance.HUMAN, occluded=True)
    assert not bench.document.label_map(0).any()


def test_the_mark_survives_closing_and_an_export(bench: Workbench, tmp_path: Path) -> None:
    bench.edit.masks.toggle_occluded(0, 1)
    bench.edit.masks.toggle_occluded(3, 1)
    runner = bench._application.runner
    for format_id, out in (("davis", tmp_path / "out"), ("cvat", tmp_path / "cvat")):
        finish(
            runner,
            bench.transfer.export(
                format_id, out, None, on_report=lambda _: None, on_end=lambda _: None
            ),
        )
    assert (tmp_path / "cvat" / "annotations.xml").read_text(encoding="utf-8").count(
        'occluded="1"'
    ) == 2
    folder = bench.session.folder
    bench.session.flush()
    again = open_project(folder, writable=False)
    assert np.flatnonzero(again.session.document.cells.occluded(1)).tolist() == [0, 3]
    again.close()

    other = bench._application.open(create_project(tmp_path / "q", tmp_path / "clip"))
    read = other.transfer.import_labels("davis", tmp_path / "out", on_end=lambda _: None)
    finish(runner, read.job)
    assert np.flatnonzero(other.document.cells.occluded(1)).tolist() == [0, 3]
    other.close()
