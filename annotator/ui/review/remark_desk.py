"""Which remark a person looks at, and where the next one is to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from annotator.core.document import ChangeSet
from annotator.core.errors import RequestError
from annotator.core.review import Remark
from annotator.services.review.remarks import next_remark, set_resolved
from annotator.ui.i18n import tr

if TYPE_CHECKING:
    from annotator.ui.workspace import Workspace

Place = tuple[float, float]


class RemarkDesk(QObject):
    """Panel, pins and commands meet here. All calls are on the UI thread.

    Signals:
        leaving: what is being written belongs to where the person was until now; keep it.
        shown: another remark is looked at, or another place written about.
        writing: the person wants to write.
        opened: the person wants to read the remark that is looked at.
    """

    leaving = Signal()
    shown = Signal()
    writing = Signal()
    opened = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.chosen = 0
        """Id of the remark that is looked at, 0 for none."""
        self.composing = False
        """A new one is being written."""
        self.frame = 0
        self.place: Place | None = None
        """Where on the picture a new remark points to."""
        self.object_id = 0
        """What lies there, 0 for nothing."""
        workspace.projectChanged.connect(lambda: self._look(0))
        workspace.frameChanged.connect(lambda _: self._elsewhere())
        workspace.changed.connect(self._document_changed)

    @property
    def remark(self) -> Remark | None:
        """The one that is looked at."""
        document = self._workspace.document
        return None if document is None else document.remarks.get(self.chosen)

    def begin(self) -> None:
        """Write a new remark about the frame as a whole."""
        self.resume(self._workspace.frame, 0)

    def point_at(self, place: Place, object_id: int) -> None:
        """Let the remark that is being written point to a place, or begin one there."""
        if not self.composing:
            self.leaving.emit()
        self._look(0, place, object_id, composing=True)
        self.writing.emit()

    def resume(self, frame: int, remark_id: int) -> None:
        """Go where something was being written: an answer to a remark, or (0) a new one."""
        if remark_id:
            self.choose(remark_id)
        else:
            self.leaving.emit()
            self._workspace.go_to(frame)
            self._look(0, composing=True)
        self.writing.emit()

    def aim(self, place: Place, object_id: int) -> None:
        """What is being written points there, as it did before it was left."""
        self.place, self.object_id = place, object_id
        self.shown.emit()

    def close(self) -> None:
        """Look at none, and write none."""
        self.leaving.emit()
        self._look(0)

    def choose(self, remark_id: int) -> None:
        """Look at a remark, on its frame."""
        document = self._workspace.document
        remark = None if document is None else document.remarks.get(remark_id)
        if remark is None:
            return
        if remark_id != self.chosen:
            self.leaving.emit()
        self._workspace.go_to(remark.frame)
        self._look(remark_id)

    def open(self, remark_id: int) -> None:
        """Look at a remark and at what was said about it."""
        self.choose(remark_id)
        self.opened.emit()

    def walk(self, direction: int) -> None:
        """Look at the next open remark on another frame. Raises RequestError if there is none."""
        bench = self._workspace.bench
        if bench is not None:
            frame = next_remark(bench.session, self._workspace.frame, direction)
            self.choose(next(r.id for r in bench.document.remarks.on(frame) if not r.resolved))

    def toggle_resolved(self) -> None:
        """Settle the remark that is looked at, or the only one of the frame; or open it again.

        Raises RequestError if it is not clear which one.
        """
        bench = self._workspace.bench
        if bench is None:
            return
        here = bench.document.remarks.on(self._workspace.frame)
        remark = self.remark or (here[0] if len(here) == 1 else None)
        if remark is None:
            raise RequestError(tr("Which remark?"), tr("Click one in the list of remarks first."))
        set_resolved(bench.session, remark.id, not remark.resolved)

    # -- inner

    def _look(
        self,
        remark_id: int,
        place: Place | None = None,
        object_id: int = 0,
        *,
        composing: bool = False,
    ) -> None:
        self.chosen, self.place, self.object_id = remark_id, place, object_id
        self.composing = composing
        self.frame = self._workspace.frame
        self.shown.emit()

    def _elsewhere(self) -> None:
        if self.chosen or self.composing:
            self.close()
        self.frame = self._workspace.frame

    def _document_changed(self, changed: ChangeSet) -> None:
        if changed.remarks:
            if self.remark is None:
                self.chosen = 0
            self.shown.emit()
