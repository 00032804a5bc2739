"""Data that all tests of the training read and none changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.training.tiny import make_data


@pytest.fixture(scope="session")
def specs(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """(videos spec, images spec)"""
    folder: Path = tmp_path_factory.mktemp("data")
    return make_data(folder)
