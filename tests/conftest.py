"""Shared fixtures; every test runs headless, offline and with settings of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Before anything imports Qt: no screen is needed, and OpenCV's own Qt plugins must not be found.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)

ROOT = Path(__file__).parents[1]


def shared_folder() -> Path | None:
    """The folder of real data and parity files beside the project, if it is there."""
    place = Path(os.environ.get("STROKEFLOW_SHARED", ROOT.parent / "shared"))
    return place if place.is_dir() else None


@pytest.fixture
def shared() -> Path:
    place = shared_folder()
    if place is None:
        pytest.skip("the folder of real data (../shared or STROKEFLOW_SHARED) is absent")
    return place
