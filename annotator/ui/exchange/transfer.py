"""Import and export dialogs: built from the format cards; they only make requests."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from annotator.io.formats.base import FormatCard
from annotator.io.formats.framemap import FILE_NAME
from annotator.io.formats.guess import guess_format
from annotator.io.formats.registry import cards
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import FittedDialog, Paragraph, typed_path
from annotator.ui.runs.option_form import OptionForm
from annotator.ui.words.phrases import localized
from annotator.ui.workspace import Workspace


class TransferDialog(FittedDialog):
    """Format, place and frames; OK is there as soon as a place is given."""

    def __init__(self, parent: QWidget, workspace: Workspace, *, export: bool) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, export)
        self.workspace = workspace
        self._export = export
        self.setWindowTitle(tr("Export labels") if export else tr("Import labels"))
        self.setMinimumWidth(520)
        self.format = QComboBox()
        for card in cards():
            if card.can_export if export else card.can_import:
                self.format.addItem(localized(card.title), card)
        self.about = Paragraph()
        self.place = QLineEdit()
        self.place.setPlaceholderText(tr("Folder or file"))
        self.place.setAccessibleName(tr("Folder or file"))
        self.place.textChanged.connect(self._tell_what_is_there)
        self.pick_file = QPushButton(tr("File …"))
        self.pick_file.clicked.connect(self._choose_file)
        self.pick_folder = QPushButton(tr("Folder …"))
        self.pick_folder.clicked.connect(self._choose_folder)
        self.there = Paragraph(
            tr("What is there already is replaced once the new export is whole.")
        )
        self.there.hide()
        self.first, self.last = QSpinBox(), QSpinBox()
        self.first.setAccessibleName(tr("First frame"))
        self.last.setAccessibleName(tr("Last frame"))
        span = workspace.span or range(workspace.n_frames)
        for box, value in ((self.first, span.start), (self.last, span.stop - 1)):
            box.setRange(0, workspace.n_frames - 1)
            box.setValue(value)
        self.options = OptionForm(tr("Options of this format"))
        self._lay_out()
        self.format.currentIndexChanged.connect(self._format_changed)
        self.place.textChanged.connect(lambda text: self._ok().setEnabled(bool(text.strip())))
        self._ok().setEnabled(False)
        self._format_changed()
        if export and workspace.bench is not None:
            self._suggest_place()

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        place.addWidget(self.place, 1)
        place.addWidget(self.pick_file)
        place.addWidget(self.pick_folder)
        span = QHBoxLayout()
        span.addWidget(self.first)
        span.addWidget(QLabel(tr("to")))
        span.addWidget(self.last)
        span.addStretch(1)
        form = QFormLayout()
        form.addRow(tr("Format"), self.format)
        form.addRow("", self.about)
        form.addRow(tr("To") if self._export else tr("From"), place)
        form.addRow("", self.there)
        form.addRow(tr("Frames"), span)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self._ok().setText(tr("Export") if self._export else tr("Import"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.options)
        column.addWidget(self.buttons)

    def _ok(self) -> QPushButton:
        return self.buttons.button(QDialogButtonBox.StandardButton.Ok)

    @property
    def card(self) -> FormatCard:
        card: FormatCard = self.format.currentData()
        return card

    @property
    def frames(self) -> range:
        """The chosen frames, in either order; the last one is included in the dialog."""
        low, high = sorted((self.first.value(), self.last.value()))
        return range(low, high + 1)

    def _format_changed(self) -> None:
        about = localized(self.card.description)
        if not self.card.lossless:
            loses = tr("Leaves out: {what}.").format(what=localized(self.card.loses))
            about = f"{about} {loses}"
        if not self.card.lossless and self.card.least_iou is not None:
            kept = tr("IoU of the masks: {iou} or more.").format(iou=f"{self.card.least_iou:g}")
            about = f"{about} {kept}"
        self.about.setText(about)
        # A folder of files may also be given as one of them; only an export has to know.
        self.pick_file.setVisible(self.card.single_file or not self._export)
        self.pick_folder.setVisible(not self.card.single_file)
        options = self.card.options if self._export else self.card.import_options
        self.options.show_options(options)
        if self._export and self.workspace.bench is not None:
            self._suggest_place()

    def _suggest_place(self) -> None:
        assert self.workspace.bench is not None
        folder = self.workspace.bench.session.folder
        suffix = self.card.extensions[0] if self.card.single_file else ""
        self.place.setText(str(folder.parent / f"{folder.stem}-{self.card.id}{suffix}"))

    def _tell_what_is_there(self, text: str) -> None:
        self.there.setVisible(
            self._export and bool(text.strip()) and _is_replaced(typed_path(self.place))
        )

    def _choose_file(self) -> None:
        suffixes = " ".join(f"*{suffix}" for suffix in self.card.extensions)
        every = tr("All")
        kinds = f"{localized(self.card.title)} ({suffixes});;{every} (*)"
        if self._export:
            name, _ = QFileDialog.getSaveFileName(self, tr("Export to"), self.place.text(), kinds)
        else:
            name, _ = QFileDialog.getOpenFileName(self, tr("Import from"), "", kinds)
        if name:
            self.place.setText(name)

    def _choose_folder(self) -> None:
        title = tr("Export into folder") if self._export else tr("Import from folder")
        name = QFileDialog.getExistingDirectory(self, title)
        if name:
            self.place.setText(name)


def _is_replaced(place: Path) -> bool:
    """Whether an export takes the place of a file or an earlier export; folders with other files
    are refused when it begins."""
    try:
        return place.is_file() or (place / FILE_NAME).is_file()
    except (OSError, ValueError):
        return False


def export_dialog(parent: QWidget, workspace: Workspace) -> TransferDialog:
    """Ask what to export where; starts the export."""
    dialog = TransferDialog(parent, workspace, export=True)
    dialog.accepted.connect(
        lambda: workspace.exchange.export(
            dialog.card.id, typed_path(dialog.place), dialog.frames, dialog.options.values()
        )
    )
    dialog.open()
    return dialog


def dropped_labels(workspace: Workspace, path: Path) -> str | None:
    """The format of what was dropped, if it is labels and a project is open to take them."""
    bench = workspace.bench
    if bench is None or bench.session.read_only:
        return None
    return guess_format(path)
