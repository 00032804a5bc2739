"""Copies at full size: sharp, bounded, where the person is, and only where they are needed."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from annotator.core.types import Image
from annotator.io.media import open_media, previews
from annotator.io.media.previews import Previews
from annotator.io.media.proxy import FULL, SMALL, CopyKind, ProxyStore
from tests.videos import picture, write_video

_FRAMES = 60
_GOP = {"g": "20", "keyint_min": "20", "sc_threshold": "0"}


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Key frames 20 apart: a group of pictures each."""
    return write_video(tmp_path / "clip.mp4", frames=_FRAMES, size=(128, 96), options=_GOP)


@pytest.fixture
def puts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What is copied, in order: the store's file and the frame."""
    made: list[tuple[str, int]] = []
    put = ProxyStore.put

    def noted(store: ProxyStore, frame: int, image: Image) -> None:
        put(store, frame, image)
        if frame in store:
            made.append((store._kind.file, frame))

    monkeypatch.setattr(ProxyStore, "put", noted)
    return made


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not done():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.01)


def _full(made: list[tuple[str, int]]) -> list[int]:
    return [frame for file, frame in made if file == FULL.file]


def _tiny(copies: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CopyKind:
    """Make room for so many copies at full size of the clip's frames."""
    probe = ProxyStore(tmp_path / "probe", "x", _FRAMES, FULL)
    for frame in range(_FRAMES):
        probe.put(frame, picture(frame, 128, 96))
    mean = probe._bytes / _FRAMES
    probe.close()
    kind = replace(FULL, max_bytes=int(mean * (copies + 0.7)))
    monkeypatch.setattr(previews, "FULL", kind)
    return kind


def test_a_copy_is_as_large_and_nearly_the_same(tmp_path: Path) -> None:
    store = ProxyStore(tmp_path, "x", 3, FULL)
    image = np.stack([picture(5, 1920, 1080)[..., c] for c in (1, 2, 0)], axis=2)
    store.put(1, image)
    copy = store.get(1)
    assert copy is not None
    assert copy.shape == image.shape
    assert np.abs(copy.astype(int) - image).mean() < 1
    huge = np.zeros((2160, 3840, 3), np.uint8)
    store.put(2, huge)
    copy = store.get(2)
    assert copy is not None
    assert copy.shape == (1080, 1920, 3), "a 4K picture takes too long to decode"
    store.close()


def test_bytes_stay_below_the_bound_and_room_can_be_made(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    store = ProxyStore(tmp_path, "x", 100, replace(FULL, max_bytes=50_000))
    for frame in range(100):
        store.put(frame, noise)
    held = 100 - len(store.without())
    assert 2 < held < 20
    assert store._bytes <= 50_000
    assert store.full
    assert store.farthest(0) == held - 1
    assert store.farthest(0, spare=(held - 1,)) == held - 2
    store.drop(0)
    assert not store.full
    assert store.get(0) is None
    store.put(90, noise)
    assert 90 in store
    assert store._bytes <= 50_000
    store.close()
    again = ProxyStore(tmp_path, "x", 100, replace(FULL, max_bytes=50_000))
    assert 90 in again
    assert 0 not in again
    again.close()


def test_a_disk_with_little_room_gets_few_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    room = SimpleNamespace(free=1 << 30)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    store = ProxyStore(tmp_path, "x", 100, FULL)
    for frame in range(5):
        store.put(frame, noise)
    assert 4 in store
    room.free = 1000
    store.put(5, noise)
    assert 5 not in store
    assert store.full
    store.close()
    store = ProxyStore(tmp_path, "x", 100, FULL)
    assert len(store.without()) == 100, "the file that has become too large was let go"
    assert (tmp_path / FULL.file).stat().st_size < 20_000
    store.close()


def test_copies_of_other_media_or_made_otherwise_are_not_used(tmp_path: Path) -> None:
    image = picture(0, 64, 48)
    for fingerprint, kind in (("a", FULL), ("b", FULL), ("b", replace(FULL, quality=50))):
        store = ProxyStore(tmp_path, fingerprint, 3, kind)
        assert 0 not in store
        store.put(0, image)
        store.close()


def test_a_damaged_copy_is_made_anew(tmp_path: Path) -> None:
    store = ProxyStore(tmp_path, "x", 5, FULL)
    store.put(1, picture(1, 64, 48))
    with sqlite3.connect(tmp_path / FULL.file) as other:
        other.execute("UPDATE copies SET jpeg = x'00ff00'")
    other.close()
    assert store.get(1) is None
    assert 1 in store.without()
    store.put(1, picture(1, 64, 48))
    assert store.get(1) is not None
    store.close()


def test_a_file_damaged_in_the_middle_is_an_empty_cache(tmp_path: Path) -> None:
    store = ProxyStore(tmp_path, "x", 50, FULL)
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    for frame in range(50):
        store.put(frame, noise)
    store.close()
    file = tmp_path / FULL.file
    data = bytearray(file.read_bytes())
    data[4096:] = np.random.default_rng(1).bytes(len(data) - 4096)
    file.write_bytes(data)
    store = ProxyStore(tmp_path, "x", 50, FULL)
    store.put(3, noise)
    assert store.get(3) is not None
    store.close()


def test_small_ones_first_then_group_by_group_from_the_person_on(
    clip: Path, tmp_path: Path, puts: list[tuple[str, int]]
) -> None:
    with open_media(clip) as media:
        made = Previews(media, tmp_path / "cache", lambda _: None)
        made.touch(30)
        made.expect([55, 3])
        _wait(lambda: len(puts) == 2 * _FRAMES)
        sharp = made.sharp(7)
        assert sharp is not None
        assert np.abs(sharp.astype(int) - media.read(7)).mean() < 2
        made.close()
        assert made.sharp(7) is None
    assert [file for file, _ in puts] == [SMALL.file] * _FRAMES + [FULL.file] * _FRAMES
    full = _full(puts)
    assert full[:2] == [55, 3], "where the person may go next"
    assert full[2:22] == list(range(20, 40)), "forwards, as decoding goes"
    assert full[22:] == [*(f for f in range(20) if f != 3), *(f for f in range(40, 60) if f != 55)]


def test_those_far_from_the_person_make_room(
    clip: Path, tmp_path: Path, puts: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = _tiny(14, monkeypatch, tmp_path)
    with open_media(clip) as media:
        puts.clear()
        made = Previews(media, tmp_path / "cache", lambda _: None)
        made.touch(0)
        made.expect([58])
        _wait(lambda: len(_full(puts)) >= 12)
        time.sleep(1.0)
        here = set(_full(puts))
        assert here >= set(range(10)), "around the person"
        assert len(here) < 20
        assert made.full is not None
        assert made.has_sharp(58)
        settled = len(puts)
        time.sleep(1.0)
        assert len(puts) == settled, "it comes to rest"
        made.touch(45)
        _wait(lambda: made.has_sharp(45))
        assert not made.has_sharp(0)
        assert made.has_sharp(58), "expected ones stay"
        assert made.full._bytes <= kind.max_bytes
        made.close()


def test_frames_that_were_decoded_anyway_give_both_copies(clip: Path, tmp_path: Path) -> None:
    with open_media(clip) as media:
        made = Previews(media, tmp_path / "cache", lambda _: None)
        made.touch(0)
        given = np.full((96, 128, 3), 200, np.uint8)
        made.offer(33, given)
        _wait(lambda: made.has_sharp(33))
        for copy in (made.store.get(33), made.sharp(33)):
            assert copy is not None
            assert np.abs(copy.astype(int) - given).max() < 4, "nothing was decoded for it"
        made.close()


def test_closing_ends_the_work_at_once(clip: Path, tmp_path: Path) -> None:
    with open_media(clip) as media:
        made = Previews(media, tmp_path / "cache", lambda _: None)
        _wait(lambda: made.full is not None and len(made.full.without()) < _FRAMES)
        began = time.monotonic()
        made.close()
        assert time.monotonic() - began < 2
        there = _FRAMES - len(made.full.without()) if made.full else 0
        again = Previews(media, tmp_path / "cache", lambda _: None)
        again.touch()
        assert again.full is not None
        assert _FRAMES - len(again.full.without()) == there, "and nothing is lost"
        again.close()


def test_no_copies_where_every_frame_is_quick(tmp_path: Path) -> None:
    path = write_video(tmp_path / "intra.mp4", frames=12, size=(64, 48), options={"g": "1"})
    with open_media(path) as media:
        made = Previews(media, tmp_path / "cache", lambda _: None)
        assert made.full is None
        assert not made.has_sharp(3)
        assert made.sharp(3) is None
        made.offer(3, media.read(3))
        made.close()
    assert not (tmp_path / "cache" / FULL.file).exists()
