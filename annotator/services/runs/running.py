"""How what a job delivers enters the project: frame by frame, as the undo step of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from annotator.core.changes import Change
from annotator.jobs.base import Job, Runner
from annotator.services.editing.steps import RunStep
from annotator.services.project.session import Session
from annotator.services.runs.runs import Run

BACKLOG_LIMIT = 24


def carry_out(
    session: Session,
    runner: Runner,
    run: Run,
    step: RunStep,
    code: str,
    request: object,
    changes: Callable[[Any], Sequence[Change] | None],
    ended: Callable[[Job], None] = lambda _: None,
) -> None:
    """Submit the work of a run and write its results, each of which has a `frame`.

    Args:
        code: "module:function" of the work.
        request: its order.
        changes: what a result changes; None where it was made from what is no longer so.
        ended: is told when the job is over and its step is closed, before `run.on_end`.
    """

    def on_result(result: Any) -> None:
        store = session.store
        if store.trouble is not None and store.backlog > BACKLOG_LIMIT:
            # The disk refuses: more results would only fill the memory.
            assert run.job is not None
            run.stopped = store.trouble
            runner.cancel(run.job)
            return
        made = changes(result)
        if made is None:
            step.skipped.append(result.frame)
        elif step.append(result.frame, made) and made:
            run.filled += 1
        run.stale = len(step.skipped)
        # Results may come faster than the disk takes them; memory stays flat by waiting.
        if store.backlog > BACKLOG_LIMIT and store.trouble is None:
            session.flush()

    def on_end(job: Job) -> None:
        step.end()
        ended(job)
        for listener in run.on_end:
            listener(run)

    run.job = runner.submit(run.title, code, request, on_result=on_result, on_end=on_end)
