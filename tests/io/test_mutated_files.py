"""Damaged and hostile files: every importer answers with a clear error, or with frames."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from annotator.core.errors import FormatError
from annotator.core.types import Stroke
from annotator.io.formats import registry
from annotator.io.formats.base import ImportTarget, NoControl
from tests.io.labels import FakeSource, some_maps

IMPORTS = [card.id for card in registry.cards() if card.can_import]
WORDS = [
    b"NaN",
    b"-1",
    b"99999999999999999999",
    b"1e999",
    b"null",
    b"[]",
    b"{}",
    b'"',
    b"\xff",
    b"0",
]
TIMES = 40


def mutated(data: bytes, random: np.random.Generator) -> bytes:
    """Cut, overwritten, doubled, or with a strange word put in the place of a few bytes."""
    at = int(random.integers(0, max(1, len(data))))
    kind = int(random.integers(0, 5))
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + bytes([int(random.integers(0, 256))]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + data[at // 2 :]
    word = WORDS[int(random.integers(0, len(WORDS)))]
    if kind == 3:
        digits = [i for i, byte in enumerate(data) if 48 <= byte <= 57]
        at = digits[int(random.integers(0, len(digits)))] if digits else at
    return data[:at] + word + data[at + int(random.integers(0, 4)) :]


@pytest.mark.parametrize("with_map", [True, False], ids=["with map", "without map"])
@pytest.mark.parametrize("name", IMPORTS)
def test_mutated_files(name: str, with_map: bool, tmp_path: Path) -> None:
    source = FakeSource(some_maps(3))
    if name == "davis-scribbles":
        source.drawn = {1: (Stroke(1, np.array([[1, 2], [5, 6]], np.float32), 2.0),)}
    card = registry.card(name)
    good = tmp_path / "good" / f"o{card.extensions[0] if card.single_file else ''}"
    registry.exporter(name).export(source, good, NoControl(), {})
    random = np.random.default_rng(5)
    for turn in range(TIMES):
        bad = tmp_path / "bad"
        shutil.rmtree(bad, ignore_errors=True)
        shutil.copytree(good.parent, bad)
        if not with_map:
            for file in bad.rglob("*frames.json"):
                file.unlink()
        files = sorted(f for f in bad.rglob("*") if f.is_file())
        file = files[int(random.integers(0, len(files)))]
        file.write_bytes(mutated(file.read_bytes(), random))
        target = ImportTarget(source.media, resize=bool(turn % 2))
        try:
            for frame in registry.importer(name).read(bad / good.name, target, {}):
                assert frame.label_map is None or frame.label_map.shape == (13, 21)
                assert 0 <= frame.frame < 3
        except FormatError:
            continue
