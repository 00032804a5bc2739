"""`strokeflow [gui] [VIDEO|FOLDER|PROJECT]`: open the window."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from annotator.core.errors import RequestError


def has_display() -> bool:
    """False on a system where Qt would find no screen and end the process."""
    if sys.platform in ("win32", "darwin"):
        return True
    told = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in told)


def open_window(paths: list[str]) -> int:
    """Open the window, on a path if one is given. Raises RequestError for more than one."""
    if len(paths) > 1:
        raise RequestError("One video, folder or project at a time, please.")
    if paths and not Path(paths[0]).exists():
        raise RequestError(
            f"There is no '{paths[0]}'.", "Give a video, an image folder, a project, or a verb "
            "(strokeflow --help lists them).",
        )  # fmt: skip
    if not has_display():
        raise RequestError(
            "There is no screen to show the window on.",
            "Everything works without it too: see strokeflow --help.",
        )
    # Nothing of what is loaded now is garbage, and looking for some takes a tenth of the start.
    # `make_window` ends it.
    gc.disable()
    from annotator.app import Application
    from annotator.ui.start import run_window

    return run_window(
        lambda wake: Application(inline=False, on_message=wake), Path(paths[0]) if paths else None
    )
