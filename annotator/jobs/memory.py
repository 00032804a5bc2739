"""Memory that was let go goes back to the system."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

Item = TypeVar("Item")

EVERY_S = 4.0
"""Least time between two times: each takes some hundredths of a second where the heap is large."""


class Heap:
    """The C library's heap of this process.

    Frames are worked on in windows of ever new sizes. The heap is left in pieces by that, of which
    none is large enough for the next window: it grows with the frames that were worked on, although
    no more of it is in use than at first. Only glibc needs to be told, and can be.
    """

    def __init__(self) -> None:
        self._told = time.monotonic()
        self._trim: Any = None
        if sys.platform == "linux":
            self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)

    def give_back(self) -> None:
        """Return unused pages to the system, if that was not done a moment ago."""
        now = time.monotonic()
        if self._trim is not None and now - self._told >= EVERY_S:
            self._told = now
            self._trim(0)


heap = Heap()
"""That of this process."""


def returning(items: Iterable[Item]) -> Iterator[Item]:
    """The items as they come; what making them has let go goes back to the system meanwhile."""
    for item in items:
        yield item
        heap.give_back()
