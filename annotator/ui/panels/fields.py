"""Fields that several dialogs have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QWidget,
)

from annotator.ui.i18n import tr
from annotator.ui.panels.delegates import WrapDelegate

_FRAME = QSize(16, 48)
"""Room for the frame and the title of a window."""
_MARGIN, _TOP = 12, 90
"""Pixels from a dialog beside the picture to the edges of the window."""


def with_button(line: QLineEdit, choose: Callable[[], None]) -> QHBoxLayout:
    """A line for a path, and a button that opens the system's dialog for it."""
    button = QPushButton(tr("Choose …"))
    button.setAccessibleName(tr("Choose: {what}").format(what=line.accessibleName()))
    button.clicked.connect(choose)
    row = QHBoxLayout()
    row.addWidget(line, 1)
    row.addWidget(button)
    return row


def wrap_rows(rows: QListWidget) -> None:
    """Let rows be as high as their text needs at the width that the list has."""
    rows.setWordWrap(True)
    rows.setItemDelegate(WrapDelegate(rows))
    rows.setResizeMode(QListWidget.ResizeMode.Adjust)
    rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


def resize_within(dialog: QDialog, width: int, height: int) -> None:
    """Give a dialog this size, or as much of it as a small screen has."""
    room = dialog.screen().availableSize() - _FRAME
    dialog.resize(QSize(width, height).boundedTo(room))


def place_beside(dialog: QDialog, window: QWidget) -> None:
    """Move a dialog away from the picture of the window, as far as there is room."""
    frame, room = window.frameGeometry(), dialog.screen().availableGeometry()
    lowest = room.bottom() - dialog.height() - _FRAME.height()
    top = max(min(frame.top() + _TOP, lowest), room.top())
    dialog.move(max(frame.right() - dialog.width() - _MARGIN, frame.left()), top)


def typed_path(line: QLineEdit) -> Path:
    """The path in a line as a shell takes it: `~` is the home folder, blanks around it are none."""
    path = Path(line.text().strip())
    try:
        return path.expanduser()
    except RuntimeError:  # of a person who is not known here: then it is a name like any other
        return path


class Paragraph(QLabel):
    """Text that wraps, as high as its lines at the width it is given."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setWordWrap(True)

    def sizeHint(self) -> QSize:
        # A form makes room for the hint as well, which is that of a narrow column.
        return QSize(super().sizeHint().width(), self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.fontMetrics().height())


class FittedDialog(QDialog):
    """As high as its texts and fields need at its width, whatever they become; wrapped lines would
    be cut off."""

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        # Sent whenever a part asks for other room, also a moment after it was filled anew.
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def showEvent(self, event: QShowEvent) -> None:
        self._fit()
        super().showEvent(event)

    def _fit(self) -> None:
        column = self.layout()
        if column is not None:
            column.activate()
            least = max(self.minimumWidth(), column.totalSizeHint().width())
            width = self.width() if self.isVisible() else least
            resize_within(self, width, column.totalHeightForWidth(width))
