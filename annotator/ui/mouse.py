"""What the mouse does right now, wherever it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication


def is_pressed() -> bool:
    """Whether a button is down: there may be a stroke under the pen."""
    return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
