"""`bench`: what it measures can be measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.cli.verbs import bench_formats


def test_every_export_is_written_and_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_formats, "_FEW", 1)
    monkeypatch.setattr(bench_formats, "_FRAMES", 2)
    monkeypatch.delenv("STROKEFLOW_DATUMARO", raising=False)
    found = {row.what: row.pace for row in bench_formats.measure_exports(tmp_path)}
    for name in bench_formats.FORMATS:
        assert found[f"export {name}"] > 0
        assert found[f"import {name}"] > 0
