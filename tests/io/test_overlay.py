"""The overlay video: exact times, and colours where the objects are."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image as PilImage

from annotator.core.errors import FormatError, RequestError
from annotator.io.formats import registry
from annotator.io.formats.base import NoControl
from annotator.io.formats.overlay import draw_overlay
from annotator.io.formats.webm_shape import state_pixel_aspect
from annotator.io.media import open_media
from tests.io.labels import COLORS, FakeSource
from tests.videos import write_video


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


@pytest.mark.parametrize(
    ("name", "codec", "tick"),
    [("o.mp4", "h264", 0.001), ("o.webm", "vp9", 0.001), ("o.gif", "gif", 0.01)],
)
def test_every_kind_has_all_frames_times_and_colours(
    name: str, codec: str, tick: float, tmp_path: Path
) -> None:
    source = make_source((60, 90))
    source.frames = (0, 2, 3, 5)
    report = registry.exporter("overlay").export(
        source, tmp_path / name, NoControl(), {"opacity": 1.0}
    )
    with av.open(str(tmp_path / name)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == codec
        frames = list(container.decode(stream))
    due = [source.media.seconds(f) - source.media.seconds(0) for f in source.frames]
    assert [float(f.time) for f in frames] == pytest.approx(due, abs=0.51 * tick + 1e-6)
    assert not report.notes
    for at, frame in zip(source.frames, frames, strict=True):
        image = frame.to_ndarray(format="rgb24")
        assert image.shape == (60, 90, 3)
        assert np.abs(image[32, 32].astype(int) - COLORS[1]).max() < 12
        assert np.abs(image[4, 4].astype(int) - (40 + 10 * at)).max() < 6


def test_smaller_and_never_larger(tmp_path: Path) -> None:
    for asked, size in ((45, (45, 30)), (900, (90, 60)), (0, (90, 60))):
        out = tmp_path / f"{asked}.gif"
        registry.exporter("overlay").export(
            make_source((60, 90)), out, NoControl(), {"width": asked}
        )
        with PilImage.open(out) as image:
            assert image.size == size
            assert image.n_frames == 6  # type: ignore[attr-defined]


def test_gif_of_a_fast_video_is_told_to_be_slower(tmp_path: Path) -> None:
    source = make_source()
    source.media = dataclasses.replace(
        source.media, ticks=np.arange(6, dtype=np.int64) * 5, fps=Fraction(200)
    )
    report = registry.exporter("overlay").export(source, tmp_path / "o.gif", NoControl(), {})
    assert "slower" in report.notes[0]
    with av.open(str(tmp_path / "o.gif")) as container:
        times = [float(f.time) for f in container.decode(video=0)]
    assert times == pytest.approx([0.02 * n for n in range(6)])


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
    with pytest.raises(FormatError, match="no name for a file of overlay"):
        exporter.export(make_source(), tmp_path / "o.avi", NoControl(), {})
    with pytest.raises(RequestError, match="opacity"):
        exporter.export(make_source(), tmp_path / "o.mp4", NoControl(), {"opacity": 7})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("rotation", "seen"), [(None, Fraction(4, 3)), (90, Fraction(3, 4))])
@pytest.mark.parametrize(
    ("format_id", "name", "options"),
    [
        ("overlay", "o.mp4", {}),
        ("overlay", "o.webm", {}),
        ("alpha", "a", {"kind": "prores"}),
    ],
)
def test_videos_lie_over_media_of_oblong_pixels(
    tmp_path: Path,
    rotation: int | None,
    seen: Fraction,
    format_id: str,
    name: str,
    options: dict[str, str],
) -> None:
    clip = write_video(tmp_path / "v.mp4", frames=4, aspect=Fraction(4, 3), rotation=rotation)
    source = make_source((96, 64) if rotation else (64, 96))
    with open_media(clip) as media:
        assert media.pixel_aspect == seen
        info = dataclasses.replace(source.media, pixel_aspect=media.pixel_aspect)
    source.media = info
    report = registry.exporter(format_id).export(source, tmp_path / name, NoControl(), options)
    made = report.paths[0]
    with open_media(next(made.glob("*.mov"), made)) as media:
        assert media.pixel_aspect == seen


def test_the_shape_of_pixels_changes_nothing_else_of_a_webm(tmp_path: Path) -> None:
    """Places in the file that its index names are still right."""
    source = make_source()
    exporter = registry.exporter("overlay")
    read = []
    for name, aspect in (("square", Fraction(1)), ("wide", Fraction(64, 45))):
        source.media = dataclasses.replace(source.media, pixel_aspect=aspect)
        out = exporter.export(source, tmp_path / f"{name}.webm", NoControl(), {}).paths[0]
        with av.open(str(out)) as video:
            stream = video.streams.video[0]
            assert float(stream.sample_aspect_ratio or 1) == pytest.approx(float(aspect), abs=0.01)
            packets = [(p.pts, bytes(p), p.pos) for p in video.demux(stream) if p.size]
            video.seek(packets[3][0], stream=stream)
            assert next(video.demux(stream)).is_keyframe
        with open_media(out) as media:
            assert media.notes == ()
            frames = [media.read(frame).tobytes() for frame in (5, 0, 3)]
        read.append((packets, frames, out.stat().st_size))
    assert read[0] == read[1]


@given(st.binary(max_size=300), st.integers(0, 300))
@example(b"\0", 80)  # the place of the tracks, which then lie before the file
def test_what_is_no_webm_is_left_alone(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    made = tmp_path_factory.getbasetemp() / "made.webm"
    if not made.exists():
        registry.exporter("overlay").export(make_source(), made, NoControl(), {})
    data = made.read_bytes()
    file = made.with_name("odd.webm")
    file.write_bytes(data[:at] + noise + data[at + len(noise) :])
    before = file.read_bytes()
    stated = state_pixel_aspect(file, 96, 64, Fraction(4, 3))
    assert len(file.read_bytes()) == len(before)
    assert stated or file.read_bytes() == before
