"""The page of shortcuts, made from the table of commands."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

import annotator
from annotator.ui.actions import ActionTable, plain
from annotator.ui.i18n import tr


class HelpPage(QDialog):
    """All keys on one page, which scrolls where the screen is lower than it."""

    def __init__(self, parent: QWidget, table: ActionTable) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Strokeflow")
        page = QLabel(help_html(table))
        page.setTextFormat(Qt.TextFormat.RichText)
        page.setContentsMargins(12, 12, 12, 12)
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


def help_html(table: ActionTable) -> str:
    """Rich text with every command that has a key, by menu, in two columns."""
    rows = [
        f"<tr><td><b>{escape(key)}</b>&nbsp;&nbsp;</td>"
        f"<td style='white-space: nowrap'>{escape(plain(spec.text))}</td></tr>"
        for spec in table.specs
        if (key := table.key_of(spec.id))
    ]
    half = (len(rows) + 1) // 2
    columns = "".join(
        f"<td><table>{''.join(part)}</table></td>" for part in (rows[:half], rows[half:])
    )
    mouse = tr(
        "Wheel: zoom. Space or middle button: move. Alt + wheel: pen size. "
        "Shift: straight line. Esc: drop the stroke."
    )
    return (
        f"<h3>Strokeflow {annotator.__version__}</h3><p>{escape(mouse)}</p>"
        f"<table cellspacing='12'><tr>{columns}</tr></table>"
    )


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
