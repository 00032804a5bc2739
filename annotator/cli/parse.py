"""Reads the arguments and carries out the verb; importing the verbs makes them known."""

from __future__ import annotations

import typer

from annotator.cli import commands, research, upkeep
from annotator.cli.base import app
from annotator.cli.guard import guarded
from annotator.core.errors import Cancelled

__all__ = ["app", "commands", "research", "run", "upkeep"]

_INTERRUPTED = 130
"""How Typer reports Ctrl+C outside its standalone mode."""


_AREAS = ("--fill-holes", "--remove-islands")
"""Options whose value may be left out; 0 stands for that."""


def _with_areas(args: list[str]) -> list[str]:
    """The arguments with the values that were left out."""
    if args[:1] != ["clean"]:
        return args
    full: list[str] = []
    for word, following in zip(args, [*args[1:], ""], strict=True):
        full.append(word)
        if word in _AREAS and not following.lstrip("-").isdigit():
            full.append("0")
    return full


def run(args: list[str]) -> int:
    """Parse and carry out; returns the exit code."""
    args = _with_areas(args)

    def call() -> int:
        try:
            result = app(args=args, standalone_mode=False, prog_name="strokeflow")
        except typer.Abort:
            raise Cancelled from None
        except Exception as error:
            # Typer's own usage errors know how to show themselves; all else is ours to tell.
            if not hasattr(error, "show") or not hasattr(error, "exit_code"):
                raise
            error.show()
            return 2
        if result == _INTERRUPTED:
            raise Cancelled
        return result if isinstance(result, int) else 0

    return guarded(call)
