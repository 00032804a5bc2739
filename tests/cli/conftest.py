"""A little project, and the masks of what moves in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.services.projects import create_project
from tests import fakes

N_FRAMES = 6


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return create_project(tmp_path / "a b", fakes.image_folder(tmp_path / "clip", N_FRAMES))


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    """Binary masks of the moving square of the fake clip."""
    folder = tmp_path / "masks"
    folder.mkdir()
    for frame in range(N_FRAMES):
        label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
        label_map[10:30, 5 + frame : 25 + frame] = 255
        Image.fromarray(label_map).save(folder / f"{frame:05d}.png")
    return folder
