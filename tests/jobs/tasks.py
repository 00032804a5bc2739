"""Tasks for the runner tests; imported in the worker by name."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import numpy as np

from annotator.core.errors import RunError
from annotator.jobs.base import TaskControl
from annotator.services.runs.matching import MatchedFrame


def count(request: int, control: TaskControl) -> Iterator[int]:
    for i in range(request):
        control.progress(i + 1, request)
        yield i


def slow(request: float, control: TaskControl) -> Iterator[int]:
    i = 0
    while True:
        yield i
        i += 1
        control.progress(i, 1000)
        end = time.monotonic() + request
        while time.monotonic() < end:
            control.checkpoint()
            time.sleep(0.01)


def deaf(request: float, control: TaskControl) -> Iterator[int]:
    yield 1
    time.sleep(request)
    yield 2


def refuse(request: str, control: TaskControl) -> Iterator[int]:
    yield 1
    raise RunError(request, "Do something else.")


def bug(request: object, control: TaskControl) -> Iterator[int]:
    yield 1
    raise ZeroDivisionError("a bug")


def hungry(request: object, control: TaskControl) -> Iterator[int]:
    yield 1
    raise MemoryError


def die(request: object, control: TaskControl) -> Iterator[int]:
    yield 1
    time.sleep(0.1)  # let the result reach the other side
    os.kill(os.getpid(), signal.SIGKILL)
    yield 2


def heavy(request: int, control: TaskControl) -> Iterator[bytes]:
    for _ in range(request):
        yield bytes(1 << 20)


def length(request: bytes, control: TaskControl) -> Iterator[int]:
    yield len(request)


def modules(request: object, control: TaskControl) -> Iterator[int]:
    yield os.getpid()


def tidies_up(request: float, control: TaskControl) -> Iterator[int]:
    """Cancelled, it takes its time to tidy up, and says so."""
    try:
        while True:
            control.checkpoint()
            time.sleep(0.01)
            control.progress(1, 2)
    finally:
        for _ in range(10):
            control.note("tidying up")
            time.sleep(request / 10)
    yield 0


def dies_at_once(pipe: object) -> None:
    """In the place of the worker's main function: it ends before it says anything."""
    os._exit(3)


def matched(frames: tuple[int, ...], control: TaskControl) -> Iterator[MatchedFrame]:
    """The task of a matching: a moment of work before each frame, whatever the pictures hold."""
    for frame in frames:
        for _ in range(20):
            time.sleep(0.02)
        yield MatchedFrame(
            frame, np.full((40, 60, 3), 90, np.uint8), np.full((40, 60), 200, np.uint8)
        )
