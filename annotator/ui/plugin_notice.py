"""Tells of plug-ins that could not be loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from annotator.io.formats.registry import plugin_troubles
from annotator.ui.i18n import tr
from annotator.ui.workspace import Workspace


class PluginWatch(QObject):
    """Loads the plug-ins on a thread of its own: foreign code may take its time, the window may
    not. `told` is emitted once, when all have been tried."""

    told = Signal()
    _loaded = Signal(dict)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._loaded.connect(self._tell)

    def start(self) -> None:
        loads: list[Callable[[], Mapping[str, str]]] = [
            plugin_troubles,
            lambda: self._workspace.host.registry.troubles,
        ]

        def load() -> None:
            troubles: dict[str, str] = {}
            for each in loads:
                troubles |= each()
            self._loaded.emit(troubles)

        threading.Thread(target=load, name="plug-ins", daemon=True).start()

    def _tell(self, troubles: dict[str, str]) -> None:
        if troubles:
            names = ", ".join(troubles)
            reasons = "; ".join(f"{name}: {reason}" for name, reason in troubles.items())
            self._workspace.noticed.emit(
                "error",
                tr("These plug-ins could not be loaded and are left out: {names}.").format(
                    names=names
                ),
                reasons,
            )
        self.told.emit()
