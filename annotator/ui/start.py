"""Starting the window."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import platformdirs
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from annotator.ui.host import Host
from annotator.ui.i18n import install_language
from annotator.ui.main_window import MainWindow
from annotator.ui.plugin_notice import PluginWatch
from annotator.ui.settings import Settings
from annotator.ui.signals import closing_on_signals
from annotator.ui.workspace import Workspace

_PRELOAD_MS = 300


def make_window(
    host: Callable[[Callable[[], None]], Host], settings_file: Path | None = None
) -> MainWindow:
    """The window, not shown yet. A QApplication must exist. Garbage is collected from then on."""
    fallback = Path(platformdirs.user_documents_dir()) / "Strokeflow"
    window = MainWindow(Workspace(host, fallback), _settings(settings_file))
    # Modules and widgets stay: looking through them again and again would make the pen stutter.
    gc.freeze()
    gc.enable()
    return window


def _settings(file: Path | None) -> Settings:
    folder = Path(platformdirs.user_config_dir("strokeflow", appauthor=False))
    return Settings(file or folder / "window.ini")


def run_window(
    host: Callable[[Callable[[], None]], Host], path: Path | None, settings_file: Path | None = None
) -> int:
    """Show the window, open `path` if given, and stay until it is closed; the exit code."""
    # OpenCV's wheel points Qt to plugins of its own, which do not fit ours.
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Strokeflow")
    install_language(_settings(settings_file).preferences().language)
    window = make_window(host, settings_file)
    window.show()
    QTimer.singleShot(_PRELOAD_MS, PluginWatch(window.workspace).start)
    if path is not None:
        # After the first paint, so that the window is there at once.
        QTimer.singleShot(0, lambda: window.switcher.open_path(path))
    else:
        QTimer.singleShot(_PRELOAD_MS, lambda: _preload(window))
    with closing_on_signals():
        return app.exec()


def _preload(window: MainWindow) -> None:
    """While the person looks for a file, load what opening it will need."""
    window.switcher.icons.start()

    def load() -> None:
        for module in ("annotator.io.media.images", "annotator.io.media.video"):
            importlib.import_module(module)

    threading.Thread(target=load, name="preload", daemon=True).start()
