"""Cleaning up masks of many frames: what is done, to which masks, and what it does to this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
)

from annotator.core.document import ChangeSet
from annotator.services.editing.cleaning import MOST_PIXELS, Cleaning, cleanable
from annotator.ui.canvas.clean_trial import Trial, TrialMaker
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import FittedDialog, Paragraph, place_beside

if TYPE_CHECKING:
    from annotator.ui.main_window import MainWindow

_MOST_AREA = 1_000_000


class CleanDialog(FittedDialog):
    """Stays open beside the canvas, so that one may look at other frames before it begins."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Clean up on many frames"))
        self.setMinimumWidth(420)
        self._window = window
        self._canvas = window.canvas
        self._workspace = workspace = window.workspace
        self._trials = TrialMaker()
        self._build()
        self._list_objects()
        self._list_frames()
        self._trials.ready.connect(self._show_trial)
        workspace.objectChanged.connect(self._list_objects)
        workspace.spanChanged.connect(self._list_frames)
        workspace.changed.connect(self._document_changed)
        workspace.projectChanged.connect(self.close)
        self._canvas.frameShown.connect(self._ask)
        workspace.frameChanged.connect(self._ask)
        self._choice_changed()

    # -- building

    def _build(self) -> None:
        self.islands = self._switch(tr("Remove islands"), tr("Small parts beside the mask."))
        self.islands_area = self._number(
            tr("Remove islands: smaller than"), 0, _MOST_AREA, tr("all but the largest")
        )
        self.islands_area.setPrefix(tr("smaller than") + " ")
        self.holes = self._switch(tr("Fill holes"), tr("What the mask encloses."))
        self.holes_area = self._number(tr("Fill holes: up to"), 0, _MOST_AREA, tr("all"))
        self.holes_area.setPrefix(tr("up to") + " ")
        self.smooth = self._number(tr("Smooth"), 0, MOST_PIXELS, tr("no"))
        self.smooth.setToolTip(tr("Radius of the neighbourhood whose majority decides."))
        self.grow = self._number(tr("Grow or shrink"), -MOST_PIXELS, MOST_PIXELS, "")
        self.grow.setToolTip(tr("Below zero the masks shrink."))
        self.objects = self._choice(tr("Objects"))
        self.frames = self._choice(tr("Frames"))
        self.drawn = self._switch(
            tr("Also masks drawn by a person"),
            tr("Drawn, corrected and imported ones; they stay a person's. Locked ones never."),
        )
        self.preview = self._switch(
            tr("Show on this frame what would change"),
            tr("Green: what is added, red: what is taken away, yellow: what changes its owner."),
        )
        self.preview.setChecked(True)
        self.told = Paragraph()
        self.told.setAccessibleName(tr("What would change on this frame"))
        form = QFormLayout()
        form.addRow(self.islands, self.islands_area)
        form.addRow(self.holes, self.holes_area)
        form.addRow(tr("Smooth"), self.smooth)
        form.addRow(tr("Grow or shrink"), self.grow)
        form.addRow(tr("Objects"), self.objects)
        form.addRow(tr("Frames"), self.frames)
        form.addRow(self.drawn)
        form.addRow(self.preview)
        form.addRow(self.told)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok: QPushButton = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(tr("Clean up"))
        self.ok.setToolTip(tr("One undo step; what is finished when you cancel is kept."))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        buttons.accepted.connect(self._start)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(buttons)

    def _switch(self, text: str, about: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setToolTip(about)
        box.toggled.connect(self._choice_changed)
        return box

    def _number(self, name: str, low: int, high: int, at_zero: str) -> QSpinBox:
        box = QSpinBox()
        box.setRange(low, high)
        box.setSuffix(" px")
        box.setValue(0)
        box.setSpecialValueText(at_zero)
        box.setAccessibleName(name)
        box.valueChanged.connect(self._choice_changed)
        return box

    def _choice(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.currentIndexChanged.connect(self._choice_changed)
        return box

    def _list(self, box: QComboBox, items: list[tuple[str, object]]) -> None:
        """Show other items; what stands in the same place stays chosen."""
        box.blockSignals(True)
        before = max(box.currentIndex(), 0)
        box.clear()
        for text, data in items:
            box.addItem(text, data)
        box.setCurrentIndex(min(before, len(items) - 1))
        box.blockSignals(False)
        self._choice_changed()

    def _list_objects(self) -> None:
        document, chosen = self._workspace.document, self._workspace.object_id
        if document is None:
            return
        items: list[tuple[str, object]] = []
        if chosen in document.objects:
            only = tr("Only {name}").format(name=document.objects[chosen].name)
            items.append((only, (chosen,)))
        self._list(self.objects, [*items, (tr("All that are not locked"), None)])

    def _list_frames(self) -> None:
        span = self._workspace.span
        items: list[tuple[str, object]] = []
        if span is not None:
            text = tr("The range: {first} to {last}")
            items.append((text.format(first=span.start, last=span.stop - 1), span))
        self._list(self.frames, [*items, (tr("All"), None)])

    # -- what is chosen

    @property
    def cleaning(self) -> Cleaning:
        """What is to be done to the masks."""
        return Cleaning(
            self.islands_area.value() if self.islands.isChecked() else None,
            self.holes_area.value() if self.holes.isChecked() else None,
            self.smooth.value(),
            self.grow.value(),
        )

    def _choice_changed(self) -> None:
        if not hasattr(self, "ok"):
            return  # the dialog is still being built
        self.islands_area.setEnabled(self.islands.isChecked())
        self.holes_area.setEnabled(self.holes.isChecked())
        self.ok.setEnabled(not self.cleaning.nothing)
        self._ask()

    def _start(self) -> None:
        def begin() -> None:
            self._workspace.run(
                "clean",
                cleaning=self.cleaning,
                frames=self.frames.currentData(),
                objects=self.objects.currentData(),
                drawn=self.drawn.isChecked(),
            )
            self.accept()

        self._workspace.attempt(begin)

    # -- what it would do

    def _ask(self) -> None:
        """Find out what would change on the frame that is shown."""
        document, frame = self._workspace.document, self._workspace.frame
        if document is None or self._canvas.shown != frame or not self.preview.isChecked():
            self._hide_trial()
            return
        asked = self.objects.currentData() or sorted(document.objects)
        drawn = self.drawn.isChecked()
        objects = [o for o in asked if cleanable(document, frame, o, drawn)]
        if not objects:
            self._hide_trial()
            self.told.setText(tr("This frame has no mask that may be changed."))
        elif self.cleaning.nothing:
            self._hide_trial()
            self.told.setText(tr("Choose what is done to the masks."))
        else:
            self._trials.ask(document.label_map(frame), objects, self.cleaning)

    def _show_trial(self, trial: Trial) -> None:
        if not self._trials.is_newest(trial):
            return
        self._canvas.stack.show_trial(trial.picture)
        self._canvas.update()
        said = tr("On this frame: {gained} pixels more, {lost} fewer.")
        nothing = tr("On this frame nothing changes.")
        changes = trial.gained or trial.lost
        self.told.setText(said.format(gained=trial.gained, lost=trial.lost) if changes else nothing)

    def _hide_trial(self) -> None:
        self._trials.forget()
        self._canvas.stack.show_trial(None)
        self._canvas.update()
        self.told.setText("")

    def _document_changed(self, changed: ChangeSet) -> None:
        if changed.objects:
            self._list_objects()
        if self._workspace.frame in {*changed.labels, *changed.cells}:
            self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        place_beside(self, self._window)  # the picture shows what would change

    def hideEvent(self, event: QHideEvent) -> None:
        self._hide_trial()
        super().hideEvent(event)

    def done(self, result: int) -> None:
        self._trials.close()
        super().done(result)
