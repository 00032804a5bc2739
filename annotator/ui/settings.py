"""What the window remembers between starts: geometry, theme, recent projects."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

_RECENT = 8


class Settings:
    """A thin, typed front of QSettings; one ini file, so that tests can give their own."""

    def __init__(self, file: Path) -> None:
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """ "system", "dark" or "light"."""
        value = str(self._store.value("theme", "system"))
        return value if value in ("system", "dark", "light") else "system"

    @theme.setter
    def theme(self, value: str) -> None:
        self._store.setValue("theme", value)

    def recent(self) -> list[Path]:
        """Projects opened lately that still exist, the newest first."""
        stored = self._store.value("recent", [])
        # A list of one comes back from the file as a bare string.
        names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
        return [path for name in names if (path := Path(name)).is_dir()]

    def add_recent(self, folder: Path) -> None:
        """Put a project on top of the list."""
        kept = [folder, *(path for path in self.recent() if path != folder)]
        self._store.setValue("recent", [str(path) for path in kept[:_RECENT]])

    def last_frame(self, folder: Path) -> int:
        """Where the person was in a project."""
        value = str(self._store.value(f"frame/{folder.name}", 0))
        return int(value) if value.isdigit() else 0

    def set_last_frame(self, folder: Path, frame: int) -> None:
        self._store.setValue(f"frame/{folder.name}", frame)

    def window(self) -> tuple[QByteArray, QByteArray] | None:
        """(geometry, state of docks) as the window left them."""
        geometry, state = self._store.value("geometry"), self._store.value("state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    def set_window(self, geometry: QByteArray, state: QByteArray) -> None:
        self._store.setValue("geometry", geometry)
        self._store.setValue("state", state)
