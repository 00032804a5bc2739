"""Fields that several dialogs have."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton

from annotator.ui.i18n import tr


def with_button(line: QLineEdit, choose: Callable[[], None]) -> QHBoxLayout:
    """A line for a path, and a button that opens the system's dialog for it."""
    button = QPushButton(tr("Choose …"))
    button.setAccessibleName(tr("Choose: {what}").format(what=line.accessibleName()))
    button.clicked.connect(choose)
    row = QHBoxLayout()
    row.addWidget(line, 1)
    row.addWidget(button)
    return row


def fit_height(dialog: QDialog) -> None:
    """Make a dialog as high as its texts need at its width; wrapped lines would be cut off."""
    column = dialog.layout()
    if column is not None:
        column.activate()
        least = max(dialog.minimumWidth(), column.totalSizeHint().width())
        width = dialog.width() if dialog.isVisible() else least
        dialog.resize(width, column.totalHeightForWidth(width))
