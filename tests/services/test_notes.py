"""Notes on frames: kept, undone, and there in projects of the first version after the update."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from annotator.core.errors import RequestError
from annotator.io.store import DATABASE, create_store, open_store, read_meta
from annotator.io.store.database import StoreMeta
from annotator.services.edit import EditService
from annotator.services.notes import MAX_LENGTH, next_note, set_note
from annotator.services.projects import create_project, open_or_create, open_project
from tests import fakes

META = StoreMeta("/clip.mp4", "", "video", "print", 64, 48, 12, 25.0)

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


def test_a_note_is_kept_changed_removed_and_undone(tmp_path: Path) -> None:
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip"))
    project = open_project(folder)
    session = project.session
    told: list[frozenset[int]] = []
    session.subscribe(lambda changed: told.append(changed.notes))
    set_note(session, 3, "  hand hides the cup ✋ ")
    set_note(session, 9, "again")
    set_note(session, 3, "the cup is back")
    assert not set_note(session, 3, "the cup is back").notes, "nothing changed, no step"
    assert session.document.notes == {3: "the cup is back", 9: "again"}
    assert told == [frozenset([3]), frozenset([9]), frozenset([3])]
    session.undo()
    assert session.document.notes[3] == "hand hides the cup ✋"
    set_note(session, 9, " ")
    assert 9 not in session.document.notes
    project.close()
    again = open_project(folder)
    assert again.session.document.notes == {3: "hand hides the cup ✋"}
    again.session.undo()
    assert again.session.document.notes[9] == "again"
    assert [step.first for step in again.session.store.steps()] == [3, 9, 9]
    again.close()


def test_bad_notes_are_refused_and_notes_are_walked(tmp_path: Path) -> None:
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip"))
    session = open_project(folder).session
    for frame, text in ((12, "late"), (-1, "early"), (0, "x" * (MAX_LENGTH + 1))):
        with pytest.raises(RequestError):
            set_note(session, frame, text)
    set_note(session, 2, "a")
    set_note(session, 7, "b")
    assert (next_note(session, 2, 1), next_note(session, 5, -1)) == (7, 2)
    with pytest.raises(RequestError):
        next_note(session, 7, 1)
    session.close()


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
    set_note(session, 5, "new")
    session.undo()
    session.undo()
    assert not session.document.objects
    project.close()


def test_a_project_of_version_2_is_taken_up(tmp_path: Path) -> None:
    """Version 2 knew notes and effort, not when each mask was made."""
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip"))
    project = open_project(folder)
    set_note(project.session, 3, "kept")
    project.session.store.add_effort([(1, 4, 2, 1, 0, 1.5)])
    project.close()
    old = sqlite3.connect(folder / DATABASE)
    old.executescript("DROP INDEX items_of; DROP TABLE marks; PRAGMA user_version = 2;")
    old.close()
    project = open_project(folder)
    session = project.session
    assert session.document.notes == {3: "kept"}
    assert list(session.store.effort()) == [(1, 4, 2, 1, 0, 1.5)]
    edit = EditService(session)
    kite = edit.add_object("kite").id
    edit.masks.mark_absent(5, kite)
    project.close()
    again = open_project(folder)
    assert again.session.document.marks.column(kite)[5] > 0, "masks are marked from now on"
    again.session.undo()
    again.session.undo()
    again.session.undo()
    assert not again.session.document.notes
    again.close()
    new = sqlite3.connect(folder / DATABASE)
    assert new.execute("PRAGMA user_version").fetchone()[0] == 3
    new.close()


def test_effort_adds_up_and_survives(tmp_path: Path) -> None:
    create_store(tmp_path / "p.strokeflow", META)
    store, _ = open_store(tmp_path / "p.strokeflow")
    store.add_effort([(1, 4, 2, 1, 0, 1.5), (0, 4, 0, 0, 1, 0.0)])
    store.add_effort([(1, 4, 1, 1, 0, 2.0)])
    store.close()
    store, _ = open_store(tmp_path / "p.strokeflow", writable=False)
    assert list(store.effort()) == [(0, 4, 0, 0, 1, 0.0), (1, 4, 3, 2, 0, 3.5)]
    store.close()
