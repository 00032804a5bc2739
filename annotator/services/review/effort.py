"""What the masks cost a person: clicks, strokes, commands and seconds of active work per cell."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from annotator.io.store import Store

IDLE_S = 20.0
"""A longer pause between two actions is no work: the person thought of something else."""

FLUSH_S = 2.0
"""How much work a crash can take from the log (never from the masks)."""


@dataclass(slots=True)
class Spent:
    """What one cell (object, frame) has cost."""

    clicks: int = 0
    strokes: int = 0
    commands: int = 0
    seconds: float = 0.0


class EffortLog:
    """Adds up in memory, on the editing thread, and hands sums to the store every `FLUSH_S`.

    A call costs a few additions; the disk is the writer thread's.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._place = (0, 0)
        self._spent: dict[tuple[int, int], Spent] = {}
        self._held: tuple[int, Spent] | None = None
        """The frame of a figure that is being drawn, and what it has cost until now."""
        self._last: float | None = None
        self._acted: float | None = None
        self._flushed = clock()

    def go(self, object_id: int, frame: int) -> None:
        """The person looks at another object (0 for none) or frame."""
        if (object_id, frame) == self._place:
            return
        now = self._clock()
        # A clip that plays on while nobody does anything is no work.
        if self._acted is not None and now - self._acted <= IDLE_S:
            self._pass_time(now)
        self._place = (object_id, frame)

    def note(self, *, clicks: int = 0, strokes: int = 0, commands: int = 0) -> None:
        """The person did something at the current place."""
        now = self._clock()
        self._pass_time(now)
        self._acted = now
        spent = self._at()
        spent.clicks += clicks
        spent.strokes += strokes
        spent.commands += commands

    def hold(self) -> None:
        """A figure is begun on this frame: what it costs counts for the object that is the current
        one when it is drawn. The first figure of a project makes its object only then."""
        if self._held is None:
            self._pass_time(self._clock())
            self._held = (self._place[1], Spent())

    def settle(self) -> None:
        """The figure is drawn, or given up."""
        if self._held is None:
            return
        self._pass_time(self._clock())
        (frame, held), self._held = self._held, None
        spent = self._spent.setdefault((self._place[0], frame), Spent())
        spent.clicks += held.clicks
        spent.strokes += held.strokes
        spent.commands += held.commands
        spent.seconds += held.seconds

    def flush(self, *, due_only: bool = False) -> None:
        """Hand over what has come together; with `due_only`, only when it is time to
        (a figure that is being drawn waits until it is settled)."""
        now = self._clock()
        if not due_only:
            self.settle()
        if not self._spent or (due_only and now - self._flushed < FLUSH_S):
            return
        self._flushed = now
        self._store.add_effort(
            [
                (object_id, frame, s.clicks, s.strokes, s.commands, s.seconds)
                for (object_id, frame), s in self._spent.items()
            ]
        )
        self._spent.clear()

    def _at(self) -> Spent:
        if self._held is not None:
            return self._held[1]
        return self._spent.setdefault(self._place, Spent())

    def _pass_time(self, now: float) -> None:
        passed = 0.0 if self._last is None else now - self._last
        self._last = now
        if 0 < passed <= IDLE_S:
            self._at().seconds += passed
