"""Fields that several dialogs have."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton

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
