"""A project as one file: where it goes and whether with its media; and where one is unpacked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.core.errors import StrokeflowError
from annotator.services.project.embedding import embed_size, is_embedded
from annotator.services.project.packing import (
    PackOrder,
    UnpackOrder,
    pack_order,
    packed_file,
    unpacked_folder,
)
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import FittedDialog, Paragraph, typed_path, with_button
from annotator.ui.words.phrases import localized
from annotator.ui.words.words import bytes_text
from annotator.ui.workspace import Workspace

_COUNTED = 1000
"""Files whose sizes are looked up at most: a window does not wait for more."""


class _PlaceDialog(FittedDialog):
    """A place, a text about it, and a button that is there as soon as the place is."""

    def __init__(self, parent: QWidget, title: str, about: str, name: str, button: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(520)
        self.place = QLineEdit()
        self.place.setAccessibleName(name)
        self.there = Paragraph()
        self.there.hide()
        self.form = QFormLayout()
        self.form.addRow(Paragraph(about))
        self.form.addRow(tr("To"), with_button(self.place, self._choose))
        self.form.addRow("", self.there)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok: QPushButton = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(button)
        self.cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.cancel.setText(tr("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(self.form)
        column.addWidget(buttons)
        self.place.textChanged.connect(self._look)

    def _look(self) -> None:
        """Say what is at the place already; refuse what cannot be one."""
        remark, possible = "", bool(self.place.text().strip())
        if possible:
            try:
                remark, possible = self._remark(typed_path(self.place))
            except StrokeflowError as error:
                remark, possible = localized(error.message), False
            except (OSError, ValueError):  # a name that is too long: told when it is written
                remark = ""
        self.there.setText(remark)
        self.there.setVisible(bool(remark))
        self.ok.setEnabled(possible)

    def _remark(self, place: Path) -> tuple[str, bool]:
        """What there is to say about a place, and whether it can be one. Raises StrokeflowError."""
        raise NotImplementedError

    def _choose(self) -> None:
        raise NotImplementedError


class PackDialog(_PlaceDialog):
    """Builds the order for `Exchange.pack`."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        about = tr(
            "A copy of the project as it is now: masks, scribbles, notes, history and what was "
            "fitted on it. Any unzip program opens it."
        )
        title = tr("Save a copy as one file")
        super().__init__(parent, title, about, tr("File to write"), tr("Save"))
        assert workspace.bench is not None
        self._project = workspace.bench.project
        self.media = QCheckBox()
        self.form.addRow("", self.media)
        self.setTabOrder(self.media, self.ok)  # else it comes after the buttons
        self.setTabOrder(self.ok, self.cancel)
        self._describe_media()
        self.place.setText(str(packed_file(self._project.session.folder)))
        self.accepted.connect(
            lambda: workspace.attempt(lambda: workspace.exchange.pack(self.order()))
        )

    def order(self) -> PackOrder:
        """Raises ProjectError, MediaError."""
        return pack_order(self._project, typed_path(self.place), self.media.isChecked())

    def _describe_media(self) -> None:
        media = self._project.media
        if media is None:
            self.media.setText(tr("Without the media: they are missing"))
            self.media.setEnabled(False)
        elif is_embedded(self._project):
            self.media.setText(tr("With the media: they are in the project folder"))
            self.media.setChecked(True)
            self.media.setEnabled(False)
        else:
            text = tr("With the media")
            if len(media.files) <= _COUNTED:
                text += f" ({bytes_text(embed_size(map(str, media.files)))})"
            self.media.setText(text)
            self.media.setToolTip(
                tr("Then the file is all that another machine needs; it is as large as they are.")
            )

    def _remark(self, place: Path) -> tuple[str, bool]:
        file = packed_file(place, place)
        if file.is_dir():
            return tr("That is a folder."), False
        there = tr("What is there already is replaced once the new file is whole.")
        return there if file.exists() else "", True

    def _choose(self) -> None:
        kinds = tr("Packed projects") + " (*.strokeflowz)"
        name, _ = QFileDialog.getSaveFileName(self, tr("Save to"), self.place.text(), kinds)
        if name:
            self.place.setText(name)


class UnpackDialog(_PlaceDialog):
    """Asks where a packed project is to be unpacked."""

    def __init__(self, parent: QWidget, file: Path) -> None:
        about = tr("{name} is a project in one file. To work on it, it becomes a folder.")
        title = tr("Unpack a project")
        told = about.format(name=file.name)
        super().__init__(parent, title, told, tr("Folder to make"), tr("Unpack and open"))
        self._file = file
        self.place.setText(str(_free(unpacked_folder(file))))

    def order(self) -> UnpackOrder:
        """Raises ProjectError."""
        folder = unpacked_folder(self._file, typed_path(self.place))
        return UnpackOrder(str(self._file), str(folder))

    def _remark(self, place: Path) -> tuple[str, bool]:
        if unpacked_folder(self._file, place).exists():
            return tr("There is something of that name already."), False
        return "", True

    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Unpack into"))
        if name:
            self.place.setText(str(_free(Path(name) / unpacked_folder(self._file).name)))


def _free(folder: Path) -> Path:
    """The folder, or the same with a number where it is there already."""
    for number in range(1, 100):
        name = folder.stem if number == 1 else f"{folder.stem}-{number}"
        if not folder.with_name(name + folder.suffix).exists():
            return folder.with_name(name + folder.suffix)
    return folder
