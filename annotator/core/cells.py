"""The table of cells: what is known about every (frame, object) besides the pixels.

Columns, not objects: 8 bytes a cell, so 100,000 frames x 5 objects are 4 MB and a question about
all frames (the timeline asks many) is one numpy expression.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from annotator.core.types import Cell, Provenance

CELL_DTYPE = np.dtype(
    [("provenance", "u1"), ("flags", "u1"), ("backend", "<u2"), ("quality", "<f4")]
)
LOCKED, _OCCLUDED = 1, 2
"""Bits of `flags`."""
EMPTY_CELL = np.array([(0, 0, 0, np.nan)], CELL_DTYPE)[0]
"""The record of a cell that nothing is known about."""


class CellTable:
    """Cells of all frames and objects, with an interned list of backend names."""

    def __init__(self, n_frames: int) -> None:
        self.n_frames = n_frames
        self._columns: dict[int, NDArray[np.void]] = {}
        self._backends: list[str] = [""]
        self._revisions: dict[int, int] = {}

    # -- reading

    def revision(self, object_id: int) -> int:
        """Grows with every change of the object's cells: who asked before sees what is new."""
        return self._revisions.get(object_id, 0)

    def _touch(self, object_id: int) -> None:
        self._revisions[object_id] = self.revision(object_id) + 1

    def get(self, frame: int, object_id: int) -> Cell:
        self._check(frame)
        column = self._columns.get(object_id)
        return Cell(Provenance.NONE) if column is None else self.cell(column[frame])

    def frame(self, frame: int) -> dict[int, Cell]:
        """The known cells of a frame by object id, ascending."""
        self._check(frame)
        found = {}
        for object_id in sorted(self._columns):
            record = self._columns[object_id][frame]
            if record["provenance"] or record["flags"]:
                found[object_id] = self.cell(record)
        return found

    def objects(self) -> list[int]:
        """Ids that have at least one column, ascending."""
        return sorted(self._columns)

    def provenance(self, object_id: int) -> NDArray[np.uint8]:
        """uint8 [n_frames], values of `Provenance`; a read-only view."""
        return self._view(object_id, "provenance")

    def locked(self, object_id: int) -> NDArray[np.bool_]:
        """bool [n_frames]: locked against every change."""
        return np.asarray(self._view(object_id, "flags") & LOCKED > 0)

    def occluded(self, object_id: int) -> NDArray[np.bool_]:
        """bool [n_frames]: a person said that something hides the object, wholly or in part."""
        return np.asarray(self._view(object_id, "flags") & _OCCLUDED > 0)

    def quality(self, object_id: int) -> NDArray[np.float32]:
        """float32 [n_frames] in [0, 1], NaN where unknown; a read-only view."""
        return self._view(object_id, "quality")

    def protected(self, object_id: int) -> NDArray[np.bool_]:
        """bool [n_frames]: cells that no run may change (law 1)."""
        column = self._columns.get(object_id)
        if column is None:
            return np.zeros(self.n_frames, bool)
        provenance = column["provenance"]
        keys = (provenance != Provenance.NONE) & (provenance != Provenance.MODEL)
        return np.asarray(keys | (column["flags"] & LOCKED > 0))

    def records(self, object_id: int, frames: NDArray[np.int64]) -> NDArray[np.void]:
        """CELL_DTYPE [K]: a copy of the object's cells on some frames, for `set_records`."""
        column = self._columns.get(object_id)
        return np.full(len(frames), EMPTY_CELL) if column is None else column[frames]

    def counts(self) -> dict[str, int]:
        """Number of cells by label (`human`, `corrected`, `imported`, `model:<backend>`)."""
        total: dict[str, int] = {}
        for column in self._columns.values():
            keys, numbers = np.unique(
                column["provenance"].astype(np.uint32) << 16 | column["backend"], return_counts=True
            )
            for key, number in zip(keys.tolist(), numbers.tolist(), strict=True):
                if key >> 16:
                    label = Cell(Provenance(key >> 16), backend=self._backends[key & 0xFFFF]).label
                    total[label] = total.get(label, 0) + number
        return dict(sorted(total.items()))

    # -- writing

    def set(self, frame: int, object_id: int, cell: Cell) -> None:
        self._check(frame)
        if object_id not in self._columns:
            if cell == Cell(Provenance.NONE):
                return
            self._columns[object_id] = np.full(self.n_frames, EMPTY_CELL)
        self._columns[object_id][frame] = self.record(cell)
        self._touch(object_id)

    def set_records(
        self, object_id: int, frames: NDArray[np.int64], records: NDArray[np.void]
    ) -> None:
        """Set one object's cells on many frames: int64 [K], CELL_DTYPE [K] of this table."""
        if object_id not in self._columns:
            if not (records["provenance"] | records["flags"]).any():
                return
            self._columns[object_id] = np.full(self.n_frames, EMPTY_CELL)
        self._columns[object_id][frames] = records
        self._touch(object_id)

    def replace_frames(
        self, frames: NDArray[np.int64], at: NDArray[np.int64], objects: NDArray[np.uint8],
        records: NDArray[np.void],
    ) -> None:  # fmt: skip
        """Make the cells [N] at the frames `at` of `objects` all that is known about `frames` [K],
        int64; records as in `load`."""
        for object_id, column in self._columns.items():
            known = (column["provenance"][frames] | column["flags"][frames]) > 0
            if known.any():
                column[frames[known]] = EMPTY_CELL
                self._touch(object_id)
        for object_id in np.unique(objects).tolist():
            chosen = objects == object_id
            self.set_records(object_id, at[chosen], records[chosen])

    def load(
        self, frames: NDArray[np.int64], objects: NDArray[np.uint8], records: NDArray[np.void],
        backends: Iterable[str],
    ) -> None:  # fmt: skip
        """Fill an empty table at once: arrays [N] of frame, object id and CELL_DTYPE record."""
        self._backends = list(backends)
        for object_id in np.unique(objects).tolist():
            chosen = objects == object_id
            column = np.full(self.n_frames, EMPTY_CELL)
            column[frames[chosen]] = records[chosen]
            self._columns[object_id] = column
            self._touch(object_id)

    @property
    def backends(self) -> tuple[str, ...]:
        """Interned backend names; index 0 is ""."""
        return tuple(self._backends)

    def record(self, cell: Cell) -> tuple[int, int, int, float]:
        """The cell as a CELL_DTYPE tuple of this table."""
        quality = float("nan") if cell.quality is None else float(cell.quality)
        flags = LOCKED * cell.locked | _OCCLUDED * cell.occluded
        return int(cell.provenance), flags, self._intern(cell.backend), quality

    def _intern(self, name: str) -> int:
        if name not in self._backends:
            self._backends.append(name)
        return self._backends.index(name)

    def cell(self, record: np.void) -> Cell:
        """The cell that a CELL_DTYPE (or CELL_RECORD) record of this table states."""
        quality = float(record["quality"])
        return Cell(
            Provenance(int(record["provenance"])),
            bool(record["flags"] & LOCKED),
            None if np.isnan(quality) else quality,
            self._backends[int(record["backend"])],
            bool(record["flags"] & _OCCLUDED),
        )

    def _view(self, object_id: int, name: str) -> NDArray:
        column = self._columns.get(object_id)
        if column is None:
            column = np.full(self.n_frames, EMPTY_CELL)
        view = column[name].view()
        view.flags.writeable = False
        return view

    def _check(self, frame: int) -> None:
        if not 0 <= frame < self.n_frames:
            raise IndexError(f"frame {frame} is outside 0..{self.n_frames - 1}")
