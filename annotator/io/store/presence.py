"""Whether an open file is still where others would find it."""

from __future__ import annotations

import os
from pathlib import Path


class Presence:
    """Watches a file that this process has open: one that was deleted takes all that is written,
    and keeps nothing. One whose folder was renamed or moved keeps it, at its new place.

    Where the system cannot say, as on Windows, which deletes no open file, it is always there.
    """

    def __init__(self, file: Path) -> None:
        self._name = file.name
        self._place = file.parent.absolute()
        self._folder: int | None = None
        if os.stat in os.supports_dir_fd:
            self._folder = os.open(file.parent, os.O_RDONLY)

    @property
    def lost(self) -> bool:
        """True once the file was deleted."""
        if self._folder is None:
            return False
        try:
            os.stat(self._name, dir_fd=self._folder)
        except FileNotFoundError:
            return True
        except OSError:
            return False  # a disk out of reach is told by writing to it
        return False

    @property
    def moved(self) -> bool:
        """True once the folder is not where it was opened; something else may be there now."""
        if self._folder is None:
            return False
        try:
            return not os.path.samestat(os.fstat(self._folder), self._place.stat())
        except FileNotFoundError:
            return True
        except OSError:
            return False

    @property
    def where(self) -> Path | None:
        """Where the folder is now; None where the system does not say."""
        try:
            place = Path(f"/proc/self/fd/{self._folder}").readlink()
            return place if (place / self._name).is_file() else None
        except OSError:
            return None

    def close(self) -> None:
        """Watch no more; closing twice is fine."""
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None
