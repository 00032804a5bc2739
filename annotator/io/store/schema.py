"""Tables of project.db and the way from older versions.

Every table of the document is key -> bytes, so that one piece of code does, undoes and redoes all
changes (`ops.swap`). `user_version` holds the schema version.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from annotator.core.errors import ProjectError

APPLICATION_ID = 0x5354524B  # "STRK"
VERSION = 4

DOCUMENT_TABLES = (
    "labels", "cells", "strokes", "objects", "soft", "marks", "remarks", "accepted", "stages",
)  # fmt: skip
"""labels, cells, marks, accepted: key = frame. strokes: key = order of drawing. objects, remarks:
key = id. stages: key = number of the change. soft: key = frame * 256 + object id."""

_CREATE_1 = [
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    *(
        f"CREATE TABLE {name} (key INTEGER PRIMARY KEY, data BLOB NOT NULL)"
        for name in ("labels", "cells", "strokes", "objects", "soft")
    ),
    "CREATE TABLE backends (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """CREATE TABLE steps (
        id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, time REAL NOT NULL,
        bytes INTEGER NOT NULL DEFAULT 0, undone INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE items (
        step INTEGER NOT NULL REFERENCES steps(id) ON DELETE CASCADE, ord INTEGER NOT NULL,
        kind TEXT NOT NULL, key INTEGER NOT NULL, data BLOB,
        PRIMARY KEY (step, ord)) WITHOUT ROWID""",
    "CREATE TABLE runs (id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
]

_CREATE_2 = [
    "CREATE TABLE notes (key INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    """CREATE TABLE effort (
        object INTEGER NOT NULL, frame INTEGER NOT NULL, clicks INTEGER NOT NULL,
        strokes INTEGER NOT NULL, commands INTEGER NOT NULL, seconds REAL NOT NULL,
        PRIMARY KEY (object, frame)) WITHOUT ROWID""",
    # What a step touched, for the history's list; unknown for steps of version 1.
    "ALTER TABLE steps ADD COLUMN frames INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE steps ADD COLUMN first INTEGER",
    "ALTER TABLE steps ADD COLUMN last INTEGER",
]

_CREATE_3 = [
    "CREATE TABLE marks (key INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    # Finds the last change of a frame without reading the whole history.
    "CREATE INDEX items_of ON items (key, kind, step)",
]

_CREATE_4 = [
    f"CREATE TABLE {name} (key INTEGER PRIMARY KEY, data BLOB NOT NULL)"
    for name in ("remarks", "accepted", "stages")
]

Migration = Callable[[sqlite3.Connection], None]


def _create_1(db: sqlite3.Connection) -> None:
    for statement in _CREATE_1:
        db.execute(statement)


def _create_2(db: sqlite3.Connection) -> None:
    for statement in _CREATE_2:
        db.execute(statement)


def _create_3(db: sqlite3.Connection) -> None:
    for statement in _CREATE_3:
        db.execute(statement)


def _create_4(db: sqlite3.Connection) -> None:
    """Notes, one a frame, become remarks, in the undo history as well: each frame that has or had
    one gets an id."""
    for statement in _CREATE_4:
        db.execute(statement)
    frames = db.execute(
        "SELECT key FROM notes UNION SELECT key FROM items WHERE kind = 'notes' ORDER BY key"
    ).fetchall()
    ids = {frame: number for number, (frame,) in enumerate(frames, 1)}
    for frame, data in db.execute("SELECT key, data FROM notes").fetchall():
        row = (ids[frame], _remark_of(frame, data))
        db.execute("INSERT INTO remarks (key, data) VALUES (?, ?)", row)
    query = "SELECT step, ord, key, data FROM items WHERE kind = 'notes'"
    for step, ord_, frame, data in db.execute(query).fetchall():
        remark = _remark_of(frame, data)
        db.execute(
            "UPDATE items SET kind = 'remarks', key = ?, data = ? WHERE step = ? AND ord = ?",
            (ids[frame], remark, step, ord_),
        )
        longer = len(remark or b"") - len(data or b"")
        db.execute("UPDATE steps SET bytes = bytes + ? WHERE id = ?", (longer, step))
    if ids:
        highest = str(len(ids))
        db.execute("INSERT INTO meta (key, value) VALUES ('highest_remark', ?)", (highest,))
    db.execute("DROP TABLE notes")


def _remark_of(frame: int, note: bytes | None) -> bytes | None:
    """A note of version 3 as a remark; who wrote it, and when, is not known."""
    if note is None:
        return None
    return json.dumps({"frame": frame, "text": bytes(note).decode()}, ensure_ascii=False).encode()


MIGRATIONS: dict[int, Migration] = {0: _create_1, 1: _create_2, 2: _create_3, 3: _create_4}
"""MIGRATIONS[v] brings a database from version v to v + 1; 0 is an empty file."""


def create(db: sqlite3.Connection) -> None:
    """Build the newest schema in an empty database."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrate(db)


def version_of(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(db: sqlite3.Connection) -> int:
    """Version of a project database. Raises ProjectError if it is not one, or is newer than us."""
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise ProjectError(
            "project.db is not a Strokeflow project.", "Choose a NAME.strokeflow folder."
        )
    version = version_of(db)
    if version > VERSION:
        raise ProjectError(
            f"The project was written by a newer Strokeflow (format {version}, "
            f"this one reads up to {VERSION}).",
            "Update Strokeflow to open it; nothing was changed.",
        )
    return version


def migrate(db: sqlite3.Connection) -> None:
    """Bring the database to `VERSION`, all steps in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for version in range(version_of(db), VERSION):
            MIGRATIONS[version](db)
        db.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
