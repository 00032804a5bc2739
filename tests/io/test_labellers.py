"""labelme and the SDK of Label Studio read what we write, and we read what they write.

They have an environment of their own: `python tools/foreign_readers.py` makes one and runs these
tests.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from annotator.io.formats import registry
from annotator.io.formats.base import ImportTarget, NoControl
from tests.io.bridges import Bridge
from tests.io.labels import FakeSource, some_maps

bridge = Bridge("labeller_bridge.py", "STROKEFLOW_LABELLERS")
pytestmark = pytest.mark.skipif(
    not bridge.python, reason="the tools have their own environment: tools/foreign_readers.py"
)


@pytest.mark.parametrize("name", ["labelme", "label-studio"])
def test_the_tool_reads_ours(name: str, tmp_path: Path) -> None:
    source = FakeSource(some_maps())
    registry.exporter(name).export(source, tmp_path / "ours", NoControl(), {})
    for frame in source.media.names:
        PilImage.new("RGB", tuple(source.media.size)).save(tmp_path / "ours" / f"{frame}.jpg")
    bridge("read", name, tmp_path / "ours", tmp_path / "out.npz")
    found = np.load(tmp_path / "out.npz")
    maps = {Path(str(n)).stem: m for n, m in zip(found["names"], found["maps"], strict=True)}
    assert found["classes"][1] == "animal"
    for frame, label_map in zip(source.media.names, source.maps, strict=True):
        # Label Studio states no size where a frame has no mask.
        assert np.array_equal(maps.get(frame, np.zeros_like(label_map)), label_map)


@pytest.mark.parametrize("name", ["labelme", "label-studio"])
def test_we_read_what_the_tool_writes(name: str, tmp_path: Path) -> None:
    source = FakeSource(some_maps())
    classes = ["", "cat", "dog", *[""] * 252, "void"]
    np.savez(tmp_path / "in.npz", names=source.media.names, maps=source.maps, classes=classes)
    bridge("write", name, tmp_path / "in.npz", tmp_path / "theirs")
    frames = list(registry.importer(name).read(tmp_path / "theirs", ImportTarget(source.media), {}))
    assert [frame.frame for frame in frames] == [0, 1, 2, 3]
    for frame in frames:
        assert frame.label_map is not None
        assert np.array_equal(frame.label_map, source.maps[frame.frame])
    assert {info.category for info in frames[0].infos} >= {"cat", "dog"}
