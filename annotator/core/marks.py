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

    def encode(self, frame: int) -> bytes | None:
        """The row of a frame, MARK_RECORD [N]; None if nothing is known."""
        known = [(o, c[frame]) for o, c in sorted(self._columns.items()) if c[frame]]
        return np.array(known, MARK_RECORD).tobytes() if known else None

    def replace(self, frame: int, data: bytes | None) -> None:
        """Make a row all that is known about a frame. Raises ValueError if it is none."""
        for object_id, column in self._columns.items():
            if column[frame]:
                column[frame] = 0
                self._touch(object_id)
        for object_id, step in np.frombuffer(data or b"", MARK_RECORD).tolist():
            self.set(frame, object_id, step)

    def load(self, rows: Mapping[int, bytes]) -> None:
        """Fill an empty table from rows by frame. Raises ValueError, IndexError if one is none."""
        records = np.frombuffer(b"".join(rows.values()), MARK_RECORD)
        counts = [len(data) // MARK_RECORD.itemsize for data in rows.values()]
        frames = np.repeat(np.fromiter(rows, np.int64, len(rows)), counts)
        for object_id in np.unique(records["object"]).tolist():
            chosen = records["object"] == object_id
            self._columns[object_id] = np.zeros(self.n_frames, np.uint32)
            self._columns[object_id][frames[chosen]] = records["step"][chosen]
            self._touch(object_id)
