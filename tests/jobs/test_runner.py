"""Both runners keep one contract: results, progress, errors, cancelling, the quick lane."""

from __future__ import annotations

import sys
import time

import pytest

from annotator.core.errors import RunError
from annotator.jobs.base import Job, JobState, Pace, Runner, finish
from annotator.jobs.process import ProcessRunner
from tests.jobs.conftest import TASKS, start, wait


def test_results_come_in_order_with_progress(runner: Runner) -> None:
    job, results, ended = start(runner, "count", 50)
    wait(runner, lambda: job.state.over)
    assert results == list(range(50))
    assert (job.done, job.total, job.state) == (50, 50, JobState.DONE)
    assert ended == [job]


def test_who_waits_for_a_job_hears_how_it_gets_on(runner: Runner) -> None:
    job, _, _ = start(runner, "count", 50)
    heard: list[int] = []
    finish(runner, job, lambda job: heard.append(job.done))
    assert len(set(heard)) > 1
    assert heard == sorted(heard)
    assert heard[-1] == 50


def test_jobs_run_one_after_another(runner: Runner) -> None:
    order: list[str] = []
    jobs = [
        runner.submit(
            name,
            TASKS + "count",
            3,
            on_result=lambda _, name=name: order.append(name),
            on_end=lambda _: None,
        )
        for name in ("a", "b", "c")
    ]
    wait(runner, lambda: all(job.state.over for job in jobs))
    assert order == list("aaabbbccc")


def test_an_expected_error_keeps_results_and_its_words(runner: Runner) -> None:
    job, results, _ = start(runner, "refuse", "It cannot be done.")
    wait(runner, lambda: job.state.over)
    assert results == [1]
    assert job.state is JobState.FAILED
    assert isinstance(job.error, RunError)
    assert (job.error.message, job.error.hint) == ("It cannot be done.", "Do something else.")


def test_out_of_memory_is_told_in_plain_words(process: ProcessRunner) -> None:
    job, results, _ = start(process, "hungry", None)
    wait(process, lambda: job.state.over)
    assert results == [1]
    assert "out of memory" in str(job.error)
    following, results, _ = start(process, "count", 2)
    wait(process, lambda: following.state.over)
    assert results == [0, 1]


def test_a_bug_in_a_task_is_reported_with_its_traceback(process: ProcessRunner) -> None:
    job, _, _ = start(process, "bug", None)
    wait(process, lambda: job.state.over)
    assert job.state is JobState.FAILED
    assert isinstance(job.error, RunError)
    assert "ZeroDivisionError" in job.error.message
    assert "tasks.py" in job.error.hint


def test_a_job_that_waits_is_cancelled_at_once_whatever_goes_before_it(
    process: ProcessRunner,
) -> None:
    deaf, results, _ = start(process, "deaf", 20)
    waiting, nothing, ended = start(process, "count", 3)
    wait(process, lambda: bool(results))
    process.cancel(waiting)
    wait(process, lambda: waiting.state.over, 2)
    assert waiting.state is JobState.CANCELLED
    assert (nothing, ended) == ([], [waiting])
    assert deaf.state is JobState.RUNNING


def test_what_waited_behind_a_cancelled_job_runs(process: ProcessRunner) -> None:
    first, results, _ = start(process, "slow", 0.05)
    second, nothing, _ = start(process, "count", 3)
    third, counted, _ = start(process, "count", 3)
    wait(process, lambda: bool(results))
    process.cancel(second)
    process.cancel(first)
    wait(process, lambda: third.state.over)
    assert (nothing, counted) == ([], [0, 1, 2])
    assert [j.state for j in (first, second)] == [JobState.CANCELLED] * 2


def test_cancel_answers_within_200_ms_and_keeps_results(process: ProcessRunner) -> None:
    job, results, _ = start(process, "slow", 0.05)
    wait(process, lambda: len(results) >= 3)
    began = time.monotonic()
    process.cancel(job)
    wait(process, lambda: job.state.over)
    assert job.state is JobState.CANCELLED
    assert results == list(range(len(results)))
    assert time.monotonic() - began < 0.2


