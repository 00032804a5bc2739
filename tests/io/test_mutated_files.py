"""Damaged and hostile files: every importer answers with a clear error, or with frames.

A small part of `tests.benchmarks.mutations`, which tries thousands.
"""

from __future__ import annotations

import sys

import pytest

from annotator.io.formats import registry
from tests.benchmarks.mutations import VARIANTS, measure

IMPORTS = [*(card.id for card in registry.cards() if card.can_import), *VARIANTS]
COUNT = 40


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is told by Linux only")
@pytest.mark.parametrize("name", IMPORTS)
def test_bad_files_are_refused_and_leave_no_trace(name: str) -> None:
    outcome = measure(name, COUNT, seed=7)
    # Time and memory of this process are those of all tests before; the benchmark has its own.
    faults = [fault for fault in outcome.faults if not fault.endswith((" s", " MB"))]
    assert faults == []
    assert outcome.refused + outcome.taken == COUNT
    assert outcome.refused
