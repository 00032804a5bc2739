"""The runner with one worker process, started on first use and again after it died."""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from annotator.core.errors import RunError
from annotator.jobs import worker
from annotator.jobs.base import Job, JobState

_INBOX = 16
_KILL_AFTER_S = 3.0
_TURN_S = 0.015
"""How long one `poll` hands out results: the thread that polls has other events to see to."""


_Outbox = queue.SimpleQueue  # of messages to the worker, None to end


class ProcessRunner:
    """Runs jobs in a spawned process; results pile up to a small bound, then the worker waits.

    Args:
        on_message: called when `poll` is worth calling: something arrived (then on a reader
            thread), or the last call left something for the next one.
    """

    def __init__(self, on_message: Callable[[], None] | None = None) -> None:
        self._on_message = on_message
        self._jobs: dict[int, Job] = {}
        self._count = 0
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._outbox: _Outbox = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._reader: threading.Thread | None = None
        self._heard = False
        self._generation = 0
        self._inbox: queue.Queue[tuple[int, tuple[Any, ...]]] = queue.Queue(_INBOX)
        self._cancelled: dict[int, float] = {}
        self._closing = threading.Event()
        self.device_memory: tuple[int, int] | None = None
        """(used, total) bytes of the worker's GPU, None while it uses none."""

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None while there is none."""
        return self._process.pid if self._process is not None else None

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
        self._jobs[job.id] = job
        self._send("run", job.id, task, request, quick)
        return job

    def cancel(self, job: Job) -> None:
        if job.id in self._jobs and job.id not in self._cancelled:
            self._cancelled[job.id] = time.monotonic()
            self._send("cancel", job.id)

    def poll(self, seconds: float = 0.0) -> bool:
        deadline = time.monotonic() + seconds
        wait = seconds > 0 and bool(self._jobs)
        spent = 0.0
        while spent < _TURN_S:
            try:
                left = deadline - time.monotonic()
                item = (
                    self._inbox.get(timeout=left) if wait and left > 0 else self._inbox.get_nowait()
                )
            except queue.Empty:
                break
            wait = False
            began = time.monotonic()
            self._handle(*item)
            spent += time.monotonic() - began
        else:
            if self._on_message is not None:
                self._on_message()  # the rest comes with the next call
        self._kill_the_deaf()
        return bool(self._jobs)

    def close(self) -> None:
        self._closing.set()
        for job in list(self._jobs.values()):
            self._end(job, JobState.CANCELLED)
        process, pipe, writer = self._process, self._pipe, self._writer
        self._process = self._pipe = self._writer = None
        if process is None or pipe is None or writer is None:
            return
        self._outbox.put(("stop",))
        self._outbox.put(None)
        writer.join(0.5)
        if process.pid is not None:
            process.join(0.5)
            if process.is_alive():
                process.kill()
                process.join()
        writer.join()
        if self._reader is not None:
            self._reader.join()  # nobody is woken any more: the window may be gone after this
        pipe.close()

    # -- inner

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=worker.main, args=(theirs,), name="strokeflow-worker", daemon=True
        )
        self._generation += 1
        self._heard = False
        self._process, self._pipe, self._outbox = process, ours, queue.SimpleQueue()
        self._writer = threading.Thread(
            target=self._write,
            args=(process, ours, theirs, self._outbox, self._generation),
            name="worker-writer",
            daemon=True,
        )
        self._writer.start()

    def _write(
        self,
        process: BaseProcess,
        ours: Connection,
        theirs: Connection,
        outbox: _Outbox,
        generation: int,
    ) -> None:
        """Writer thread: start the worker, then pass on what it is told. Starting takes long, and
        so does a large request that the worker is too busy to take."""
        if not self._closing.is_set():
            with contextlib.suppress(OSError):
                process.start()
        theirs.close()
        self._reader = threading.Thread(
            target=self._read, args=(ours, generation), name="worker-reader", daemon=True
        )
        self._reader.start()
        # A broken pipe is told by the reader thread as "died", with what to do about it.
        with contextlib.suppress(OSError):
            while (message := outbox.get()) is not None:
                ours.send(message)

    def _read(self, pipe: Connection, generation: int) -> None:
        """Reader thread: move messages to the inbox; the bound makes a fast worker wait."""
        message: tuple[Any, ...] = ()
        while message[:1] != ("died",):
            try:
                message = pipe.recv()
            except (EOFError, OSError, TypeError):
                message = ("died",)
            while not self._closing.is_set():
                try:
                    self._inbox.put((generation, message), timeout=0.1)
                    break
                except queue.Full:
                    continue
            if self._closing.is_set():
                return
            if self._on_message is not None:
                self._on_message()

    def _send(self, *message: Any) -> None:
        if self._process is None:
            self._start()
        self._outbox.put(message)

    def _handle(self, generation: int, message: tuple[Any, ...]) -> None:
        kind = message[0]
        if kind == "died":
            if generation == self._generation:
                self._bury()
            return
        self._heard = self._heard or generation == self._generation
        job = self._jobs.get(message[1])
        if job is None:
            return
        if kind == "begin":
            job.begin()
        elif kind == "progress":
            job.advance(message[2], message[3])
        elif kind == "note":
            job.message = message[2]
            if job.id in self._cancelled:  # it has heard, and says what it still does
                self._cancelled[job.id] = time.monotonic()
        elif kind == "device":
            self.device_memory = (message[2], message[3])
        elif kind == "result":
            job.on_result(message[2])
        elif kind == "end":
            self._end(job, JobState[message[2]], message[3])

    def _end(self, job: Job, state: JobState, error: Exception | None = None) -> None:
        self._jobs.pop(job.id, None)
        self._cancelled.pop(job.id, None)
        job.finish(state, error)

    def _bury(self) -> None:
        """The worker is dead: tell its jobs; the next submit starts another."""
        process = self._process
        self._process = None
        self.device_memory = None
        self._outbox.put(None)
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        code = None
        if process is not None and process.pid is not None:
            process.join(1.0)
            code = process.exitcode
        for job in list(self._jobs.values()):
            if job.id in self._cancelled:
                self._end(job, JobState.CANCELLED)
                continue
            # It never began: the next worker takes it. One that died before it could say anything
            # is not followed by another, which would do the same, again and again.
            if job.state is JobState.QUEUED and self._heard:
                self._send("run", job.id, job.task, job.request, job.quick)
                continue
            job.died = True
            self._end(job, JobState.FAILED, _death(code))

    def _kill_the_deaf(self) -> None:
        """A job that does not answer a cancel in time loses its process."""
        now = time.monotonic()
        at_work = {i for i, job in self._jobs.items() if job.state is JobState.RUNNING}
        runs = {i for i in at_work if not self._jobs[i].quick}
        for job_id, since in list(self._cancelled.items()):
            if runs and job_id not in runs:
                continue  # a run must not die for a mask that nobody wants any more
            if now - since > _KILL_AFTER_S and job_id in at_work:
                if self._process is not None:
                    self._process.kill()
                return


def _death(code: int | None) -> RunError:
    if code is not None and code in (-9, 137):
        why = "was killed, most likely because the machine ran out of memory"
        what = "Close other programs or run a shorter range, then resume."
    else:
        why = f"ended unexpectedly (code {code})"
        what = "Resume the run; if it happens again, report it."
    return RunError(f"The worker process {why}.", f"Finished frames are kept. {what}")
