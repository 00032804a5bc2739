"""The dialogs of the window. Their modules are loaded when they are first asked for: without them
the window is there sooner."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from annotator.services.project.embedding import embed_order
from annotator.ui.i18n import tr
from annotator.ui.words.words import bytes_text

if TYPE_CHECKING:
    from annotator.ui.main_window import MainWindow
    from annotator.ui.runs.model_manager import ModelManager


class Dialogs:
    """Opens the dialogs of one window; the window goes on meanwhile.

    Those that need a project do nothing without one.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._workspace = window.workspace
        self._models: ModelManager | None = None

    def ask_command(self) -> None:
        """The command palette."""
        from annotator.ui.commands.palette import Palette

        table = self._window.table
        shown = [spec.id for spec in table.specs if spec.id != "palette"]
        palette = Palette(self._window, [table.actions[name] for name in shown])
        palette.show()
        palette.typed.setFocus()

    def ask_import(self, path: Path | None = None, format_id: str | None = None) -> None:
        """What to import, with what is known of it already filled in."""
        from annotator.ui.exchange.import_dialog import import_dialog

        if self._workspace.bench is not None:
            import_dialog(self._window, self._workspace, path, format_id)

    def ask_dropped(self, path: Path) -> bool:
        """The same, if what was dropped is labels that can be taken; whether it is."""
        from annotator.ui.exchange.transfer import dropped_labels

        format_id = dropped_labels(self._workspace, path)
        if format_id is not None:
            self.ask_import(path, format_id)
        return format_id is not None

    def ask_embed(self) -> None:
        """Whether the media are to be copied, with how much that is."""
        if self._workspace.bench is not None:
            self._workspace.attempt(self._ask_embed)

    def _ask_embed(self) -> None:
        bench = self._workspace.bench
        assert bench is not None
        order = embed_order(bench.project)
        question = QMessageBox(self._window)
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle("Strokeflow")
        question.setText(
            tr("Copy the media ({size}) into the project folder?").format(
                size=bytes_text(order.size)
            )
        )
        question.setInformativeText(
            tr("The project can be moved or handed on as a whole then. The originals stay.")
        )
        copy = question.addButton(tr("Copy"), QMessageBox.ButtonRole.AcceptRole)
        question.addButton(QMessageBox.StandardButton.Cancel)
        question.setDefaultButton(copy)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy.clicked.connect(lambda: self._workspace.exchange.embed(order))
        question.open()

    def ask_pack(self) -> None:
        """Where a copy of the project goes, as one file."""
        from annotator.ui.exchange.pack_dialogs import PackDialog

        if self._workspace.bench is not None:
            self._workspace.attempt(lambda: PackDialog(self._window, self._workspace).open())

    def ask_export(self) -> None:
        from annotator.ui.exchange.transfer import export_dialog

        if self._workspace.bench is not None:
            export_dialog(self._window, self._workspace)

    def ask_dataset(self) -> None:
        """Many projects into one set."""
        from annotator.ui.exchange.dataset_dialog import DatasetDialog

        DatasetDialog(self._window, self._workspace).open()

    def ask_survey(self) -> None:
        """Where in many projects a mask helps most."""
        from annotator.ui.runs.survey_dialog import SurveyDialog

        dialog = self._window.findChild(SurveyDialog) or SurveyDialog(self._window)
        dialog.show()
        dialog.activateWindow()

    def ask_models(self) -> None:
        """The page of models. It is kept once it knows of orders."""
        from annotator.ui.runs.model_manager import ModelManager

        if self._models is None:
            self._models = ModelManager(self._window, self._workspace)
            self._models.finished.connect(self._leave_models)
        self._models.show()
        self._models.raise_()

    def _leave_models(self) -> None:
        if self._models is not None and not self._models.has_orders:
            self._models.deleteLater()
            self._models = None

    def ask_run(self) -> None:
        """A run with everything one can choose."""
        from annotator.ui.runs.run_dialog import RunDialog

        if self._workspace.bench is not None:
            self._workspace.attempt(lambda: RunDialog(self._window, self._workspace).open())

    def ask_clean(self) -> None:
        """What is done to the masks of many frames."""
        from annotator.ui.clean_dialog import CleanDialog

        if self._workspace.bench is not None:
            dialog = self._window.findChild(CleanDialog) or CleanDialog(self._window)
            dialog.show()
            dialog.activateWindow()

    def ask_proposals(self) -> None:
        """First masks without a label, to choose from."""
        from annotator.ui.runs.proposal_dialog import ProposalDialog

        ProposalDialog(self._window, self._workspace).open()

    def ask_pictures(self) -> None:
        """What a folder of pictures has in common."""
        from annotator.ui.exchange.pictures_dialog import PicturesDialog

        PicturesDialog(self._window, self._workspace).open()

    def ask_report(self) -> None:
        from annotator.ui.review.report_dialog import ReportDialog

        if self._workspace.bench is not None:
            ReportDialog(self._window, self._workspace).open()

    def ask_stage(self) -> None:
        """Where the project is to go."""
        from annotator.ui.review.stage_dialog import StageDialog

        if self._workspace.bench is not None:
            StageDialog(self._window, self._workspace).open()

    def show_steps(self) -> None:
        """The maps of the adaptation on this frame."""
        from annotator.ui.runs.steps_dialog import StepsDialog

        dialog = self._window.findChild(StepsDialog) or StepsDialog(self._window, self._workspace)
        dialog.show()
        dialog.activateWindow()

    def show_help(self) -> None:
        """All keys."""
        from annotator.ui.commands.help import HelpPage

        HelpPage(self._window, self._window.table).open()
