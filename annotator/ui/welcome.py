"""What one sees before a clip is open, and the stack of pages that it is one of."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.project_switcher import ProjectSwitcher

_PATH = Qt.ItemDataRole.UserRole

_STEPS = (
    QT_TR_NOOP(
        "Draw a line inside an object (key S), and outside it where the mask runs over (key X)."
    ),
    QT_TR_NOOP(
        "Do the same on a frame further on, then press <i>Fill between key frames</i> (key F)."
    ),
    QT_TR_NOOP(
        "Press W for the frame that is probably worst; correct it or accept it (key A); then "
        "export."
    ),
)


def _steps_html() -> str:
    rows = "".join(
        f"<tr><td><b>{number}</b></td><td>{tr(step)}</td></tr>"
        for number, step in enumerate(_STEPS, 1)
    )
    return f"<table cellpadding='5'>{rows}</table>"


class Pages(QStackedWidget):
    """The page of a window, which needs no more room than what is shown: not that of a greeting
    beside the panels of a project."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        shown = self.currentWidget()
        return QSize() if shown is None else shown.minimumSizeHint()


class Welcome(QWidget):
    """Open a video, a folder, a project or the demo clip; recent projects below."""

    def __init__(self, switcher: ProjectSwitcher) -> None:
        super().__init__()
        self._open_path = switcher.open_path
        title = QLabel("Strokeflow")
        title.setObjectName("title")
        lead = QLabel(
            tr(
                "Scribble on a few frames. Get a mask on every frame.\n"
                "Drop a video, a folder of images or a project here, or open one:"
            )
        )
        lead.setObjectName("lead")
        lead.setAlignment(Qt.AlignmentFlag.AlignCenter)
        video = QPushButton(tr("Open video or project …"))
        video.setObjectName("primary")
        video.clicked.connect(switcher.ask_file)
        folder = QPushButton(tr("Open image folder …"))
        folder.clicked.connect(switcher.ask_folder)
        self.demo = QPushButton(tr("Try the demo clip"))
        self.demo.setToolTip(tr("A short clip of two moving objects, made on this machine."))
        self.demo.clicked.connect(switcher.try_demo)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(video)
        buttons.addWidget(folder)
        buttons.addWidget(self.demo)
        buttons.addStretch(1)
        steps = QLabel(_steps_html())
        steps.setObjectName("steps")
        self.recent_title = QLabel(tr("Recent projects"))
        self.recent = QListWidget()
        self.recent.setAccessibleName(tr("Recent projects"))
        self.recent.setMaximumSize(620, 180)
        self.recent.itemActivated.connect(lambda item: self._open_path(Path(item.data(_PATH))))
        self.recent.itemClicked.connect(lambda item: self._open_path(Path(item.data(_PATH))))
        column = QVBoxLayout(self)
        column.setSpacing(16)
        column.addStretch(2)
        for widget in (title, lead):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(buttons)
        column.addWidget(steps, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.recent_title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.recent, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.show_recent([])

    def show_recent(self, folders: list[Path]) -> None:
        """List projects that still exist, the newest first."""
        self.recent.clear()
        for folder in folders:
            item = QListWidgetItem(f"{folder.stem}    {folder.parent}")
            item.setData(_PATH, str(folder))
            self.recent.addItem(item)
        for widget in (self.recent, self.recent_title):
            widget.setVisible(bool(folders))
        self.recent.setMinimumWidth(620 if folders else 0)
