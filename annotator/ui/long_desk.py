"""Edits of very many frames in the window: a slice each turn of the event loop."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from annotator.services.steps import LongEdit
from annotator.ui.i18n import tr
from annotator.ui.phrases import localized

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

    def _take(self, _edit: LongEdit) -> None:
        self._tell_at = time.monotonic() + _QUIET_S
        # What slices make has no cycles, and to look for some among rows that wait for the disk
        # would take longer than a slice.
        gc.disable()
        self._timer.start(0)

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
        if not edit.begun and QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return  # a stroke under the pen is stored before
        if self._workspace.previews is not None:
            self._workspace.previews.touch()  # copies of frames are made in pauses
        self._workspace.attempt(edit.go_on)
        self._timer.setInterval(_WAIT_MS if edit.waits else 0)
        if not edit.over and time.monotonic() >= self._tell_at:
            self._tell_progress(edit)
        elif edit.over and self._told:
            said = tr("{title}: done.").format(title=localized(edit.title))
            self._workspace.noticed.emit("good", said, "")

    def _stop(self) -> None:
        self._timer.stop()
        gc.enable()

    def _tell_progress(self, edit: LongEdit) -> None:
        self._tell_at = time.monotonic() + _TELL_S
        share = edit.done / max(edit.total, 1)
        self._workspace.noticed.emit(
            "busy",
            tr("{title}: {share:.0%}").format(title=localized(edit.title), share=share),
            tr("You can look around meanwhile; other edits have to wait for it."),
        )

    def _noticed(self, level: str, _title: str, _detail: str) -> None:
        self._told = level == "busy"
