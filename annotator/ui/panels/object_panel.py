"""The list of objects: colour, name, visibility, and the state of each on the current frame."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.core.document import ChangeSet
from annotator.core.objects import ObjectInfo
from annotator.core.types import Cell, Provenance
from annotator.ui.commands.objects import ObjectCommands, swatch
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.panels.delegates import NOTE, NoteDelegate
from annotator.ui.words.words import PROVENANCE_WORDS, cell_words
from annotator.ui.workspace import Workspace

_ID = Qt.ItemDataRole.UserRole

_PAIRED = {
    "merge": QT_TR_NOOP("Merge into"),
    "swap": QT_TR_NOOP("Swap from this frame on with"),
}
"""What can be done with two objects, and how it is called."""


class ObjectPanel(QWidget):
    """Choose, add, rename (double click or F2), hide (check box), recolour and delete objects."""

    def __init__(self, workspace: Workspace, commands: ObjectCommands) -> None:
        super().__init__()
        self.workspace = workspace
        self.commands = commands
        self._filling = False
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Objects"))
        self.list.setIconSize(QSize(16, 16))
        self.list.setItemDelegate(NoteDelegate(self.list))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.list.currentItemChanged.connect(self._chosen)
        self.list.itemChanged.connect(self._changed)
        self.hint = QLabel(tr("Draw on the picture, or add an object."))
        self.hint.setWordWrap(True)
        self.add = QPushButton(tr("Add object"))
        self.add.setToolTip(tr("Add another object; its id is never used again for another one."))
        self.add.clicked.connect(self.add_object)
        self.delete = QPushButton(tr("Delete"))
        self.delete.setToolTip(
            tr("Delete the chosen object with all its masks (undo brings it back).")
        )
        self.delete.clicked.connect(self.delete_object)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.delete)
        column = QVBoxLayout(self)
        column.addWidget(self.hint)
        column.addWidget(self.list, 1)
        column.addLayout(buttons)
        # Once the name is taken, or is not, its row is as the others.
        self.list.itemDelegate().closeEditor.connect(lambda: QTimer.singleShot(0, self.refresh))
        workspace.projectChanged.connect(self._project_changed)
        workspace.changed.connect(self._document_changed)
        workspace.frameChanged.connect(lambda _: self._show_states())
        workspace.objectChanged.connect(self._select)
        workspace.closing.connect(self._end_naming)

    def refresh(self) -> None:
        """Show the objects as they are now."""
        document = self.workspace.document
        objects = [] if document is None else list(document.objects.values())
        bench = self.workspace.bench
        writable = bench is not None and not bench.session.read_only
        self._filling = True
        self._fit_rows([info.id for info in objects], writable=writable)
        named = self._named
        for item, info in zip(self._items(), objects, strict=True):
            if item is named:
                continue
            item.setText(info.name)
            item.setIcon(swatch(info.color))
            item.setCheckState(Qt.CheckState.Checked if info.visible else Qt.CheckState.Unchecked)
        self._filling = False
        self._show_states()
        self._select(self.workspace.object_id)
        there = document is not None
        self.add.setEnabled(writable)
        self.delete.setEnabled(writable and self.list.count() > 0)
        self.hint.setVisible(there and self.list.count() == 0)

    def _fit_rows(self, ids: list[int], *, writable: bool) -> None:
        """A row for each object, in their order. The others stay as they are: new ones would scroll
        the list away from under the pointer, and end the name that is being typed."""
        for row in reversed(range(self.list.count())):
            if self.list.item(row).data(_ID) not in ids:
                self.list.takeItem(row)
        for row, object_id in enumerate(ids):
            if row >= self.list.count() or self.list.item(row).data(_ID) != object_id:
                self.list.insertItem(row, _row(object_id, writable=writable))

    @property
    def _named(self) -> QListWidgetItem | None:
        """The row whose name is being typed: Qt would put the old one back if it changed."""
        editor = self.list.indexWidget(self.list.currentIndex())
        return None if editor is None else self.list.currentItem()

    def add_object(self) -> None:
        bench = self.workspace.bench
        if bench is not None:
            self.workspace.attempt(lambda: self.workspace.choose_object(bench.edit.add_object().id))

    def delete_object(self) -> None:
        """Delete the chosen object; undo brings it back, so nobody is asked twice."""
        self.workspace.desk.after_live(partial(self._delete, self.workspace.object_id))

    def _delete(self, chosen: int) -> None:
        bench = self.workspace.bench
        if bench is None or chosen not in bench.document.objects:
            return
        name = bench.document.objects[chosen].name
        if self.workspace.attempt(lambda: bench.edit.delete_object(chosen)):
            said = tr("{name} was deleted.").format(name=name), tr("Undo brings it back.")
            bench.session.when_done(partial(self.workspace.noticed.emit, "info", *said))

    # -- inner

    def _end_naming(self) -> None:
        """A name that is being typed counts, as when the keyboard goes elsewhere."""
        editor = self.list.indexWidget(self.list.currentIndex())
        if editor is not None:
            self.list.commitData(editor)

    def _project_changed(self) -> None:
        self._filling = True
        self.list.clear()
        self._filling = False
        self.refresh()

    def _document_changed(self, changed: ChangeSet) -> None:
        if changed.objects:
            self.refresh()
        elif self.workspace.frame in changed.cells:
            self._show_states()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _select(self, object_id: int) -> None:
        for item in self._items():
            if item.data(_ID) == object_id:
                self.list.setCurrentItem(item)

    def _show_states(self) -> None:
        document = self.workspace.document
        if document is None:
            return
        self._filling = True
        named = self._named
        for item in self._items():
            if item is named:
                continue
            cell = document.cell(self.workspace.frame, item.data(_ID))
            absent = cell.provenance is Provenance.NONE
            info = document.objects[item.data(_ID)]
            parts = [tr("no mask on this frame") if absent else cell_words(cell)]
            item.setData(NOTE, _short(cell, info))
            if cell.quality is not None:
                estimated = tr("estimated quality {quality}")
                parts.append(estimated.format(quality=f"{cell.quality:.2f}"))
            if cell.locked:
                parts.append(tr("locked"))
            if cell.occluded:
                parts.append(tr("occluded"))
            item.setToolTip(", ".join(parts))
        self._filling = False

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and not self._filling:
            self.workspace.choose_object(item.data(_ID))

    def _changed(self, item: QListWidgetItem) -> None:
        """Renamed or (un)checked in the list."""
        bench = self.workspace.bench
        if self._filling or bench is None:
            return
        info = bench.document.objects[item.data(_ID)]
        name = item.text().strip() or info.name
        visible = item.checkState() is Qt.CheckState.Checked
        if (name, visible) != (info.name, info.visible):
            changed = replace(info, name=name, visible=visible)
            if not self.workspace.attempt(lambda: bench.edit.change_object(changed)):
                self.refresh()
        elif name != item.text():
            self.refresh()

    def _show_menu(self, at) -> None:  # type: ignore[no-untyped-def]
        item = self.list.itemAt(at)
        bench = self.workspace.bench
        if item is None or bench is None or bench.session.read_only:
            return
        info = bench.document.objects[item.data(_ID)]
        menu = self._menu()
        menu.addAction(tr("Rename"), lambda: self.list.editItem(item))
        colors = menu.addMenu(tr("Colour"))
        self.commands.fill_colors(colors)
        colors.addAction(tr("Other …"), lambda: self._recolor(info))
        ask = partial(self.commands.ask_class, self)
        menu.addAction(tr("Class …"), lambda: self.workspace.attempt(ask))
        lock = menu.addAction(
            tr("Locked on all frames"), lambda: self.workspace.attempt(self.commands.toggle_lock)
        )
        lock.setCheckable(True)
        lock.setChecked(info.locked)
        menu.addAction(
            tr("Propagate this object"), lambda: self.workspace.attempt(self.commands.propagate)
        )
        menu.addAction(tr("Clear mask on this frame"), lambda: self._clear(info))
        menu.addSeparator()
        for verb, title in _PAIRED.items():
            self._fill_others(menu.addMenu(tr(title)), verb)
        menu.addSeparator()
        menu.addAction(tr("Delete"), self.delete_object)
        menu.popup(self.list.mapToGlobal(at))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def ask_other(self, verb: str) -> None:
        """Choose the object to merge the chosen one into, or to swap it with."""
        menu = self._menu()
        menu.addSection(tr(_PAIRED[verb]))
        self._fill_others(menu, verb)
        menu.popup(self.list.mapToGlobal(self.list.rect().center()))

    def _fill_others(self, menu: QMenu, verb: str) -> None:
        document = self.workspace.document
        others = [] if document is None else list(document.objects.values())
        for info in others:
            if info.id != self.workspace.object_id:
                name = info.name.replace("&", "&&")
                menu.addAction(swatch(info.color), name, partial(self._pair, verb, info.id))
        if menu.isEmpty() or len(others) < 2:
            menu.addAction(tr("There is no other object")).setEnabled(False)

    def _pair(self, verb: str, other: int) -> None:
        chosen, frame = self.workspace.object_id, self.workspace.frame
        self.workspace.desk.after_live(partial(self._pair_up, verb, chosen, other, frame))

    def _pair_up(self, verb: str, chosen: int, other: int, frame: int) -> None:
        bench = self.workspace.bench
        if bench is None:
            return
        if verb == "swap":
            self.workspace.attempt(lambda: bench.edit.whole.swap(chosen, other, frame))
        elif self.workspace.attempt(lambda: bench.edit.whole.merge(chosen, other)):
            self.workspace.choose_object(other)

    def _recolor(self, info: ObjectInfo) -> None:
        bench = self.workspace.bench
        color = QColorDialog.getColor(
            QColor(*info.color), self, tr("Colour of {name}").format(name=info.name)
        )
        if color.isValid() and bench is not None:
            rgb = (color.red(), color.green(), color.blue())
            self.workspace.attempt(lambda: bench.edit.change_object(replace(info, color=rgb)))

    def _clear(self, info: ObjectInfo) -> None:
        bench = self.workspace.bench
        if bench is not None:
            self.workspace.attempt(lambda: bench.edit.clear_mask(self.workspace.frame, info.id))


def _row(object_id: int, *, writable: bool) -> QListWidgetItem:
    """An empty row for an object; its name and box can be changed where the project can."""
    item = QListWidgetItem()
    item.setData(_ID, object_id)
    change = Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable
    item.setFlags(item.flags() | change if writable else item.flags() & ~change)
    return item


def _short(cell: Cell, info: ObjectInfo) -> str:
    """A few words for the list: "drawn", "animal · model 0.82", "locked"."""
    none = cell.provenance is Provenance.NONE
    word = "–" if none else tr(PROVENANCE_WORDS[cell.provenance])
    if cell.quality is not None:
        word += f" {cell.quality:.2f}"
    if cell.locked or info.locked:
        word = tr("locked") if none else f"{word}, {tr('locked')}"
    if cell.occluded:
        word += f", {tr('occluded')}"
    return f"{info.category} · {word}" if info.category else word
