"""Data that all tests of the training read and none changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.refine.look import MAPS
from tests.models.training.tiny import make_data
from tools import refine_samples, stroke_samples

SIDE = 48


@pytest.fixture(scope="session")
def specs(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """(videos spec, images spec)"""
    folder: Path = tmp_path_factory.mktemp("data")
    return make_data(folder)


@pytest.fixture(scope="session")
def samples(specs: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Specs of what the embedded backends find in videos and pictures, with its truth, by the
    preset that learns from them."""
    out = tmp_path_factory.mktemp("samples")
    videos, images = (Path(spec.partition(":")[2]) for spec in specs)
    refine_samples.write_samples(videos, out / "refiner", [4], {"clip1"}, SIDE)
    maps = np.load(out / "refiner/clip0-every-4/maps.npy")
    # Frames 1, 2, 3, 5, 6 with both sides, and the odd ones with one side.
    assert maps.shape == (5 + 3, len(MAPS), SIDE, SIDE)
    near = {
        name: maps[:, MAPS.index(f"{name}.near")].max((1, 2)) > 0 for name in ("before", "after")
    }
    assert near["before"].tolist().count(False) == 1  # frame 3
    assert near["after"].tolist().count(False) == 2
    assert all(np.abs(maps[near[s], MAPS.index(f"{s}.match")]).max() > 0 for s in near)
    stroke_samples.write_samples(out / "strokes", sorted(images.iterdir()), videos, {"clip1"})
    for place in sorted((out / "strokes").iterdir()):
        pictures, maps, truth = (
            np.load(place / f"{name}.npy") for name in ("pictures", "maps", "truth")
        )
        assert len(pictures) == len(maps) == len(truth) > 0
        marks = maps[:, [3, 4]].max((2, 3))
        assert (marks[:, 0] == 127).mean() > 0.5  # most have a stroke of the object in the window
        assert ((maps[:, 1] > 0) & (truth > 127)).any((1, 2)).mean() > 0.5  # and find some of it
    places = {name: f"samples:{out / name}" for name in ("refiner", "strokes")}
    return places | {f"{name}-fine": place for name, place in places.items()}
