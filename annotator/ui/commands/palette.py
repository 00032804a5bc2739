"""The command palette: every command by a few letters of its name."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from annotator.ui.commands.actions import plain
from annotator.ui.i18n import tr
from annotator.ui.panels.delegates import NOTE, NoteDelegate

_ACTION = Qt.ItemDataRole.UserRole
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def score(wanted: str, text: str) -> int | None:
    """How well `text` answers what was typed, the lower the better; None if it does not.

    Every word typed must occur: best at the beginning, then at the beginning of a word, then
    anywhere; letters in order, with others between, come last.
    """
    total, low = 0, text.lower()
    for word in wanted.lower().split():
        if low.startswith(word):
            continue
        if f" {word}" in low:
            total += 1
        elif word in low:
            total += 2
        elif _in_order(word, low):
            total += 10
        else:
            return None
    return total


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


class Palette(QDialog):
    """Type, choose with the arrows, Enter. Only commands that can be used now are listed."""

    def __init__(self, parent: QWidget, actions: Iterable[QAction]) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._actions = [(plain(action.text()), action) for action in actions if action.isEnabled()]
        self.setAccessibleName(tr("Commands"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(tr("Type a command …"))
        self.typed.installEventFilter(self)
        self.typed.textChanged.connect(self._fill)
        self.typed.returnPressed.connect(self._run)
        # Rows without an icon keep its room, so that all texts begin in one line.
        blank = QPixmap(16, 16)
        blank.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(blank)
        self.list = QListWidget()
        self.list.setIconSize(QSize(16, 16))
        self.list.setItemDelegate(NoteDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda _: self._run())
        column = QVBoxLayout(self)
        column.addWidget(self.typed)
        column.addWidget(self.list)
        self._fill("")
        width = min(520, parent.width() - 40)
        self.resize(width, min(420, parent.height() - 80))
        self.move(parent.mapToGlobal(parent.rect().topLeft()))
        self.move(self.x() + (parent.width() - width) // 2, self.y() + 40)

    def _fill(self, wanted: str) -> None:
        ranked = [
            (rank, place, text, action)
            for place, (text, action) in enumerate(self._actions)
            if (rank := score(wanted, text)) is not None
        ]
        self.list.clear()
        for _, _, text, action in sorted(ranked, key=lambda entry: entry[:2]):
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QListWidgetItem(self._blank if action.icon().isNull() else action.icon(), text)
            item.setData(NOTE, keys)
            item.setToolTip(action.statusTip())
            item.setData(_ACTION, action)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None:
            item.data(_ACTION).trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The line has the focus; the arrows walk through the list all the same.
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _MOVES
        ):
            self.list.keyPressEvent(event)
            return True
        return False
