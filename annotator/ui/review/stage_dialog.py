"""The stage of the project: where it is, who has it, what is left, and how it came there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.core.document import Document
from annotator.core.review import STAGES
from annotator.services.review.people import MAX_NAME
from annotator.services.review.stages import left_to_do, set_stage
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import wrap_rows
from annotator.ui.words.remark_words import by_whom, left_words, stage_name, stage_words
from annotator.ui.workspace import Workspace


class StageDialog(QDialog):
    """Moves the project to another stage. Nothing that is left to do forbids it."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        bench = workspace.bench
        assert bench is not None
        self.workspace = workspace
        document = bench.document
        self._now = document.stage
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Stage of the project"))
        self.setMinimumWidth(420)
        self.stage = QComboBox()
        for stage in STAGES:
            self.stage.addItem(stage_name(stage), stage)
        self.stage.setCurrentIndex(STAGES.index(self._now.stage))
        self.assignee = QLineEdit(self._now.assignee)
        self.assignee.setMaxLength(MAX_NAME)
        self.assignee.setPlaceholderText(tr("Nobody"))
        known = QCompleter(people_of(document), self)
        known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.assignee.setCompleter(known)
        self.left = QLabel(left_words(left_to_do(document)))
        self.left.setWordWrap(True)
        self.history = QListWidget()
        self.history.setAccessibleName(tr("How it came there"))
        self.history.setMaximumHeight(120)
        wrap_rows(self.history)
        for number in sorted(document.stages, reverse=True):
            change = document.stages[number]
            item = QListWidgetItem(
                f"{stage_words(change)}  ({by_whom(change.author, change.time)})"
            )
            item.setToolTip(item.text())
            self.history.addItem(item)
        self._lay_out()
        self.stage.currentIndexChanged.connect(lambda _: self._name_button())
        self._name_button()
        self.accepted.connect(self._set)

    def _lay_out(self) -> None:
        form = QFormLayout()
        for name, widget in ((tr("Stage"), self.stage), (tr("Assigned to"), self.assignee)):
            widget.setAccessibleName(name)
            form.addRow(name, widget)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.ok = buttons.button(kinds.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.left)
        column.addWidget(self.history)
        self.history.setVisible(self.history.count() > 0)
        column.addWidget(buttons)

    def _name_button(self) -> None:
        move = self.stage.currentIndex() - STAGES.index(self._now.stage)
        if move < 0:
            self.ok.setText(tr("Send back"))
        elif move == 0:
            self.ok.setText(tr("Assign"))
        else:
            done = self.stage.currentData() == STAGES[-1]
            self.ok.setText(tr("Mark as done") if done else tr("Hand over"))

    def _set(self) -> None:
        workspace, bench = self.workspace, self.workspace.bench
        if bench is None:
            return
        stage, assignee = self.stage.currentData(), self.assignee.text()
        if workspace.attempt(lambda: set_stage(bench.session, stage, assignee)):
            document = bench.document
            workspace.noticed.emit(
                "good", stage_words(document.stage), left_words(left_to_do(document))
            )


def people_of(document: Document) -> list[str]:
    """Everybody who is named in the project."""
    names = {name for s in document.stages.values() for name in (s.author, s.assignee)}
    for remark in document.remarks.all():
        names |= {remark.author, *(answer.author for answer in remark.replies)}
    return sorted(names - {""})
