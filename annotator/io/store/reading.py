"""What an open project database says; committed writes only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from annotator.core.errors import ProjectError
from annotator.core.types import LabelMap
from annotator.io.codec import decode_label_map
from annotator.io.store import unfinished
from annotator.io.store.history import previous_label

_RESTORE = "Restore the project from a backup."
_ASKED = 500
"""Rows asked for at a time: SQLite bounds the parameters of a query."""


class StoreReader:
    """Reads a project database on a connection of its own."""

    def __init__(self, path: Path, reader: sqlite3.Connection) -> None:
        self.path = path
        self._reader = reader

    def rows(self, table: str) -> list[tuple[int, bytes]]:
        """All (key, data) of a document table, by key. Sees committed writes only.

        Raises ProjectError where the file is damaged, DiskError.
        """
        found = self._read(f"SELECT key, data FROM {table} ORDER BY key")
        if not all(type(data) is bytes for _, data in found):
            # A damaged page may say anything, whatever the table was made for.
            raise ProjectError(f"The table '{table}' is damaged.", _RESTORE)
        return found

    def row(self, table: str, key: int) -> bytes | None:
        found = self._read(f"SELECT data FROM {table} WHERE key = ?", key)
        return bytes(found[0][0]) if found else None

    def some_rows(self, table: str, keys: Sequence[int]) -> dict[int, bytes]:
        """The data of those of `keys` that the table holds. Sees committed writes only."""
        chosen = "SELECT value FROM json_each(?)"
        rows = self._read(f"SELECT key, data FROM {table} WHERE key IN ({chosen})", str(list(keys)))
        return {key: bytes(data) for key, data in rows}

    def _read(self, query: str, *given: object) -> list[Any]:
        """Rows of a query. Raises ProjectError where the file is damaged, DiskError."""
        from annotator.io.store.database import explain

        try:
            return self._reader.execute(query, given).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise explain(error, self.path) from error

    def previous_label(self, frame: int, now: LabelMap) -> LabelMap | None:
        """The label map before the newest step that changed it; sees committed writes only."""
        return previous_label(self._reader, frame, now)

    def load_label(self, frame: int) -> LabelMap | None:
        """The stored label map of a frame, or None. Raises ProjectError if it is damaged."""
        data = self.row("labels", frame)
        return None if data is None else decode_label_map(data)

    def backend_names(self) -> list[str]:
        rows = self._read("SELECT key, name FROM backends ORDER BY key")
        return ["", *(name for _, name in rows)]

    def highest_id(self, kind: str) -> int:
        """Highest id ever given to an "object" or a "remark" of this project, 0 if none. Undo does
        not lower it."""
        found = self._read("SELECT value FROM meta WHERE key = ?", f"highest_{kind}")
        return int(found[0][0]) if found else 0

    def open_runs(self) -> list[tuple[int, bytes]]:
        """Runs that began and did not end, as stored on disk."""
        return self._read("SELECT id, data FROM runs ORDER BY id")

    def unfinished(self) -> list[str]:
        """Titles of steps that must be whole and of which a part is here: somebody is at it, or was
        when the process died. Opening for writing settles the latter."""
        return unfinished.titles(self._reader)

    def effort(self) -> Iterator[tuple[int, int, int, int, int, float]]:
        """What cells have cost so far, as in `add_effort`, one by one."""
        yield from self._reader.execute("SELECT * FROM effort ORDER BY object, frame")
