"""Threads that compute beside the one that walks along a clip.

OpenCV, NumPy and SciPy let go of Python's lock while they compute, so that what does not wait for
each other runs on all cores. What is computed does not depend on who computes it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, Self, TypeVar

from annotator.core.cores import usable_cores

Made = TypeVar("Made")

MOST = 8
"""Threads beside the walking one, at most: more find nothing to do."""


class Begun(Generic[Made]):
    """Something that may be computed elsewhere until somebody asks for it.

    Where no thread has begun it by then, the one that asks does it. So nobody ever waits for work
    that lies in a queue, and works may begin works themselves.
    """

    def __init__(self, work: Callable[[], Made], future: Future[Made] | None) -> None:
        self._work = work
        self._future = future

    def result(self) -> Made:
        """What the work gives, or raises; ask once."""
        if self._future is None or self._future.cancel():
            return self._work()
        return self._future.result()


class WorkPool:
    """A pool of threads, as many as there are cores to spare; none on a machine with one core."""

    def __init__(self) -> None:
        spare = min(MOST, usable_cores() - 1)
        self._ahead = 2 * spare
        self._pool = ThreadPoolExecutor(spare, "embedded") if spare else None

    def begin(self, work: Callable[[], Made]) -> Begun[Made]:
        """Let a thread do it, if one is free before it is asked for."""
        return Begun(work, None if self._pool is None else self._pool.submit(work))

    def each(self, works: Iterable[Callable[[], Made]]) -> Iterator[Made]:
        """What each of them gives, in their order; some are begun ahead of the one that is due."""
        begun: deque[Begun[Made]] = deque()
        for work in works:
            begun.append(self.begin(work))
            if len(begun) > self._ahead:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
