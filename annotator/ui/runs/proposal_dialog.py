"""First masks to choose from, as thumbnails; the chosen one is propagated over the clip."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.services.runs.requests import StoredProposal
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.panels.fields import resize_within
from annotator.ui.workspace import Workspace

_SOURCES = {
    "motion": QT_TR_NOOP("moves apart"),
    "saliency": QT_TR_NOOP("stands out"),
    "cosaliency": QT_TR_NOOP("seen all along"),
}
_WIDTH = 200


class ProposalDialog(QDialog):
    """Opens empty and fills while the clip is looked at; the best comes first."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Label without a label"))
        resize_within(self, 720, 520)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Objects found"))
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setSpacing(8)
        self.list.setWordWrap(True)
        self.list.itemActivated.connect(lambda _: self.accept())
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(tr("Label the clip"))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.about)
        column.addWidget(self.list, 1)
        column.addWidget(buttons)
        workspace.prelabel.proposed.connect(self._show)
        workspace.runsChanged.connect(self._tell)
        self.accepted.connect(self._start)
        self.rejected.connect(workspace.prelabel.stop_looking)
        workspace.prelabel.look_for_objects()
        self._tell()

    def chosen(self) -> StoredProposal | None:
        """The first mask that is marked in the list."""
        item = self.list.currentItem()
        found: StoredProposal | None = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        return found

    def _show(self) -> None:
        proposals = self.workspace.prelabel.proposals
        if len(proposals) < self.list.count():
            self.list.clear()
        for proposal in proposals[self.list.count() :]:
            self.list.addItem(self._item(proposal))
        if self.list.count() and self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self._tell()

    def _item(self, proposal: StoredProposal) -> QListWidgetItem:
        picture = np.ascontiguousarray(proposal.picture)
        height, width = picture.shape[:2]
        image = QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        known = _SOURCES.get(proposal.source)
        source = proposal.source if known is None else tr(known)
        text = tr("Frame {frame}: {source}, about {score}").format(
            frame=proposal.frame, source=source, score=f"{proposal.score:.2f}"
        )
        shown = QPixmap.fromImage(image.copy())
        icon = QIcon(shown)
        # The colour of the choice must not cover the mask that is to be judged.
        icon.addPixmap(shown, QIcon.Mode.Selected)
        item = QListWidgetItem(icon, text)
        item.setData(Qt.ItemDataRole.UserRole, proposal)
        item.setToolTip(tr("The number is how well the mask is expected to fit (J, 0 to 1)."))
        self.list.setIconSize(QSize(_WIDTH, round(_WIDTH * height / width)))
        return item

    def _tell(self) -> None:
        count = self.list.count()
        self.ok.setEnabled(count > 0)
        if count:
            text = tr(
                "Which one is meant? Its mask is carried over the whole clip or the chosen range; "
                "what you drew, accepted or locked stays."
            )
        elif self.workspace.prelabel.looking:
            text = tr("Looking for what moves and what stands out …")
        else:
            text = tr("Nothing was found. Scribble on the object on one frame instead.")
        self.about.setText(text)

    def _start(self) -> None:
        proposal = self.chosen()
        self.workspace.prelabel.stop_looking()  # the worker would go on before it labels
        self.workspace.attempt(lambda: self.workspace.prelabel.label(proposal))
