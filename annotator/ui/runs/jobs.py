"""The jobs of the window: one runs, others wait their turn, what is over can be done again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import DiskError, StrokeflowError
from annotator.jobs.base import Job, JobState
from annotator.services.runs.runs import Run
from annotator.ui.i18n import tr
from annotator.ui.words.phrases import localized
from annotator.ui.words.words import bytes_text, filled_text, seconds_text

if TYPE_CHECKING:
    from annotator.ui.host import Bench
    from annotator.ui.workspace import Workspace

KEPT = 40
"""Jobs that are over and still listed."""


def task_title(task: str) -> str:
    """What a run is called before it has begun."""
    titles = {
        "interpolate": tr("Fill between key frames"),
        "propagate": tr("Propagate"),
        "refresh": tr("Make new what is out of date"),
        "saliency": tr("Masks from scribbles"),
        "auto": tr("Label without a label"),
        "clean": tr("Clean up masks"),
    }
    return titles.get(task, task)


@dataclass(eq=False, slots=True)
class JobEntry:
    """One line of the list.

    Attributes:
        title: what it does.
        again: asks for the same once more.
        begin: starts it, while it waits.
        job, run: once it has begun; imports and exports have no run.
        refused: why it could not begin.
        dropped: it was cancelled before it began.
        download: progress is counted in bytes, not in frames.
        frames: progress is counted in frames, so that its pace says something.
        asked: when it was asked for, seconds since 1970.
        bench: the project it is about; None if it needs none.
        ticket: of the last write to the project that came of it, once it is over.
        behind: the jobs that the worker was busy with, or had before it, when it began.
    """

    title: str
    again: Callable[[], object]
    begin: Callable[[], Run] | None = None
    job: Job | None = None
    run: Run | None = None
    refused: StrokeflowError | None = None
    dropped: bool = False
    download: bool = False
    frames: bool = True
    asked: float = field(default_factory=time.time)
    bench: Bench | None = None
    ticket: int = 0
    behind: tuple[JobEntry, ...] = ()

    @property
    def waiting(self) -> bool:
        return self.job is None and self.refused is None and not self.dropped

    @property
    def lost(self) -> DiskError | None:
        """Why what it did is not saved; None if it is."""
        store = None if self.bench is None else self.bench.session.store
        return None if store is None or store.saved >= self.ticket else store.trouble

    @property
    def over(self) -> bool:
        return not self.waiting and (self.job is None or self.job.state.over)

    @property
    def failed(self) -> bool:
        job = self.job
        failed = job is not None and job.state is JobState.FAILED
        return failed or self.refused is not None or self.lost is not None

    @property
    def before(self) -> JobEntry | None:
        """What the worker does first."""
        return next((entry for entry in self.behind if not entry.over), None)

    def words(self) -> str:
        """How it goes or went, in plain words."""
        if self.refused is not None:
            return tr("Not started: {why}").format(why=localized(self.refused.message))
        if self.dropped:
            return tr("Cancelled before it began.")
        job = self.job
        if job is None:
            return tr("Waits for its turn.")
        if job.state is JobState.QUEUED:
            return tr("Waits for its turn.") if self.before else tr("Starting …")
        if job.state is JobState.RUNNING:
            return self._progress(job)
        return " ".join(part for part in (self._outcome(job), self._pace(job)) if part)

    def _progress(self, job: Job) -> str:
        if not job.done:
            return localized(job.message) or tr("Reading …")
        shown = bytes_text if self.download else str
        parts = [tr("{done} of {total}").format(done=shown(job.done), total=shown(job.total))]
        if job.speed is not None and self.frames and not self.download:
            parts.append(tr("{speed} frames/s").format(speed=f"{job.speed:.1f}"))
        if job.eta_s is not None:
            parts.append(tr("about {time} left").format(time=seconds_text(job.eta_s)))
        return ", ".join(parts)

    def _outcome(self, job: Job) -> str:
        head = {
            JobState.DONE: tr("Done."),
            JobState.CANCELLED: tr("Cancelled."),
            JobState.FAILED: tr("Failed."),
        }[job.state]
        if isinstance(job.error, StrokeflowError):
            head += " " + localized(job.error.message)
        if self.lost is not None:
            head = tr("Not saved: {why}").format(why=localized(self.lost.message))
        if self.run is None:
            return head
        head += " " + filled_text(self.run)
        if self.run.stale:
            left = tr("{count} that you changed meanwhile were left alone.")
            head += " " + left.format(count=self.run.stale)
        return head

    def _pace(self, job: Job) -> str:
        if job.started is None or job.ended is None or not job.done or self.download:
            return ""
        if not self.frames:
            return seconds_text(job.ended - job.started)
        return tr("{time}, {speed} frames/s").format(
            time=seconds_text(job.ended - job.started), speed=f"{job.speed or 0:.1f}"
        )

    def details(self) -> str:
        """Everything there is to know about it, to copy into a report."""
        lines = [self.title, self.words()]
        if self.run is not None and self.run.backend:
            lines.append(tr("Backend: {backend}").format(backend=self.run.backend))
        error = self.refused or self.lost or (None if self.job is None else self.job.error)
        if isinstance(error, StrokeflowError):
            lines += [error.message, error.hint]
        elif error is not None:
            lines.append(repr(error))
        return "\n".join(line for line in lines if line)


class JobList(QObject):
    """What was asked for, the newest last. All on the UI thread.

    Signals:
        changed: a job was added, began or is over; progress is told by `Workspace.runsChanged`.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.entries: list[JobEntry] = []
        workspace.projectChanged.connect(self._forget_others)
        workspace.savedChanged.connect(self.changed)

    @property
    def waiting(self) -> list[JobEntry]:
        return [entry for entry in self.entries if entry.waiting]

    def ask(self, task: str, begin: Callable[[], Run], again: Callable[[], object]) -> None:
        """Start a run, or let it wait for the one that is going.

        Raises StrokeflowError, and lists nothing, if it cannot start now.
        """
        entry = JobEntry(task_title(task), again, begin)
        if self._workspace.running is None and not self.waiting:
            self._start(entry)
        self._add(entry)

    def watch(
        self,
        title: str,
        job: Job,
        again: Callable[[], object],
        *,
        download: bool = False,
        free: bool = False,
        frames: bool = True,
    ) -> JobEntry:
        """List a job that is no run (an import or an export); `free`: it is not about the open
        project."""
        entry = JobEntry(
            title, again, job=job, download=download, frames=frames, behind=self._lane()
        )
        self._add(entry, free=free)
        return entry

    def adopt(self, run: Run, again: Callable[[], object]) -> None:
        """List a run that was started elsewhere (an interrupted one, taken up again)."""
        self._add(JobEntry(localized(run.title), again, job=run.job, run=run))

    def go_on(self) -> None:
        """Start the next one that waits, if nothing is running."""
        for entry in self.waiting:
            if self._workspace.running is not None:
                return
            try:
                self._start(entry)
            except StrokeflowError as error:
                entry.refused = error
                self._workspace.noticed.emit("error", error.message, error.hint)
            self.changed.emit()

    def cancel(self, entry: JobEntry) -> None:
        """Stop one; what it finished stays."""
        if entry.waiting:
            entry.dropped = True
        elif entry.job is not None and not entry.job.state.over:
            self._workspace.host.runner.cancel(entry.job)
        self.changed.emit()

    def ended(self, job: Job) -> None:
        """One is over, and has written all that it will write."""
        for entry in self.entries:
            entry.behind = tuple(other for other in entry.behind if not other.over)
            if entry.job is job and entry.bench is not None:
                entry.ticket = entry.bench.session.store.issued
        self.changed.emit()

    def is_free(self, job: Job) -> bool:
        """Whether a job is not about the open project."""
        return any(entry.job is job and entry.bench is None for entry in self.entries)

    def title_before(self, job: Job) -> str:
        """What the worker does before it begins this job; "" if nothing."""
        found = (entry.before for entry in self.entries if entry.job is job)
        before = next(found, None) if job.state is JobState.QUEUED else None
        return "" if before is None else before.title

    def drop_waiting(self) -> None:
        """Nothing more is to start."""
        for entry in self.waiting:
            entry.dropped = True
        self.changed.emit()

    def forget_over(self) -> None:
        """Clear the list of what is over."""
        self.entries = [entry for entry in self.entries if not entry.over]
        self.changed.emit()

    def _start(self, entry: JobEntry) -> None:
        assert entry.begin is not None
        entry.behind = self._lane()
        run = entry.begin()
        entry.run, entry.job = run, run.job
        entry.title = localized(run.title)

    def _lane(self) -> tuple[JobEntry, ...]:
        """Jobs that a new one has to wait for; a quick one is in nobody's way."""
        listed = (entry for entry in self.entries if entry.job is not None and not entry.job.quick)
        return tuple(entry for entry in listed if not entry.over)

    def _forget_others(self) -> None:
        """Another project is open: 'Again' must not do to it what was asked for the last one."""
        now = self._workspace.bench
        self.entries = [e for e in self.entries if e.bench is None or e.bench is now]
        self.changed.emit()

    def _add(self, entry: JobEntry, *, free: bool = False) -> None:
        entry.bench = None if free else self._workspace.bench
        over = [known for known in self.entries if known.over]
        gone = set(map(id, over[: max(len(over) - KEPT + 1, 0)]))
        self.entries = [known for known in self.entries if id(known) not in gone]
        self.entries.append(entry)
        self.changed.emit()
