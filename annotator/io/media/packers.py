"""Threads that pack copies side by side while the next frame is being decoded."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from annotator.core.cores import usable_cores

_MOST = 4
_NICENESS = 10


class Packers:
    """A few threads, and what they have in hand: one piece of work per frame, one more piece than
    there are threads, so that none waits and few pictures are held.

    Args:
        done: called on a thread after each piece of work.
    """

    def __init__(self, done: Callable[[], None]) -> None:
        self._count = min(usable_cores(), _MOST)
        self._pool = ThreadPoolExecutor(self._count, "packer", _step_back)
        self._lock = threading.Lock()
        self._frames: set[int] = set()
        self._done = done

    @property
    def frames(self) -> frozenset[int]:
        """What is in hand."""
        with self._lock:
            return frozenset(self._frames)

    @property
    def free(self) -> bool:
        """Whether they take more."""
        with self._lock:
            return len(self._frames) <= self._count

    def give(self, frame: int, work: Callable[[], None]) -> None:
        """Do this soon; `frame` is in hand until it is done."""
        with self._lock:
            self._frames.add(frame)
        self._pool.submit(work).add_done_callback(partial(self._put_down, frame))

    def close(self) -> None:
        """Finish what has been begun, no more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _put_down(self, frame: int, _: object) -> None:
        with self._lock:
            self._frames.discard(frame)
        self._done()


def _step_back() -> None:
    """Let the threads of the window and of FFmpeg go first, where a thread has a niceness."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
