"""Projects of older versions are taken up, with their notes and their history."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from annotator.core.errors import ProjectError
from annotator.core.review import Remark
from annotator.io.store import DATABASE, open_store, read_meta
from annotator.services.editing.edit import EditService
from annotator.services.project.projects import create_project, open_or_create, open_project
from annotator.services.project.session import Session
from annotator.services.review.remarks import add_remark, reply
from tests import fakes

VERSION_1 = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE labels (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE cells (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE strokes (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE objects (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE soft (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE backends (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE steps (
        id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, time REAL NOT NULL,
        bytes INTEGER NOT NULL DEFAULT 0, undone INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE items (
        step INTEGER NOT NULL REFERENCES steps(id) ON DELETE CASCADE, ord INTEGER NOT NULL,
        kind TEXT NOT NULL, key INTEGER NOT NULL, data BLOB,
        PRIMARY KEY (step, ord)) WITHOUT ROWID;
    CREATE TABLE runs (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
    PRAGMA application_id = 1398035019;
    PRAGMA user_version = 1;
"""
"""What Strokeflow 0.1.0 made of an empty file before it knew notes."""


def to_version_1(folder: Path) -> None:
    """Write a project again as version 1 did, with what is in it."""
    new = sqlite3.connect(folder / DATABASE)
    assert new.execute("PRAGMA user_version").fetchone()[0] > 1
    old_file = folder / "old.db"
    old = sqlite3.connect(old_file)
    old.executescript(VERSION_1)
    for table in ("meta", "labels", "cells", "strokes", "objects", "soft", "backends", "items"):
        rows = new.execute(f"SELECT * FROM {table}").fetchall()
        for row in rows:
            old.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    old.executemany(
        "INSERT INTO steps VALUES (?, ?, ?, ?, ?)",
        new.execute("SELECT id, title, time, bytes, undone FROM steps").fetchall(),
    )
    old.commit()
    old.close()
    new.close()
    for file in folder.glob(f"{DATABASE}*"):
        file.unlink()
    old_file.rename(folder / DATABASE)


def to_version_3(folder: Path) -> None:
    """Write a project again as version 3 did, which knew one note a frame and no remarks."""
    db = sqlite3.connect(folder / DATABASE)
    db.executescript(
        "CREATE TABLE notes (key INTEGER PRIMARY KEY, data BLOB NOT NULL);"
        "DROP TABLE remarks; DROP TABLE accepted; DROP TABLE stages; PRAGMA user_version = 3;"
    )
    db.close()


def to_version_2(folder: Path) -> None:
    """Write a project again as version 2 did, which knew not when each mask was made."""
    to_version_3(folder)
    db = sqlite3.connect(folder / DATABASE)
    db.executescript("DROP INDEX items_of; DROP TABLE marks; PRAGMA user_version = 2;")
    db.execute("DELETE FROM items WHERE kind = 'marks'")
    db.commit()
    db.close()


def write_note(folder: Path, frame: int, text: str) -> None:
    """What version 3 did to its file when somebody wrote a note, or with "" removed it."""
    db = sqlite3.connect(folder / DATABASE)
    old = db.execute("SELECT data FROM notes WHERE key = ?", (frame,)).fetchone()
    old = None if old is None else old[0]
    step = db.execute(
        "INSERT INTO steps (title, time, bytes, frames, first, last) VALUES (?, 5.0, ?, 1, ?, ?)",
        (
            f"{'Note on' if text else 'Remove note of'} frame {frame}",
            32 + len(old or b""),
            frame,
            frame,
        ),
    ).lastrowid
    db.execute("INSERT INTO items VALUES (?, 0, 'notes', ?, ?)", (step, frame, old))
    if text:
        db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (frame, text.encode()))
    else:
        db.execute("DELETE FROM notes WHERE key = ?", (frame,))
    db.commit()
    db.close()


