"""Remembers where the person is, also for a window that is killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

from annotator.ui.tools.tool import Tool

if TYPE_CHECKING:
    from annotator.ui.main_window import MainWindow

_REST_MS = 1000


class PlaceKeeper(QObject):
    """Stores frame, object, sight and tool, panels and size of a window as soon as nothing of it
    moved for a second: not while a clip plays, since settings are written on this thread."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.keep)
        workspace = window.workspace
        for moved in (
            workspace.frameChanged,
            workspace.objectChanged,
            workspace.toolChanged,
            window.canvas.zoomed,
            *(dock.visibilityChanged for dock in window.docks),
        ):
            moved.connect(self._moved)
        window.installEventFilter(self)

    def keep(self) -> None:
        """Store all of it now."""
        window = self._window
        self._rest.stop()
        window.switcher.remember_place()
        window.settings.set_tool(window.workspace.tool.value)
        window.settings.set_window(window.saveGeometry(), window.arrangement.state)

    def take_tool(self) -> None:
        """Take up the tool that was in the hand."""
        left = self._window.settings.tool
        if left in {tool.value for tool in Tool if tool is not Tool.REMARK}:
            self._window.workspace.choose_tool(Tool(left))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._moved()
        return super().eventFilter(watched, event)

    def _moved(self, *_what: object) -> None:
        self._rest.start()
