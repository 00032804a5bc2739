"""The runner without a second process: for the command line, tests and machines that forbid one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from annotator.core.errors import Cancelled, StrokeflowError
from annotator.jobs.base import Job, JobState, StopFlag, load_task
from annotator.jobs.memory import returning


class InlineRunner:
    """Runs each job to its end inside `poll`; the same interface as the worker process."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Job, StopFlag]] = deque()
        self._flags: dict[int, StopFlag] = {}
        self._count = 0

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
        self._count += 1
        job = Job(self._count, title, task, request, on_result, on_end, quick)
        flag = StopFlag()
        self._flags[job.id] = flag
        self._waiting.append((job, flag))
        return job

    def poll(self, seconds: float = 0.0) -> bool:
        while self._waiting:
            self._run(*self._waiting.popleft())
        return False

    def cancel(self, job: Job) -> None:
        if job.id in self._flags:
            self._flags[job.id].raised = True

    def close(self) -> None:
        for flag in self._flags.values():
            flag.raised = True
        self.poll()

    def _run(self, job: Job, flag: StopFlag) -> None:
        state, failure = JobState.DONE, None
        job.begin()
        try:
            flag.check()
            results = load_task(job.task)(job.request, _InlineControl(job, flag))
            for result in returning(results):
                job.on_result(result)
                flag.check()
        except Cancelled:
            state = JobState.CANCELLED
        except (StrokeflowError, MemoryError) as error:
            state, failure = JobState.FAILED, error
        finally:
            self._flags.pop(job.id, None)
        job.finish(state, failure)


class _InlineControl:
    def __init__(self, job: Job, flag: StopFlag) -> None:
        self._job = job
        self._flag = flag

    def checkpoint(self) -> None:
        self._flag.check()

    def note(self, text: str) -> None:
        self._job.message = text

    def progress(self, done: int, total: int) -> None:
        self._job.advance(done, total)
