"""Asks where a report goes and whether there is a ground truth to compare with."""

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


class ReportDialog(QDialog):
    """Builds the order for `Exchange.report`."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        assert workspace.bench is not None
        self.setWindowTitle(tr("Report"))
        self.setMinimumWidth(520)
        folder = workspace.bench.session.folder
        self.place = QLineEdit(str(folder.parent / f"{folder.stem}-report.html"))
        self.place.setAccessibleName(tr("File to write"))
        self.truth = QLineEdit()
        self.truth.setAccessibleName(tr("Folder of true masks"))
        self.truth.setPlaceholderText(tr("None: without J and F"))
        about = QLabel(
            tr(
                "One page with plots: effort, who made which mask, estimated quality and what is "
                "left to review. With a folder of true masks (PNG, named like the frames) also "
                "J and F."
            )
        )
        about.setWordWrap(True)
        form = QFormLayout()
        form.addRow(about)
        form.addRow(tr("To"), with_button(self.place, self._choose_place))
        form.addRow(tr("True masks"), with_button(self.truth, self._choose_truth))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(tr("Write report"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(buttons)
        self.place.textChanged.connect(lambda text: self.ok.setEnabled(bool(text.strip())))
        self.accepted.connect(lambda: workspace.exchange.report(*self.order()))

    def order(self) -> tuple[Path, Path | None]:
        """Where to write, and the folder of true masks if one was given."""
        truth = typed_path(self.truth) if self.truth.text().strip() else None
        return typed_path(self.place), truth

    def _choose_place(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Write report to"), self.place.text(), "HTML (*.html)"
        )
        if name:
            self.place.setText(name)

    def _choose_truth(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder of true masks"))
        if name:
            self.truth.setText(name)
