"""What a frame costs on this machine, as far as runs have shown it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from annotator.core.errors import DiskError
from annotator.core.types import Size
from annotator.io.atomic import atomic_file

_FEW = 3
"""Runs over fewer frames say more about loading than about frames."""


class Speed(msgspec.Struct, frozen=True):
    """Seconds per frame of the last run, and the size of its frames."""

    seconds: float
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s a frame at {self.width}x{self.height}"


class SpeedBook:
    """The last measured speed of each backend and task, kept in one small file of the user."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def look_up(self, backend: str, task: str) -> Speed | None:
        """What was measured last, or None."""
        return self._read().get(f"{backend}/{task}")

    def record(self, backend: str, task: str, frames: int, seconds: float, size: Size) -> None:
        """Note a run that has ended; one over few frames is not worth it."""
        if frames < _FEW or seconds <= 0:
            return
        known = self._read()
        known[f"{backend}/{task}"] = Speed(round(seconds / frames, 4), *size)
        try:
            with atomic_file(self._file) as part:
                part.write_bytes(msgspec.json.encode(known))
        except DiskError:
            pass  # a figure that cannot be kept is no reason to trouble anybody

    def _read(self) -> dict[str, Speed]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, Speed])
        except (OSError, msgspec.DecodeError):
            return {}
