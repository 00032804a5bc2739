"""Runners, and jobs that are started and waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from annotator.jobs.base import Job, Runner
from annotator.jobs.inline import InlineRunner
from annotator.jobs.process import ProcessRunner

TASKS = "tests.jobs.tasks:"


@pytest.fixture(params=[InlineRunner, ProcessRunner])
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def process() -> Iterator[ProcessRunner]:
    made = ProcessRunner()
    yield made
    made.close()


def start(
    runner: Runner, task: str, request: Any, **kwargs: Any
) -> tuple[Job, list[Any], list[Job]]:
    results: list[Any] = []
    ended: list[Job] = []
    job = runner.submit(
        task, TASKS + task, request, on_result=results.append, on_end=ended.append, **kwargs
    )
    return job, results, ended


def wait(runner: Runner, done: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "timed out"
        runner.poll(0.02)
