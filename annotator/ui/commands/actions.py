"""Every command of the window as data: menus, toolbars, palette and keys come from this table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QToolBar

from annotator.ui.icons import draw_icon

_BRACKETED = re.compile(r"\(&\w\)")


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One command.

    Attributes:
        id: unique, for tests and settings.
        menu: title of the menu it stands in.
        text: in the menu; also the tooltip's first line.
        help: one sentence, for tooltip and status bar.
        call: what it does.
        icon: qtawesome name, "" for none.
        shortcut: as delivered, portable text ("Ctrl+Z"), "" for none; see `ActionTable.set_keys`.
        needs: when it is enabled: "", "project", "edit" (a writable project), "run" (one is going).
        group: actions of one group are checkable and exclude each other.
        toolbar: also stands in this toolbar: "main", "tools" or "" for none.
        label: one word for the toolbar, under the icon.
        badge: sign on the icon, see `draw_icon`.
        separator: a line stands before it, in menu and toolbar.
        checked: for a switch: whether it is on now.
    """

    id: str
    menu: str
    text: str
    help: str
    call: Callable[[], object]
    icon: str = ""
    shortcut: str = ""
    needs: str = ""
    group: str = ""
    toolbar: str = ""
    label: str = ""
    badge: str = ""
    separator: bool = False
    checked: Callable[[], bool] | None = None


def plain(text: str) -> str:
    """An action's text without the mark of its letter, which Chinese has in brackets at the end,
    and without dots."""
    return _BRACKETED.sub("", text).replace("&", "").rstrip(" …")


class ActionTable:
    """QActions made from specs; a second id or shortcut is an error.

    `used` is called with the id of every action that a person triggers.
    """

    def __init__(
        self,
        window: QMainWindow,
        specs: list[ActionSpec],
        used: Callable[[str], object] = lambda _id: None,
    ) -> None:
        self.specs = specs
        self.actions: dict[str, QAction] = {}
        self._used = used
        self._groups: dict[str, QActionGroup] = {}
        shortcuts: dict[str, str] = {}
        for spec in specs:
            if spec.id in self.actions:
                raise ValueError(f"two actions are called '{spec.id}'")
            if spec.shortcut and spec.shortcut in shortcuts:
                raise ValueError(
                    f"{spec.shortcut} is given to {spec.id} and {shortcuts[spec.shortcut]}"
                )
            shortcuts[spec.shortcut] = spec.id
            self.actions[spec.id] = self._make(window, spec)

    def _make(self, window: QMainWindow, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, window)
        action.setObjectName(spec.id)
        action.setIconText(spec.label)
        action.setStatusTip(spec.help)
        self._give_key(spec, action, spec.shortcut)
        if spec.group:
            action.setCheckable(True)
            group = self._groups.setdefault(spec.group, QActionGroup(window))
            group.addAction(action)
        elif spec.checked is not None:
            action.setCheckable(True)
            action.setChecked(spec.checked())
        action.triggered.connect(lambda _checked=False: self._call(spec))
        window.addAction(action)
        return action

    def _call(self, spec: ActionSpec) -> None:
        self._used(spec.id)
        spec.call()

    # -- keys

    @staticmethod
    def _give_key(spec: ActionSpec, action: QAction, key: str) -> None:
        sequence = QKeySequence(key)
        action.setShortcut(sequence)
        shown = f" ({sequence.toString(QKeySequence.SequenceFormat.NativeText)})" if key else ""
        action.setToolTip(f"<b>{plain(spec.text)}</b>{shown}<br>{spec.help}")
        action.setWhatsThis(action.toolTip())

    def key_of(self, name: str) -> str:
        """The key of an action now, portable text, "" for none."""
        return self.actions[name].shortcut().toString(QKeySequence.SequenceFormat.PortableText)

    def set_keys(self, chosen: Mapping[str, str]) -> None:
        """Give each action the key in `chosen` (portable text by action id), else its own.

        A chosen key goes before a delivered one: the action that was delivered with it has none.
        """
        own = {spec.id for spec in self.specs}
        taken = {key for name, key in chosen.items() if key and name in own}
        for spec in self.specs:
            own_key = "" if spec.shortcut in taken else spec.shortcut
            self._give_key(spec, self.actions[spec.id], chosen.get(spec.id, own_key))

    def fill_menus(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Build the menus; returns them by title."""
        menus: dict[str, QMenu] = {}
        for spec in self.specs:
            if spec.menu not in menus:
                menus[spec.menu] = bar.addMenu(spec.menu)
            if spec.separator:
                menus[spec.menu].addSeparator()
            menus[spec.menu].addAction(self.actions[spec.id])
        return menus

    def fill_toolbar(self, bar: QToolBar, name: str) -> None:
        """Add the actions of one toolbar, in the order of the table."""
        for spec in self.specs:
            if spec.toolbar == name:
                if spec.separator and bar.actions():
                    bar.addSeparator()
                bar.addAction(self.actions[spec.id])

    def paint_icons(self, color: str) -> None:
        """Draw the icons in a colour that fits the theme."""
        for spec in self.specs:
            if spec.icon:
                self.actions[spec.id].setIcon(draw_icon(spec.icon, color, spec.badge))

    def enable(self, *, project: bool, writable: bool, running: bool) -> None:
        """Enable what makes sense now, and show which switches are on."""
        given = {"": True, "project": project, "edit": project and writable, "run": running}
        for spec in self.specs:
            self.actions[spec.id].setEnabled(given[spec.needs])
            if spec.checked is not None:
                self.actions[spec.id].setChecked(spec.checked())
