"""Streams that end in the middle of something are told from those that just end."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.io.media.ending import ends_early
from tests.videos import write_video

_SOUNDS = {"opus": "libopus", "vorbis": "vorbis", "flac": "flac"}


def with_sound(path: Path, codec: str, seconds: float, **container: str) -> Path:
    """Two seconds of picture beside so much sound."""
    with av.open(str(path), "w", container_options=container) as out:
        picture: Any = out.add_stream("libvpx", rate=25)
        picture.width, picture.height, picture.pix_fmt = 96, 64, "yuv420p"
        sound: Any = out.add_stream(_SOUNDS[codec], rate=48000, options={"strict": "-2"})
        sound.layout = "stereo"
        kind = sound.codec_context.format.name if sound.codec_context.format else "s16"
        for number in range(50):
            image = np.full((64, 96, 3), number * 5, np.uint8)
            out.mux(picture.encode(av.VideoFrame.from_ndarray(image)))
        resampler = av.AudioResampler(format=kind, layout="stereo", rate=48000)
        for number in range(int(seconds * 48)):
            samples = np.zeros((1, 2000), np.int16)
            frame = av.AudioFrame.from_ndarray(samples, "s16", "stereo")
            frame.sample_rate, frame.pts = 48000, number * 1000
            for ready in resampler.resample(frame):
                out.mux(sound.encode(ready))
        out.mux(picture.encode(None))
        out.mux(sound.encode(None))
    return path


def copied(source: Path, target: Path, first: int = 0) -> Path:
    """The packets from one on, as `ffmpeg -c copy` writes them."""
    with av.open(str(source)) as read, av.open(str(target), "w") as out:
        given = read.streams.video[0]
        made = out.add_stream_from_template(given)
        for packet in itertools.islice(read.demux(given), first, None):
            if packet.dts is not None:
                packet.stream = made
                out.mux(packet)
    return target


@pytest.mark.parametrize("codec", sorted(_SOUNDS))
@pytest.mark.parametrize("seconds", [0.3, 2.0, 5.0])
def test_ogg_with_shorter_and_longer_sound_is_whole(
    tmp_path: Path, codec: str, seconds: float
) -> None:
    assert not ends_early(with_sound(tmp_path / "w.ogv", codec, seconds))
    assert not ends_early(with_sound(tmp_path / "s.ogv", codec, seconds, page_duration="50000"))


@pytest.mark.parametrize(
    ("source", "codec", "others"),
    [
        ("a.mp4", "libx264", ["b.ts", "b.m2ts"]),
        ("a.ts", "mpeg2video", ["b.mpg", "b.vob", "b.ts"]),
        ("a.mpg", "mpeg1video", ["b.mpg", "b.ts"]),
        ("a.webm", "libvpx", ["b.ogv"]),
    ],
)
def test_copies_into_another_container_are_whole(
    tmp_path: Path, source: str, codec: str, others: list[str]
) -> None:
    made = write_video(tmp_path / source, codec=codec, frames=60)
    for other in others:
        for first in (0, 12):
            copy = copied(made, tmp_path / other, first)
            assert copy.stat().st_size > 2000
            assert not ends_early(copy), other


def test_a_recording_that_begins_and_ends_anywhere_is_no_torn_file(tmp_path: Path) -> None:
    data = write_video(tmp_path / "a.ts", frames=60).read_bytes()
    for first, last in ((0, 40), (7, 60), (3, 21)):
        part = tmp_path / "part.ts"
        part.write_bytes(data[first * 188 : last * 188])
        assert not ends_early(part)
        part.write_bytes(data[first * 188 : last * 188 + 5])
        assert ends_early(part)


def test_ogg_cut_between_two_pages_lacks_its_mark_of_the_end(tmp_path: Path) -> None:
    path = write_video(
        tmp_path / "a.ogv", codec="libvpx", frames=60, container_options={"page_duration": "100"}
    )
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"OggS")])
    assert ends_early(path)


@given(
    head=st.sampled_from(
        [
            b"OggS\0\4",
            b"OggS",
            b"GIF89a",
            b"GIF87a\1\0\1\0\x80",
            b"\0\0\1\xba\x44",
            b"G" * 400,
            b"G",
        ]
    ),
    rest=st.binary(max_size=600),
)
def test_nothing_that_looks_like_a_stream_is_too_odd(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, rest: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "odd"
    file.write_bytes(head + rest)
    assert ends_early(file) in (True, False)
