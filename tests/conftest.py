"""Shared fixtures; every test runs headless, offline and with settings of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from annotator.io.weights import WeightFolders

# Before anything imports Qt: no screen is needed, and OpenCV's own Qt plugins must not be found.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
# Test processes run side by side: threads of PyTorch on top of that only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def own_data_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test sees or changes the models of the person who runs the tests.

    Those that come with the application are left out, as far as a test does not ask for them:
    what is tested elsewhere is told by the embedded backends sooner.
    """
    folder = tmp_path_factory.getbasetemp() / "user data"
    monkeypatch.setenv("STROKEFLOW_DATA", str(folder))
    WeightFolders(folder / "models").set_commercial_only(True)
