"""Rows of many objects, gathered frame by frame and written object by object."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Self


class Spool:
    """Lines of text under a key each, kept on disk, so that a long video needs no memory."""

    def __init__(self) -> None:
        self._files: dict[int, IO[str]] = {}
        self._stack = ExitStack()

    def add(self, key: int, line: str) -> None:
        """Append a line (without its end) to those of `key`."""
        if key not in self._files:
            made = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115
            self._files[key] = self._stack.enter_context(made)
        self._files[key].write(line + "\n")

    def ids(self) -> list[int]:
        """All keys, ascending."""
        return sorted(self._files)

    def lines(self, key: int) -> Iterator[str]:
        """The lines of `key` in their order, without their ends."""
        file = self._files[key]
        file.seek(0)
        for line in file:
            yield line[:-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
