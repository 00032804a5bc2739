"""The worker process: it starts, does not answer, dies, is ended, and nothing else suffers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing.process import BaseProcess

import pytest

from annotator.jobs import worker
from annotator.jobs.base import JobState
from annotator.jobs.process import ProcessRunner
from tests.jobs import tasks
from tests.jobs.conftest import TASKS, start, wait


def test_a_job_that_does_not_answer_loses_its_process(
    process: ProcessRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.jobs.process._KILL_AFTER_S", 0.2)
    job, results, _ = start(process, "deaf", 60.0)
    wait(process, lambda: bool(results))
    process.cancel(job)
    wait(process, lambda: job.state.over, 5)
    assert job.state is JobState.CANCELLED
    again, results, _ = start(process, "count", 2)
    wait(process, lambda: again.state.over)
    assert results == [0, 1]


def test_a_run_does_not_die_for_a_quick_job_that_does_not_answer(
    process: ProcessRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.jobs.process._KILL_AFTER_S", 0.2)
    run, results, _ = start(process, "slow", 0.02)
    quick, told, _ = start(process, "deaf", 1.5, quick=True)
    wait(process, lambda: bool(results and told))
    process.cancel(quick)
    wait(process, lambda: quick.state.over, 5)
    assert quick.state is JobState.CANCELLED
    assert run.state is JobState.RUNNING


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_a_killed_worker_is_told_and_the_next_job_gets_a_new_one(process: ProcessRunner) -> None:
    job, results, _ = start(process, "die", None)
    queued, queued_results, _ = start(process, "count", 2)
    wait(process, lambda: job.state.over)
    assert results == [1]
    assert job.died
    assert "ran out of memory" in str(job.error)
    wait(process, lambda: queued.state.over)
    assert queued_results == [0, 1], "a job that had not begun is taken over by the next worker"


def test_work_happens_in_another_process_without_the_window_toolkit(process: ProcessRunner) -> None:
    job, results, _ = start(process, "modules", None)
    wait(process, lambda: job.state.over)
    assert results[0] != os.getpid()


def test_closing_ends_the_worker() -> None:
    import psutil

    runner = ProcessRunner()
    job, results, ended = start(runner, "slow", 0.05)
    wait(runner, lambda: bool(results))
    pid = runner.pid
    assert pid is not None
    runner.close()
    assert ended == [job]
    assert job.state is JobState.CANCELLED
    assert not psutil.pid_exists(pid)


def test_a_job_that_says_what_it_still_does_is_not_killed(
    process: ProcessRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.jobs.process._KILL_AFTER_S", 0.5)
    job, _, _ = start(process, "tidies_up", 1.5)
    while not job.done:
        process.poll(0.05)
    pid = process.pid
    process.cancel(job)
    while not job.state.over:
        process.poll(0.05)
    assert job.state is JobState.CANCELLED
    assert job.message == "tidying up"
    assert process.pid == pid, "its worker was killed"


def test_submitting_does_not_wait_for_the_worker_to_start(
    process: ProcessRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_start = threading.Event()
    start_process = BaseProcess.start

    def slowly(self: BaseProcess) -> None:
        assert may_start.wait(30)
        start_process(self)

    monkeypatch.setattr(BaseProcess, "start", slowly)
    job, results, _ = start(process, "count", 3)
    other, _, _ = start(process, "count", 2)
    assert process.pid is None
    may_start.set()
    wait(process, lambda: job.state.over and other.state.over)
    assert results == [0, 1, 2]


def test_a_worker_that_dies_at_its_start_is_not_started_for_ever(
    process: ProcessRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("annotator.jobs.worker.main", tasks.dies_at_once)
        job, _, _ = start(process, "count", 3)
        wait(process, lambda: job.state.over)
    assert job.state is JobState.FAILED
    assert "ended unexpectedly (code 3)" in str(job.error)
    again, results, _ = start(process, "count", 3)
    wait(process, lambda: again.state.over)
    assert results == [0, 1, 2]


def test_a_worker_whose_window_was_killed_ends_although_its_job_does_not_listen() -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=worker.main, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    ours.send(("run", 1, TASKS + "deaf", 600.0, False))
    while ours.recv()[0] != "result":
        pass
    time.sleep(0.5)  # from here on it hears nothing
    ours.close()
    process.join(15)
    ended = not process.is_alive()
    process.kill()
    assert ended


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
def test_ctrl_c_in_the_terminal_leaves_the_worker_to_the_window(process: ProcessRunner) -> None:
    job, _, _ = start(process, "count", 1)
    wait(process, lambda: job.state.over)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)
    again, results, _ = start(process, "count", 3)
    wait(process, lambda: again.state.over)
    assert (again.state, results) == (JobState.DONE, [0, 1, 2])
