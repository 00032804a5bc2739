"""The timeline's rows: what was read before must never hide what is new."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np

from annotator.core.changes import SetCells, SetLabel
from annotator.core.types import Cell, Provenance, Stroke
from annotator.services.editing.edit import EditService
from annotator.services.project.projects import create_project, open_project
from annotator.ui.timeline.rows import RowReader
from tests import fakes


def test_a_reader_that_remembers_says_the_same_as_a_new_one(tmp_path: Path) -> None:
    project = open_project(create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip")))
    session = project.session
    document, edit = session.document, EditService(session)
    ids = [edit.add_object().id for _ in range(3)]
    reader = RowReader(document)
    rng = np.random.default_rng(5)

    def change(turn: int) -> None:
        frame, object_id = int(rng.integers(12)), int(rng.choice(ids))
        kind = turn % 5
        if kind == 0:
            session.undo()
        elif kind == 1:
            edit.add_strokes(frame, [Stroke(object_id, np.array([[5, 5]], np.float32), 2.0)])
        else:
            label_map = document.label_map(frame).copy()
            label_map[:9, :9] = object_id
            provenance = (Provenance.HUMAN, Provenance.MODEL)[int(rng.integers(2))]
            cell = Cell(provenance, locked=kind == 4, quality=float(rng.uniform()), backend="b")
            label = SetLabel(frame, label_map)
            session.apply("change", [label, SetCells(frame, {object_id: cell})])

    seen = set()
    for turn in range(60):
        change(turn)
        chosen = ids[turn % 3]
        told, fresh = reader.read(chosen), RowReader(document).read(chosen)
        for field in fields(told):
            mine, other = getattr(told, field.name), getattr(fresh, field.name)
            assert np.array_equal(mine, other, equal_nan=mine.dtype.kind == "f"), field.name
        seen |= set(told.states.tolist())
    assert len(seen) >= 4, "the changes made something to tell apart"
    project.close()