def test_quick_jobs_do_not_wait_behind_long_ones(process: ProcessRunner) -> None:
    long, results, _ = start(process, "slow", 0.05)
    wait(process, lambda: bool(results))
    quick, quick_results, _ = start(process, "count", 1, quick=True)
    wait(process, lambda: quick.state.over, 5)
    assert quick_results == [0]
    assert not long.state.over
    process.cancel(long)
    wait(process, lambda: long.state.over)


def test_a_fast_worker_waits_for_a_slow_reader(process: ProcessRunner) -> None:
    import psutil

    job, results, _ = start(process, "heavy", 300)
    deadline = time.monotonic() + 20
    while process._inbox.qsize() < 16 and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    before = psutil.Process().memory_info().rss
    time.sleep(0.3)
    assert psutil.Process().memory_info().rss - before < 50 << 20
    assert len(results) == 0
    wait(process, lambda: job.state.over)
    assert len(results) == 300


def test_nobody_is_woken_after_closing() -> None:
    awake = []

    def wake() -> None:
        awake.append(True)
        time.sleep(0.8)
        awake.pop()

    runner = ProcessRunner(wake)
    start(runner, "slow", 0.05)
    wait(runner, lambda: bool(awake))
    runner.close()
    assert not awake


def test_the_eta_follows_the_recent_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("annotator.jobs.base.time.monotonic", lambda: now[0])
    pace = Pace()
    pace.mark(0)
    assert pace.eta(100) is None
    for done in range(1, 11):
        now[0] += 2.0
        pace.mark(done)
    assert pace.eta(100) == pytest.approx(180.0)
    now[0] += 5
    assert pace.eta(100) == pytest.approx(175.0), "it counts down between marks"


def test_memory_of_a_gpu_is_told_where_a_backend_uses_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from annotator.jobs.worker import device_memory

    class Cuda:
        started = False

        def is_initialized(self) -> bool:
            return self.started

        def mem_get_info(self) -> tuple[int, int]:
            return 3, 10

    class Torch:
        cuda = Cuda()

    monkeypatch.setitem(sys.modules, "torch", object())
    assert device_memory() is None, "another thread is importing it"
    monkeypatch.setitem(sys.modules, "torch", Torch())
    assert device_memory() is None, "nothing computes there yet"
    Torch.cuda.started = True
    assert device_memory() == (7, 10)
    runner = ProcessRunner()
    runner._jobs[1] = Job(1, "", "", None, lambda _: None, lambda _: None)
    runner._handle(0, ("device", 1, 7, 10))
    assert runner.device_memory == (7, 10)


def test_slow_deliveries_are_spread_over_several_polls() -> None:
    """Whoever polls has other events to see to, and is told that there is more."""
    calls: list[None] = []
    runner = ProcessRunner(lambda: calls.append(None))
    try:
        results: list[int] = []

        def take(result: int) -> None:
            results.append(result)
            time.sleep(0.02)

        job = runner.submit("c", TASKS + "count", 5, on_result=take, on_end=lambda _: None)
        deadline = time.monotonic() + 30
        while runner._inbox.qsize() < 7:  # at least begin, five results, end
            assert time.monotonic() < deadline
            time.sleep(0.01)
        for taken in range(1, 6):
            calls.clear()
            runner.poll()
            assert results == list(range(taken)), "one that took long ends the turn"
            assert calls, "there is more"
        runner.poll()
        assert job.state is JobState.DONE
    finally:
        runner.close()


def test_a_request_larger_than_the_pipe_does_not_block(process: ProcessRunner) -> None:
    job, results, _ = start(process, "length", bytes(8 << 20))
    assert job.state is JobState.QUEUED
    wait(process, lambda: job.state.over)
    assert results == [8 << 20]
