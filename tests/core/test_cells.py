"""The columnar table of cells against a plain dictionary."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.cells import CellTable
from annotator.core.types import Cell, Provenance
from annotator.services.project import records

N_FRAMES = 9
cells = st.builds(
    Cell,
    st.sampled_from(Provenance),
    st.booleans(),
    st.none() | st.floats(0, 1, width=32),
    st.sampled_from(["", "embedded", "npmca"]),
)
changes = st.lists(
    st.tuples(st.integers(0, N_FRAMES - 1), st.sampled_from([1, 2, 254]), cells), max_size=40
)


def known(cell: Cell) -> bool:
    return cell.provenance is not Provenance.NONE or cell.locked


@given(changes)
def test_the_table_says_what_was_set(made: list[tuple[int, int, Cell]]) -> None:
    table, plain = CellTable(N_FRAMES), {}
    for frame, object_id, cell in made:
        table.set(frame, object_id, cell)
        plain[frame, object_id] = cell
    for frame in range(N_FRAMES):
        expected = {o: c for (f, o), c in plain.items() if f == frame and known(c)}
        assert table.frame(frame) == dict(sorted(expected.items()))
    for object_id in (1, 2, 254):
        protected = [plain.get((f, object_id), Cell(Provenance.NONE)).protected for f in range(9)]
        assert table.protected(object_id).tolist() == protected
    counted: dict[str, int] = {}
    for cell in plain.values():
        if cell.provenance is not Provenance.NONE:
            counted[cell.label] = counted.get(cell.label, 0) + 1
    assert table.counts() == counted


@given(changes)
def test_the_table_survives_its_bytes(made: list[tuple[int, int, Cell]]) -> None:
    table = CellTable(N_FRAMES)
    for frame, object_id, cell in made:
        table.set(frame, object_id, cell)
    rows = [
        (f, data)
        for f in range(N_FRAMES)
        if (data := records.encode_cells(table, np.array([f]))[0])
    ]
    loaded = CellTable(N_FRAMES)
    records.load_cells(loaded, rows, list(table.backends))
    assert [loaded.frame(f) for f in range(N_FRAMES)] == [table.frame(f) for f in range(N_FRAMES)]


def test_frames_outside_are_an_error_and_views_are_read_only() -> None:
    table = CellTable(3)
    with pytest.raises(IndexError):
        table.set(3, 1, Cell(Provenance.HUMAN))
    table.set(1, 1, Cell(Provenance.HUMAN, quality=0.5))
    with pytest.raises(ValueError, match="read-only"):
        table.provenance(1)[0] = 2
    assert np.isnan(table.quality(1)[0])
    assert table.quality(1)[1] == np.float32(0.5)
