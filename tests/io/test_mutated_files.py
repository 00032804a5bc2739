"""Damaged and hostile files: every importer answers with a clear error, or with frames.

A small part of `tests.benchmarks.mutations`, which tries thousands.
"""

from __future__ import annotations

import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.core.errors import FormatError
from annotator.io.formats import registry
from annotator.io.formats.base import ImportTarget
from tests.benchmarks.mutations import VARIANTS, measure
from tests.io.labels import FakeSource, some_maps

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


def _archive(path: Path, shape: str) -> Path:
    """An archive whose array says `shape` in its header."""
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    with zipfile.ZipFile(path, "w") as archive:
        magic = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head))
        archive.writestr("labels.npy", magic + head.encode() + bytes(100))
    return path


def _text(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("npz", lambda folder: _archive(folder / "a.npz", "[" * 50 + "48, 64)")),
        ("cvat", lambda f: _text(f / "a.xml", '<?xml version="1.0" encoding="True"?><a/>')),
        (
            "cvat",
            lambda f: _text(
                f / "a.xml",
                f'<annotations><image id="0" name="{"0" * 5000}" width="21" height="13"/>'
                "</annotations>",
            ),
        ),
        ("davis-scribbles", lambda f: _text(f / "a.json", '{"x": ' + "[" * 9999 + "]" * 9999)),
        ("coco", lambda f: _text(f / "a.json", '{"images": [' + "[" * 9999)),
    ],
    ids=["brackets in a header", "no encoding", "a name of digits", "deep JSON", "deep items"],
)
def test_what_thousands_of_files_found(
    name: str, make: Callable[[Path], Path], tmp_path: Path
) -> None:
    src = make(tmp_path)
    target = ImportTarget(FakeSource(some_maps()).media)
    with pytest.raises(FormatError) as refused:
        list(registry.importer(name).read(src, target, {}))
    assert refused.value.message.endswith(".")
