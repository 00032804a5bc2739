"""Importing labels: what and from where, then which object takes what."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialogButtonBox, QWidget

from annotator.core.errors import StrokeflowError
from annotator.core.options import Value
from annotator.jobs.base import Job
from annotator.services.exchange.mapping import Incoming
from annotator.ui.exchange.mapping_dialog import MappingDialog
from annotator.ui.exchange.transfer import TransferDialog
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import Paragraph, typed_path
from annotator.ui.words.phrases import localized
from annotator.ui.workspace import Workspace

Looked = tuple[str, Path, frozenset[int], dict[str, Value]]
"""Format, place, frames and options of a label file that was looked at."""


class ImportDialog(TransferDialog):
    """Reads the file before it closes. What does not fit is told here, where sizes and matching can
    be set; objects are asked about where the project has some, or where that is wished."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent, workspace, export=False)
        self._job: Job | None = None
        self._looked_at: Looked | None = None
        self._busy_with: QWidget | None = None
        self._ask = False
        self.mapping: MappingDialog | None = None
        self.trouble = Paragraph()
        self.trouble.setObjectName("trouble")
        self.trouble.hide()
        column = self.layout()
        assert column is not None
        column.removeWidget(self.buttons)
        column.addWidget(self.trouble)
        column.addWidget(self.buttons)
        self.objects = self.buttons.addButton(
            tr("Choose objects …"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.objects.setToolTip(tr("Say which object of the project takes what, before importing."))
        self.objects.setEnabled(False)
        self.objects.clicked.connect(self._look_and_ask)
        self.place.textChanged.connect(self._place_changed)

    def accept(self) -> None:
        """Look at the file first; the dialog closes when the import begins."""
        self._look(ask=False)

    def reject(self) -> None:
        if self._job is not None:
            self.workspace.host.runner.cancel(self._job)
        super().reject()

    def done(self, result: int) -> None:
        super().done(result)
        if self._job is None:
            self.deleteLater()

    def _look_and_ask(self) -> None:
        self._look(ask=True)

    def _place_changed(self, text: str) -> None:
        self.trouble.hide()
        self.objects.setEnabled(bool(text.strip()))

    def _look(self, *, ask: bool) -> None:
        if self._job is not None or self.workspace.bench is None:
            return
        self._ask = ask
        self.trouble.setText(tr("Reading …"))
        self.trouble.show()
        self._looked_at = (
            self.card.id, typed_path(self.place), frozenset(self.frames), self.options.values()
        )  # fmt: skip
        self._let_choose(False)
        self._job = self.workspace.exchange.look(*self._looked_at, self._found, self._looked)
        if self._job is None:
            self._let_choose(True)
            self.trouble.hide()

    def _let_choose(self, on: bool) -> None:
        """What is being read must stay what will be imported."""
        if not on:
            self._busy_with = self.focusWidget()
        fields = (self.format, self.place, self.pick_file, self.pick_folder, self.first, self.last)
        for field in (*fields, self.options, self.objects):
            field.setEnabled(on)
        if on and self._busy_with is not None:
            self._busy_with.setFocus()  # disabled fields lose it

    def _looked(self, job: Job) -> None:
        self._job = None
        if not self.isVisible():
            self.deleteLater()  # closed meanwhile
            return
        self._let_choose(True)
        if isinstance(job.error, StrokeflowError):
            self.trouble.setText(f"{localized(job.error.message)} {localized(job.error.hint)}")
        else:
            self.trouble.hide()

    def _found(self, incoming: tuple[Incoming, ...]) -> None:
        bench = self.workspace.bench
        if bench is None or not self.isVisible():
            return
        if not self._ask and not bench.document.objects:
            self._import({}, False)
            return
        name = typed_path(self.place).name
        dialog = MappingDialog(self, incoming, bench.document, name)
        self.mapping = dialog
        dialog.accepted.connect(lambda: self._import(dialog.mapping, dialog.overwrite))
        dialog.open()

    def _import(self, mapping: dict[int, int], overwrite: bool) -> None:
        assert self._looked_at is not None
        self.workspace.exchange.import_labels(*self._looked_at, mapping, overwrite)
        super().accept()


def import_dialog(
    parent: QWidget, workspace: Workspace, path: Path | None = None, format_id: str | None = None
) -> ImportDialog:
    """Ask what to import from where, with what is known already filled in; starts the import."""
    dialog = ImportDialog(parent, workspace)
    if format_id is not None:
        ids = [dialog.format.itemData(i).id for i in range(dialog.format.count())]
        dialog.format.setCurrentIndex(max(ids.index(format_id), 0))
    if path is not None:
        dialog.place.setText(str(path))
    dialog.open()
    return dialog
