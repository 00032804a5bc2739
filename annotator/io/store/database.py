"""Opening and creating project folders: locks, pragmas, and plain words for what can go wrong."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from pathlib import Path

import filelock
import msgspec

from annotator.core.errors import DiskError, ProjectError
from annotator.io.store import schema, unfinished
from annotator.io.store.store import HISTORY_BYTES, Store

FOLDER_SUFFIX = ".strokeflow"
PACKED_SUFFIX = ".strokeflowz"
DATABASE = "project.db"
LOCK = "project.lock"
_PLACE_HINT = "Choose a place where you may write and that has free space."


class StoreMeta(msgspec.Struct, frozen=True):
    """What a project knows about its media.

    Attributes:
        media: absolute path when the project was made or the media last located.
        media_relative: the same, relative to the project folder ("" where there is no such path).
        kind: "video" or "images".
        fingerprint: of the media's content.
        width, height: of a frame, px.
        n_frames: number of frames.
        fps: average frames per second.
        app_version: that created the project.
    """

    media: str
    media_relative: str
    kind: str
    fingerprint: str
    width: int
    height: int
    n_frames: int
    fps: float
    app_version: str = ""


def connect(path: Path, *, writable: bool) -> sqlite3.Connection:
    """A connection with the project's settings; autocommit, so that BEGIN is ours to say.

    Raises ProjectError for a damaged or foreign file, DiskError where the place is out of reach.
    """
    try:
        if writable:
            db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        else:
            uri = path.resolve().as_uri() + "?mode=ro"
            if not os.access(path.parent, os.W_OK) and not _needs_log(path):
                uri += "&immutable=1"  # a read-only disk has no place for the -shm file
            db = sqlite3.connect(
                uri, uri=True, isolation_level=None, check_same_thread=False, timeout=5
            )
        # The schema is data from outside: it must not call functions or redirect writes.
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA foreign_keys = ON")
        return db
    except sqlite3.Error as error:
        raise explain(error, path) from error


def _needs_log(path: Path) -> bool:
    """Whether actions lie in the log beside the database only: it is open elsewhere, or whoever
    had it open was killed. Then it is no immutable file: that would leave them out.

    Raises ProjectError where the log cannot be read.
    """
    log = path.with_name(path.name + "-wal")
    try:
        if log.stat().st_size == 0:
            return False
    except OSError:
        return False
    if not path.with_name(path.name + "-shm").exists():
        raise ProjectError(
            f"'{path.parent}' was not closed, and nothing can be written there to read it whole.",
            "Copy it to a place where you may write, and open it there.",
        )
    return True


def explain(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> ProjectError | DiskError:
    """The user's words for a database error, or for one whose own words are damaged."""
    text = str(error).lower()
    if "full" in text:
        return DiskError(
            f"The disk that holds '{path.parent.name}' is full.",
            "Free some space; what is not saved yet is kept and written then.",
        )
    if "readonly" in text or "read-only" in text:
        return DiskError(
            f"'{path.parent}' is read-only.", "Allow writing there or copy the project elsewhere."
        )
    if "locked" in text or "busy" in text:
        return DiskError(
            f"'{path}' is locked by another program.", "Close that program and try again."
        )
    damaged = isinstance(error, UnicodeDecodeError) or "could not decode" in text
    if damaged or "not a database" in text or "malformed" in text or "corrupt" in text:
        return ProjectError(
            f"'{path}' is damaged or not a Strokeflow project.",
            "Restore it from a backup; the file was left as it is.",
        )
    return DiskError(f"'{path}' cannot be used: {error}.", "Check the disk and try again.")


def create_store(folder: Path, meta: StoreMeta) -> None:
    """Make an empty project folder, whole or not at all.

    Raises ProjectError if the folder exists, DiskError if it cannot be written.
    """
    if folder.exists():
        raise ProjectError(
            f"'{folder}' already exists.", "Choose another name, or open the project there."
        )
    partial: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Not by tempfile, whose folders nobody else may look into: rights are those of the place.
        partial = folder.with_name(f".{folder.name}.{os.urandom(4).hex()}")
        partial.mkdir()
        db = connect(partial / DATABASE, writable=True)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            schema.create(db)
            write_meta(db, meta)
        finally:
            db.close()
        partial.rename(folder)
    except sqlite3.Error as error:
        _discard(partial)
        told = explain(error, folder / DATABASE)
        raise type(told)(told.message, _PLACE_HINT) from error
    except OSError as error:
        _discard(partial)
        raise DiskError(
            f"The project '{folder}' cannot be created: {error.strerror or error}.",
            _PLACE_HINT,
        ) from error


def _discard(partial: Path | None) -> None:
    if partial is not None:
        shutil.rmtree(partial, ignore_errors=True)


