"""The steps of the last adaptation of a clip, small, on disk: to be looked at, not to work with."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from annotator.core.errors import DiskError
from annotator.core.types import Image
from annotator.io.atomic import atomic_file, disk_errors, make_folder

FOLDER = "adapt"
MOST_FRAMES = 2000
"""Frames whose steps are kept; of longer clips every n-th."""
_SHRINK = 2


class Steps(msgspec.Struct, frozen=True):
    """The steps on one frame.

    Attributes:
        ratio: non-overlap ratio (eq. 7).
        key: True for a key frame.
        names: of the maps, in the order of the scheme.
        height, width: of each map.
        coded: colour-coded flow, uint8 [height, width, 3].
        maps: uint8 [len(names), height, width], 255 = 1.
    """

    ratio: float
    key: bool
    names: tuple[str, ...]
    height: int
    width: int
    coded: bytes
    maps: bytes

    def picture(self) -> Image:
        """The colour-coded flow."""
        return np.frombuffer(self.coded, np.uint8).reshape(self.height, self.width, 3)

    def map(self, name: str) -> NDArray[np.uint8]:
        """One of the maps, uint8 [height, width]. Raises KeyError."""
        if name not in self.names:
            raise KeyError(name)
        stack = np.frombuffer(self.maps, np.uint8).reshape(-1, self.height, self.width)
        return stack[self.names.index(name)]


def make_steps(
    ratio: float, key: bool, coded: Image, maps: dict[str, NDArray[np.float32]]
) -> Steps:
    """Every second pixel of everything; `maps` float32 [h, w] in [0, 1] by name."""
    code = np.ascontiguousarray(coded[::_SHRINK, ::_SHRINK])
    stack = np.stack([m[::_SHRINK, ::_SHRINK] for m in maps.values()])
    levels = np.rint(np.clip(stack, 0, 1) * 255).astype(np.uint8)
    height, width = code.shape[:2]
    return Steps(ratio, key, tuple(maps), height, width, code.tobytes(), levels.tobytes())


class StepStore:
    """Steps by frame in `CACHE/adapt`; the folder may be deleted at any time."""

    def __init__(self, cache: str, n_frames: int) -> None:
        self._cache = Path(cache)
        self._folder = self._cache / FOLDER
        self._every = max(1, -(-n_frames // MOST_FRAMES))

    def clear(self) -> None:
        """Forget the steps of the last run. Raises DiskError."""
        with disk_errors(self._folder):
            shutil.rmtree(self._folder, ignore_errors=True)
            make_folder(self._folder, self._cache.parent)

    def put(self, frame: int, steps: Steps) -> None:
        """Keep the steps of a frame; a cache that cannot be written is no reason to stop."""
        if frame % self._every:
            return
        try:
            with atomic_file(self._file(frame), self._cache.parent) as part:
                part.write_bytes(zstandard.compress(msgspec.msgpack.encode(steps), 3))
        except DiskError:
            return

    def get(self, frame: int) -> Steps | None:
        """The steps of a frame, or of the kept one before it; None where there are none."""
        try:
            data = zstandard.decompress(self._file(frame - frame % self._every).read_bytes())
            return msgspec.msgpack.decode(data, type=Steps)
        except (OSError, ValueError, zstandard.ZstdError, msgspec.MsgspecError):
            return None

    def _file(self, frame: int) -> Path:
        return self._folder / f"{frame:06}.steps"
