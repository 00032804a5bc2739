"""The panel of the review: what is left, which masks to look at, the worst frames as a list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.ui.i18n import tr
from annotator.ui.panels.progress import ProgressBar
from annotator.ui.workspace import Workspace

_FRAME = Qt.ItemDataRole.UserRole
_LISTED = 100
_REFRESH_MS = 150
_BUTTONS = ("accept", "accept_next", "accept_object", "accept_span", "reject")


class ReviewPanel(QWidget):
    """Counters, filter, worst frames, and the buttons to judge them."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.bar = ProgressBar()
        self.bar.setFormat(tr("%v of %m frames are sure"))
        self.bar.setAccessibleName(tr("Frames reviewed"))
        self.left = QLabel()
        self.left.setWordWrap(True)
        self.only_chosen = QCheckBox(tr("Chosen object only"))
        self.with_remarks = QCheckBox(tr("With open remarks only"))
        self.with_remarks.setToolTip(tr("Walk and list only frames that have an open remark."))
        self.threshold = QDoubleSpinBox()
        self.threshold.setRange(0.05, 1.0)
        self.threshold.setSingleStep(0.05)
        self.threshold.setValue(1.0)
        self.threshold.setToolTip(tr("Walk and list only masks estimated below this; 1 means all."))
        self.threshold.setAccessibleName(tr("Estimated below"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Worst frames"))
        self.list.itemClicked.connect(lambda item: workspace.go_to(item.data(_FRAME)))
        self.list.itemActivated.connect(lambda item: workspace.go_to(item.data(_FRAME)))
        self._grid = QGridLayout()
        row = QHBoxLayout()
        row.addWidget(self.only_chosen, 1)
        row.addWidget(QLabel(tr("below")))
        row.addWidget(self.threshold)
        column = QVBoxLayout(self)
        for widget in (self.bar, self.left):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(self.with_remarks)
        column.addWidget(self.list, 1)
        column.addLayout(self._grid)
        self.only_chosen.toggled.connect(lambda _: self._filter())
        self.with_remarks.toggled.connect(lambda _: self._filter())
        self.threshold.valueChanged.connect(lambda _: self._filter())
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_REFRESH_MS)
        self._later.timeout.connect(self.refresh)
        for signal in (
            workspace.projectChanged,
            workspace.changed,
            workspace.objectChanged,
            workspace.spanChanged,
            workspace.review.filterChanged,
        ):
            signal.connect(self._soon)

    def fill(self, actions: Mapping[str, QAction]) -> None:
        """Put in the buttons of the table's actions."""
        for at, name in enumerate(_BUTTONS):
            action = actions[name]
            button = QPushButton(action.iconText())
            button.clicked.connect(action.trigger)
            action.changed.connect(partial(_follow, button, action))
            _follow(button, action)
            self._grid.addWidget(button, at // 2, at % 2)

    def showEvent(self, event: object) -> None:
        self.refresh()

    def _soon(self) -> None:
        # A run changes cells many times a second, and a hidden panel is read by nobody.
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def _filter(self) -> None:
        self.workspace.review.set_filter(
            only_chosen=self.only_chosen.isChecked(),
            threshold=self.threshold.value(),
            with_remarks=self.with_remarks.isChecked(),
        )

    def refresh(self) -> None:
        """Count and list anew."""
        if self.workspace.document is None:
            return
        review = self.workspace.review
        counts, worst = review.survey(_LISTED)
        self.bar.tell(counts.sure, max(counts.open + counts.sure, 1))
        parts = [tr("{count} left to review").format(count=counts.open)]
        if review.threshold < 1:
            below = tr("{count} of them below {limit}")
            parts.append(below.format(count=counts.below, limit=f"{review.threshold:.2f}"))
        if counts.empty:
            parts.append(tr("{count} without a mask").format(count=counts.empty))
        self.left.setText(", ".join(parts))
        at = self.list.currentRow()
        self.list.clear()
        for frame, value in worst:
            item = QListWidgetItem(
                tr("Frame {frame}: {value:.2f}").format(frame=frame, value=value)
            )
            item.setData(_FRAME, frame)
            self.list.addItem(item)
        # Whoever goes through them by keys stays where they were.
        self.list.setCurrentRow(min(at, self.list.count() - 1))


def _follow(button: QPushButton, action: QAction) -> None:
    button.setEnabled(action.isEnabled())
    button.setToolTip(action.toolTip())
