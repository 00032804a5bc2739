"""What tasks see of tests that run them."""

from __future__ import annotations

from annotator.core.errors import Cancelled


class Control:
    """Remembers what a task tells; cancels at the checkpoint after `limit` ones."""

    def __init__(self, limit: int = 10**9) -> None:
        self.left = limit
        self.seen: list[tuple[int, int]] = []
        self.notes: list[str] = []

    def checkpoint(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cancelled

    def note(self, text: str) -> None:
        self.notes.append(text)

    def progress(self, done: int, total: int) -> None:
        self.seen.append((done, total))