def open_store(
    folder: Path, *, writable: bool = True, history_bytes: int = HISTORY_BYTES
) -> tuple[Store, StoreMeta]:
    """Open a project folder; read-only if another process has it open for writing.

    `store.read_only_reason` says in plain words why it is read-only ("" if it is writable).
    Raises ProjectError, DiskError.
    """
    path = folder / DATABASE
    if not _is_there(path):
        raise ProjectError(
            f"'{folder}' is not a Strokeflow project (it has no {DATABASE}).",
            "Choose a NAME.strokeflow folder, or make one with 'strokeflow new'.",
        )
    reason = "" if writable else "It was opened for reading."
    lock = None
    if writable:
        lock, reason = _take_lock(folder)
    try:
        return _open(path, lock, reason, history_bytes)
    except BaseException:
        if lock is not None:
            lock.release()
        raise


def refuse_project_files(out: Path) -> None:
    """Raises ProjectError if writing `out` would replace or join the files of a project."""
    at = out.absolute()
    if at.name == DATABASE and at.is_file():
        folder: Path | None = at.parent
    else:
        around = (place for place in (at, *at.parents) if place.suffix == FOLDER_SUFFIX)
        folder = next((place for place in around if (place / DATABASE).is_file()), None)
    if folder is not None:
        raise ProjectError(
            f"{out} belongs to the project {folder.name}.", "Choose a place outside of it."
        )


def _is_there(path: Path) -> bool:
    """Whether a file is there. Raises DiskError where nobody may look."""
    try:
        return path.is_file()
    except OSError as error:
        raise DiskError(
            f"Cannot read {path}: {error.strerror or error}.", "Check the path and its rights."
        ) from error


def read_meta(folder: Path) -> StoreMeta:
    """What a project of any version that we know says about its media. Raises as `open_store`."""
    path = folder / DATABASE
    if not _is_there(path):
        raise ProjectError(f"'{folder}' is not a Strokeflow project (it has no {DATABASE}).")
    db = connect(path, writable=False)
    try:
        schema.check(db)
        return read_meta_of(db, path)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise explain(error, path) from error
    finally:
        db.close()


def _open(
    path: Path, lock: filelock.BaseFileLock | None, reason: str, history_bytes: int
) -> tuple[Store, StoreMeta]:
    db = connect(path, writable=not reason)
    cut_off: tuple[unfinished.CutOff, ...] = ()
    try:
        version = schema.check(db)
        if not reason:
            db.execute("PRAGMA journal_mode = WAL")
            # FULL: a commit is on the platter before the window says "saved" (law 2).
            db.execute("PRAGMA synchronous = FULL")
            schema.migrate(db)
            cut_off = unfinished.settle(db)
        elif version < schema.VERSION:
            raise ProjectError(
                "The project is from an older Strokeflow and cannot be updated read-only.",
                "Open it where you may write, once.",
            )
        meta = read_meta_of(db, path)
        reader = connect(path, writable=False)
        try:
            return Store(path, db, reader, lock, reason, history_bytes, cut_off), meta
        except BaseException:
            reader.close()
            raise
    except (sqlite3.Error, UnicodeDecodeError) as error:
        db.close()
        raise explain(error, path) from error
    except BaseException:
        db.close()
        raise


def _take_lock(folder: Path) -> tuple[filelock.BaseFileLock | None, str]:
    """The project's writer lock, or why there is none. The system drops it if we are killed."""
    lock = filelock.FileLock(folder / LOCK, thread_local=False)
    note = folder / (LOCK + ".owner")
    if not os.access(folder / DATABASE, os.W_OK):
        return None, f"'{folder / DATABASE}' cannot be written."
    try:
        lock.acquire(timeout=0)
        note.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
        return lock, ""
    except filelock.Timeout:
        try:
            owner = note.read_text(encoding="utf-8")[:200]
        except OSError:
            owner = "another process"
        return None, f"It is open for writing in {owner}; close it there to edit here."
    except OSError as error:
        lock.release()
        return None, f"'{folder}' cannot be written ({error.strerror or error})."


def write_meta(db: sqlite3.Connection, meta: StoreMeta) -> None:
    """Note where the media are, and what they are; part of no step of the history."""
    db.execute(
        "INSERT INTO meta (key, value) VALUES ('media', ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (msgspec.json.encode(meta).decode(),),
    )


def read_meta_of(db: sqlite3.Connection, path: Path) -> StoreMeta:
    """What an open database says about its media. Raises ProjectError, sqlite3.Error."""
    row = db.execute("SELECT value FROM meta WHERE key = 'media'").fetchone()
    try:
        meta = msgspec.json.decode(row[0] if row else "", type=StoreMeta)
        known = meta.kind in ("video", "images") and min(meta.width, meta.height, meta.n_frames) > 0
    except (msgspec.DecodeError, ValueError):  # the second one: bytes that are no text
        known = False
    if not known:
        raise ProjectError(
            f"'{path}' does not say which media it belongs to.", "Restore it from a backup."
        )
    return meta


def replace_meta(store: Store, meta: StoreMeta) -> None:
    """Note where the media is now ("locate"), in order with all other writes. Not a step of the
    history."""
    store.transact(lambda db: write_meta(db, meta))
