"""Undo steps that are not made in one call: of runs, and of edits of very many frames.

An edit of many frames is a `LongEdit`. It goes on slice by slice, so that the event loop of a
window has its turns in between; without a window it is done at once.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from annotator.core.changes import Change
from annotator.core.document import ChangeSet
from annotator.core.errors import StrokeflowError
from annotator.core.types import Size
from annotator.io.store import Swapped

if TYPE_CHECKING:
    from annotator.services.project.session import Session

MANY = 256
"""Frames up to which an edit is done at once."""
LARGEST = 1024
"""Frames (rows, where they are read again) of a slice, at most; of one that repaints nothing at
least `_SMALLEST`."""
AT_ONCE = 4 << 20
"""Pixels up to which an edit that paints frames anew is done at once."""
_SMALLEST = 64
_SLICE_S = 0.008
_TELL_S = 0.25
_UNSAVED_BYTES = 32 << 20
_BACKLOG = 24


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """An edit that treats every frame by itself.

    Attributes:
        title: of the undo step.
        frames: int64 [N], each once, in the order in which they are treated.
        change: what is to be done to some of them; asked when it is their turn, in their order.
        first, last: what is to be done before and after.
        repaints: it makes label maps anew.
    """

    title: str
    frames: NDArray[np.int64]
    change: Callable[[NDArray[np.int64]], list[Change]]
    first: tuple[Change, ...] = ()
    last: tuple[Change, ...] = ()
    repaints: bool = False

    def is_short(self, size: Size) -> bool:
        """Whether it takes a moment only, in frames of this size."""
        count = len(self.frames)
        return count <= MANY and not (self.repaints and count * size.width * size.height > AT_ONCE)


class LongEdit(ABC):
    """An edit under way. While it has `begun`, the session refuses every other one.

    Attributes:
        done, total: frames or rows.
        waits: it waits for the disk; there is no use in going on at once.
        on_end: called when all is done; not if it failed or was cancelled.
        cancellable: `cancel` takes back what it did.
    """

    cancellable = False

    def __init__(self, session: Session, title: str, total: int, smallest: int) -> None:
        self._session = session
        self.title = title
        self.done, self.total = 0, total
        self.begun = self.over = self.waits = False
        self.on_end: list[Callable[[], None]] = []
        self._size = self._smallest = smallest
        self._untold: list[ChangeSet] = []
        self._tell_at = 0.0

    def go_on(self) -> ChangeSet:
        """Do one slice. Raises StrokeflowError: then it is over.

        Everyone is told of several slices together, and of the last: views look at the whole clip.
        """
        self.begun, self.waits = True, False
        began = time.perf_counter()
        try:
            told = self._slice()
        except BaseException:
            self.end()
            raise
        self._untold.append(told)
        if not self.waits:
            # Frames differ: in the size of the picture, and in what is on them.
            fits = int(self._size * _SLICE_S / max(time.perf_counter() - began, 1e-6))
            self._size = min(max(fits, self._size // 2, self._smallest), 2 * self._size, LARGEST)
        if not self.over and time.perf_counter() >= self._tell_at:
            self._tell()
        if self.over:
            self.end()
            for call in self.on_end:
                call()
        return told

    def end(self) -> None:
        """It is over, done or not: other edits may come."""
        self.over = True
        if self._session.long is self:
            self._session.long = None
        self._tell()

    def _tell(self) -> None:
        untold, self._untold = self._untold, []
        if untold:
            self._session.tell(ChangeSet.merged(untold))
        self._tell_at = time.perf_counter() + _TELL_S

    def cancel(self) -> None:
        """Take back what was done: the project is as it was before, and so is its history."""
        raise NotImplementedError

    @abstractmethod
    def _slice(self) -> ChangeSet:
        """Do some `_size` frames, or set `waits`; after the last, set `over`."""


class LongSweep(LongEdit):
    """A sweep on its way: one undo step. If it fails, what it did is taken back."""

    cancellable = True

    def __init__(self, session: Session, sweep: Sweep) -> None:
        # One picture may take a slice; of cells alone, many weigh nothing.
        smallest = 1 if sweep.repaints else _SMALLEST
        super().__init__(session, sweep.title, len(sweep.frames), smallest)
        self._sweep = sweep
        self._step: int | None = None

    def _slice(self) -> ChangeSet:
        session, sweep = self._session, self._sweep
        behind = session.store.trouble is None and session.store.backlog > _BACKLOG
        if behind or session.document.unsaved_bytes > _UNSAVED_BYTES:
            # Memory stays flat, however much faster than the disk this is. A disk that refuses
            # only stops what would pile up label maps.
            session.sync()
            self.waits = True
            return ChangeSet()
        frames = sweep.frames[self.done : self.done + self._size]
        changes = list(sweep.first) if self.done == 0 else []
        changes += self._changes(frames)
        self.done += len(frames)
        if self.done == self.total:
            self.over = True
            changes += sweep.last
        if not changes:
            return ChangeSet()
        if self._step is None:
            self._step = session.open_long(self.title, whole=True, tentative=True)
        return session.carry_on(self._step, changes)

    def _changes(self, frames: NDArray[np.int64]) -> list[Change]:
        try:
            return self._sweep.change(frames)
        except StrokeflowError:
            self.cancel()
            raise

    def cancel(self) -> None:
        if self.over:
            return
        step, self._step = self._step, None
        self.end()
        if step is not None:
            session = self._session
            session.close_long(step)
            session.take(TakeBack(session, self.title, self.done, session.store.take_back(step)))

    def end(self) -> None:
        super().end()
        if self._step is not None:
            self._session.close_long(self._step)
            self._session.store.close_step(self._step)


class LongSwap(LongEdit):
    """Undo or redo of a large step: the disk first, then what is in memory."""

    def __init__(self, session: Session, title: str, frames: int, swapped: Future[Swapped]) -> None:
        super().__init__(session, title, frames, _SMALLEST)
        self.begun = True
        self._swapped = swapped
        self._left: list[tuple[str, int]] | None = None

    def _slice(self) -> ChangeSet:
        if self._left is None:
            if not self._swapped.done():
                self.waits = True
                return ChangeSet()
            self._left = self._swapped.result().touched
            self.total = len(self._left)
        rows = self._left[-self._size :]
        del self._left[-self._size :]
        self.done += len(rows)
        self.over = not self._left
        return self._session.take_up(rows)


class TakeBack(LongSwap):
    """What a cancelled edit did is taken back: nothing is left of its step."""


class RunStep:
    """The undo step of a run: results are appended until it ends; then it is one step.

    A frame that a person changed after the run began is left alone: the person knew better, and
    the history of each frame stays in order. So is one that a run wrote which began later.
    """

    def __init__(self, session: Session, step: int, clock: int, whole: bool) -> None:
        self._session = session
        self.step = step
        self._clock = clock
        self._whole = whole
        self._known = set(session.document.objects)
        self._gone: set[int] = set()
        self._forget = session.subscribe(self._look)
        self.skipped: list[int] = []
        self.written = 0

    def may_fill(self, object_id: int) -> bool:
        """False for an object that was taken away and brought back meanwhile: redo takes it away
        again, on the frames where it was then, and would leave behind what came to others."""
        return object_id not in self._gone

    def _look(self, changed: ChangeSet) -> None:
        if changed.objects:
            self._gone |= self._known - self._session.document.objects.keys()

    def append(self, frame: int, changes: Sequence[Change]) -> bool:
        """Write the changes of one frame; False if they were dropped as stale."""
        newest = self._session.run_steps
        if self._session.edited_since(frame, self._clock) or newest.get(frame, 0) > self.step:
            self.skipped.append(frame)
            return False
        if changes:
            newest[frame] = self.step
            self._session.tell(self._session._carry_out(self.step, changes))
            self.written += 1
        return True

    def end(self, *, take_back: bool = False) -> bool:
        """The run is over: from now on its step can be undone. True if nothing is left of it.

        Args:
            take_back: undo it, unless something was done since.

        Raises DiskError while the disk refuses to take it back.
        """
        session = self._session
        self._forget()
        session.close_long(self.step)
        newest = session.undo_step
        # An undo would else hit what was done since.
        gone = take_back and self.written > 0 and newest is not None and newest.id == self.step
        try:
            if gone:
                session.undo()
        finally:
            if self._whole:
                session.store.close_step(self.step)
        if self.written == 0:
            session.store.drop_empty_step(self.step)
        return gone or self.written == 0
