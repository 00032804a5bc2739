"""A list of projects that a person puts together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.services.project.projects import projects_within
from annotator.ui.i18n import tr

_HEIGHT = 110


class ProjectList(QWidget):
    """Projects by their folders, each once, and the buttons that add and remove some.

    Signals:
        changed: the list holds other projects.
        refused(why): what was chosen holds no project.
    """

    changed = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Projects"))
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMaximumHeight(_HEIGHT)
        self.remove = QPushButton(tr("Remove"))
        self.remove.setToolTip(tr("Take the chosen ones off the list (Del); they stay on disk."))
        self.remove.clicked.connect(self._remove)
        self.setFocusProxy(self.list)
        side = QVBoxLayout()
        for text, title in (
            (tr("Add project …"), tr("A project (NAME.strokeflow)")),
            (tr("Add folder of projects …"), tr("A folder that holds projects")),
        ):
            button = QPushButton(text)
            button.clicked.connect(lambda _checked=False, title=title: self._choose(title))
            side.addWidget(button)
        side.addWidget(self.remove)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.list, 1)
        row.addLayout(side)
        delete = QShortcut(QKeySequence.StandardKey.Delete, self.list, self._remove)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        self.list.itemSelectionChanged.connect(self._enable)
        self._enable()

    def paths(self) -> tuple[str, ...]:
        return tuple(self.list.item(i).text() for i in range(self.list.count()))

    def add(self, folders: Iterable[Path]) -> None:
        """List projects that are not listed yet."""
        known = self.paths()
        new = [path for path in dict.fromkeys(map(str, folders)) if path not in known]
        if new:
            self._append(new)
            self.changed.emit()

    def show_paths(self, paths: Iterable[str]) -> None:
        """List these and no others; `changed` is not told."""
        self.list.clear()
        self._append(list(paths))

    def _append(self, paths: list[str]) -> None:
        self.list.addItems(paths)
        for row in range(self.list.count() - len(paths), self.list.count()):
            self.list.item(row).setToolTip(self.list.item(row).text())

    def _choose(self, title: str) -> None:
        name = QFileDialog.getExistingDirectory(self, title)
        if name:
            found = projects_within(Path(name))
            self.add(found)
            if not found:
                self.refused.emit(tr("There is no project in {folder}.").format(folder=Path(name)))

    def _remove(self) -> None:
        chosen = self.list.selectedItems()
        for item in chosen:
            self.list.takeItem(self.list.row(item))
        if chosen:
            self.changed.emit()

    def _enable(self) -> None:
        self.remove.setEnabled(bool(self.list.selectedItems()))