def texts(session: Session) -> dict[int, list[str]]:
    """Texts of the remarks by frame."""
    remarks = session.document.remarks
    return {r.frame: [one.text for one in remarks.on(r.frame)] for r in remarks.all()}


def test_a_project_of_version_1_is_taken_up_with_its_history(tmp_path: Path) -> None:
    clip = fakes.image_folder(tmp_path / "clip")
    folder = open_or_create(clip, tmp_path)
    project = open_project(folder)
    EditService(project.session).add_object("kite")
    project.close()
    to_version_1(folder)
    assert read_meta(folder).n_frames == 12
    assert open_or_create(clip, tmp_path) == folder, "no second project beside it"
    project = open_project(folder)
    session = project.session
    assert [info.name for info in session.document.objects.values()] == ["kite"]
    assert [(s.title, s.frames, s.first) for s in session.store.steps()] == [("Add kite", 0, None)]
    add_remark(session, 5, "new")
    session.undo()
    session.undo()
    assert not session.document.objects
    project.close()


def test_notes_of_version_3_become_remarks_and_their_history_can_be_undone(tmp_path: Path) -> None:
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip"))
    to_version_3(folder)
    write_note(folder, 7, "hand hides the cup ✋")
    write_note(folder, 3, "first words")
    write_note(folder, 3, "other words")
    write_note(folder, 9, "gone again")
    write_note(folder, 9, "")
    project = open_project(folder)
    session = project.session
    remarks = session.document.remarks
    assert remarks.all() == [
        Remark(1, 3, "other words"), Remark(2, 7, "hand hides the cup ✋"),
    ]  # fmt: skip
    assert add_remark(session, 0, "new").id == 4, "that of frame 9 had the third"
    session.undo()
    undone = []
    while session.undo_step is not None:
        session.undo()
        undone.append(texts(session))
    both = {3: ["other words"], 7: ["hand hides the cup ✋"]}
    assert undone == [
        {**both, 9: ["gone again"]}, both, {3: ["first words"], 7: both[7]}, {7: both[7]}, {},
    ]  # fmt: skip
    while session.redo_step is not None:
        session.redo()
    assert texts(session) == {**both, 0: ["new"]}
    reply(session, 2, "it does")
    project.close()
    db = sqlite3.connect(folder / DATABASE)
    assert db.execute("PRAGMA user_version").fetchone()[0] == 4
    assert not db.execute("SELECT name FROM sqlite_master WHERE name = 'notes'").fetchall()
    for step, weight in db.execute("SELECT id, bytes FROM steps").fetchall():
        found = db.execute(
            "SELECT sum(32 + coalesce(length(data), 0)) FROM items WHERE step = ?", (step,)
        )
        assert weight == found.fetchone()[0], "the bound of the history counts right"
    db.close()


def test_a_project_of_version_2_is_taken_up(tmp_path: Path) -> None:
    """Version 2 knew notes and effort, not when each mask was made."""
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip"))
    project = open_project(folder)
    project.session.store.add_effort([(1, 4, 2, 1, 0, 1.5)])
    project.close()
    to_version_2(folder)
    write_note(folder, 3, "kept")
    project = open_project(folder)
    session = project.session
    assert texts(session) == {3: ["kept"]}
    assert list(session.store.effort()) == [(1, 4, 2, 1, 0, 1.5)]
    edit = EditService(session)
    kite = edit.add_object("kite").id
    edit.masks.mark_absent(5, kite)
    project.close()
    again = open_project(folder)
    assert again.session.document.marks.column(kite)[5] > 0, "masks are marked from now on"
    for _ in range(3):
        again.session.undo()
    assert not texts(again.session)
    again.close()


def test_an_older_project_is_not_updated_read_only(tmp_path: Path) -> None:
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip"))
    to_version_3(folder)
    write_note(folder, 3, "kept")
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(ProjectError, match="older"):
        open_store(folder, writable=False)
    assert (folder / DATABASE).read_bytes() == before
