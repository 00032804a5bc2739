"""The list of jobs: what runs, what waits, how it went; each can be stopped or done again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.ui.i18n import tr
from annotator.ui.panels.progress import ProgressBar
from annotator.ui.runs.jobs import JobEntry
from annotator.ui.workspace import Workspace


class JobRow(QFrame):
    """One job: title, progress, words, buttons."""

    def __init__(self, workspace: Workspace, entry: JobEntry) -> None:
        super().__init__()
        self.entry = entry
        self.setObjectName("card")
        self.title = QLabel()
        self.title.setWordWrap(True)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.bar = ProgressBar()
        self.bar.setAccessibleName(tr("Progress of the job"))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setToolTip(tr("Stop this one; what it finished is kept."))
        self.cancel.clicked.connect(lambda: workspace.jobs.cancel(entry))
        self.retry = QPushButton(tr("Again"))
        self.retry.setToolTip(tr("Ask for the same once more."))
        self.retry.clicked.connect(lambda: entry.again())
        self.copy = QPushButton(tr("Copy"))
        self.copy.setToolTip(tr("Copy what happened, to report it or to look it up."))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.entry.details()))
        buttons = QHBoxLayout()
        for button in (self.cancel, self.retry, self.copy):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        for widget in (self.title, self.bar, self.words):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.refresh()

    def refresh(self) -> None:
        entry, job = self.entry, self.entry.job
        self.title.setText(entry.title)
        self.words.setText(entry.words())
        self.bar.setVisible(job is not None and not entry.over)
        if job is not None:
            self.bar.tell(job.done, job.total)
        self.cancel.setVisible(not entry.over)
        self.retry.setVisible(entry.over)
        self.copy.setVisible(entry.over)


class JobPanel(QWidget):
    """All jobs, the newest on top."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.rows: list[JobRow] = []
        self.none = QLabel(tr("Runs, imports and exports are listed here."))
        self.none.setObjectName("note")
        self.none.setWordWrap(True)
        self.clear = QPushButton(tr("Clear what is over"))
        self.clear.clicked.connect(workspace.jobs.forget_over)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("Jobs"))
        column = QVBoxLayout(self)
        column.addWidget(self.none)
        column.addWidget(area, 1)
        column.addWidget(self.clear)
        workspace.jobs.changed.connect(self.refresh)
        workspace.runsChanged.connect(self._advance)
        self.refresh()

    def refresh(self) -> None:
        """Follow the list: rows come on top and go when their entry is forgotten."""
        entries = self.workspace.jobs.entries
        gone = [row for row in self.rows if not any(row.entry is e for e in entries)]
        for row in gone:
            self.rows.remove(row)
            row.deleteLater()
        for entry in entries:
            if not any(row.entry is entry for row in self.rows):
                row = JobRow(self.workspace, entry)
                self.rows.append(row)
                self._column.insertWidget(0, row)
        for row in self.rows:
            row.refresh()
        self.none.setVisible(not entries)
        self.clear.setEnabled(any(entry.over for entry in entries))

    def _advance(self) -> None:
        if self.isVisible():
            for row in self.rows:
                if row.entry.job is not None and not row.entry.over:
                    row.refresh()
