"""Many projects into one data set: which ones, what of them, and where to."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from annotator.core.errors import StrokeflowError
from annotator.io.formats.base import FormatCard
from annotator.io.formats.layouts import joins_clips, layout_of
from annotator.io.formats.registry import cards
from annotator.services.exchange.dataset import IMAGES, UNSURE, DatasetOrder, parse_splits
from annotator.ui.exchange.project_list import ProjectList
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import FittedDialog, Paragraph, typed_path, with_button
from annotator.ui.runs.option_form import OptionForm
from annotator.ui.words.phrases import localized
from annotator.ui.workspace import Workspace


class DatasetDialog(FittedDialog):
    """Builds the order for `Exchange.dataset`; OK is there as soon as it can be carried out."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.workspace = workspace
        self.setWindowTitle(tr("Make a data set"))
        self.setMinimumWidth(600)
        self.projects = ProjectList()
        self.format = QComboBox()
        # Those whose clips are joined as readers expect it come first.
        for card in sorted(cards(), key=lambda card: not joins_clips(card.id)):
            if card.can_export:
                self.format.addItem(localized(card.title), card)
        self.about = Paragraph()
        self.place = QLineEdit()
        self.place.setAccessibleName(tr("Folder to write"))
        self.splits = QLineEdit("train=80,val=20")
        self.splits.setToolTip(tr("Names and shares; whole clips go into one split."))
        self.classes = QLineEdit()
        self.classes.setPlaceholderText(tr("All; or names with commas between them"))
        self.quality = QDoubleSpinBox()
        self.quality.setRange(0.0, 1.0)
        self.quality.setSingleStep(0.05)
        self.accepted_only = QCheckBox(tr("Only masks that a person made or accepted"))
        self.done_only = QCheckBox(tr("Only projects that are marked done"))
        self.every = QSpinBox()
        self.every.setRange(1, 1000)
        self.unsure = _choices(
            dict(zip(UNSURE, (tr("Leave the frame out"), tr("Make the mask void")), strict=True))
        )
        self.images = _choices(
            dict(
                zip(
                    IMAGES,
                    (tr("None"), tr("JPEG"), tr("PNG"), tr("Links to the files of image folders")),
                    strict=True,
                )
            )
        )
        self.images.setCurrentIndex(IMAGES.index("jpg"))
        self.licence = QLineEdit()
        self.licence.setPlaceholderText(tr("For the README, such as CC BY 4.0"))
        self.options = OptionForm(tr("Options of this format"))
        self.trouble = Paragraph()
        self._lay_out()
        self.format.currentIndexChanged.connect(self._format_changed)
        self.projects.changed.connect(self._check)
        self.projects.refused.connect(self._say)
        for line in (self.place, self.splits):
            line.textChanged.connect(self._check)
        bench = workspace.bench
        if bench is not None:
            folder = bench.session.folder
            self.projects.add([folder])
            self.place.setText(str(folder.parent / "dataset"))
        self._format_changed()
        self._check()
        self.accepted.connect(lambda: workspace.exchange.dataset(self.order()))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("Projects"), self.projects)
        form.addRow(tr("Format"), self.format)
        form.addRow("", self.about)
        form.addRow(tr("To"), with_button(self.place, self._choose_place))
        rows = (
            (tr("Splits"), self.splits),
            (tr("Classes"), self.classes),
            (tr("Least quality"), self.quality),
            ("", self.accepted_only),
            ("", self.done_only),
            (tr("Uncertain masks"), self.unsure),
            (tr("Every Nth frame"), self.every),
            (tr("Pictures"), self.images),
            (tr("Licence"), self.licence),
        )
        for name, widget in rows:
            if name:
                widget.setAccessibleName(name)
            form.addRow(name, widget)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.ok = self.buttons.button(kinds.Ok)
        self.ok.setText(tr("Make data set"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.options)
        column.addWidget(self.trouble)
        column.addWidget(self.buttons)

    @property
    def card(self) -> FormatCard:
        card: FormatCard = self.format.currentData()
        return card

    def order(self) -> DatasetOrder:
        """What was chosen. Raises RequestError."""
        names = (name.strip() for name in self.classes.text().split(","))
        return DatasetOrder(
            projects=self.projects.paths(),
            format=self.card.id,
            out=str(typed_path(self.place)) if self.place.text().strip() else "",
            splits=parse_splits(self.splits.text()),
            classes=tuple(name for name in names if name),
            min_quality=self.quality.value(),
            accepted=self.accepted_only.isChecked(),
            done=self.done_only.isChecked(),
            every=self.every.value(),
            unsure=self.unsure.currentData(),
            images=self.images.currentData(),
            licence=self.licence.text(),
            options=self.options.values(),
        )

    def _format_changed(self) -> None:
        about = tr("Layout: {structure}").format(
            structure=localized(layout_of(self.card.id).structure)
        )
        if not self.card.lossless:
            about += ". " + tr("Leaves out: {what}.").format(what=localized(self.card.loses))
        self.about.setText(about)
        fixed = layout_of(self.card.id).fixed
        self.options.show_options(o for o in self.card.options if o.name not in fixed)

    def _check(self) -> None:
        trouble = ""
        try:
            self.order().check()
        except StrokeflowError as error:
            trouble = f"{localized(error.message)} {localized(error.hint)}"
        self._say(trouble)
        self.ok.setEnabled(not trouble and bool(self.place.text().strip()))

    def _say(self, trouble: str) -> None:
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))

    def _choose_place(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder to write"))
        if name:
            self.place.setText(name)


def _choices(words: dict[str, str]) -> QComboBox:
    box = QComboBox()
    for value, word in words.items():
        box.addItem(word, value)
    return box
