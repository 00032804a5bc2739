"""Rendering the demo clip as a job, for the window's welcome page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotator.core.errors import DiskError
from annotator.jobs.base import TaskControl
from annotator.services.demo.clip import render_demo


def render(place: str, control: TaskControl) -> Iterator[str]:
    """Yield the path of the clip, rendered anew if it is not there. Raises DiskError."""
    path = Path(place)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(
            f"Cannot write to {path.parent}: {error}.", "Check its rights and the free space."
        ) from error
    control.checkpoint()
    if not path.is_file():
        render_demo(path)
    yield place
