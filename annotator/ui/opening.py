"""Opening without a pause: whatever takes long about a clip is done on a thread beforehand."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import StrokeflowError
from annotator.services.projects import open_or_create, open_project


def is_project(path: Path) -> bool:
    """Whether the path is a project folder (also one that is not there any more)."""
    return path.suffix == ".strokeflow" or (path / "project.db").is_file()


class Opener(QObject):
    """Finds or makes the project of a path. Indexing a long video and reading a large folder
    happen here, and what they leave in the project's cache makes the opening itself quick.

    Signals:
        ready(folder): the project can be opened now.
        failed(error): a StrokeflowError; nothing was made.
    """

    ready = Signal(object)
    failed = Signal(object)
    _done = Signal(int, object, object)

    def __init__(self) -> None:
        super().__init__()
        self._wish = 0
        self.busy = False
        self._done.connect(self._deliver)

    def start(self, path: Path, fallback: Path) -> None:
        """Prepare a path; an earlier one that is not ready yet is forgotten."""
        self._wish += 1
        self.busy = True
        threading.Thread(
            target=self._prepare, args=(self._wish, path, fallback), name="opener", daemon=True
        ).start()

    def _prepare(self, wish: int, path: Path, fallback: Path) -> None:
        try:
            folder = path if is_project(path) else open_or_create(path, fallback)
        except StrokeflowError as error:
            self._done.emit(wish, None, error)
            return
        # What is wrong with the project or its media is told when it is really opened.
        with contextlib.suppress(StrokeflowError):
            open_project(folder, writable=False, need_media=False).close()
        self._done.emit(wish, folder, None)

    def _deliver(self, wish: int, folder: object, error: object) -> None:
        if wish != self._wish:
            return
        self.busy = False
        if error is None:
            self.ready.emit(folder)
        else:
            self.failed.emit(error)
