"""What a person may choose, brought to the parts of the window that it concerns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from annotator.services.review.people import login_name
from annotator.ui.i18n import tr
from annotator.ui.settings import Preferences
from annotator.ui.theme import apply_theme, is_dark

if TYPE_CHECKING:
    from annotator.ui.commands.shortcut_editor import ShortcutEditor
    from annotator.ui.main_window import MainWindow
    from annotator.ui.settings_dialog import SettingsDialog

MIB = 1 << 20


class Customizer:
    """Preferences and keys of one window: stored, and applied at once."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._settings = window.settings
        self.chosen = self._settings.preferences()
        self.icon_color = apply_theme(_app(), self.chosen.theme)
        window.workspace.set_radius(self.chosen.pen_width / 2)
        window.workspace.protect = self.chosen.protect
        self._apply_quietly()
        window.workspace.projectChanged.connect(self._apply_to_project)

    def apply(self, chosen: Preferences) -> None:
        """Take over and store what was chosen."""
        before, self.chosen = self.chosen, chosen
        self._settings.set_preferences(chosen)
        if chosen.theme != before.theme:
            self.icon_color = apply_theme(_app(), chosen.theme)
            self._window.paint_icons()
        workspace = self._window.workspace
        if chosen.pen_width != before.pen_width:
            workspace.set_radius(chosen.pen_width / 2)
        if chosen.protect != before.protect:
            workspace.protect = chosen.protect
        self._apply_quietly()
        if (chosen.protect, chosen.hover) != (before.protect, before.hover):
            workspace.runsChanged.emit()

    def _apply_quietly(self) -> None:
        chosen, window = self.chosen, self._window
        window.workspace.set_frame_cache(chosen.frame_cache_mb * MIB)
        window.workspace.live.enabled = chosen.live
        window.workspace.live.click_preview.enable(chosen.hover)
        window.workspace.prelabel.when_idle = chosen.when_idle
        window.workspace.device = chosen.device
        window.player.loop = chosen.loop
        window.player.speed = chosen.speed
        self._apply_to_project()

    def _apply_to_project(self) -> None:
        bench = self._window.workspace.bench
        if bench is not None:
            bench.session.store.bound_history(self.chosen.history_mb * MIB)
            bench.session.person = self.chosen.person or login_name()

    def switch_theme(self) -> None:
        """Dark becomes light and the other way round."""
        theme = "light" if is_dark(self.chosen.theme) else "dark"
        self.apply(replace(self.chosen, theme=theme))

    def switch_hover(self) -> None:
        """Show what a click would do, or do so no longer."""
        self.apply(replace(self.chosen, hover=not self.chosen.hover))

    # -- asking

    def apply_keys(self) -> None:
        self._window.table.set_keys(self._settings.keys())

    def ask_keys(self) -> ShortcutEditor:
        """Open the shortcut editor."""
        from annotator.ui.commands.shortcut_editor import ShortcutEditor

        window = self._window
        editor = ShortcutEditor(
            window, window.table, self._settings.keys(), self._settings.set_keys
        )
        editor.open()
        return editor

    def ask_settings(self) -> SettingsDialog:
        """Open the settings."""
        from annotator.ui.settings_dialog import SettingsDialog

        dialog = SettingsDialog(
            self._window, self.chosen, self.apply, self._places(), self.ask_keys
        )
        dialog.open()
        return dialog

    def _places(self) -> dict[str, Path]:
        workspace = self._window.workspace
        places = {
            tr("These settings"): self._settings.file,
            tr("New projects"): workspace.fallback,
        }
        if workspace.bench is not None:
            places[tr("This project")] = workspace.bench.session.folder
        return places


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
