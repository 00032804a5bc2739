"""A lossless copy is the frame that the decoder gives, bit by bit, or it is not used at all."""

from __future__ import annotations

import pickle
import sqlite3
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from av.video.frame import VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.errors import MediaError
from annotator.core.types import Image
from annotator.io.media import lossless, open_media, video
from annotator.io.media import picture as picture_module
from annotator.io.media.copies import ExactCopies
from annotator.io.media.lossless import Lossless
from annotator.io.media.proxy import EXACT, ProxyStore
from annotator.io.media.video import VideoFile
from tests.videos import picture, write_video

_FRAMES = 12
_BT709, _BT601 = 1, 5
_LIMITED, _FULL = 1, 2
_GRAIN = np.random.default_rng(5).integers(-9, 10, (240, 320, 3))


def _grainy(frame: int, width: int, height: int) -> Image:
    grain = np.roll(_GRAIN, frame * 31, axis=0)[:height, :width]
    return np.clip(picture(frame, width, height) + grain, 0, 255).astype(np.uint8)


def _copied(
    path: Path, cache: Path, frames: range = range(_FRAMES), of: str = "pictures"
) -> dict[int, Image]:
    """Make copies of frames, of pictures as decoded or of their RGB; what the decoder gave."""
    with VideoFile(path, cache) as media:
        store = ProxyStore(cache, media.pixel_source, len(media), EXACT)
        given = {frame: media.read(frame) for frame in frames}
        for frame, image in given.items():
            decoded = media.picture_unless(frame, lambda: False)
            assert decoded is not None
            store.put(frame, image if of == "RGB" else decoded)
            assert frame in store
        store.close()
    return given


def _kinds(cache: Path) -> set[int]:
    """What the copies hold: 1 planes as decoded, 0 RGB."""
    with sqlite3.connect(cache / EXACT.file) as db:
        kinds = {data[0] for (data,) in db.execute("SELECT data FROM copies")}
    db.close()
    return kinds


@pytest.fixture
def no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(self: VideoFile, frame: int, stop: object) -> Image:
        raise AssertionError(f"frame {frame} was decoded")

    monkeypatch.setattr(VideoFile, "_decode", decoded)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_video(tmp_path / "clip.mp4", frames=_FRAMES, size=(96, 64))


@pytest.mark.parametrize("of", ["pictures", "RGB"])
@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("yuv420p.mp4", {}),
        ("yuv422p.mp4", {"pix_fmt": "yuv422p"}),
        ("yuv444p.mp4", {"pix_fmt": "yuv444p"}),
        ("10bit.mp4", {"pix_fmt": "yuv420p10le"}),
        ("10bit422.mkv", {"pix_fmt": "yuv422p10le", "codec": "ffv1"}),
        ("full601.mp4", {"matrix": (_BT601, _FULL)}),
        ("full709.mp4", {"matrix": (_BT709, _FULL)}),
        ("limited601.mp4", {"matrix": (_BT601, _LIMITED)}),
        ("limited709.mp4", {"matrix": (_BT709, _LIMITED)}),
        ("hd.mp4", {"size": (1280, 64)}),
        ("odd.mkv", {"size": (97, 65), "codec": "ffv1"}),
        ("odd444.mp4", {"size": (33, 51), "pix_fmt": "yuv444p"}),
        ("rgb.mkv", {"pix_fmt": "bgr0", "codec": "ffv1"}),
        ("gray.mkv", {"pix_fmt": "gray", "codec": "ffv1"}),
        ("turned.mp4", {"rotation": 90}),
        ("upside.mp4", {"rotation": 180}),
        ("uneven.mp4", {"ticks": [0, 1, 5, 6, 20, 21, 22, 40, 41, 60, 90, 91]}),
        ("b_frames.mp4", {"b_frames": 3, "time_base": Fraction(1, 25)}),
    ],
)  # fmt: skip
def test_it_is_what_the_decoder_gives(
    tmp_path: Path, name: str, how: dict[str, Any], of: str, request: pytest.FixtureRequest
) -> None:
    how = dict(how)
    size = how.pop("size", (96, 64))
    images = [_grainy(i, 320, 240)[:64, :96] if size == (96, 64) else picture(i, *size)
              for i in range(_FRAMES)]  # fmt: skip
    path = write_video(tmp_path / name, size=size, images=images, **how)
    given = _copied(path, tmp_path / "cache", of=of)
    with VideoFile(path) as decoder:
        for frame, image in given.items():
            assert np.array_equal(decoder.read(frame), image)
    request.getfixturevalue("no_decoding")
    with VideoFile(path, tmp_path / "cache") as media:
        for frame in (7, 0, 11, 3, *range(_FRAMES)):
            image = media.read(frame)
            assert image.shape == (*media.size.shape, 3)
            assert not image.flags.writeable
            assert np.array_equal(image, given[frame])


