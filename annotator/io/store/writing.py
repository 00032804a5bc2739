"""The project's disk: one writer thread that commits actions in their order.

The thread that edits hands over ops and goes on; `saved` moves when a commit has returned. Several
waiting actions share one commit. A full disk stops nothing: what is not saved waits and is tried
again, and `trouble` says why.
"""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import filelock

from annotator.core.errors import DiskError, ProjectError, StrokeflowError
from annotator.io.store.history import History
from annotator.io.store.presence import Presence
from annotator.io.store.reading import StoreReader

_BATCH = 64
_RETRY_S = 0.5
_DELETED = "Nothing can be saved in it any more. Close it, then open a backup."
_FOLLOW = "What you do is saved in it. Close it, and open it where it is now."
_LOST = "What is not saved is lost; free some space or mend the disk, then do it again."
_GONE = "What was not saved is lost. Open a backup."
T = TypeVar("T")


@dataclass(slots=True)
class _Command:
    ticket: int
    run: Callable[[sqlite3.Connection], Any]
    future: Future = field(default_factory=Future)


class StoreWriter(StoreReader):
    """A database that is read, and written to by a thread of its own unless it is read-only.

    All methods belong to the editing thread, except the writer's own.
    """

    def __init__(
        self,
        path: Path,
        db: sqlite3.Connection,
        reader: sqlite3.Connection,
        lock: filelock.BaseFileLock | None,
        read_only_reason: str,
        history: History,
    ) -> None:
        super().__init__(path, reader)
        self.read_only_reason = read_only_reason
        self.trouble: DiskError | None = None
        self.moved = False
        """The folder was renamed or moved, and writing follows it. Noticed with each write."""
        self.saved = 0
        self.on_saved: Callable[[], None] | None = None
        self._db = db
        self._lock = lock
        self._history = history
        self._queue: queue.Queue[_Command | None] = queue.Queue()
        self._issued = 0
        self._evicted: queue.SimpleQueue[int] = queue.SimpleQueue()
        """Steps that the history has forgotten since somebody looked."""
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._presence: Presence | None = None
        if not read_only_reason:
            self._presence = Presence(path)
            self._thread = threading.Thread(target=self._write_loop, name="store-writer")
            self._thread.start()

    @property
    def read_only(self) -> bool:
        return bool(self.read_only_reason)

    @property
    def issued(self) -> int:
        """Ticket of the newest write; everything is on disk when `saved` equals it."""
        return self._issued

    @property
    def backlog(self) -> int:
        """Writes that wait; a producer of many must pause while it is high.

        The queue itself has no bound: a disk that refuses must not stop the person who paints.
        """
        return self._queue.qsize()

    @property
    def where(self) -> Path | None:
        """Where the project's folder is now; None where the system does not say."""
        return None if self._presence is None else self._presence.where

    def refuse_moved(self) -> None:
        """Raises ProjectError once the folder is not where it was opened: who goes there by its
        name finds nothing, or another project."""
        if self._presence is not None and self._presence.moved:
            raise ProjectError(f"'{self.path.parent}' was moved or renamed.", _FOLLOW)

    def transact(self, run: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run a function on the writer's connection, in order with all other writes."""
        self._refuse_read_only()
        return self._enqueue(run).future

    def flush(self) -> None:
        """Wait until everything is on disk. Raises DiskError while the disk refuses."""
        while self.saved < self._issued:
            if self.trouble is not None:
                raise self.trouble
            time.sleep(0.001)

    def retry(self) -> None:
        """Try again at once after trouble, not only at the next turn."""
        self._wake.set()

    def close(self) -> None:
        """Write what waits and let go of the project. Raises DiskError if it cannot be written."""
        failed: DiskError | None = None
        if self._thread is not None:
            try:
                self.flush()
            except DiskError as error:
                failed = error
            finally:
                # Said also when Ctrl+C ends the wait: the process ends when this thread does.
                self._closing = True
                self._wake.set()
                self._queue.put(None)
            self._thread.join()
            self._thread = None
        self._reader.close()
        self._db.close()
        if self._presence is not None:
            self._presence.close()
        if self._lock is not None:
            self._lock.release()
        if failed is not None:
            raise DiskError(failed.message, _GONE if failed.hint == _DELETED else _LOST)

    # -- the writer thread

    def _enqueue(self, run: Callable[[sqlite3.Connection], Any]) -> _Command:
        self._issued += 1
        command = _Command(self._issued, run)
        self._queue.put(command)
        return command

    def _write_loop(self) -> None:
        while True:
            command = self._queue.get()
            if command is None:
                return
            batch = [command]
            with contextlib.suppress(queue.Empty):
                while len(batch) < _BATCH:
                    following = self._queue.get_nowait()
                    if following is None:
                        self._closing = True
                        break
                    batch.append(following)
            while not self._write_batch(batch):
                self._wake.wait(_RETRY_S)
                self._wake.clear()
                if self._closing:
                    for waiting in batch:
                        waiting.future.set_exception(self.trouble or DiskError("Not saved."))
                    return
            if self._closing and self._queue.empty():
                return
            del command, batch  # their results may be large, the next ones late

    def _write_batch(self, batch: Iterable[_Command]) -> bool:
        """Commit a batch in one transaction; False if the disk refused and nothing was written."""
        from annotator.io.store.database import explain

        db = self._db
        outcomes: list[tuple[_Command, Any, BaseException | None]] = []
        total = self._history.total
        if self._presence is not None and self._presence.lost:
            self.trouble = DiskError(f"The project '{self.path.parent}' was deleted.", _DELETED)
            self._tell()
            return False
        self.moved = self._presence is not None and self._presence.moved
        try:
            db.execute("BEGIN IMMEDIATE")
            for command in batch:
                db.execute("SAVEPOINT action")
                try:
                    outcomes.append((command, command.run(db), None))
                except StrokeflowError as error:
                    db.execute("ROLLBACK TO action")
                    outcomes.append((command, None, error))
                db.execute("RELEASE action")
            evicted = self._history.evict(db)
            db.execute("COMMIT")
        except (sqlite3.Error, UnicodeDecodeError) as error:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            self._history.total = total
            told = explain(error, self.path)
            self.trouble = (
                told if isinstance(told, DiskError) else DiskError(told.message, told.hint)
            )
            self._tell()
            return False
        self.trouble = None
        for step in evicted:
            self._evicted.put(step)
        for command, value, failure in outcomes:
            self.saved = command.ticket
            if failure is None:
                command.future.set_result(value)
            else:
                command.future.set_exception(failure)
        self._tell()
        return True

    def _tell(self) -> None:
        if self.on_saved is not None:
            self.on_saved()

    def _refuse_read_only(self) -> None:
        if self.read_only_reason:
            raise ProjectError("The project is open read-only.", self.read_only_reason)
