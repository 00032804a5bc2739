"""Asks for a folder of pictures and where maps of what they have in common go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from annotator.ui.i18n import tr
from annotator.ui.panels.fields import typed_path, with_button
from annotator.ui.workspace import Workspace


class PicturesDialog(QDialog):
    """Builds the order for `Exchange.cosaliency`."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Co-saliency of pictures"))
        self.setMinimumWidth(520)
        about = QLabel(
            tr(
                "Finds what the pictures of a folder have in common and writes a grey map of "
                "each. Their sizes may differ; no project is needed."
            )
        )
        about.setWordWrap(True)
        self.folder = QLineEdit()
        self.folder.setAccessibleName(tr("Folder of pictures"))
        self.out = QLineEdit()
        self.out.setAccessibleName(tr("Folder for the maps"))
        form = QFormLayout()
        form.addRow(about)
        form.addRow(tr("Pictures"), with_button(self.folder, self._choose_folder))
        form.addRow(tr("Maps"), with_button(self.out, self._choose_out))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(tr("Find"))
        self.ok.setEnabled(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(buttons)
        self.folder.textChanged.connect(self._check)
        self.out.textChanged.connect(self._check)
        self.accepted.connect(lambda: workspace.exchange.cosaliency(*self.order()))

    def order(self) -> tuple[Path, Path]:
        """The folder of pictures, and that of the maps."""
        return typed_path(self.folder), typed_path(self.out)

    def _check(self) -> None:
        self.ok.setEnabled(bool(self.folder.text().strip() and self.out.text().strip()))

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder of pictures"))
        if name:
            self.folder.setText(name)
            if not self.out.text().strip():
                self.out.setText(tr("{folder}-maps").format(folder=name))

    def _choose_out(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder for the maps"))
        if name:
            self.out.setText(name)
