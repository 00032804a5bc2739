"""Data that all tests of the training read and none changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotator.backends.networks.refined import SIDE
from tests.models.training.tiny import make_data
from tools.refine_samples import write_samples


@pytest.fixture(scope="session")
def specs(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """(videos spec, images spec)"""
    folder: Path = tmp_path_factory.mktemp("data")
    return make_data(folder)


@pytest.fixture(scope="session")
def refine_samples(specs: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Spec of what the embedded backends find in the videos, and of its truth."""
    out = tmp_path_factory.mktemp("samples")
    write_samples(Path(specs[0].partition(":")[2]), out, every=[4], lines=64, left_out={"clip1"})
    found = np.load(out / "clip0-every-4" / "truth.npy")
    assert found.shape == (2 * 5, SIDE, SIDE)  # frames 1, 2, 3, 5, 6, with both sides and with one
    return f"samples:{out}"