@pytest.mark.parametrize(
    ("pix_fmt", "how", "kind"),
    [
        ("yuv420p", {}, 1),
        ("yuv422p", {}, 1),
        ("yuv444p", {"rotation": 90}, 1),
        ("yuv420p10le", {}, 0),
        ("gray", {"codec": "ffv1"}, 0),
    ],
)  # fmt: skip
def test_planes_are_kept_where_the_codec_takes_them(
    tmp_path: Path, pix_fmt: str, how: dict[str, Any], kind: int
) -> None:
    images = [_grainy(i, 320, 240) for i in range(_FRAMES)]
    path = write_video(tmp_path / "a.mkv", size=(320, 240), images=images, pix_fmt=pix_fmt, **how)
    _copied(path, tmp_path / "cache")
    assert _kinds(tmp_path / "cache") == {kind}


def test_pictures_that_their_planes_do_not_give_are_kept_as_rgb(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something of the decoder's frame that planes, matrix and range do not tell."""
    convert = picture_module.to_rgb
    tried: list[int] = []

    def otherwise(frame: VideoFrame) -> Image:
        tried.append(1)
        return convert(frame) ^ 1

    monkeypatch.setattr(lossless, "to_rgb", otherwise)
    given = _copied(clip, tmp_path / "cache")
    assert _kinds(tmp_path / "cache") == {0}
    assert len(tried) == 1, "once for each nature of a video"
    with VideoFile(clip, tmp_path / "cache") as media:
        assert np.array_equal(media.read(7), given[7])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 5), st.integers(0, 9))
def test_any_picture_comes_back(height: int, width: int, kind: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    top = (1, 2, 4, 30, 200, 256)[kind]
    image = rng.integers(0, top, (height, width, 3), np.uint8)
    packed = Lossless().pack(image)
    assert packed is not None
    again = Lossless().unpack(packed)
    assert again is not None
    assert again.dtype == np.uint8
    assert np.array_equal(again, image)


@pytest.mark.parametrize("data", [b"", b"MAGY", b"nothing of the kind" * 40])
def test_other_bytes_are_no_picture(data: bytes) -> None:
    assert Lossless().unpack(data) is None


def test_every_process_reads_them(clip: Path, tmp_path: Path, no_decoding: None) -> None:
    """A backend's worker opens the media by itself."""
    with open_media(clip, cache_dir=tmp_path / "cache") as media:
        image = _grainy(1, 96, 64)
        store = ProxyStore(tmp_path / "cache", media.pixel_source, len(media), EXACT)
        store.put(5, image)
        with pickle.loads(pickle.dumps(media)) as elsewhere:
            assert np.array_equal(elsewhere.read(5), image)
            store.put(2, image)
            assert np.array_equal(elsewhere.read(2), image), "those made meanwhile as well"
            store.drop(5)
            with pytest.raises(AssertionError, match="frame 5 was decoded"):
                elsewhere.read(5)
        store.close()


def test_the_next_frame_comes_from_the_decoder(clip: Path, tmp_path: Path) -> None:
    """It stands there already, and has threads."""
    cache = tmp_path / "cache"
    _copied(clip, cache, range(3, 6))
    with VideoFile(clip, cache) as media:
        read: list[int] = []
        assert media._copies is not None
        copies = media._copies.read

        def noted(frame: int) -> Image | None:
            read.append(frame)
            return copies(frame)

        media._copies.read = noted  # type: ignore[method-assign]
        for frame in (2, 3, 4, 8, 5):
            media.read(frame)
        assert read == [2, 8, 5]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE copies SET data = CAST(zeroblob(length(data)) AS BLOB)",
        "UPDATE copies SET data = substr(data, 1, length(data) - 1)",
        "UPDATE copies SET data = NULL",
        "UPDATE copies SET data = 'text'",
        "UPDATE copies SET sum = sum + 1",
        "UPDATE copies SET data = (SELECT data FROM copies WHERE frame = 3), "
        "sum = (SELECT sum FROM copies WHERE frame = 3) WHERE frame = 7",
        "DELETE FROM copies",
        "DROP TABLE copies",
    ],
)
def test_a_damaged_copy_is_not_used(clip: Path, tmp_path: Path, damage: str) -> None:
    cache = tmp_path / "cache"
    given = _copied(clip, cache)
    with sqlite3.connect(cache / EXACT.file) as db:
        db.execute(damage)
    db.close()
    with VideoFile(clip, cache) as media:
        assert np.array_equal(media.read(7), given[7])
        assert np.array_equal(media.read(1), given[1])
    store = ProxyStore(cache, media.pixel_source, len(media), EXACT)
    assert 7 not in store, "thrown away, so that it is made anew"
    store.put(7, given[7])
    assert store.get(7) is not None
    store.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_file_with_damage_anywhere_gives_no_wrong_pixel(
    clip: Path, tmp_path: Path, seed: int
) -> None:
    cache = tmp_path / "cache"
    given = _copied(clip, cache)
    file = cache / EXACT.file
    data = bytearray(file.read_bytes())
    rng = np.random.default_rng(seed)
    for at in rng.integers(0, len(data), 300):
        data[at] = rng.integers(256)
    file.write_bytes(data)
    with VideoFile(clip, cache) as media:
        for frame, image in given.items():
            assert np.array_equal(media.read(frame), image)


