"""Whether what was done is on disk, and who waits to hear so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotator.core.errors import DiskError
from annotator.ui.i18n import tr
from annotator.ui.words.phrases import localized_error

if TYPE_CHECKING:
    from annotator.ui.workspace import Workspace


class Saving:
    """Looks at the store of the open project, on the UI thread, with each turn of the workspace's
    clock. What was done is told of as done only when it is saved."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._saved, self._stored = True, 0
        self._waiting: list[tuple[int, Callable[[DiskError | None], object]]] = []
        self.trouble = ""
        """Why saving does not work right now, "" if it does."""

    def after(self, call: Callable[[DiskError | None], object]) -> None:
        """Call it once all changes so far are on disk, with None; or, if the disk refuses them,
        with the reason. If the project is closed before, who closes it tells what was lost."""
        bench = self._workspace.bench
        if bench is not None:
            self._waiting.append((bench.session.store.issued, call))
            self._answer()

    def forget(self) -> None:
        """The project is closed."""
        self._waiting.clear()

    def look(self) -> None:
        """Tell what is new."""
        workspace, bench = self._workspace, self._workspace.bench
        if bench is None:
            return
        store = bench.session.store
        bench.session.sync()
        saved = store.saved >= store.issued
        if saved and store.saved != self._stored:
            self._stored = store.saved
            workspace.stored.emit()
        trouble = "" if store.trouble is None else localized_error(store.trouble)
        if saved != self._saved or trouble != self.trouble:
            self._saved, self.trouble = saved, trouble
            workspace.savedChanged.emit()
        self._answer()

    def refused(self, ticket: int) -> DiskError | None:
        """Why a write of the open project is not on disk; None if it is, or will be in a moment."""
        bench = self._workspace.bench
        if bench is None or bench.session.store.saved >= ticket:
            return None
        return bench.session.store.trouble

    def _answer(self) -> None:
        bench = self._workspace.bench
        if bench is None or not self._waiting:
            return
        store, waiting = bench.session.store, self._waiting
        due = [store.saved >= ticket or store.trouble is not None for ticket, _ in waiting]
        self._waiting = [item for item, ready in zip(waiting, due, strict=True) if not ready]
        for (ticket, call), ready in zip(waiting, due, strict=True):
            if ready:
                call(self.refused(ticket))

    @property
    def text(self) -> str:
        """In a word or two, for the status line."""
        bench = self._workspace.bench
        if bench is None or bench.session.read_only:
            return "" if bench is None else tr("Read-only")
        if self.trouble:
            return tr("Not saved")
        return tr("Saved") if self._saved else tr("Saving …")
