"""The shortcut editor: every command with its key, searched, changed, checked and reset."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.ui.commands.actions import ActionTable, plain
from annotator.ui.commands.palette import score
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import resize_within

_ID = Qt.ItemDataRole.UserRole


def portable(key: str | QKeySequence) -> str:
    """A key as it is stored: "Ctrl+Shift+Z"."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


class ShortcutEditor(QDialog):
    """Choose a command, press its new key, give it. A key that is taken must be taken away.

    Args:
        chosen: keys that differ from the delivered ones, by action id ("" for no key).
        keep: is given the new mapping after every change, to store it.
    """

    def __init__(
        self,
        parent: QWidget,
        table: ActionTable,
        chosen: Mapping[str, str],
        keep: Callable[[dict[str, str]], None],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._table = table
        self._chosen = dict(chosen)
        self._keep = keep
        self.setWindowTitle(tr("Keyboard shortcuts"))
        resize_within(self, 620, 560)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search a command or a key …"))
        self.search.setAccessibleName(tr("Search a command or a key"))
        self.search.setClearButtonEnabled(True)
        self.list = QTableWidget(0, 3)
        self.list.setAccessibleName(tr("Commands and their keys"))
        self.list.setHorizontalHeaderLabels([tr("Command"), tr("Menu"), tr("Key")])
        self.list.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.verticalHeader().hide()
        self.list.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.list.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.list.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.key = QKeySequenceEdit()
        self.key.setMaximumSequenceLength(1)
        self.key.setClearButtonEnabled(True)
        self.key.setAccessibleName(tr("New key"))
        self.give = QPushButton(tr("Give this key"))
        self.reset = QPushButton(tr("Reset this command"))
        self.reset_all = QPushButton(tr("Reset all"))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self._lay_out()
        self.search.textChanged.connect(self._fill)
        self.list.currentCellChanged.connect(lambda *_: self._show_current())
        self.key.keySequenceChanged.connect(lambda _: self._judge())
        self.give.clicked.connect(self._give)
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(lambda: self._store({}))
        self._fill()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(QLabel(tr("New key")))
        row.addWidget(self.key, 1)
        row.addWidget(self.give)
        row.addWidget(self.reset)
        below = QHBoxLayout()
        below.addWidget(self.reset_all)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        below.addWidget(buttons, 1)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        column.addWidget(self.words)
        column.addLayout(below)

    # -- the list

    def _fill(self) -> None:
        wanted, kept = self.search.text(), self.current()
        self.list.setRowCount(0)
        for spec in self._table.specs:
            key = self._table.key_of(spec.id)
            native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            if wanted.lower() not in native.lower() and score(wanted, plain(spec.text)) is None:
                continue
            row = self.list.rowCount()
            self.list.insertRow(row)
            for column, text in enumerate((plain(spec.text), plain(spec.menu), native)):
                item = QTableWidgetItem(text)
                item.setData(_ID, spec.id)
                item.setToolTip(spec.help)
                if spec.id in self._chosen:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                self.list.setItem(row, column, item)
        self.choose(kept)

    def choose(self, name: str) -> None:
        """Select a command; the first one where it is not listed."""
        found = [r for r in range(self.list.rowCount()) if self._id_of(r) == name]
        self.list.setCurrentCell(found[0] if found else 0, 0)
        self._show_current()

    def current(self) -> str:
        """Id of the selected command, "" for none."""
        return self._id_of(self.list.currentRow())

    def _id_of(self, row: int) -> str:
        item = self.list.item(row, 0)
        return "" if item is None else str(item.data(_ID))

    def _show_current(self) -> None:
        name = self.current()
        self.key.setKeySequence(QKeySequence(self._table.key_of(name) if name else ""))
        self._judge()

    # -- changing

    def _holder(self, key: str) -> str:
        """Which other command has the key, "" for none."""
        for spec in self._table.specs:
            if key and spec.id != self.current() and self._table.key_of(spec.id) == key:
                return spec.id
        return ""

    def _judge(self) -> None:
        """Say what would happen, and offer it."""
        name, key = self.current(), portable(self.key.keySequence())
        holder = self._holder(key)
        changed = bool(name) and key != self._table.key_of(name)
        self.give.setEnabled(changed)
        self.give.setText(tr("Take this key") if holder else tr("Give this key"))
        self.reset.setEnabled(name in self._chosen)
        self.reset_all.setEnabled(bool(self._chosen))
        if holder and changed:
            text = plain(self._table.actions[holder].text())
            told = tr("{key} belongs to '{command}', which would be left without a key.")
            self.words.setText(told.format(key=key, command=text))
        else:
            self.words.setText(tr("Choose a command, click into the field and press the new key."))

    def _give(self) -> None:
        name, key = self.current(), portable(self.key.keySequence())
        chosen, holder = dict(self._chosen), self._holder(key)
        if holder:
            chosen[holder] = ""
        chosen[name] = key
        self._store(chosen)

    def _reset(self) -> None:
        """Back to the delivered key; whoever took it gives it back."""
        name = self.current()
        chosen = {other: key for other, key in self._chosen.items() if other != name}
        own = next(portable(spec.shortcut) for spec in self._table.specs if spec.id == name)
        for other, key in list(chosen.items()):
            if own and key == own:
                chosen[other] = ""
        self._store(chosen)

    def _store(self, chosen: dict[str, str]) -> None:
        own = {spec.id: portable(spec.shortcut) for spec in self._table.specs}
        self._chosen = {name: key for name, key in chosen.items() if own.get(name, key) != key}
        self._keep(self._chosen)
        self._table.set_keys(self._chosen)
        self._fill()
