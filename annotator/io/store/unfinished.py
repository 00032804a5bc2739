"""Undo steps that are taken whole or not at all: remembered while they are under way, so that half
of one does not outlive a killed process.

A row of `meta` for each, written and deleted in the transactions that begin and end the step.
"""

from __future__ import annotations

import sqlite3
import struct
from dataclasses import dataclass

import zstandard

from annotator.core.errors import StrokeflowError
from annotator.io.store.history import History

_KEY = "unfinished_"


@dataclass(frozen=True, slots=True)
class CutOff:
    """A step that did not end when the project was open last.

    Attributes:
        title: of the step.
        gone: it was taken back; else something was done after it, which stays, as it does itself.
    """

    title: str
    gone: bool

    @property
    def message(self) -> str:
        """What happened, in one sentence."""
        if self.gone:
            return f"'{self.title}' was cut off last time, and was taken back."
        return f"'{self.title}' was cut off last time; what it had done by then stayed."

    @property
    def hint(self) -> str:
        """What to do about it."""
        if self.gone:
            return "Nothing of it is left. Start it again."
        return "Taking it back would have undone what was done since. Look it over."


def note(db: sqlite3.Connection, step: int, title: str) -> None:
    """A step begins that must be whole."""
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (f"{_KEY}{step}", title))


def forget(db: sqlite3.Connection, step: int) -> None:
    """The step is whole, or gone."""
    db.execute("DELETE FROM meta WHERE key = ?", (f"{_KEY}{step}",))


def titles(db: sqlite3.Connection) -> list[str]:
    """Of the steps that are remembered. Raises sqlite3.Error."""
    found = db.execute(f"SELECT value FROM meta WHERE key GLOB '{_KEY}*' ORDER BY key")
    return [str(title) for (title,) in found]


def half_here(title: str) -> str:
    """What who only reads the project is told of a step that is remembered."""
    return f"'{title}' has not come to its end; a part of it is here."


def settle(db: sqlite3.Connection) -> tuple[CutOff, ...]:
    """Take back what a killed process left halfway, newest first, unless something was done since;
    forget that it was under way. Nobody else may write.

    A disk that refuses leaves all as it is, to be settled next time. Raises sqlite3.Error for other
    troubles.
    """
    rows = db.execute(
        f"SELECT CAST(substr(key, {len(_KEY) + 1}) AS INTEGER) AS step, value FROM meta "
        f"WHERE key GLOB '{_KEY}*' ORDER BY step DESC"
    ).fetchall()
    if not rows:
        return ()
    found = []
    try:
        db.execute("BEGIN IMMEDIATE")
        for step, title in rows:
            found.append(CutOff(str(title), _take_back(db, step)))
            forget(db, step)
        db.execute("COMMIT")
    except sqlite3.OperationalError:
        if db.in_transaction:
            db.execute("ROLLBACK")
        return ()
    return tuple(reversed(found))


def _take_back(db: sqlite3.Connection, step: int) -> bool:
    """Undo a step; True if nothing of it is left."""
    known = db.execute("SELECT undone FROM steps WHERE id = ?", (step,)).fetchone()
    if known is None:
        return False  # the bound of the history has overtaken it
    if known[0]:
        return True
    history = History(0, 0)  # only to swap: it bounds nothing here
    newest = db.execute("SELECT max(id) FROM steps WHERE NOT undone").fetchone()[0]
    if newest != step:
        history.forget_undone(db, step)
        # An undo would hit what was done since. If nothing had come of it, none is needed.
        history.drop_if_empty(db, step)
        return db.execute("SELECT 1 FROM steps WHERE id = ?", (step,)).fetchone() is None
    db.execute("SAVEPOINT half")
    try:
        history.take_back(db, step)
    except (StrokeflowError, ValueError, struct.error, zstandard.ZstdError):
        # A damaged history must not keep the project from being opened.
        db.execute("ROLLBACK TO half")
        history.forget_undone(db, step)  # which would no longer follow from what stays
        return False
    finally:
        db.execute("RELEASE half")
    return True
