"""Labelling without a label in the window: proposals, suggested frames, runs when idle."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.core.document import ChangeSet
from annotator.core.errors import RequestError
from annotator.jobs.base import Job
from annotator.services.runs.requests import StoredProposal
from annotator.services.runs.staleness import stale_frames
from annotator.services.runs.suggest import Suggestion
from annotator.ui import mouse
from annotator.ui.i18n import tr

if TYPE_CHECKING:
    from annotator.ui.workspace import Workspace

COUNT = 5
"""Frames that are suggested at a time."""
_RENEW_MS = 300
IDLE_MS = 2000
"""Rest after the last change before what is out of date is made new by itself."""


class PrelabelDesk(QObject):
    """What the application would do next, and what it asks the person to do. On the UI thread.

    Signals:
        suggested: other frames are suggested.
        proposed: the list of first masks to choose from grew or was emptied.
    """

    suggested = Signal()
    proposed = Signal()
    _found = Signal(int, object)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.suggestions: list[Suggestion] = []
        self.proposals: list[StoredProposal] = []
        self.when_idle = False
        """Make new what is out of date as soon as nobody does anything."""
        self._active = False
        self._tried: object = None
        self._search: Job | None = None
        self._asked = 0
        self._walking = False
        """The person waits for the next answer, to be shown its first frame."""
        self._found.connect(self._take)
        self._later = self._timer(_RENEW_MS, self._renew)
        self._idle = self._timer(IDLE_MS, self._refresh)
        workspace.projectChanged.connect(self._clear)
        workspace.changed.connect(self._document_changed)
        workspace.runsChanged.connect(self._run_changed)

    def _timer(self, interval: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(call)
        return timer

    def _clear(self) -> None:
        self._active, self._tried, self._walking = False, None, False
        self._asked += 1
        self.suggestions, self.proposals = [], []
        self._later.stop()
        self._idle.stop()
        self.suggested.emit()
        self.proposed.emit()

    # -- proposals

    def look_for_objects(self) -> None:
        """Find first masks, instead of a search under way; `proposed` tells of each."""
        bench = self._workspace.bench
        if bench is None:
            return
        self.stop_looking()
        proposals = self.proposals = []
        self.proposed.emit()

        def take(proposal: StoredProposal) -> None:
            proposals.append(proposal)
            if proposals is self.proposals:
                self.proposed.emit()

        def submit(ended: Callable[[Job], None]) -> Job:
            assert bench is not None
            self._search = bench.inference.prelabel.propose(take, ended)
            return self._search

        title = tr("Look for objects")
        self._workspace.exchange.examine(title, submit, self.look_for_objects)

    @property
    def looking(self) -> bool:
        """Whether first masks are being looked for."""
        return self._search is not None and not self._search.state.over

    def stop_looking(self) -> None:
        """Nobody waits for first masks any more."""
        if self._search is not None and self.looking:
            self._workspace.host.runner.cancel(self._search)

    def label(self, first: StoredProposal | None = None) -> None:
        """Label the range or the whole clip, from the chosen first mask or the best one."""
        workspace = self._workspace
        chosen = None if first is None else (first.frame, first.label_map)
        asked: dict[str, object] = {"first": chosen, "frames": workspace.span}
        document = workspace.document
        if document is not None and workspace.object_id in document.objects:
            asked["objects"] = [workspace.object_id]
        workspace.run("auto", **asked)

    # -- suggestions

    def go_to_next(self) -> None:
        """Show the frame that is most worth a mask, or tell that none is; looks at the clip first
        where that is due."""
        if not self._active:
            self._look()
            return
        self._walking = True
        self._renew()

    def _walk(self) -> None:
        here = self._workspace.frame
        left = [s.frame for s in self.suggestions if s.frame != here]
        if not left:
            raise RequestError(tr("No other frame is worth a mask now."))
        self._workspace.walk(left)

    def _look(self) -> None:
        bench, workspace = self._workspace.bench, self._workspace
        if bench is None:
            return

        def ready() -> None:
            if workspace.bench is not bench or not bench.inference.prelabel.looked:
                return  # another project is open, or it was cancelled or failed, which was told
            self._active = True
            workspace.attempt(self.go_to_next)

        def submit(ended: Callable[[Job], None]) -> Job | None:
            made: list[Job] = []

            def over() -> None:
                if made:
                    ended(made[0])
                ready()

            job = bench.inference.prelabel.watch_clip(over)
            if job is not None:
                made.append(job)
            return job

        title = tr("Look at the clip")
        workspace.exchange.examine(title, submit, lambda: workspace.attempt(self.go_to_next))

    def _renew(self) -> None:
        bench = self._workspace.bench
        if bench is None or not self._active:
            return
        self._asked += 1
        asked, question = self._asked, bench.inference.prelabel.question(COUNT)
        # For a long clip it takes many times longer than a turn of the event loop may.
        self._workspace.background.start(lambda: self._found.emit(asked, question()))

    def _take(self, asked: int, found: list[Suggestion]) -> None:
        if asked != self._asked:
            return  # the document changed since
        if found != self.suggestions:
            self.suggestions = found
            self.suggested.emit()
        if self._walking:
            self._walking = False
            self._workspace.attempt(self._walk)

    # -- what changes

    def _document_changed(self, changed: ChangeSet) -> None:
        if changed.cells or changed.everything:
            if self._active and not self._later.isActive():
                self._later.start()
            self._wait()

    def _run_changed(self) -> None:
        if self._workspace.running is not None:
            self._idle.stop()

    def _wait(self) -> None:
        if self.when_idle:
            self._idle.start()

    def _refresh(self) -> None:
        """Make new what is out of date, unless somebody is at work."""
        workspace = self._workspace
        bench = workspace.bench
        if not self.when_idle or bench is None or bench.session.read_only:
            return
        at_work = workspace.running is not None or bench.session.long is not None
        if mouse.is_pressed() or workspace.live.busy or at_work:
            self._idle.start()
            return
        document = bench.document
        now = bench.session.undo_step
        if now == self._tried:
            return  # the last try left something out of date: it will again
        free = [o for o, info in document.objects.items() if not info.locked]
        stale = [o for o in free if stale_frames(document, o).any()]
        if stale:
            self._tried = now
            workspace.attempt(lambda: workspace.run("refresh", objects=stale))
