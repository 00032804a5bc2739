"""A job: a generator of results that runs elsewhere, with progress, an ETA and cancel.

A task is named "module:function" and imported where it runs. It is called as
`task(request, control)` and yields results; before each yield it may call `control.progress`.
Requests and results cross a process border, so they are plain picklable data.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from annotator.core.errors import Cancelled


class JobState(Enum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        return self in (JobState.DONE, JobState.CANCELLED, JobState.FAILED)


class TaskControl(Protocol):
    """What a task sees of the world that started it."""

    def checkpoint(self) -> None: ...

    def note(self, text: str) -> None: ...

    def progress(self, done: int, total: int) -> None: ...


Task = Callable[[Any, TaskControl], Iterator[Any]]


def load_task(name: str) -> Task:
    """Import a task by its "module:function" name."""
    module, _, function = name.partition(":")
    task: Task = getattr(importlib.import_module(module), function)
    return task


@dataclass(slots=True)
class Job:
    """One piece of long work. Its fields change only on the thread that calls `Runner.poll`.

    Attributes:
        error: why it failed, in the user's words, if it did.
        died: the worker process died under it (it may be started again).
        on_advance: called whenever it has got on; who runs jobs in its own process hears of it in
            no other way before they end.
    """

    id: int
    title: str
    task: str
    request: Any
    on_result: Callable[[Any], None]
    on_end: Callable[[Job], None]
    quick: bool = False
    state: JobState = JobState.QUEUED
    done: int = 0
    total: int = 0
    message: str = ""
    error: Exception | None = None
    died: bool = False
    started: float | None = None
    ended: float | None = None
    on_advance: Callable[[Job], None] | None = None
    _pace: Pace = field(default_factory=lambda: Pace())

    @property
    def eta_s(self) -> float | None:
        """Seconds left by the recent pace; None while unknown."""
        if self.state is not JobState.RUNNING or not self.total:
            return None
        return self._pace.eta(self.total)

    @property
    def speed(self) -> float | None:
        """Steps per second: by the recent pace while it runs, over all when it has ended."""
        if self.started is None or not self.done:
            return None
        if self.ended is None:
            return self._pace.speed()
        return self.done / max(self.ended - self.started, 1e-3)

    def begin(self) -> None:
        self.state = JobState.RUNNING
        self.started = time.monotonic()

    def advance(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        self._pace.mark(done)
        if self.on_advance is not None:
            self.on_advance(self)

    def finish(self, state: JobState, error: Exception | None = None) -> None:
        if self.state.over:
            return
        self.state, self.error, self.ended = state, error, time.monotonic()
        self.on_end(self)


class Pace:
    """Speed from the last marks, so that an ETA follows what is happening now."""

    WINDOW_S = 20.0

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []

    def mark(self, done: int) -> None:
        now = time.monotonic()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > self.WINDOW_S:
            self._marks.pop(0)

    def speed(self) -> float | None:
        """Steps per second; None while unknown."""
        if len(self._marks) < 2:
            return None
        (t0, d0), (t1, d1) = self._marks[0], self._marks[-1]
        return None if d1 <= d0 or t1 <= t0 else (d1 - d0) / (t1 - t0)

    def eta(self, total: int) -> float | None:
        speed = self.speed()
        if speed is None:
            return None
        at, done = self._marks[-1]
        # The clock runs on between marks; the ETA counts down with it.
        return max((total - done) / speed - (time.monotonic() - at), 0.0)


class Runner(Protocol):
    """Runs long jobs one after another, quick ones beside them.

    All calls belong to one thread, which must `poll`.
    """

    def submit(
        self,
        title: str,
        task: str,
        request: Any,
        *,
        on_result: Callable[[Any], None],
        on_end: Callable[[Job], None],
        quick: bool = False,
    ) -> Job:
        """Queue a job; callbacks run inside `poll`.

        A `quick` job (a live mask) does not wait behind the long ones."""
        ...

    def poll(self, seconds: float = 0.0) -> bool:
        """Deliver what has arrived, waiting up to `seconds` for a first message; a part of it where
        delivering takes long.

        Returns True while any job is not over."""
        ...

    def cancel(self, job: Job) -> None:
        """Ask a job to stop; results that were finished are still delivered."""
        ...

    def close(self) -> None:
        """Cancel everything and end the worker."""
        ...


def finish(runner: Runner, job: Job | None, on_tick: Callable[[Job], None] | None = None) -> None:
    """Poll until a job is over; `on_tick` hears how it gets on. Raises its error."""
    assert job is not None
    job.on_advance = on_tick
    while not job.state.over:
        runner.poll(0.05)
        if on_tick is not None:
            on_tick(job)
    if job.error is not None:
        raise job.error


class StopFlag:
    """Shared by a control and whoever may cancel it."""

    def __init__(self) -> None:
        self.raised = False

    def check(self) -> None:
        if self.raised:
            raise Cancelled
