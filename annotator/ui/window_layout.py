"""Docks and toolbars: there with a project only, and then as the person left them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QScrollArea, QToolBar, QWidget

from annotator.ui.i18n import tr

_LINES = 8


class PanelWindow(QMainWindow):
    """A window whose panels may lie one behind the other: Tab goes through those that are seen."""

    def focusNextPrevChild(self, on: bool) -> bool:
        moved, passed = super().focusNextPrevChild(on), set[QWidget]()
        while moved and (at := self.focusWidget()) not in passed and _is_behind(at):
            passed.add(at)
            moved = super().focusNextPrevChild(on)
        return moved


def _is_behind(widget: QWidget | None) -> bool:
    """Whether it is in a panel behind another one, which Qt keeps beside the window."""
    while widget is not None and not isinstance(widget, QDockWidget):
        widget = widget.parentWidget()
    return widget is not None and widget.visibleRegion().isEmpty()


class WindowLayout:
    """Where the parts around the picture are.

    Args:
        docks: the first two lie one above the other.
        left: how they were left, a state of QMainWindow; empty the first time.
    """

    def __init__(
        self,
        window: QMainWindow,
        docks: Sequence[QDockWidget],
        bars: Sequence[QToolBar],
        left: QByteArray,
    ) -> None:
        self._window, self._docks = window, docks
        self._parts: tuple[QDockWidget | QToolBar, ...] = (*docks, *bars)
        self._left = left
        self._shown = False
        self.menu = QMenu(tr("&Panels"), window)
        """Brings back what was closed."""
        self.menu.setEnabled(False)
        for part in self._parts:
            part.hide()
            self.menu.addAction(part.toggleViewAction())

    @property
    def state(self) -> QByteArray:
        """To be taken up at the next start; empty if no project was open yet."""
        return self._window.saveState() if self._shown else self._left

    def show(self, on: bool) -> None:
        """Show all, or hide all: there is no project."""
        if on == self._shown:
            return
        self._left, self._shown = self.state, on
        first = on and self._left.isEmpty()
        if on and not first:
            self._window.restoreState(self._left)
        if not on or first:
            for part in self._parts:
                part.setVisible(on)
        if first:
            self._fit()
        self.menu.setEnabled(on)

    def _fit(self) -> None:
        """The lower docks get what each needs to show all of it, the upper ones what is left."""
        upper, lower = self._docks[:2]
        line = lower.fontMetrics().lineSpacing()
        frame = lower.height() - lower.widget().height()
        # A run tells of itself in some lines more.
        wanted = lower.widget().sizeHint().height() + _LINES * line
        for dock in self._window.tabifiedDockWidgets(lower):
            area = dock.findChild(QScrollArea)
            panel = None if area is None else area.widget()
            if panel is not None:
                wanted = max(wanted, panel.minimumSizeHint().height())
        wanted += frame + line  # sizes of docks are not taken to the pixel
        rest = upper.height() + lower.height() - wanted
        if rest > 0:  # else the window is low, and Qt's own halves have to do
            self._window.resizeDocks([upper, lower], [rest, wanted], Qt.Orientation.Vertical)
