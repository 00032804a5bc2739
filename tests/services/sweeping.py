"""Projects in which edits of many frames are tried, and how they lie in memory and on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotator.core.changes import AddStroke, Change, SetCells, SetLabel, SetObject
from annotator.core.document import PlacedStroke
from annotator.core.types import Cell, Stroke
from annotator.io.store import StoreMeta, create_store, open_store
from annotator.services.editing import steps
from annotator.services.editing.steps import LongEdit
from annotator.services.project.session import Session

OBJECTS = (1, 2, 3)
TABLES = ("labels", "cells", "marks", "strokes", "objects")


def make(folder: Path, known: list[dict[int, Cell]], seed: int = 0) -> Session:
    """A project with three objects; pixels of all of them on each frame, strokes on some."""
    meta = StoreMeta("clip", "", "images", "print", 12, 8, len(known), 25.0)
    create_store(folder, meta)
    session = Session(folder, *open_store(folder))
    rng = np.random.default_rng(seed)
    changes: list[Change] = []
    for object_id in OBJECTS:
        changes.append(SetObject(object_id, session.new_object()))
        session.apply("Add", changes[-1:])
    changes = []
    for frame, here in enumerate(known):
        changes.append(SetLabel(frame, rng.integers(0, 4, (8, 12), np.uint8)))
        changes.append(SetCells(frame, here))
        if rng.random() < 0.5:
            points = np.ones((2, 2), np.float32)
            stroke = Stroke(int(rng.integers(0, 4)), points, 2.0)
            changes.append(AddStroke(PlacedStroke(frame + 1, frame, stroke)))
    session.apply("Begin", changes)
    session.flush()
    return session


def content(session: Session) -> dict[str, list[tuple[int, bytes]]]:
    """All rows of the document as they lie on disk."""
    session.flush()
    return {table: session.store.rows(table) for table in TABLES}


def memory(session: Session) -> object:
    document = session.document
    return [
        (
            document.cells.frame(frame),
            [int(document.marks.column(o)[frame]) for o in OBJECTS],
            document.label_map(frame).tolist(),
            document.strokes(frame),
        )
        for frame in range(document.n_frames)
    ]


def in_slices(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[LongEdit]:
    """Every edit is a long one, of slices of at most two frames; who asks carries it on."""
    for bound in ("LARGEST", "_SMALLEST"):
        monkeypatch.setattr(steps, bound, 2)
    monkeypatch.setattr("annotator.services.project.session.MANY", 0)
    monkeypatch.setattr(steps, "MANY", 0)
    taken: list[LongEdit] = []
    session.on_long = taken.append
    return taken