@pytest.mark.parametrize("changed", ["decoder", "conversion", "media"])
def test_copies_of_other_pixels_are_not_used(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    cache = tmp_path / "cache"
    with VideoFile(clip, cache) as media:
        store = ProxyStore(cache, media.pixel_source, len(media), EXACT)
        for frame in range(_FRAMES):
            store.put(frame, np.zeros((64, 96, 3), np.uint8))
    if changed == "decoder":
        monkeypatch.setattr(video, "DECODER", "PyAV of tomorrow")
    elif changed == "conversion":
        convert = video.to_rgb
        monkeypatch.setattr(video, "to_rgb", lambda frame: convert(frame) ^ 1)
    else:
        images = [picture(i + 1, 96, 64) for i in range(_FRAMES)]
        write_video(clip, size=(96, 64), images=images)
    with VideoFile(clip, cache) as media:
        assert media.read(7).any()
        store.put(2, np.zeros((64, 96, 3), np.uint8))  # who still runs with the old ones
        assert media.read(2).any()
        now = ProxyStore(cache, media.pixel_source, len(media), EXACT)
        assert len(now.without()) == _FRAMES
        now.close()
    store.close()


def test_no_copy_without_a_cache_folder_or_when_closed(clip: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    copies = ExactCopies(cache, "x")
    assert copies.read(0) is None, "no file yet"
    store = ProxyStore(cache, "x", 3, EXACT)
    store.put(0, np.zeros((4, 4, 3), np.uint8))
    assert copies.read(0) is not None
    copies.close()
    copies.close()
    assert copies.read(0) is None
    store.close()
    _copied(clip, cache)
    media = VideoFile(clip, cache)
    media.close()
    with pytest.raises(MediaError, match="closed"):
        media.read(3)
    with VideoFile(clip) as media:
        assert media._copies is None


def test_reading_while_they_are_made(tmp_path: Path) -> None:
    """Copies are large: a reader in the middle of it gets the frame, or none."""
    images = [_grainy(i, 320, 240) for i in range(8)]
    store = ProxyStore(tmp_path, "x", 400, EXACT)
    copies = ExactCopies(tmp_path, "x")
    wrong: list[int] = []
    seen: set[int] = set()
    done = threading.Event()

    def read() -> None:
        rng = np.random.default_rng(0)
        while not done.is_set() or len(seen) < 5:
            frame = int(rng.integers(400))
            image = copies.read(frame)
            if image is not None:
                seen.add(frame)
                if not np.array_equal(image, images[frame % 8]):
                    wrong.append(frame)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for frame in range(400):
        store.put(frame, images[frame % 8])
        if frame % 5 == 4:
            store.drop(frame - 2)
    done.set()
    for thread in threads:
        thread.join()
    assert len(store.without()) == 80
    assert len(seen) > 5
    assert not wrong
    copies.close()
    store.close()
