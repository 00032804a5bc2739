"""Small copies of frames: kept, bounded, made in idle time, and never taken for the frame."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotator.io.media import CachedReader, Media, open_media
from annotator.io.media.intra import IntraDecoder
from annotator.io.media.previews import Previews
from annotator.io.media.proxy import SMALL, SMALL_JPEG, ProxyStore
from annotator.io.media.video import VideoFile
from tests import fakes
from tests.videos import decode_plainly, picture, write_video


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_video(tmp_path / "clip.mp4", frames=40, size=(128, 96), b_frames=2)


def test_copies_survive_and_belong_to_their_media(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    store = ProxyStore(folder, "one", 10, SMALL)
    image = picture(3, 1920, 1080)
    store.put(3, image)
    copy = store.get(3)
    assert copy is not None
    assert copy.shape == (540, 960, 3)
    assert np.abs(copy[::54, ::96].astype(int) - image[::108, ::192]).mean() < 30
    data = store.data(3)
    assert data is not None
    small = SMALL_JPEG.unpack(data, reduce=8)
    assert small is not None
    assert small.shape == (68, 120, 3)
    store.close()
    again = ProxyStore(folder, "one", 10, SMALL)
    assert 3 in again
    assert again.nearest(9) == 3
    again.close()
    other = ProxyStore(folder, "two", 10, SMALL)
    assert 3 not in other
    assert other.nearest(3) is None
    other.close()


def test_a_long_clip_keeps_every_nth_frame_and_the_bound_holds(tmp_path: Path) -> None:
    store = ProxyStore(tmp_path, "x", 100_000, replace(SMALL, max_bytes=1 << 20))
    assert store.stride == 16384
    assert store.missing(1) == 16384
    noise = np.random.default_rng(0).integers(0, 255, (540, 960, 3), np.uint8)
    for frame in range(0, 100_000, store.stride):
        store.put(frame, noise)
    assert store.full
    assert store.missing(0) is None
    assert sum(f in store for f in range(0, 100_000, store.stride)) < 7
    store.close()


def test_a_broken_file_is_an_empty_cache(tmp_path: Path) -> None:
    (tmp_path / SMALL.file).write_bytes(b"no database " * 200)
    store = ProxyStore(tmp_path, "x", 5, SMALL)
    store.put(1, picture(1, 64, 48))
    assert store.get(1) is not None
    store.close()
    assert store.get(1) is None


def test_they_are_made_while_nobody_works(clip: Path, tmp_path: Path) -> None:
    stored: list[int] = []
    everything = threading.Event()

    def on_stored(frame: int) -> None:
        stored.append(frame)
        if len(stored) == 40:
            everything.set()

    with open_media(clip) as media:
        previews = Previews(media, tmp_path / "cache", on_stored)
        for _ in range(4):
            previews.touch(20)
            time.sleep(0.1)
        assert not stored, "the person is at work"
        assert everything.wait(20)
        assert sorted(stored[:5]) == [0, 8, 16, 24, 32], (
            "key frames are quick and near to all others"
        )
        assert stored[0] in (16, 24), "from where the person is"
        found = previews.find(7)
        assert found is not None
        frame, image = found
        assert frame == 7
        assert np.abs(image.astype(int) - media.read(7)).mean() < 8
        previews.close()
    assert (tmp_path / "cache" / SMALL.file).is_file()


def test_before_there_are_copies_the_key_frame_stands_in_and_says_so(
    clip: Path, tmp_path: Path
) -> None:
    with open_media(clip) as media:
        previews = Previews(media, tmp_path / "cache", lambda _frame: None)
        previews.touch()
        found = previews.find(13)
        assert found is not None
        frame, image = found
        assert frame == 8, "key frames lie 8 apart"
        assert np.array_equal(image, media.read(8))
        previews.close()


def test_key_frames_are_exact(clip: Path) -> None:
    with open_media(clip) as media:
        assert isinstance(media, VideoFile)
        decoder = IntraDecoder(media)
        for frame in (39, 0, 17, 8, 31):
            found = decoder.before(frame)
            assert found is not None
            key, image = found
            assert key == frame // 8 * 8
            assert np.array_equal(image, media.read(key))
        decoder.close()


def test_seeking_lands_on_the_wanted_key_frame(clip: Path) -> None:
    """One too early costs a whole group of pictures."""
    with open_media(clip) as media:
        assert isinstance(media, VideoFile)
        for key in (1, 3, 4):
            media._seek(key)
            assert next(filter(None, media._frames)).pts == media.index.key_pts[key]


def test_a_key_frame_that_was_shown_is_not_decoded_again(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    with open_media(clip) as media:
        previews = Previews(media, tmp_path / "cache", told.append)
        try:
            previews.touch()
            found = previews.find(13)
            assert found is not None
            assert found[0] == 8
            previews.keep(*found)
            previews.keep(13, found[1])
            assert 8 in previews.store
            assert 13 not in previews.store, "only key frames are kept at once"
            assert told == [8]
            monkeypatch.setattr(IntraDecoder, "before", lambda *_: pytest.fail("decoded again"))
            again = previews.find(12)
            assert again is not None
            assert again[0] == 8
            assert np.abs(again[1].astype(int) - found[1]).mean() < 8
        finally:
            previews.close()


@pytest.mark.parametrize("gop", [25, 250])
def test_jumps_give_the_very_pixels_of_a_plain_pass(tmp_path: Path, gop: int) -> None:
    """Whatever is shown first, held back or kept, the exact frame is the exact frame."""
    options = {"g": str(gop), "keyint_min": str(gop), "sc_threshold": "0", "bf": "2"}
    path = write_video(tmp_path / "clip.mp4", frames=260, size=(64, 48), options=options)
    plain, _ = decode_plainly(path)
    with open_media(path) as media, CachedReader(media, 8 << 20) as reader:
        previews = Previews(media, tmp_path / "cache", lambda _: None)
        try:
            reader.read(40)
            reader.read(41)
            for frame in (120, 7, 251, 119, 250, 24, 25, 26, 200, 3):
                reader.hold()
                found = previews.find(frame)
                assert found is not None
                shows, image = found
                if shows not in previews.store:
                    assert shows == frame // gop * gop, "the key frame, and it says so"
                    assert np.array_equal(image, plain[shows])
                    previews.keep(shows, image)
                assert np.array_equal(reader.read(frame), plain[frame])
        finally:
            previews.close()


def test_what_was_wanted_when_the_person_came_back_is_made_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = threading.Event()
    taken = Previews._take
    tries: list[int] = []

    def interrupted(previews: Previews, media: Media, frame: int) -> object:
        tries.append(frame)
        return None if len(tries) == 1 else taken(previews, media, frame)

    monkeypatch.setattr(Previews, "_take", interrupted)
    with open_media(fakes.image_folder(tmp_path / "clip", 6)) as media:
        previews = Previews(media, tmp_path / "cache", lambda _: stored.set())
        previews.want([3])
        assert stored.wait(20)
        assert tries == [3, 3]
        previews.close()
