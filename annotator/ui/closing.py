"""Leaving a project without a pause: the window goes on while its files are closed, and until what
is on its way there has come to its end."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.core.errors import StrokeflowError

if TYPE_CHECKING:
    from annotator.ui.workspace import Workspace

_LOOK_MS = 20
_PATIENCE_S = 10.0
"""How long a run may take to answer that it was cancelled."""


class Background(QObject):
    """Work on files that nobody in the window waits for, on threads of its own.

    Signals:
        failed(error): a StrokeflowError of what was done.
    """

    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._threads: list[threading.Thread] = []
        self.errors: list[StrokeflowError] = []
        """Of what was done so far."""

    def start(self, *calls: Callable[[], object]) -> None:
        """Do this, in this order. It touches nothing that the window still uses."""

        def work() -> None:
            # In this order: the last one pushed comes first. What is no StrokeflowError is a bug,
            # and keeps nothing else open.
            with contextlib.ExitStack() as todo:
                for call in reversed(calls):
                    todo.callback(self._try, call)

        thread = threading.Thread(target=work, name="background")
        self._threads = [*(t for t in self._threads if t.is_alive()), thread]
        thread.start()

    def _try(self, call: Callable[[], object]) -> None:
        try:
            call()
        except StrokeflowError as error:
            self.errors.append(error)
            self.failed.emit(error)

    def wait(self) -> None:
        """Until all is done; on any thread."""
        for thread in self._threads:
            thread.join()


class ProjectClosing(QObject):
    """Waits until a project can be left: runs are cancelled, a long edit is carried on to its end,
    or taken back if the person says so meanwhile."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._then: Callable[[], object] | None = None
        self._until = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def waiting(self) -> bool:
        return self._then is not None

    def begin(self, then: Callable[[], object]) -> None:
        """Call `then` when nothing is on its way any more; at once, where nothing is."""
        self._until = time.monotonic() + _PATIENCE_S
        self._then = then
        if self._workspace.bench is not None:
            self._workspace.desk.leave()
        self._timer.start()
        self._look()

    def forget(self) -> None:
        """The project is not to be left any more."""
        self._timer.stop()
        self._then = None

    def _look(self) -> None:
        workspace, then = self._workspace, self._then
        bench = workspace.bench
        if then is None:
            return
        if bench is not None:
            session = bench.session
            # A disk that refuses may do so for good: what is lost by that is told by who closes.
            if session.long is not None and session.store.trouble is None:
                return
            if workspace.desk.at_work and time.monotonic() < self._until:
                return
        self.forget()
        then()
