"""The border to the person at the terminal: one clear sentence instead of a traceback."""

from __future__ import annotations

import contextlib
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
        print("strokeflow: stopped; finished frames are kept.", file=sys.stderr)
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
    except Exception as bug:  # noqa: BLE001 - the outermost border
        print(f"strokeflow: this is a bug: {bug!r}", file=sys.stderr)
        if os.environ.get("STROKEFLOW_DEBUG"):
            traceback.print_exc()
        else:
            print("  Run again with STROKEFLOW_DEBUG=1 for the details to report.", file=sys.stderr)
        return 1
