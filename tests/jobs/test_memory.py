"""What was let go goes back to the system."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import psutil
import pytest

from annotator.jobs import memory


def work(kept: list[object]) -> Iterator[int]:
    """Frees nearly all that it made, but for a small piece here and there."""
    rng = np.random.default_rng(0)
    for i in range(12):
        held = [np.ones(int(rng.integers(10_000, 120_000)), np.uint8) for _ in range(600)]
        kept += [held[j] for j in range(0, 600, 60)]
        del held
        yield i


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has to be told")
def test_the_heap_does_not_stay_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    if memory.Heap()._trim is None:
        pytest.skip("this C library returns memory by itself")
    process = psutil.Process()

    def grown(every_s: float) -> int:
        monkeypatch.setattr(memory, "EVERY_S", every_s)
        kept: list[object] = []
        before = process.memory_info().rss
        for _ in memory.returning(work(kept)):
            pass
        return process.memory_info().rss - before

    returned, left = grown(0.0), grown(1e9)
    assert returned < left / 2, (returned >> 10, left >> 10)


def test_items_come_as_they_are() -> None:
    assert list(memory.returning(range(5))) == [0, 1, 2, 3, 4]
