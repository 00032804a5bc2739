"""The command line; also what `python main.py` starts. Imports nothing heavy by itself."""

from __future__ import annotations

import sys

VERBS = (
    "gui", "demo", "new", "info", "locate", "embed", "import", "run", "review", "export", "formats",
    "backends", "models", "eval", "simulate", "bench", "report", "train", "protocol", "cosaliency",
    "dataset", "batch", "pack", "unpack", "clean", "suggest",
)  # fmt: skip

_INTERRUPTED = 130
"""What shells report of a command that Ctrl+C ended."""


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 ok, 1 failed run, 2 bad usage or input.

    Without a verb the window opens: `strokeflow [VIDEO|FOLDER|PROJECT]`. 130 where Ctrl+C came
    before anything was begun.
    """
    try:
        return _carry_out(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        # While the code was still being loaded: from then on `guarded` tells what was kept.
        print("strokeflow: stopped.", file=sys.stderr)
        return _INTERRUPTED


def _carry_out(args: list[str]) -> int:
    if not args or (args[0] not in VERBS and not args[0].startswith("-")):
        args.insert(0, "gui")
    if args[0] == "gui" and not any(a.startswith("-") for a in args):
        # The window's own way in: no command line library to load, so it is there sooner.
        from annotator.cli.guard import guarded
        from annotator.cli.verbs.gui import open_window

        return guarded(lambda: open_window(args[1:]))
    from annotator.cli.parse import run

    return run(args)
