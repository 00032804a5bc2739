"""Who works on the media: processes of this machine, or the workers of a Dask cluster.

Both start a process for each medium, so that one which ends badly takes no other with it.
"""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import msgspec

import annotator
from annotator.cli.batch.orders import Advance, Order, Outcome
from annotator.cli.batch.worker import MARK
from annotator.core.errors import RequestError

_LOOK_S = 0.2
_CONNECT_S = 3.0
_KILLED = 9
"""The signal that a system without memory sends."""
Tell = Callable[[Order, str | Advance], None]
"""Hears of the steps of an order as they begin, and how they get on; from any thread."""


class Crew(Protocol):
    def work(self, orders: Sequence[Order], tell: Tell) -> Iterator[tuple[Order, Outcome]]:
        """Carry out the orders; what became of each, as it ends."""

    def stop(self) -> None:
        """Nothing more is wanted; returns when no process works any more, or soon will not."""


def carry_out(order: Order, tell: Tell, stopped: Callable[[], bool]) -> Outcome:
    """Carry out an order in a process of its own, and wait for it."""
    began = time.monotonic()
    root = str(Path(annotator.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "annotator.cli.batch.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=order.folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"},
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl+C reaches us; we stop it
        )
    except FileNotFoundError:
        return Outcome("failed", f"The folder '{order.folder}' is not there on this machine.")
    with process:
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(order).decode() + "\n")
        process.stdin.flush()
        threading.Thread(target=_end_it, args=(process, stopped), daemon=True).start()
        outcome = _listen(process, order, tell)
    return msgspec.structs.replace(outcome, seconds=round(time.monotonic() - began, 3))


def _end_it(process: subprocess.Popen[str], stopped: Callable[[], bool]) -> None:
    """Close the input of a process when it shall stop. Runs in a thread."""
    while process.poll() is None:
        if stopped():
            assert process.stdin is not None
            process.stdin.close()
            return
        time.sleep(_LOOK_S)


def _listen(process: subprocess.Popen[str], order: Order, tell: Tell) -> Outcome:
    assert process.stdout is not None
    noise: deque[str] = deque(maxlen=3)
    outcome = None
    for line in process.stdout:
        before, mark, told = line.partition(MARK)
        noise.extend(filter(None, [before.strip()]))
        if not mark:
            continue
        message = msgspec.json.decode(told, type=Outcome | Advance | str)
        if isinstance(message, Outcome):
            outcome = message
        else:
            tell(order, message)
    code = process.wait()
    if outcome is not None:
        return outcome
    last = f" It said: {' '.join(noise)}" if noise else ""
    if code == -_KILLED:
        last += " The machine may lack memory."
    return Outcome("failed", f"Its process ended with code {code} before it was done.{last}")


class Local:
    """Processes of this machine, `jobs` side by side."""

    def __init__(self, jobs: int) -> None:
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="batch")
        self._stopped = threading.Event()

    def work(self, orders: Sequence[Order], tell: Tell) -> Iterator[tuple[Order, Outcome]]:
        ended: queue.SimpleQueue[tuple[Order, Outcome]] = queue.SimpleQueue()

        def one(order: Order) -> None:
            if not self._stopped.is_set():
                try:
                    outcome = carry_out(order, tell, self._stopped.is_set)
                except Exception as error:  # noqa: BLE001 - nobody asks the thread for it
                    outcome = Outcome("failed", f"Its process could not be started: {error}")
                ended.put((order, outcome))

        for order in orders:
            self._pool.submit(one, order)
        left = len(orders)
        while left:
            try:
                # Not for ever: on Windows, Ctrl+C does not end a wait.
                yield ended.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            left -= 1

    def stop(self) -> None:
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)


def on_a_worker(order: Order) -> Outcome:
    """Carry out an order as a task of Dask; it stops when its client cancels it or is gone."""
    distributed = _distributed()
    worker = distributed.get_worker()
    key = worker.get_current_task()

    def cancelled() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    return carry_out(order, lambda _order, _told: None, cancelled)


class Cluster:
    """The workers of a Dask scheduler. Raises RequestError if it does not answer."""

    def __init__(self, address: str) -> None:
        self._distributed = _distributed()
        for name in ("distributed", "distributed.client"):
            # What ends badly is told by us, in a sentence.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            # First of all: a client takes long to give up what is no address.
            self._distributed.comm.resolve_address(address)
            self._client = self._distributed.Client(address, timeout=_CONNECT_S)
        except (OSError, ValueError) as error:
            raise RequestError(
                f"No Dask scheduler answers at '{address}'.",
                "Start one with 'dask scheduler', and give its address: tcp://HOST:8786.",
            ) from error
        self._futures: list[Any] = []

    def work(self, orders: Sequence[Order], tell: Tell) -> Iterator[tuple[Order, Outcome]]:
        if orders and not self._client.scheduler_info()["workers"]:
            print("The scheduler has no workers yet; waiting for some.", file=sys.stderr)
        asked = {self._client.submit(on_a_worker, order, pure=False): order for order in orders}
        self._futures = list(asked)
        for future in self._distributed.as_completed(self._futures):
            yield asked[future], _outcome_of(future)

    def stop(self) -> None:
        self._client.cancel(self._futures)
        self._client.close()


def _outcome_of(future: Any) -> Outcome:
    if future.status == "finished":
        outcome: Outcome = future.result()
        return outcome
    if future.status == "error":
        return Outcome("failed", f"The cluster says: {future.exception()!r}")
    return Outcome("failed", "The cluster has lost it; the scheduler may have ended.")


def _distributed() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as missing:
        raise RequestError(
            f"The library for clusters is not installed ({missing.name} is missing).",
            "Install it with python -m pip install 'strokeflow[cluster]'.",
        ) from missing
    return distributed
