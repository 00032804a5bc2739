"""The border to the person at the terminal: one clear sentence instead of a traceback."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Callable

from annotator.core.errors import Cancelled, StrokeflowError


def guarded(action: Callable[[], int | None]) -> int:
    """Run an action; expected errors become a sentence on stderr and their exit code."""
    try:
        return action() or 0
    except StrokeflowError as error:
        print(f"strokeflow: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        return error.exit_code
    except (KeyboardInterrupt, Cancelled):
        print("strokeflow: stopped; finished frames of a run are kept.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output is gone (`| head`); say nothing more, also not at exit.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError:
        print(
            "strokeflow: the machine ran out of memory; finished frames are kept.", file=sys.stderr
        )
        return 1
    except OSError as error:
        # Of a path that a person gave, or of the machine: named so that it can be mended there.
        if error.filename is None:
            return _told_as_bug(error)
        place, reason = os.fsdecode(error.filename), error.strerror or type(error).__name__
        print(f"strokeflow: {place} cannot be used: {reason.lower()}.", file=sys.stderr)
        print("  Check the path, its rights and the disk.", file=sys.stderr)
        _print_details()
        return 2 if error.errno == errno.ENAMETOOLONG else 1
    except Exception as bug:  # noqa: BLE001 - the outermost border
        return _told_as_bug(bug)


def _told_as_bug(bug: Exception) -> int:
    print(f"strokeflow: this is a bug: {bug!r}", file=sys.stderr)
    if not _print_details():
        print("  Run again with STROKEFLOW_DEBUG=1 for the details to report.", file=sys.stderr)
    return 1


def _print_details() -> bool:
    """The traceback, for those who want it."""
    if not os.environ.get("STROKEFLOW_DEBUG"):
        return False
    traceback.print_exc()
    return True
