"""Runs as the services and the views see them, and as the project remembers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from annotator.core.errors import DiskError
from annotator.core.options import Value
from annotator.jobs.base import Job, JobState, Runner, finish

VERBS = {
    "propagate": "Propagate",
    "interpolate": "Fill between key frames",
    "saliency": "Find what is salient",
    "cosaliency": "Find the common object",
    "auto": "Label without a label",
}
"""What a run does, in its title."""


class Setup(msgspec.Struct, frozen=True):
    """How a run is to be done; the defaults leave it to the application.

    Attributes:
        backend: id, or None for the best one that can run.
        device: "auto", "cpu", "cuda" or "mps".
        flow: id of the flow estimator, or None for the default.
        options: of the backend's card.
        fit_steps: first learn from the project's frames in that many steps; 0 = do not.
        fit_seconds: time limit of the fit; 0 = none.
    """

    backend: str | None = None
    device: str = "auto"
    flow: str | None = None
    options: Mapping[str, Value] = {}
    fit_steps: int = 0
    fit_seconds: float = 0.0


@dataclass(slots=True)
class Run:
    """A run under way or over.

    `stale` counts frames whose result was dropped because a person changed them meanwhile;
    `frames` is how many it set out to fill, `filled` how many it wrote. `stopped`: why it was
    cancelled, where the disk refused what it did.
    """

    id: int
    task: str
    title: str
    backend: str
    frames: int
    job: Job | None = None
    filled: int = 0
    stale: int = 0
    stopped: DiskError | None = None
    on_end: list[Callable[[Run], None]] = field(default_factory=list)

    @property
    def state(self) -> JobState:
        return JobState.QUEUED if self.job is None else self.job.state


class RunRecord(msgspec.Struct, frozen=True):
    """A run as the project remembers it, to be taken up again after a crash.

    `first`: frame and stored label map of the first mask that was chosen for an `auto` run.
    """

    task: str
    backend: str
    frames: tuple[int, ...]
    objects: tuple[int, ...]
    direction: str
    setup: Setup = Setup()
    first: tuple[int, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A run that did not end: the process died or the application was killed."""

    id: int
    record: RunRecord


def wait_for(runner: Runner, run: Run, on_tick: Callable[[Run], None] | None = None) -> Run:
    """Poll until a run is over (the command line's event loop). Raises the run's error, and what
    kept the disk from taking its results."""
    finish(runner, run.job, None if on_tick is None else lambda _job: on_tick(run))
    if run.stopped is not None:
        raise run.stopped
    return run
