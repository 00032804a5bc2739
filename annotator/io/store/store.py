"""An open project on disk: actions as undo steps, and what is kept beside the history."""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import time
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import filelock

from annotator.io.store import unfinished
from annotator.io.store.history import History, StepInfo, Swapped
from annotator.io.store.ops import Op
from annotator.io.store.unfinished import CutOff
from annotator.io.store.writing import StoreWriter

HISTORY_BYTES = 512 << 20
"""Default bound of the undo history on disk. The newest step always stays, however large."""


class Store(StoreWriter):
    """An open project database. Made by `open_store`. All methods belong to the editing thread."""

    def __init__(
        self,
        path: Path,
        db: sqlite3.Connection,
        reader: sqlite3.Connection,
        lock: filelock.BaseFileLock | None,
        read_only_reason: str,
        history_bytes: int,
        cut_off: tuple[CutOff, ...] = (),
    ) -> None:
        found = reader.execute("SELECT coalesce(sum(bytes), 0) FROM steps").fetchone()
        rows = reader.execute(
            "SELECT id, title, undone, time, frames, first, last FROM steps ORDER BY id"
        )
        self._steps = {
            i: StepInfo(i, title, bool(undone), *rest) for i, title, undone, *rest in rows
        }
        self._held: dict[int, StepInfo] = {}
        """Undone steps that come back if the tentative step is taken back."""
        self._tentative = 0
        """Id of that step, 0 while there is none."""
        self._next_step = 1 + max(self._steps, default=0)
        self._next_run = int(reader.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()[0])
        self.cut_off = cut_off
        """Steps that a killed process left halfway, and what became of them when we opened."""
        history = History(int(found[0]), history_bytes)
        super().__init__(path, db, reader, lock, read_only_reason, history)

    def note_id(self, kind: str, given: int) -> None:
        """Remember durably that an id was given out, see `highest_id`."""
        self._refuse_read_only()
        self._enqueue(
            lambda db: db.execute(
                "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO "
                "UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
                (f"highest_{kind}", str(given)),
            )
        )

    def steps(self) -> list[StepInfo]:
        """The history, oldest first; undone steps (to be redone) stand at the end."""
        self._forget_evicted()
        return list(self._steps.values())

    def commit(self, title: str, ops: Sequence[Op]) -> int:
        """Write an action as one undo step; returns its ticket. Undone steps are forgotten."""
        step = self.open_step(title)
        return self.append(step, ops)

    def open_step(self, title: str, *, whole: bool = False, tentative: bool = False) -> int:
        """Begin a step that `append` fills; returns its id. Undone steps are forgotten.

        Args:
            tentative: they are only with `close_step`: `take_back` brings them back. No other step
                may begin before either of these.
            whole: if the process dies before `close_step`, the step is taken back when the project
                is opened next, see `unfinished.settle`.
        """
        self._refuse_read_only()
        self._forget_evicted()
        step = self._next_step
        self._next_step += 1
        begun = time.time()
        self._held = {i: s for i, s in self._steps.items() if s.undone and tentative}
        self._steps = {i: s for i, s in self._steps.items() if not s.undone}
        self._steps[step] = StepInfo(step, title, time=begun)
        self._tentative = step if tentative else 0

        def write(db: sqlite3.Connection) -> None:
            self._history.open_step(db, step, title, begun, tentative=tentative)
            if whole:
                unfinished.note(db, step, title)

        self._enqueue(write)
        return step

    def close_step(self, step: int) -> None:
        """A step that must be whole is so, or was taken back."""
        self._refuse_read_only()
        tentative, self._tentative = self._tentative == step, 0
        self._held = {}

        def write(db: sqlite3.Connection) -> None:
            unfinished.forget(db, step)
            if tentative:
                self._history.forget_undone(db, step)

        self._enqueue(write)

    def append(self, step: int, ops: Sequence[Op], frames: Collection[int] = ()) -> int:
        """Write `ops` as part of an open step; `frames` are those it touches that it did not touch
        before. Returns the ticket."""
        self._refuse_read_only()
        kept = tuple(ops)
        told = self._steps.get(step)
        if told is not None and frames:
            told = self._steps[step] = told.touching(frames)

        def write(db: sqlite3.Connection) -> None:
            self._history.write(db, step, kept)
            if told is not None and frames:
                self._history.describe(db, step, told.frames, told.first, told.last)

        return self._enqueue(write).ticket

    def drop_empty_step(self, step: int) -> None:
        """Forget a step that changed nothing (a run that was cancelled before its first frame).

        Like every action it does not wait for the disk, which may be full at this moment.
        """
        self._refuse_read_only()
        self._steps.pop(step, None)
        self._enqueue(lambda db: self._history.drop_if_empty(db, step))

    def swap_step(self, step: int, *, undo: bool) -> Future[Swapped]:
        """Undo or redo a step; the future gives what it touched once that is on disk."""
        self._refuse_read_only()
        if step in self._steps:
            self._steps[step] = replace(self._steps[step], undone=undo)
        return self._enqueue(lambda db: self._history.swap(db, step, undo)).future

    def take_back(self, step: int) -> Future[Swapped]:
        """Undo the newest step, which is not complete, and forget it, in one transaction; the
        future gives what it touched once that is on disk. What was undone before it stays so."""
        self._refuse_read_only()
        self._steps.pop(step, None)
        self._steps |= self._held
        self._held, self._tentative = {}, 0

        def write(db: sqlite3.Connection) -> Swapped:
            unfinished.forget(db, step)
            return self._history.take_back(db, step)

        return self._enqueue(write).future

    def bound_history(self, max_bytes: int) -> None:
        """Forget the oldest steps beyond `max_bytes` from now on; nothing where it is read-only."""
        if not self.read_only:
            self._enqueue(lambda db: self._history.bound(max_bytes))

    def name_backend(self, index: int, name: str) -> None:
        """Remember the name behind a backend index of the cell records."""
        self._refuse_read_only()
        self._enqueue(
            lambda db: db.execute(
                "INSERT OR IGNORE INTO backends (key, name) VALUES (?, ?)", (index, name)
            )
        )

    def add_run(self, data: bytes) -> int:
        """Remember a run that begins; returns its id. `end_run` forgets it."""
        self._next_run += 1
        run = self._next_run
        self.transact(
            lambda db: db.execute("INSERT INTO runs (id, data) VALUES (?, ?)", (run, data))
        )
        return run

    def end_run(self, run: int) -> None:
        self.transact(lambda db: db.execute("DELETE FROM runs WHERE id = ?", (run,)))

    def add_effort(self, spent: Sequence[tuple[int, int, int, int, int, float]]) -> None:
        """Add to what cells have cost: (object, frame, clicks, strokes, commands, seconds)."""
        self._refuse_read_only()
        kept = tuple(spent)
        self._enqueue(
            lambda db: db.executemany(
                "INSERT INTO effort VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (object, frame) DO "
                "UPDATE SET clicks = clicks + excluded.clicks, "
                "strokes = strokes + excluded.strokes, commands = commands + excluded.commands, "
                "seconds = seconds + excluded.seconds",
                kept,
            )
        )

    def _forget_evicted(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                gone = self._evicted.get_nowait()
                self._steps.pop(gone, None)
                self._held.pop(gone, None)
