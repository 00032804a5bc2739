"""Notes on frames: the one of this frame to write, and all of them to walk through."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from annotator.core.document import ChangeSet
from annotator.services.notes import next_note, set_note
from annotator.ui.i18n import tr
from annotator.ui.workspace import Workspace

_FRAME = Qt.ItemDataRole.UserRole
_PAUSE_MS = 1500
_LISTED = 1000


class NotePanel(QWidget):
    """A note is kept when the person pauses, presses Ctrl+Enter or goes elsewhere."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self._frame = 0
        self.title = QLabel()
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(tr("What is to be remembered about this frame?"))
        self.text.setAccessibleName(tr("Note on this frame"))
        self.text.setToolTip(tr("Kept when you pause, press Ctrl+Enter or go to another frame."))
        self.text.setTabChangesFocus(True)
        self.text.setMaximumHeight(110)
        self.text.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Frames with notes"))
        self.list.itemClicked.connect(lambda item: workspace.go_to(item.data(_FRAME)))
        self.list.itemActivated.connect(lambda item: workspace.go_to(item.data(_FRAME)))
        column = QVBoxLayout(self)
        for widget in (self.title, self.text, self.list):
            column.addWidget(widget)
        column.setStretch(2, 1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.keep)
        self.text.textChanged.connect(self._typed)
        workspace.frameChanged.connect(lambda _: self._go())
        workspace.projectChanged.connect(self._project_changed)
        workspace.closing.connect(self.keep)
        workspace.changed.connect(self._document_changed)

    def write(self) -> None:
        """Let the person write about this frame."""
        self.text.setFocus()

    def keep(self) -> None:
        """Store what was typed."""
        self._pause.stop()
        bench = self.workspace.bench
        if bench is None or bench.session.read_only:
            return
        frame, text = self._frame, self.text.toPlainText()
        if text.strip() != bench.document.notes.get(frame, ""):
            self.workspace.attempt(lambda: set_note(bench.session, frame, text))

    def walk(self, direction: int) -> None:
        """Show the next frame with a note. Raises RequestError if there is none."""
        bench = self.workspace.bench
        if bench is not None:
            self.workspace.go_to(next_note(bench.session, self.workspace.frame, direction))

    # -- inner

    def _typed(self) -> None:
        if self.text.hasFocus():
            self._pause.start()

    def _go(self) -> None:
        self.keep()
        self._show()

    def _project_changed(self) -> None:
        self._pause.stop()
        bench = self.workspace.bench
        self.text.setReadOnly(bench is None or bench.session.read_only)
        self._show()
        self._fill()

    def _show(self) -> None:
        document = self.workspace.document
        self._frame = self.workspace.frame
        self.title.setText(tr("Frame {frame}").format(frame=self._frame))
        text = "" if document is None else document.notes.get(self._frame, "")
        if text != self.text.toPlainText().strip():
            self.text.setPlainText(text)
        self._pause.stop()

    def _document_changed(self, changed: ChangeSet) -> None:
        if changed.notes:
            self._fill()
        if self._frame in changed.notes:
            self._show()

    def _fill(self) -> None:
        document = self.workspace.document
        self.list.clear()
        notes = {} if document is None else document.notes
        for frame in sorted(notes)[:_LISTED]:
            line = notes[frame].splitlines()[0]
            item = QListWidgetItem(tr("Frame {frame}: {text}").format(frame=frame, text=line))
            item.setData(_FRAME, frame)
            item.setToolTip(notes[frame])
            self.list.addItem(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.keep()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.keep()
                self.text.clearFocus()
                return True
        return False
