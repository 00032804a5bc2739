"""Where next in the data set: many projects, and the frames of them that are most worth a mask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from annotator.services.project.projects import project_names
from annotator.services.runs.survey import Place, Survey
from annotator.ui.exchange.project_list import ProjectList
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import Paragraph, place_beside, resize_within, wrap_rows
from annotator.ui.panels.progress import ProgressBar
from annotator.ui.words.phrases import localized
from annotator.ui.words.remark_words import stage_name

if TYPE_CHECKING:
    from annotator.ui.main_window import MainWindow

_SIZE = 700, 580
_LEFT_OUT_HEIGHT = 84
_ROW_MARGIN = 9
"""Pixels of a row beside its text."""
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WORD = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NUMBERS = range(1, 6)
"""Columns that hold numbers."""


class SurveyDialog(QDialog):
    """Stays open beside the picture while the window goes from project to project."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Where next in the data set"))
        self._window = window
        self._desk = desk = window.survey
        self._shown: Survey | None = None
        self._build()
        self._lay_out()
        resize_within(self, *_SIZE)
        # The key of the window works here, too.
        self.addAction(window.table.actions["best_place"])
        desk.begin()
        self._follow()
        desk.changed.connect(self._follow)
        (self.look if self.look.isEnabled() else self.projects).setFocus()

    # -- building

    def _build(self) -> None:
        self.projects = ProjectList()
        self.also_done = QCheckBox(tr("Also projects that are marked done"))
        self.also_done.setChecked(self._desk.also_done)
        self.bar = ProgressBar()
        self.bar.setAccessibleName(tr("Projects that were looked at"))
        self.bar.setFormat(tr("%v of %m projects"))
        self.look: QPushButton = QPushButton(tr("Look"))
        self.look.setToolTip(
            tr("Nothing is changed. A clip is looked at once; the next time it is quick.")
        )
        self.look.setDefault(True)
        self.cancel = QPushButton(tr("Cancel"))
        self.about = Paragraph()
        self.places = self._make_table()
        self.left_out = QListWidget()
        self.left_out.setAccessibleName(tr("Projects that were left out"))
        self.left_out.setToolTip(tr("Double click or Enter opens the project."))
        self.left_out.setMaximumHeight(_LEFT_OUT_HEIGHT)
        wrap_rows(self.left_out)
        self.left_out_title = QLabel()
        self.left_out_title.setBuddy(self.left_out)
        for widget in (self.left_out_title, self.left_out):
            widget.hide()
        self.go = QPushButton(tr("Go there"))
        self.go.setToolTip(tr("Show the chosen place; its project is opened."))
        self.projects.changed.connect(self._chosen)
        self.projects.refused.connect(self.about.setText)
        self.also_done.toggled.connect(self._chosen)
        self.look.clicked.connect(self._desk.look)
        self.cancel.clicked.connect(self._desk.cancel)
        self.go.clicked.connect(self._go)
        self.places.cellActivated.connect(self._go)
        self.places.itemSelectionChanged.connect(self._enable)
        self.left_out.itemActivated.connect(
            lambda item: self._window.switcher.open_path(Path(item.data(Qt.ItemDataRole.UserRole)))
        )

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 7)
        table.setAccessibleName(tr("Places that are most worth a mask"))
        for at, (name, about) in enumerate((
            (tr("Project"), tr("Double click or Enter opens it at the frame.")),
            (tr("Frame"), tr("The first one is 0.")),
            (tr("Expected gain"), tr("How much a mask there, after those above it, is expected to "
             "raise the mean J over all frames of these projects.")),
            (tr("Its frames"), tr("Of the project.")),
            (tr("Annotated"), tr("Frames on which masks of a person say where every object is.")),
            (tr("Expected J"), tr("What the masks of the project are thought to be like now, on "
             "average over its frames, 0 to 1.")),
            (tr("Stage"), tr("Of the project.")),
        )):  # fmt: skip
            head = QTableWidgetItem(name)
            head.setToolTip(about)
            head.setTextAlignment(_NUMBER if at in _NUMBERS else _WORD)
            table.setHorizontalHeaderItem(at, head)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + _ROW_MARGIN)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        return table

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.also_done)
        row.addStretch(1)
        row.addWidget(self.bar, 2)
        row.addWidget(self.look)
        row.addWidget(self.cancel)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.projects)
        column.addLayout(row)
        column.addWidget(self.about)
        column.addWidget(self.places, 1)
        column.addWidget(self.left_out_title)
        column.addWidget(self.left_out)
        column.addWidget(buttons)

    # -- what the desk knows

    def _chosen(self) -> None:
        self._desk.choose(self.projects.paths(), self.also_done.isChecked())

    def _follow(self) -> None:
        desk = self._desk
        if self.projects.paths() != desk.projects:
            self.projects.show_paths(desk.projects)
        here = self.look.hasFocus() or self.cancel.hasFocus()
        self.look.setVisible(not desk.looking)
        self.look.setEnabled(bool(desk.projects))
        for widget in (self.bar, self.cancel):
            widget.setVisible(desk.looking)
        if desk.looking:
            self.bar.tell(*desk.progress)
        if desk.survey is not None and desk.survey is not self._shown:
            self._shown = desk.survey
            self._fill(desk.survey)
        self.about.setText(self._words())
        if here:
            found = self.places if self.places.rowCount() else self.look
            (self.cancel if desk.looking else found).setFocus()
        self._enable()

    def _words(self) -> str:
        desk, survey = self._desk, self._desk.survey
        if not desk.projects:
            return tr("Add the projects of your data set, one by one or whole folders of them.")
        if desk.looking and desk.before:
            return desk.waiting_words()
        if survey is None:
            return tr("Looks at all these projects for the frames that are most worth a mask.")
        if not survey.counted:
            return tr("None of these projects could be looked at; below is why.")
        if not survey.places:
            said = tr("Projects: {count}, frames: {frames}. All of them are annotated.")
        else:
            said = tr("Projects: {count}, frames: {frames}. A mean J of {score} is expected.")
        frames = sum(one.frames for one in survey.counted)
        score = f"{survey.expected:.3f}"
        said = said.format(count=len(survey.counted), frames=frames, score=score)
        changed = tr("Things have changed since: look again.")
        return f"{said} {changed}" if desk.outdated else said

    def _fill(self, survey: Survey) -> None:
        names = project_names(one.project for one in survey.projects)
        states = {one.project: one for one in survey.counted}
        self.places.setRowCount(len(survey.places))
        for row, place in enumerate(survey.places):
            state = states[place.project]
            texts = (
                names[place.project], str(place.frame), f"{place.gain:.4f}", str(state.frames),
                str(state.annotated), f"{state.expected:.3f}", stage_name(state.stage),
            )  # fmt: skip
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(place.project)
                item.setData(Qt.ItemDataRole.UserRole, place)
                item.setTextAlignment(_NUMBER if column in _NUMBERS else _WORD)
                self.places.setItem(row, column, item)
        if survey.places:
            self.places.setCurrentCell(0, 0)
        self.left_out.clear()
        for one in survey.projects:
            if one.reason:
                why = f"{localized(one.reason)} {localized(one.hint)}".strip()
                self.left_out.addItem(f"{names[one.project]}: {why}")
                last = self.left_out.item(self.left_out.count() - 1)
                last.setData(Qt.ItemDataRole.UserRole, one.project)
        count = self.left_out.count()
        self.left_out_title.setText(tr("Left out: {count}").format(count=count))
        for widget in (self.left_out_title, self.left_out):
            widget.setVisible(count > 0)

    def _enable(self) -> None:
        self.go.setEnabled(self._place() is not None)

    # -- going there

    def _place(self) -> Place | None:
        item = self.places.item(self.places.currentRow(), 0)
        found: Place | None = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        return found

    def _go(self) -> None:
        place = self._place()
        if place is not None:
            self._desk.go(place)
            self._window.activateWindow()
            self._window.canvas.setFocus()

    # -- events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        place_beside(self, self._window)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Lists let Enter pass although they did what it asks for: no button is meant then."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (enter and isinstance(self.focusWidget(), QAbstractItemView)):
            super().keyPressEvent(event)
