"""A folder of pictures that belong together but are no clip: their sizes may differ."""

from __future__ import annotations

from pathlib import Path

from annotator.core.types import Image, Size
from annotator.io.media.images import header_size, list_images, read_image


class PictureFolder:
    """Reads the pictures of a folder one at a time; fulfils `FrameReader`. Raises MediaError."""

    def __init__(self, folder: Path) -> None:
        self._files = list_images(folder)
        self._size = header_size(self._files[0])

    @property
    def size(self) -> Size:
        """Of the first picture; that of the others may be another one."""
        return self._size

    def __len__(self) -> int:
        return len(self._files)

    def name(self, index: int) -> str:
        """File name without its suffix."""
        return self._files[index].stem

    def read(self, index: int) -> Image:
        """uint8 [H, W, 3] RGB in the picture's own size, read-only."""
        return read_image(self._files[index])
