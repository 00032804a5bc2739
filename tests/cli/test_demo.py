"""`demo`: who does what of the main job, and what it says about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calls import asked, refused


def test_a_named_backend_does_all_that_it_can(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = asked(capsys, "demo", "--no-gui", "--out", tmp_path, "--backend", "embedded")
    assert set(told["backends"].values()) == {"embedded"}
    assert told["frames"] == 48
    assert told["model_cells"] > 0
    assert told["J"] > 0.85
    assert all(Path(place).exists() for place in told["exports"].values())


def test_an_unknown_backend_is_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = refused(capsys, 2, "demo", "--no-gui", "--out", tmp_path / "out", "--backend", "magic")
    assert "There is no backend 'magic'" in told
    assert not (tmp_path / "out").exists()
