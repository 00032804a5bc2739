"""The database of a project as a file of its own: taken as it is at one moment, and taken in."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec

from annotator.io.store import schema
from annotator.io.store.database import (
    DATABASE,
    StoreMeta,
    connect,
    explain,
    read_meta_of,
    write_meta,
)

_PAGES = 2048


def copy_database(
    folder: Path, target: Path, tell: Callable[[int, int], None], media: str = ""
) -> StoreMeta:
    """Copy a project's database as it is at one moment, whoever writes to it meanwhile.

    Args:
        target: a file that is not there yet.
        tell: is told of pages, done and in all; what it raises ends the copy.
        media: path in the project folder under which the copy is to look for the media; "" leaves
            what it says about them.

    Returns what the copy says about its media. Raises ProjectError, DiskError.
    """
    path = folder / DATABASE
    source = connect(path, writable=False)
    with contextlib.closing(source):
        try:
            schema.check(source)
            # A state that is being read stays as it is: the copy need not begin anew with every
            # action that is stored meanwhile.
            source.execute("BEGIN")
            meta = read_meta_of(source, path)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise explain(error, path) from error
        copy = connect(target, writable=True)
        with contextlib.closing(copy):
            try:
                copy.execute("PRAGMA journal_mode = OFF")
                copy.execute("PRAGMA synchronous = OFF")
                source.backup(
                    copy, pages=_PAGES, progress=lambda _, left, total: tell(total - left, total)
                )
                if media:
                    meta = msgspec.structs.replace(meta, media=media, media_relative=media)
                    write_meta(copy, meta)
            except sqlite3.Error as error:
                raise explain(error, target) from error
    return meta


def take_in(folder: Path, media: Path | None, called: Path) -> StoreMeta:
    """Look at the database of a project folder that came from elsewhere, and note where its media
    are now (None: leave what it says). What is wrong with it is told of `called`.

    Raises ProjectError, also for one that is newer than us, and DiskError.
    """
    db = connect(folder / DATABASE, writable=True)
    with contextlib.closing(db):
        try:
            schema.check(db)
            meta = read_meta_of(db, called)
            if media is not None:
                write_meta(db, msgspec.structs.replace(meta, media=str(media)))
            return meta
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise explain(error, called) from error
