"""The history: every step that can be undone or redone; a click goes there."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QVBoxLayout, QWidget

from annotator.core.document import ChangeSet
from annotator.io.store import StepInfo
from annotator.ui.i18n import tr
from annotator.ui.panels.delegates import NOTE, NoteDelegate
from annotator.ui.words.phrases import localized
from annotator.ui.workspace import Workspace

_REFRESH_MS = 100
_Index = QModelIndex | QPersistentModelIndex


def frames_text(step: StepInfo) -> str:
    """ "frame 3", "12 frames, 3 to 80", or "" where no frame was touched."""
    if step.first is None:
        return ""
    if step.frames == 1:
        return tr("frame {frame}").format(frame=step.first)
    return tr("{count} frames, {first} to {last}").format(
        count=step.frames, first=step.first, last=step.last
    )


class HistoryModel(QAbstractListModel):
    """Row 0 is the state before the first step that is still known; row n is after step n.

    Only what is on the screen is put into words, so that 100,000 steps cost no more than 10.
    """

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[StepInfo] = []
        self.current = 0
        """Row of the state that is shown now."""

    def show(self, steps: list[StepInfo]) -> None:
        self.beginResetModel()
        self.steps = steps
        self.current = sum(not step.undone for step in steps)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.steps) + 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = index.row()
        step = self.steps[row - 1] if row else None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr("Beginning") if step is None else localized(step.title)
        if role == NOTE:
            return "" if step is None else _clock(step)
        if role == Qt.ItemDataRole.ToolTipRole and step is not None:
            parts = [localized(step.title), _date(step), frames_text(step)]
            return "\n".join(part for part in parts if part)
        if role == Qt.ItemDataRole.ForegroundRole and step is not None and step.undone:
            return _muted()
        if role == Qt.ItemDataRole.FontRole and row == self.current:
            font = QFont()
            font.setBold(True)
            return font
        return None


class HistoryPanel(QWidget):
    """The list of steps; the current state is bold, what was undone is grey below it."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.model = HistoryModel()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(NoteDelegate(self.list))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName(tr("Undo steps"))
        for chosen in (self.list.clicked, self.list.activated):  # by the mouse, by Enter
            chosen.connect(lambda index: self.go_to(index.row()))
        hint = QLabel(tr("Click a step to go back or forth to it."))
        hint.setObjectName("note")
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.addWidget(hint)
        column.addWidget(self.list, 1)
        self._wanted: int | None = None
        self._walk = QTimer(self)
        self._walk.setInterval(0)
        self._walk.timeout.connect(self._go_on)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_REFRESH_MS)
        self._later.timeout.connect(self.refresh)
        workspace.projectChanged.connect(self._project_changed)
        workspace.changed.connect(self._document_changed)
        workspace.runsChanged.connect(self._soon)

    def showEvent(self, event: object) -> None:
        self.refresh()

    def _project_changed(self) -> None:
        self._wanted = None
        self._walk.stop()
        self.refresh()

    def _document_changed(self, _changed: ChangeSet) -> None:
        self._soon()

    def _soon(self) -> None:
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def refresh(self) -> None:
        """List anew where something changed."""
        bench = self.workspace.bench
        steps = [] if bench is None else bench.session.store.steps()
        if steps == self.model.steps:
            return
        self.model.show(steps)
        index = self.model.index(self.model.current)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def go_to(self, row: int) -> None:
        """Undo or redo, one step each turn of the event loop, until `row` is the state."""
        self._wanted = row
        self._walk.start()

    def _go_on(self) -> None:
        bench = self.workspace.bench
        if bench is None or self._wanted is None:
            self._walk.stop()
            return
        if bench.session.long is not None:
            return
        here = sum(not step.undone for step in bench.session.store.steps())
        move = self.workspace.undo if here > self._wanted else self.workspace.redo
        if here == self._wanted or not self.workspace.attempt(move):
            self._wanted = None
            self._walk.stop()
            self.refresh()


def _clock(step: StepInfo) -> str:
    when = datetime.fromtimestamp(step.time)
    today = when.date() == datetime.now().date()
    return when.strftime("%H:%M" if today else "%Y-%m-%d")


def _date(step: StepInfo) -> str:
    return datetime.fromtimestamp(step.time).strftime("%Y-%m-%d %H:%M:%S")


def _muted() -> QColor:
    return QGuiApplication.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
