"""What commands print: results on stdout, progress on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from annotator.core.errors import RequestError
from annotator.core.options import Value
from annotator.jobs.base import Job

_SHOW_S = 0.1


def print_json(value: Any) -> None:
    """One JSON object on stdout."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, default=str))


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A plain table, columns as wide as their content."""
    lines = [list(map(str, head)), *(list(map(str, row)) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def utc(seconds: float) -> str | None:
    """A time since 1970 for machines, to the second; None for 0, which nobody knows."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)) if seconds else None


Follower = Callable[[int, int, float | None], None]
"""Hears how far something is: done, total (0 where unknown), seconds left (None where unknown)."""
_follower: ContextVar[Follower | None] = ContextVar("follower", default=None)


@contextmanager
def followed(by: Follower) -> Iterator[None]:
    """What verbs show of their progress meanwhile goes to `by` as well."""
    token = _follower.set(by)
    try:
        yield
    finally:
        _follower.reset(token)


def progress_text(done: int, total: int, eta_s: float | None) -> str:
    """How far something is, for a line on a terminal."""
    left = "" if eta_s is None else f", {eta_s:.0f} s left"
    return f"{done}/{total}{left}" if total else f"{done}" if done else "..."


class Progress:
    """A line on stderr that follows a job; silent where stderr is no terminal, but for the end."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._live = sys.stderr.isatty()
        self._follower = _follower.get()
        self._shown = 0.0
        self._began = time.monotonic()

    def __call__(self, job: Job) -> None:
        self.show(job.done, job.total, job.eta_s)

    def show(self, done: int, total: int, eta_s: float | None = None) -> None:
        now = time.monotonic()
        if now - self._shown < _SHOW_S and not 0 < total <= done:
            return
        self._shown = now
        if self._follower is not None:
            self._follower(done, total, eta_s)
        if self._live:
            sys.stderr.write(f"\r{self._title}: {progress_text(done, total, eta_s)}\x1b[K")
            sys.stderr.flush()

    def end(self, text: str) -> None:
        seconds = time.monotonic() - self._began
        start = "\r" if self._live else ""
        sys.stderr.write(f"{start}{self._title}: {text} ({seconds:.1f} s)\x1b[K\n" if self._live
                         else f"{self._title}: {text} ({seconds:.1f} s)\n")  # fmt: skip


def parse_range(text: str | None) -> range | None:
    """ "A:B" -> range(A, B), the end not included; "A:" and ":B" are half open sides.

    Raises RequestError for anything else, and for a range that holds no frame.
    """
    if text is None:
        return None
    first, colon, last = text.partition(":")
    try:
        if not colon:
            raise ValueError
        start = int(first) if first else 0
        stop = int(last) if last else sys.maxsize
        if not 0 <= start < stop:
            raise ValueError
    except ValueError:
        raise RequestError(
            f"'{text}' is no frame range.", "Write A:B, for example 0:100."
        ) from None
    return range(start, stop)


def clip_range(asked: range | None, n_frames: int) -> range | None:
    """Fill in the open end of "A:"."""
    if asked is not None and asked.stop == sys.maxsize:
        return range(asked.start, n_frames)
    return asked


def parse_ids(text: str | None, what: str) -> list[int] | None:
    """ "1,2,5" -> [1, 2, 5]. Raises RequestError."""
    if text is None:
        return None
    try:
        ids = [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        ids = []
    if not ids:
        raise RequestError(f"'{text}' is no list of {what}.", "Write numbers: 1,2,5.")
    return ids


def tick(progress: Progress) -> Callable[[Any], None]:
    """A listener for `wait_for` and `finish`: takes runs and jobs."""
    return lambda item: progress(item if isinstance(item, Job) else item.job)


def parse_options(given: list[str] | None) -> dict[str, Value]:
    """NAME=VALUE, several times, as a table. Raises RequestError."""
    found: dict[str, Value] = {}
    for text in given or []:
        name, equals, value = text.partition("=")
        if not equals:
            raise RequestError(f"'{text}' is no option.", "Write --option NAME=VALUE.")
        found[name] = value
    return found
