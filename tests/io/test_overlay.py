"""The overlay video: exact times, and colours where the objects are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotator.core.errors import FormatError, RequestError
from annotator.io.formats import registry
from annotator.io.formats.base import NoControl
from annotator.io.formats.overlay import draw_overlay
from annotator.io.media import open_media
from tests.io.labels import COLORS, FakeSource


def make_source(shape: tuple[int, int] = (64, 96)) -> FakeSource:
    label_map = np.zeros(shape, np.uint8)
    label_map[16:48, 16:48] = 1
    label_map[16:48, 56:88] = 2
    return FakeSource([label_map] * 6)


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    source = make_source()
    source.frames = (1, 2, 4, 5)
    out = tmp_path / "o.mp4"
    registry.exporter("overlay").export(source, out, NoControl(), {})
    with open_media(out) as media:
        times = [media.pts(i) for i in range(len(media))]
    start = source.media.seconds(1)
    assert times == pytest.approx([source.media.seconds(f) - start for f in source.frames])


def test_objects_are_coloured(tmp_path: Path) -> None:
    source = make_source()
    out = tmp_path / "o.mp4"
    registry.exporter("overlay").export(source, out, NoControl(), {"opacity": 1.0})
    with open_media(out) as media:
        image = media.read(2)
    assert np.abs(image[32, 32].astype(int) - COLORS[1]).max() < 12
    assert np.abs(image[32, 72].astype(int) - COLORS[2]).max() < 12
    assert np.abs(image[4, 4].astype(int) - 60).max() < 6


def test_odd_sizes_are_padded(tmp_path: Path) -> None:
    report = registry.exporter("overlay").export(make_source((63, 95)), tmp_path, NoControl(), {})
    assert "padded" in report.notes[0]
    with open_media(report.paths[0]) as media:
        assert media.size == (96, 64)


def test_outline_is_solid_and_the_rest_is_mixed() -> None:
    source = make_source()
    image = np.full((64, 96, 3), 100, np.uint8)
    drawn = draw_overlay(image, source.maps[0], source.objects, 0.5)
    assert (drawn[16, 30] == COLORS[1]).all()
    assert np.abs(drawn[32, 32].astype(int) - (np.array(COLORS[1]) + 100) / 2).max() <= 1
    assert (drawn[15, 30] == 100).all()
    assert (image == 100).all()


def test_bad_names_and_options(tmp_path: Path) -> None:
    exporter = registry.exporter("overlay")
    with pytest.raises(FormatError, match="no name for an MP4"):
        exporter.export(make_source(), tmp_path / "o.avi", NoControl(), {})
    with pytest.raises(RequestError, match="opacity"):
        exporter.export(make_source(), tmp_path / "o.mp4", NoControl(), {"opacity": 7})
    assert not list(tmp_path.iterdir())
