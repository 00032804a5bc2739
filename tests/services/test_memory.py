"""Law 6, at the scale of a test: ten times the frames, the same memory."""

from __future__ import annotations

from pathlib import Path

from tests import fakes
from tests.benchmarks.memory import measure


def test_memory_does_not_grow_with_the_clip(tmp_path: Path) -> None:
    short = measure(tmp_path, 300, 96, 64, "copy", fakes.registry())
    long = measure(tmp_path, 3000, 96, 64, "copy", fakes.registry())
    assert long.own <= short.own * 1.10
    assert long.worker <= short.worker * 1.10
