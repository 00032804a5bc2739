"""When each mask was last made: the id of the undo step, so that results can be told from what they
were made from afterwards.

A run's mask carries the step of the run, a key frame's the step that last changed it. A key with a
later step than the masks it guides has been edited since.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

MARK_RECORD = np.dtype([("object", "u1"), ("step", "<u4")])


def cut_rows(table: NDArray[np.void], known: NDArray[np.bool_]) -> list[bytes | None]:
    """The bytes of those records of each line of a table [K, M] that are `known` (bool [K, M]);
    None for a line without any."""
    data = table[known].tobytes()
    ends = (np.cumsum(known.sum(1)) * table.itemsize).tolist()
    return [data[a:b] or None for a, b in zip([0, *ends], ends, strict=False)]


class MarkTable:
    """Step ids by frame and object; 0 where nothing is known. 4 bytes a cell."""

    def __init__(self, n_frames: int) -> None:
        self.n_frames = n_frames
        self._columns: dict[int, NDArray[np.uint32]] = {}
        self._revisions: dict[int, int] = {}

    def revision(self, object_id: int) -> int:
        """Grows with every change of the object's marks."""
        return self._revisions.get(object_id, 0)

    def _touch(self, object_id: int) -> None:
        self._revisions[object_id] = self.revision(object_id) + 1

    def column(self, object_id: int) -> NDArray[np.uint32]:
        """uint32 [n_frames]; a read-only view."""
        column = self._columns.get(object_id)
        view = np.zeros(self.n_frames, np.uint32) if column is None else column.view()
        view.flags.writeable = False
        return view

    def set(self, frame: int, object_id: int, step: int) -> None:
        if object_id not in self._columns:
            self._columns[object_id] = np.zeros(self.n_frames, np.uint32)
        self._columns[object_id][frame] = step
        self._touch(object_id)

    def set_many(self, frames: NDArray[np.int64], object_id: int, step: int) -> None:
        """One object's marks on many frames, int64 [K]."""
        if object_id not in self._columns:
            self._columns[object_id] = np.zeros(self.n_frames, np.uint32)
        self._columns[object_id][frames] = step
        self._touch(object_id)

    def encode(self, frames: NDArray[np.int64]) -> list[bytes | None]:
        """The row of each of some frames, int64 [K]: MARK_RECORD [N], None if nothing is known."""
        objects = sorted(self._columns)
        rows = np.zeros((len(frames), len(objects)), MARK_RECORD)
        for at, object_id in enumerate(objects):
            rows["object"][:, at] = object_id
            rows["step"][:, at] = self._columns[object_id][frames]
        return cut_rows(rows, rows["step"] > 0)

    def replace(self, frames: NDArray[np.int64], rows: Mapping[int, bytes]) -> None:
        """Make rows by frame all that is known about `frames`, int64 [K]. Raises ValueError if one
        is no row."""
        for object_id, column in self._columns.items():
            if column[frames].any():
                column[frames] = 0
                self._touch(object_id)
        at, records = self._joined(rows)
        for object_id in np.unique(records["object"]).tolist():
            chosen = records["object"] == object_id
            if object_id not in self._columns:
                self._columns[object_id] = np.zeros(self.n_frames, np.uint32)
            self._columns[object_id][at[chosen]] = records["step"][chosen]
            self._touch(object_id)

    @staticmethod
    def _joined(rows: Mapping[int, bytes]) -> tuple[NDArray[np.int64], NDArray[np.void]]:
        """(int64 [N] frames, MARK_RECORD [N]) of rows by frame."""
        records = np.frombuffer(b"".join(rows.values()), MARK_RECORD)
        counts = [len(data) // MARK_RECORD.itemsize for data in rows.values()]
        return np.repeat(np.fromiter(rows, np.int64, len(rows)), counts), records

    def load(self, rows: Mapping[int, bytes]) -> None:
        """Fill an empty table from rows by frame. Raises ValueError, IndexError if one is none."""
        self.replace(np.zeros(0, np.int64), rows)
