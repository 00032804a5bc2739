"""A little project, and the masks of what moves in it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.services.project.projects import create_project
from tests import fakes
from tests.cli.batches import SLOWLY, copy_masks
from tests.conftest import ROOT

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


@pytest.fixture
def clips(tmp_path: Path, masks: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three clips and a list of them; their masks lie in `masks/NAME`."""
    monkeypatch.chdir(tmp_path)
    masks.rename(tmp_path / "one")
    for name in ("a", "b c", "d"):
        fakes.image_folder(tmp_path / "clips" / name, N_FRAMES)
        copy_masks(tmp_path / "one", tmp_path / "masks" / name)
    (tmp_path / "clips" / "list.txt").write_text("a\nb c\n\n# and\nd\n")
    return tmp_path / "clips" / "list.txt"


@pytest.fixture
def slow_clip(tmp_path: Path, masks: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of one clip, whose runs take their time in other processes."""
    monkeypatch.chdir(tmp_path)
    fakes.image_folder(tmp_path / "long", 100)
    (tmp_path / "masks").rename(tmp_path / "one")
    copy_masks(tmp_path / "one", tmp_path / "masks" / "long")
    (tmp_path / "list").write_text("long")
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "sitecustomize.py").write_text(SLOWLY)
    paths = [str(tmp_path / "slow"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    return tmp_path / "list"
