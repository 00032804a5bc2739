"""A clip in which something moves: a dark textured square crosses a bright textured ground."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

HEIGHT, WIDTH, SIDE = 96, 160, 30


def square(frame: int) -> tuple[slice, slice]:
    """Where it is: rows and columns."""
    return slice(30, 30 + SIDE), slice(20 + 6 * frame, 20 + 6 * frame + SIDE)


def write_clip(folder: Path, frames: int) -> Path:
    """PNG files in a new folder."""
    rng = np.random.default_rng(3)
    ground = rng.integers(150, 190, (HEIGHT, WIDTH, 3), np.uint8)
    inside = rng.integers(20, 70, (SIDE, SIDE, 3), np.uint8)
    folder.mkdir()
    for frame in range(frames):
        picture = ground.copy()
        picture[square(frame)] = inside
        Image.fromarray(picture).save(folder / f"{frame:05}.png")
    return folder
