"""Edits of very many frames in the window: a slice each turn of the event loop."""

from __future__ import annotations

import gc
import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from annotator.core.errors import DiskError
from annotator.services.editing.steps import LongEdit, TakeBack
from annotator.ui import mouse
from annotator.ui.i18n import tr
from annotator.ui.words.phrases import localized, localized_error

if TYPE_CHECKING:
    from annotator.ui.workspace import Workspace

_WAIT_MS = 10
_QUIET_S = 0.5
_TELL_S = 0.2


class LongDesk(QObject):
    """Carries such edits on, and tells how far they are once they take longer than a moment."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._tell_at = 0.0
        self._told = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)
        workspace.projectChanged.connect(self._project_changed)
        workspace.closing.connect(self._finish)
        workspace.noticed.connect(self._noticed)

    def _project_changed(self) -> None:
        bench = self._workspace.bench
        if bench is not None:
            bench.session.on_long = self._take

    def _take(self, edit: LongEdit) -> None:
        self._tell_at = time.monotonic() + _QUIET_S
        # Nothing comes before it, but for a stroke under the pen: what was asked for after it would
        # meet what it has planned.
        edit.begun = edit.begun or not mouse.is_pressed()
        # What slices make has no cycles, and to look for some among rows that wait for the disk
        # would take longer than a slice.
        gc.disable()
        self._timer.start(0)
        self._workspace.runsChanged.emit()

    @property
    def cancellable(self) -> LongEdit | None:
        """The edit that is on its way, if it can be taken back."""
        bench = self._workspace.bench
        edit = None if bench is None else bench.session.long
        return edit if edit is not None and edit.cancellable else None

    def cancel(self) -> None:
        """Take back what the edit under way did, if it is one that can be."""
        edit, bench = self.cancellable, self._workspace.bench
        if edit is None or bench is None:
            return
        self._workspace.attempt(edit.cancel)
        if bench.session.long is None:  # it had done nothing yet
            self._workspace.runsChanged.emit()
            if self._told:
                self._tell_cancelled(edit)

    def _finish(self) -> None:
        """The project is about to be closed."""
        self._stop()
        bench = self._workspace.bench
        if bench is not None:
            self._workspace.attempt(bench.session.finish)

    def _go_on(self) -> None:
        bench = self._workspace.bench
        if bench is None:
            self._stop()
            return
        edit, store = bench.session.long, bench.session.store
        if edit is None:
            # Its rows wait for the disk still.
            self._timer.setInterval(_WAIT_MS)
            if store.saved >= store.issued or store.trouble is not None:
                self._stop()
            return
        if not edit.begun and mouse.is_pressed():
            return  # a stroke under the pen is stored before
        if self._workspace.previews is not None:
            self._workspace.previews.touch()  # copies of frames are made in pauses
        self._workspace.attempt(edit.go_on)
        self._timer.setInterval(_WAIT_MS if edit.waits else 0)
        if not edit.over and time.monotonic() >= self._tell_at:
            self._tell_progress(edit)
        elif edit.over:
            self._workspace.runsChanged.emit()
            if self._told:
                self._tell_end(edit)

    def _stop(self) -> None:
        self._timer.stop()
        gc.enable()

    def _tell_progress(self, edit: LongEdit) -> None:
        self._tell_at = time.monotonic() + _TELL_S
        share = edit.done / max(edit.total, 1)
        back = isinstance(edit, TakeBack)
        words = tr("{title} is taken back: {share:.0%}") if back else tr("{title}: {share:.0%}")
        said = words.format(title=localized(edit.title), share=share)
        about = tr("You can look around meanwhile; other edits have to wait for it.")
        if edit.cancellable:
            self._workspace.offered.emit("busy", said, about, (tr("Cancel"), self.cancel))
        else:
            self._workspace.noticed.emit("busy", said, about)
        self._told = True

    def _tell_end(self, edit: LongEdit) -> None:
        if isinstance(edit, TakeBack):
            self._tell_cancelled(edit)
        else:
            self._workspace.saving.after(partial(self._tell_done, edit))

    def _tell_done(self, edit: LongEdit, refused: DiskError | None) -> None:
        if refused is None:
            said = tr("{title}: done.").format(title=localized(edit.title))
            self._workspace.noticed.emit("good", said, "")
        else:
            said = tr("{title}: not saved.").format(title=localized(edit.title))
            self._workspace.noticed.emit("error", said, localized_error(refused))

    def _tell_cancelled(self, edit: LongEdit) -> None:
        said = tr("{title}: cancelled. All is as it was before.")
        self._workspace.noticed.emit("info", said.format(title=localized(edit.title)), "")

    def _noticed(self, *_what: str) -> None:
        self._told = False  # somebody else said something since
