"""The shared data, which are not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared(*parts: str) -> Path:
    """A path in the shared folder; skips the test if it is not there."""
    default = Path(__file__).resolve().parents[2] / "shared"
    path = Path(os.environ.get("STROKEFLOW_SHARED", default)).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared data are not on this machine: {'/'.join(parts)}")
    return path
