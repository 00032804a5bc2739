"""Dark and light looks from two small sets of colours; the system's choice by default."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

_DARK = {
    "window": "#23262b", "base": "#1b1d21", "text": "#e6e8eb", "muted": "#8d949e",
    "button": "#2e3238", "highlight": "#3d8bfd", "link": "#6ea8fe",
}  # fmt: skip
_LIGHT = {
    "window": "#f3f4f6", "base": "#ffffff", "text": "#1f2328", "muted": "#646b78",
    "button": "#e7e9ed", "highlight": "#1a6fe0", "link": "#0b5ed7",
}  # fmt: skip

_SHEET = """
QToolTip {{ color: {text}; background: {base}; border: 1px solid {muted}; padding: 4px; }}
QToolBar {{ border: none; spacing: 2px; padding: 3px; }}
QToolButton {{ padding: 3px 5px; border-radius: 5px; border: 2px solid transparent; }}
QToolButton:hover {{ background: {button}; }}
QToolButton:focus {{ border-color: {muted}; }}
QToolButton:checked {{ background: {button}; border-color: {highlight}; }}
QToolButton#qt_toolbar_ext_button {{ padding: 0; border: none; }}
QToolButton:disabled {{ color: {muted}; }}
QPushButton {{ padding: 6px 12px; border-radius: 5px; border: 1px solid {muted}; }}
QPushButton {{ background: {button}; }}
QPushButton:checked {{ background: {highlight}; color: white; border-color: {highlight}; }}
QPushButton:hover {{ border-color: {highlight}; }}
QPushButton:focus {{ border: 2px solid {highlight}; padding: 5px 11px; }}
QPushButton:disabled {{ color: {muted}; border-color: {button}; }}
QPushButton#primary {{ background: {highlight}; color: white; border-color: {highlight}; }}
QPushButton#primary:focus, QPushButton:checked:focus {{
    border: 2px solid {text}; padding: 5px 11px; }}
QListWidget, QTableWidget {{ border: 1px solid {button}; border-radius: 5px; }}
QListWidget:focus, QTableWidget:focus {{ border-color: {highlight}; }}
QTableWidget {{ gridline-color: {button}; }}
QHeaderView {{ background: {base}; }}
QHeaderView::section {{ background: {button}; border: none; padding: 4px 6px; }}
QListWidget::item {{ padding: 4px; }}
QCheckBox {{ border: 1px solid transparent; border-radius: 3px; }}
QCheckBox:focus {{ border-color: {highlight}; }}
QCheckBox::indicator:unchecked, QListWidget::indicator:unchecked {{
    border: 1px solid {muted}; border-radius: 3px; background: {base}; width: 13px; height: 13px; }}
QLabel#title {{ font-size: 34px; font-weight: 600; }}
QLabel#lead {{ font-size: 16px; }}
QFrame#card {{ border: 1px solid {button}; border-radius: 5px; }}
QLabel#note {{ color: {muted}; }}
QLabel#steps {{ color: {muted}; font-size: 13px; }}
Palette {{ border: 1px solid {muted}; background: {window}; }}
Palette QLineEdit {{ padding: 6px; font-size: 15px; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QMenu::item:disabled, QMenuBar::item:disabled {{ color: {muted}; }}
QTabWidget::pane {{ border: 1px solid {muted}; background: {window}; }}
QDockWidget::title {{ padding: 6px; font-weight: bold; }}
QProgressBar {{ border: 1px solid {muted}; border-radius: 5px; text-align: center; height: 18px; }}
QProgressBar::chunk {{ background: {highlight}; border-radius: 4px; }}
"""


def is_dark(choice: str) -> bool:
    """`choice` is "dark", "light" or "system"."""
    if choice in ("dark", "light"):
        return choice == "dark"
    scheme = QGuiApplication.styleHints().colorScheme()
    return scheme is not Qt.ColorScheme.Light


def apply_theme(app: QApplication, choice: str) -> str:
    """Give the application its look; returns the colour for icons."""
    colors = _DARK if is_dark(choice) else _LIGHT
    if not app.styleSheet():
        # Once: it asks every widget anew, as the sheet does.
        app.setStyle(QStyleFactory.create("Fusion"))
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, name in (
        (roles.Window, "window"),
        (roles.Base, "base"),
        (roles.AlternateBase, "window"),
        (roles.Text, "text"),
        (roles.WindowText, "text"),
        (roles.ButtonText, "text"),
        (roles.Button, "button"),
        (roles.Highlight, "highlight"),
        (roles.Link, "link"),
        (roles.PlaceholderText, "muted"),
        (roles.ToolTipBase, "base"),
        (roles.ToolTipText, "text"),
    ):
        palette.setColor(role, QColor(colors[name]))
    palette.setColor(roles.HighlightedText, QColor("white"))
    for role in (roles.Text, roles.WindowText, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors["muted"]))
    app.setPalette(palette)
    app.setStyleSheet(_SHEET.format(**colors))
    return colors["text"]
