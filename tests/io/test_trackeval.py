"""TrackEval, which scores DAVIS, MOTS and YouTube-VIS, reads what we write.

It has an environment of its own: `python tools/foreign_readers.py` makes one and runs these tests.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotator.io.formats import registry
from annotator.io.formats.base import NoControl
from tests.io.bridges import Bridge
from tests.io.labels import FakeSource, some_maps

bridge = Bridge("trackeval_bridge.py", "STROKEFLOW_TRACKEVAL")
pytestmark = pytest.mark.skipif(
    not bridge.python, reason="TrackEval has its own environment: tools/foreign_readers.py"
)


@pytest.mark.parametrize(
    ("name", "place", "options"),
    [("davis", "", {"tree": True}), ("mots", "", {}), ("youtube-vis", "youtube_vis_val", {})],
)
def test_trackeval_reads_ours(
    name: str, place: str, options: dict[str, object], tmp_path: Path
) -> None:
    source = FakeSource(some_maps())
    out = tmp_path / "ours" / place
    registry.exporter(name).export(source, out, NoControl(), options)
    if place:
        # It takes the only JSON file of the folder.
        (out / "frames.json").unlink()
    bridge(name, tmp_path / "ours", len(source.maps), tmp_path / "out.npz")
    assert np.array_equal(np.load(tmp_path / "out.npz")["maps"], source.maps)
