"""Where runs of backends are started, queued, cancelled and told about when they are over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from annotator.core.errors import DiskError, RequestError, StrokeflowError
from annotator.jobs.base import Job, JobState
from annotator.services.runs.runs import Run, Setup
from annotator.ui.i18n import tr
from annotator.ui.words.phrases import localized, localized_error
from annotator.ui.words.words import filled_text

if TYPE_CHECKING:
    from annotator.ui.host import Bench
    from annotator.ui.workspace import Workspace


class RunDesk:
    """The runs of the open project."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.runs: list[Run] = []
        self._warmed = False
        self._after_live: list[Callable[[], object]] = []

    def clear(self) -> None:
        """Forget all: the project is closed."""
        self._after_live.clear()
        self.runs.clear()
        self._warmed = False

    def go_on(self) -> None:
        """Start what waited for a live mask."""
        if self._after_live and not self._workspace.live.busy:
            waiting, self._after_live = self._after_live, []
            for start in waiting:
                self._workspace.attempt(start)

    def warm_up(self) -> None:
        """Start the worker before the first scribble: its mask then follows the pen at once."""
        bench, reader = self._workspace.bench, self._workspace.reader
        if self._warmed or bench is None or reader is None or bench.session.read_only:
            return
        self._warmed = True
        bench.inference.live.warm_up()

    def after_live(self, call: Callable[[], object]) -> None:
        """Call it now, or right after the live mask that is computed now: what is done to an object
        as a whole would else miss it."""
        if self._workspace.live.busy:
            self._after_live.append(call)
        else:
            call()

    def run(self, task: str, **asked: object) -> None:
        """Start a run; one asked for while a live mask is computed starts right after it, one asked
        for during another run when that is over.

        Raises RequestError with what to do if it cannot start.
        """
        self._ask(task, asked, None)

    def run_quietly(self, task: str, begun: Callable[[Run], object], **asked: object) -> None:
        """Like `run`, but no notice tells that all went well; `begun` is given the run."""
        self._ask(task, asked, begun)

    def _ask(
        self, task: str, asked: dict[str, object], begun: Callable[[Run], object] | None
    ) -> None:
        self._bench()
        self.after_live(
            lambda: self._workspace.jobs.ask(
                task,
                lambda: self._add(self._begin(task, asked), begun),
                lambda: self._workspace.attempt(lambda: self.run(task, **asked)),
            )
        )

    def _bench(self) -> Bench:
        bench = self._workspace.bench
        if bench is None:
            raise RequestError(
                tr("No project is open."), tr("Open a video or an image folder first.")
            )
        return bench

    def _begin(self, task: str, asked: dict[str, object]) -> Run:
        if task == "clean":
            return self._bench().cleaning.start(**asked)  # type: ignore[arg-type]
        inference = self._bench().inference
        asked = {"setup": self._usual_setup(task), **asked}
        if task == "saliency":
            return inference.saliency(**asked)  # type: ignore[arg-type]
        if task == "auto":
            return inference.prelabel.auto(**asked)  # type: ignore[arg-type]
        if task == "refresh":
            return inference.refresh(**asked)  # type: ignore[arg-type]
        if task == "cosaliency":
            return inference.cosaliency(**asked)  # type: ignore[arg-type]
        return inference.fill(task, **asked)  # type: ignore[arg-type]

    def _usual_setup(self, task: str) -> Setup:
        """The device of the settings, where the backend that will be taken can use it."""
        inference, device = self._bench().inference, self._workspace.device
        if device == "auto" or task == "refresh":
            return Setup()
        task = "propagate" if task == "auto" else task
        card = inference.registry.resolve(task, None, inference.equipment.usable)
        return Setup(device=device) if device in card.devices else Setup()

    def resume_interrupted(self) -> None:
        """Take up the newest run that did not end. Raises RequestError if there is none."""
        bench = self._workspace.bench
        if bench is None:
            return
        found = bench.inference.interrupted()
        if not found:
            raise RequestError(tr("No run was interrupted."))
        run = self._add(bench.inference.resume(found[-1]))
        self._workspace.jobs.adopt(run, lambda: self._workspace.attempt(self.resume_interrupted))

    def _add(self, run: Run, begun: Callable[[Run], object] | None = None) -> Run:
        run.on_end.append(partial(self._ended, quiet=begun is not None))
        if begun is not None:
            begun(run)
        self.runs.append(run)
        self._workspace.runsChanged.emit()
        return run

    def cancel(self) -> None:
        """Stop everything that is going or waits, imports and exports too."""
        self._workspace.jobs.drop_waiting()
        self._cancel([*self._going, *self._workspace.exchange.jobs])

    def leave(self) -> None:
        """Stop everything that is about the open project; a download goes on."""
        self._workspace.jobs.drop_waiting()
        self._cancel([*self._going, *self._about_project])

    def _cancel(self, jobs: list[Job]) -> None:
        for job in jobs:
            self._workspace.host.runner.cancel(job)

    @property
    def _going(self) -> list[Job]:
        return [run.job for run in self.runs if run.job is not None and not run.job.state.over]

    @property
    def _about_project(self) -> list[Job]:
        jobs = self._workspace.jobs
        return [job for job in self._workspace.exchange.jobs if not jobs.is_free(job)]

    @property
    def running(self) -> Run | None:
        """The run under way (or waiting), None if there is none."""
        for run in self.runs:
            if not run.state.over:
                return run
        return None

    @property
    def at_work(self) -> bool:
        """Whether anything runs that is about the open project; a download is not."""
        return self.running is not None or bool(self._about_project)

    @staticmethod
    def _praise(run: Run) -> str:
        if run.task == "clean":
            return filled_text(run) + " " + tr("Undo takes it back.")
        return tr(
            "Filled by backend '{backend}'. W shows the worst frame; undo takes it back."
        ).format(backend=run.backend)

    def _ended(self, run: Run, *, quiet: bool) -> None:
        job, workspace = run.job, self._workspace
        assert job is not None
        workspace.review.run_ended()
        workspace.runsChanged.emit()
        workspace.jobs.ended(job)
        # What is not on disk is not done yet.
        workspace.saving.after(partial(self._tell, run, job, quiet))

    def _tell(self, run: Run, job: Job, quiet: bool, refused: DiskError | None) -> None:
        """How a run ended, once its last frame is on disk or `refused`."""
        workspace = self._workspace
        filled = tr("{filled} of {frames} frames were filled and kept.")
        kept = filled.format(filled=run.filled, frames=run.frames)
        if run.task == "clean":
            kept = filled_text(run)
        lost = run.stopped or (refused if run.filled else None)
        if lost is not None:
            stopped = tr("{title}: stopped, since nothing could be saved.")
            said = tr("{title}: not saved.") if run.stopped is None else stopped
            workspace.noticed.emit(
                "error",
                said.format(title=localized(run.title)),
                f"{localized_error(lost)} {filled_text(run)}",
            )
        elif job.state is JobState.FAILED and isinstance(job.error, StrokeflowError):
            workspace.noticed.emit(
                "error", job.error.message, f"{kept} {localized(job.error.hint)}"
            )
        elif job.state is JobState.CANCELLED:
            workspace.noticed.emit("info", tr("The run was cancelled."), kept)
        elif run.stale:
            workspace.noticed.emit(
                "info",
                tr("{stale} frames that you changed meanwhile were left alone.").format(
                    stale=run.stale
                ),
                kept,
            )
        elif not quiet:
            workspace.noticed.emit(
                "good",
                tr("{title}: done.").format(title=localized(run.title)),
                self._praise(run),
            )
