"""A damaged project is refused in plain words, wherever the damage lies."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from annotator.app import Application
from annotator.core.changes import SetCells, SetLabel, SetObject
from annotator.core.errors import ProjectError, StrokeflowError
from annotator.core.objects import new_object
from annotator.core.types import Cell, Provenance
from annotator.services.project.projects import create_project, open_project
from tests import fakes


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip", 8))
    application = Application(inline=True)
    bench = application.open(folder)
    mask = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
    mask[5:20, 5:20] = 1
    cell = {1: Cell(Provenance.HUMAN)}
    labels = [c for f in range(8) for c in (SetLabel(f, mask), SetCells(f, cell))]
    bench.session.apply("Label", [SetObject(1, new_object(1)), *labels])
    bench.close()
    application.close()
    return folder


def use(folder: Path) -> None:
    opened = open_project(folder, need_media=False)
    try:
        document = opened.session.document
        for frame in range(document.n_frames):
            document.label_map(frame)
            document.strokes(frame)
        opened.session.store.open_runs()
    finally:
        opened.close()


def test_overwritten_bytes_and_pages(project: Path) -> None:
    database, dice = project / "project.db", random.Random(3)
    whole = database.read_bytes()
    outcomes = set()
    for _ in range(150):
        damaged = bytearray(whole)
        if dice.random() < 0.5:
            for _ in range(dice.choice([1, 5, 50])):
                damaged[dice.randrange(len(whole))] = dice.randrange(256)
        else:
            page = 4096 * dice.randrange(len(whole) // 4096)
            damaged[page : page + 4096] = dice.randbytes(4096)
        for log in ("project.db-wal", "project.db-shm"):
            (project / log).unlink(missing_ok=True)
        database.write_bytes(damaged)
        try:
            use(project)
            outcomes.add("as it was")
        except StrokeflowError as error:
            # What was refused lets go of the file: else the next one meets a disk that fails.
            outcomes.add("held on" if "disk I/O" in error.message else "refused")
    assert outcomes == {"as it was", "refused"}


@pytest.mark.parametrize("field", ['"width":-5', '"n_frames":0', '"kind":"music"'])
def test_media_that_cannot_be(project: Path, field: str) -> None:
    meta = '"media":"x","media_relative":"","kind":"images","fingerprint":"","width":9,"height":9,'
    meta += '"n_frames":3,"fps":1'
    name = field.partition(":")[0]
    parts = [field if part.startswith(name + ":") else part for part in meta.split(",")]
    db = sqlite3.connect(project / "project.db")
    db.execute("UPDATE meta SET value = ? WHERE key = 'media'", ("{" + ",".join(parts) + "}",))
    db.commit()
    db.close()
    with pytest.raises(ProjectError, match="does not say which media"):
        use(project)
