"""Incoming objects under other ids, and what an import may and may not replace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotator.app import Application, Workbench
from annotator.core.changes import SetCells, SetLabel, SetObject
from annotator.core.errors import RequestError
from annotator.core.objects import ObjectInfo, new_object
from annotator.core.types import Cell, Provenance, Stroke
from annotator.io.formats.base import ImportedFrame
from annotator.io.formats.davis import encode_png
from annotator.jobs.base import finish
from annotator.services.exchange.mapping import (
    Gathering,
    Incoming,
    conflicts,
    read_wishes,
    remapped,
    resolve,
)
from annotator.services.exchange.transfer import ImportRun
from annotator.services.project.projects import create_project
from tests import fakes

SHAPE = (fakes.HEIGHT, fakes.WIDTH)
HUMAN = Cell(Provenance.HUMAN)


def label_map(*ids: int) -> np.ndarray:
    """A stripe of four rows for each id."""
    made = np.zeros(SHAPE, np.uint8)
    for n, object_id in enumerate(ids):
        made[4 * n : 4 * n + 4] = object_id
    return made


@pytest.fixture(name="bench")
def _bench(tmp_path: Path):
    application = Application(inline=True)
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip", 4))
    bench = application.open(folder)
    bench.session.apply(
        "Label",
        [
            SetObject(1, new_object(1, "Tom", "cat")),
            SetObject(2, new_object(2, "Ball")),
            SetLabel(0, label_map(2, 1)),
            SetCells(0, {1: HUMAN, 2: Cell(Provenance.HUMAN, locked=True)}),
            SetLabel(1, label_map(2, 1)),
            SetCells(1, {1: Cell(Provenance.MODEL, backend="embedded")}),
        ],
    )
    yield bench
    bench.close()
    application.close()


@pytest.fixture(name="masks")
def _masks(tmp_path: Path) -> Path:
    folder = tmp_path / "masks"
    folder.mkdir()
    for frame in range(3):
        (folder / f"{frame:05d}.png").write_bytes(encode_png(label_map(1, 2, 255)))
    return folder


def looked(bench: Workbench, masks: Path) -> tuple[Incoming, ...]:
    found: list[Incoming] = []
    job = bench.transfer.look("davis", masks, on_found=found.extend, on_end=lambda _: None)
    finish(bench._application.runner, job)
    return tuple(found)


def imported(bench: Workbench, masks: Path, mapping: dict[int, int], overwrite: bool) -> ImportRun:
    run = bench.transfer.import_labels(
        "davis", masks, on_end=lambda _: None, mapping=mapping, overwrite=overwrite
    )
    finish(bench._application.runner, run.job)
    return run


def test_looking_changes_nothing(bench: Workbench, masks: Path) -> None:
    before = [s.id for s in bench.session.store.steps()]
    one, two, void = looked(bench, masks)
    assert (one.id, one.frames.tolist(), one.pixels) == (1, [0, 1, 2], 3 * 4 * fakes.WIDTH)
    assert (two.id, void.id, void.name) == (2, 255, "void")
    assert [s.id for s in bench.session.store.steps()] == before


def test_conflicts_follow_the_mapping(bench: Workbench, masks: Path) -> None:
    found = looked(bench, masks)
    assert conflicts(found, resolve({}, found, bench.document), bench.document) == [(0, 1), (0, 2)]
    wishes = read_wishes({"1": "new", "object 2": "skip"}, found)
    mapping = resolve(wishes, found, bench.document)
    assert mapping == {1: 3, 2: 0, 255: 255}
    assert conflicts(found, mapping, bench.document) == []
    bench.session.apply("Lock", [SetObject(1, ObjectInfo(1, "Tom", (1, 2, 3), locked=True))])
    both = resolve({2: "skip"}, found, bench.document)
    assert conflicts(found, both, bench.document) == [(0, 1), (1, 1), (2, 1)]


def test_human_cells_stay_and_locked_ones_even_if_others_are_replaced(
    bench: Workbench, masks: Path
) -> None:
    document = bench.document
    run = imported(bench, masks, {}, overwrite=False)
    assert (run.kept, run.replaced) == ([(0, 1), (0, 2)], [])
    assert np.array_equal(document.label_map(0), label_map(2, 1))
    bench.session.undo()
    run = imported(bench, masks, {}, overwrite=True)
    assert (run.kept, run.replaced) == ([(0, 2)], [(0, 1)])
    assert (document.label_map(0) == 2).sum() == 4 * fakes.WIDTH
    assert (document.label_map(0)[:4] == 2).all(), "the locked mask is where it was"
    assert document.cell(0, 1).provenance is Provenance.IMPORTED
    bench.session.undo()
    assert np.array_equal(document.label_map(0), label_map(2, 1))
    assert document.cell(0, 1) == HUMAN


def test_mapped_import(bench: Workbench, masks: Path) -> None:
    run = imported(bench, masks, {1: 3, 2: 3, 255: 0}, overwrite=False)
    assert run.frames == 3
    expected = label_map(3, 3)
    assert np.array_equal(bench.document.label_map(2), expected)
    assert bench.document.objects[3].name == "object 3"


def test_strokes_infos_and_cells_are_renumbered() -> None:
    point = np.zeros((1, 2), np.float32)
    model = Cell(Provenance.MODEL, backend="x")
    frame = ImportedFrame(
        frame=0,
        label_map=label_map(1, 2, 3, 255),
        objects=frozenset({1, 2, 3}),
        file=Path("f"),
        strokes=tuple(Stroke(i, point, 1.0) for i in (0, 1, 2, 3)),
        infos=(ObjectInfo(1, "Tom", (1, 1, 1)), ObjectInfo(2, "B", (2, 2, 2))),
        cells={1: model, 2: model, 3: HUMAN},
    )
    new = remapped(frame, {1: 7, 2: 7, 3: 255, 255: 0})
    assert new.label_map is not None
    assert np.array_equal(new.label_map, label_map(7, 7, 255))
    assert new.objects == {7}
    assert [s.object_id for s in new.strokes] == [0, 7, 7], "a skipped stroke is not background"
    assert new.infos == (ObjectInfo(7, "Tom", (1, 1, 1)),)
    assert new.cells == {7: model}
    assert remapped(frame, {1: 7, 3: 7}).cells[7] == Cell(Provenance.IMPORTED)
    assert remapped(frame, {1: 1}) is frame


def test_wishes_that_cannot_be(bench: Workbench) -> None:
    gathering = Gathering()
    gathering.add(ImportedFrame(0, label_map(1), frozenset({1}), Path("f")))
    found = gathering.found()
    for given in ({"9": "new"}, {"1": "bear"}):
        with pytest.raises(RequestError):
            read_wishes(given, found)
    with pytest.raises(RequestError, match="no object 255"):
        resolve({1: 255}, found, bench.document)
    bench.document.next_object_id = 255
    with pytest.raises(RequestError, match="have been used"):
        resolve({1: "new"}, found, bench.document)
