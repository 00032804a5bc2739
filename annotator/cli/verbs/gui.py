"""`strokeflow [gui] [VIDEO|FOLDER|PROJECT]`: open the window."""

from __future__ import annotations

from pathlib import Path

from annotator.core.errors import RequestError


def open_window(paths: list[str]) -> int:
    """Open the window, on a path if one is given. Raises RequestError for more than one."""
    if len(paths) > 1:
        raise RequestError("One video, folder or project at a time, please.")
    if paths and not Path(paths[0]).exists():
        raise RequestError(
            f"There is no '{paths[0]}'.", "Give a video, an image folder, a project, or a verb "
            "(strokeflow --help lists them).",
        )  # fmt: skip
    from annotator.app import Application
    from annotator.ui.start import run_window

    return run_window(
        lambda wake: Application(inline=False, on_message=wake), Path(paths[0]) if paths else None
    )
