"""The page of shortcuts, made from the table of commands."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

import annotator
from annotator.ui.commands.actions import ActionTable, plain
from annotator.ui.i18n import tr


class HelpPage(QDialog):
    """All keys on one page, which scrolls where the screen is lower than it."""

    def __init__(self, parent: QWidget, table: ActionTable) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Strokeflow")
        page = _page(table)
        area = QScrollArea()
        area.setWidget(page)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(plain(tr("&Keys and about")))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(area, 1)
        column.addWidget(buttons)
        room = parent.screen().availableSize()
        bar = area.verticalScrollBar().sizeHint().width()
        wanted = page.sizeHint() + QSize(bar + 30, buttons.sizeHint().height() + 40)
        self.resize(wanted.boundedTo(room - QSize(40, 80)))


def _page(table: ActionTable) -> QWidget:
    """Every command that has a key, by menu, in two columns of keys and words."""
    page = QWidget()
    grid = QGridLayout(page)
    grid.setHorizontalSpacing(10)
    mouse = tr(
        "Wheel: zoom. Space or middle button: move. Alt + wheel: pen size. "
        "Shift: straight line. Esc: drop the stroke."
    )
    about = QLabel(f"<h3>Strokeflow {annotator.__version__}</h3><p>{escape(mouse)}</p>")
    grid.addWidget(about, 0, 0, 1, 4)
    known = commands_with_keys(table)
    half = (len(known) + 1) // 2
    high = page.fontMetrics().lineSpacing() + 3
    for at, part in enumerate((known[:half], known[half:])):
        for beside, words in enumerate(zip(*part, strict=True)):
            grid.addWidget(_lines(words, high, bold=beside == 0), 1, 2 * at + beside)
    return page


def commands_with_keys(table: ActionTable) -> list[tuple[str, str]]:
    """(key, what it does) in the order of the menus."""
    keys = ((table.key_of(spec.id), plain(spec.text)) for spec in table.specs)
    return [(key, text) for key, text in keys if key]


def _lines(words: tuple[str, ...], high: int, *, bold: bool) -> QLabel:
    """Lines of one height, px, whatever their letters: those beside them belong to them. Qt lays
    them out many times faster than a table."""
    weight = "bold" if bold else "normal"
    style = f"line-height: {high}px; white-space: pre; font-weight: {weight}"
    label = QLabel(f"<p style='{style}'>{'<br>'.join(map(escape, words))}</p>")
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    return label


def help_texts() -> dict[str, str]:
    """What the parts of the window are for, by their name in `MainWindow`."""
    return {
        "canvas": tr(
            "The picture with the masks. The tool on the left says what the left button does; the "
            "wheel zooms, the middle button moves."
        ),
        "timeline": tr(
            "All frames: on top who made the mask, below how good it is thought to be. Click to go "
            "there, the wheel zooms, Shift and drag chooses the range that runs keep to."
        ),
        "transport": tr("Play, step and jump between key frames; type a number to go to a frame."),
        "objects": tr("The objects: click to choose, double click to rename, untick to hide."),
        "run_panel": tr("Let a method fill frames from what you drew. Your own frames stay."),
        "job_panel": tr("What runs and what waits, how it went, and the same once more."),
        "review_panel": tr("What is left to look at, the worst first; accept or reject it."),
        "remarks": tr(
            "What people wrote about frames: click one to go there, answer it, resolve it. Ctrl+T "
            "writes a new one; with a pin it points to a place of the picture."
        ),
        "history": tr("Every step since the project was made; click one to go back to it."),
        "welcome": tr("Open a video, a folder of images or a project, or try the demo clip."),
    }
