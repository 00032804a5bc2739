"""The clip of the demo is the same every time and its truth fits the picture."""

from __future__ import annotations

import numpy as np
import pytest

from annotator.io.media import open_media
from annotator.services.demo.clip import CREATURE, KITE, DemoTruth, demo_image, render_demo


@pytest.fixture(name="demo", scope="module")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> DemoTruth:
    return render_demo(tmp_path_factory.mktemp("demo") / "clip.mp4")


def test_video_is_what_it_says(demo: DemoTruth) -> None:
    with open_media(demo.path) as media:
        assert (len(media), media.size, media.fps) == (demo.frames, demo.size, demo.fps)
        difference = media.read(20).astype(int) - demo_image(20)
        assert np.abs(difference).mean() < 4


def test_truth_shows_two_objects_and_an_occlusion(demo: DemoTruth) -> None:
    areas = []
    for frame in range(demo.frames):
        truth = demo.truth(frame)
        assert truth.dtype == np.uint8
        assert truth.shape == demo.size.shape
        assert set(np.unique(truth)) == {0, CREATURE, KITE}
        areas.append((truth == CREATURE).sum())
    assert min(areas) < 0.5 * areas[0]
    assert areas[-1] > areas[0]
    assert 10 < int(np.argmin(areas)) < demo.frames - 10


def test_truth_is_repeatable(demo: DemoTruth) -> None:
    assert np.array_equal(demo.truth(7), demo.truth(7))
    assert np.array_equal(demo_image(7), demo_image(7))
