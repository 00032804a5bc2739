"""Blender's Cryptomatte: its compositor reads ours, we read its renders.

It has an environment of its own: `python tools/foreign_readers.py` makes one and runs these tests.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotator.core.objects import ObjectInfo
from annotator.io.exr import read_channels
from annotator.io.formats import registry
from annotator.io.formats.base import ImportTarget, NoControl
from tests.io.bridges import Bridge
from tests.io.labels import FakeSource, some_maps

bridge = Bridge("blender_bridge.py", "STROKEFLOW_BLENDER")
pytestmark = pytest.mark.skipif(
    not bridge.python, reason="Blender has its own environment: tools/foreign_readers.py"
)


def test_its_compositor_finds_each_object(tmp_path: Path) -> None:
    source = FakeSource(some_maps()[:1])
    source.objects = tuple(ObjectInfo(o.id, f"Ding {o.id} ü", o.color, "") for o in source.objects)
    out = tmp_path / "ours"
    registry.exporter("cryptomatte").export(source, out, NoControl(), {})
    labels = source.maps[0]
    height, width = labels.shape
    for item in source.objects:
        if (labels == item.id).any():
            place = tmp_path / f"{item.id}.exr"
            bridge("matte", out / "00000.exr", item.name, width, height, place)
            matte = read_channels(place)["R"]
            assert np.array_equal(matte, (labels == item.id).astype(np.float32))


def test_we_read_its_renders(tmp_path: Path) -> None:
    file = tmp_path / "00000.exr"
    bridge("render", file)
    source = FakeSource([np.zeros((120, 200), np.uint8)])
    (frame,) = registry.importer("cryptomatte").read(file, ImportTarget(source.media), {})
    ids = {info.name: info.id for info in frame.infos}
    assert ids.keys() == {"Würfel 1", "Ball"}
    (index,) = (c for name, c in read_channels(file).items() if "Object Index" in name)
    for name, number in (("Würfel 1", 1), ("Ball", 2)):
        ours, theirs = frame.label_map == ids[name], np.abs(index - number) < 0.01
        # Their index belongs to one sample of a pixel, their coverage to all of them.
        assert (ours & theirs).sum() / (ours | theirs).sum() > 0.99
