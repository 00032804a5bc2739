"""The worker process: runs long jobs one at a time, quick ones beside them; talks through a pipe.

Messages to it: ("run", id, task, request, quick), ("cancel", id), ("stop",). Messages from it:
("begin", id), ("progress", id, done, total), ("note", id, text), ("result", id, value),
("end", id, state name, error or None), ("device", id, used bytes, total bytes).
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any

import psutil

from annotator.core.errors import Cancelled, RunError, StrokeflowError
from annotator.jobs.base import JobState, StopFlag, load_task
from annotator.jobs.memory import returning

_PROGRESS_S = 0.05
_ALONE_S = 5.0
"""How long a job may go on after the window is gone: a fit stores what it learnt."""


_Lane = queue.SimpleQueue  # of (id, task, request, turn), or None to end


class _Turn(StopFlag):
    """A job's turn in its lane, which comes unless it was called off before."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._begun = False

    def begin(self) -> bool:
        """False if it was called off."""
        with self._lock:
            self._begun = not self.raised
            return self._begun

    def call_off(self) -> bool:
        """Raise the flag; True if the job has not begun, and never will."""
        with self._lock:
            self.raised = True
            return not self._begun


def main(pipe: Connection) -> None:
    """Serve until told to stop or until the other end is gone."""
    _be_polite()
    # Ctrl+C reaches every process of a terminal; what becomes of a job the window says.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lanes: tuple[_Lane, _Lane] = (_Lane(), _Lane())
    outlet = _Outlet(pipe, threading.Lock())
    threading.Thread(target=_listen, args=(pipe, lanes, outlet), daemon=True).start()
    threading.Thread(target=_serve, args=(outlet, lanes[1]), daemon=True).start()
    _serve(outlet, lanes[0])


def _serve(outlet: _Outlet, lane: _Lane) -> None:
    while (item := lane.get()) is not None:
        try:
            _run(outlet, *item)
        except (BrokenPipeError, ConnectionResetError, EOFError):
            return  # the window is gone; nobody waits for results


def _be_polite() -> None:
    """Leave the window its share of the processor: a run must not make the mouse stutter."""
    try:
        process = psutil.Process()
        process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10))
    except (psutil.Error, OSError):
        pass  # a system that refuses still works, only less smoothly


def _listen(pipe: Connection, lanes: tuple[_Lane, _Lane], outlet: _Outlet) -> None:
    """Take orders while a job computes, so that cancel is heard at once. A job that waits behind
    another one ends then and there: that one may be a download, or hear nothing for long."""
    turns: dict[int, _Turn] = {}
    alone = False
    try:
        while True:
            message = pipe.recv()
            if message[0] == "run":
                _, job_id, task, request, quick = message
                turns[job_id] = _Turn()
                lanes[int(quick)].put((job_id, task, request, turns[job_id]))
            elif message[0] == "cancel" and message[1] in turns:
                if turns[message[1]].call_off():
                    outlet.send("end", message[1], JobState.CANCELLED.name, None)
            elif message[0] == "stop":
                break
    except (EOFError, OSError):
        alone = True
    for turn in turns.values():
        turn.raised = True
    for lane in lanes:
        lane.put(None)
    if alone:
        # This thread ends with the process; a job that does not listen must not go on for hours.
        time.sleep(_ALONE_S)
        os._exit(1)


class _Outlet:
    def __init__(self, pipe: Connection, lock: threading.Lock) -> None:
        self._pipe = pipe
        self._lock = lock

    def send(self, *message: Any) -> None:
        with self._lock:
            self._pipe.send(message)


class _WorkerControl:
    def __init__(self, outlet: _Outlet, job_id: int, flag: StopFlag) -> None:
        self._outlet = outlet
        self._job_id = job_id
        self._flag = flag
        self._told = 0.0

    def checkpoint(self) -> None:
        self._flag.check()

    def note(self, text: str) -> None:
        self._outlet.send("note", self._job_id, text)

    def progress(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done >= total or now - self._told >= _PROGRESS_S:
            self._told = now
            self._outlet.send("progress", self._job_id, done, total)


def _run(outlet: _Outlet, job_id: int, task: str, request: Any, turn: _Turn) -> None:
    if not turn.begin():
        return
    state, error = JobState.DONE, None
    outlet.send("begin", job_id)
    try:
        turn.check()
        control = _WorkerControl(outlet, job_id, turn)
        for result in returning(load_task(task)(request, control)):
            outlet.send("result", job_id, result)
            if (memory := device_memory()) is not None:
                outlet.send("device", job_id, *memory)
            turn.check()
    except Cancelled:
        state = JobState.CANCELLED
    except StrokeflowError as expected:
        state, error = JobState.FAILED, expected
    except MemoryError:
        state, error = JobState.FAILED, out_of_memory()
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as bug:  # noqa: BLE001 - the border of the process: any bug must be told
        detail = "".join(traceback.format_exception(bug))
        state, error = JobState.FAILED, CrashError(f"The run failed: {bug!r}.", detail)
    outlet.send("end", job_id, state.name, error)


def device_memory() -> tuple[int, int] | None:
    """(used, total) bytes of the GPU that PyTorch computes on, or None where it does not.

    Looks at what backends have loaded; nothing is imported for it.
    """
    # Another thread may be importing it just now: it is there, and only a part of it.
    cuda: Any = getattr(sys.modules.get("torch"), "cuda", None)
    initialized = getattr(cuda, "is_initialized", None)
    if initialized is None or not initialized():
        return None
    free, total = cuda.mem_get_info()
    return total - free, total


class CrashError(RunError):
    """A bug in a backend; `hint` holds the traceback for the report."""


def out_of_memory() -> RunError:
    return RunError(
        "The machine ran out of memory.",
        "Finished frames are kept. Close other programs or run a shorter range, then run again.",
    )
