"""`info`: what it says to people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calls import asked, run
from tests.cli.conftest import N_FRAMES


def test_scribbles_without_a_mask_are_told(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("info", project) == 0
    assert "strokes" not in capsys.readouterr().out
    line = {"path": [[0.1, 0.1], [0.4, 0.4]], "object_id": 1, "start_time": 0, "end_time": 1}
    scribbles = [[line] if frame in (0, 3) else [] for frame in range(N_FRAMES)]
    file = tmp_path / "s.json"
    file.write_text(json.dumps({"sequence": "clip", "scribbles": scribbles}))
    assert asked(capsys, "import", project, file, "--format", "davis-scribbles")["strokes"] == 2
    assert run("info", project) == 0
    told = capsys.readouterr().out.splitlines()
    assert "  cells    none" in told
    assert "  strokes  on 2 frames" in told
