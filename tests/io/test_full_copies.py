"""Lossless copies: bounded, where the person is, and only where they are needed."""

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
from annotator.io.media import open_media, packers, previews
from annotator.io.media.previews import Previews
from annotator.io.media.proxy import EXACT, SMALL, SMALL_JPEG, CopyKind, ProxyStore
from annotator.io.media.video import VideoFile
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
    return [frame for file, frame in made if file == EXACT.file]


def _tiny(clip: Path, copies: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CopyKind:
    """Make room for so many lossless copies of the clip's frames."""
    probe = ProxyStore(tmp_path / "probe", "x", _FRAMES, EXACT)
    with VideoFile(clip) as media:
        for frame in range(_FRAMES):
            decoded = media.picture_unless(frame, lambda: False)
            assert decoded is not None
            probe.put(frame, decoded)
    mean = probe._bytes / _FRAMES
    probe.close()
    kind = replace(EXACT, max_bytes=int(mean * (copies + 0.7)))
    monkeypatch.setattr(previews, "EXACT", kind)
    return kind


def test_bytes_stay_below_the_bound_and_room_can_be_made(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    store = ProxyStore(tmp_path, "x", 100, replace(EXACT, max_bytes=50_000))
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
    again = ProxyStore(tmp_path, "x", 100, replace(EXACT, max_bytes=50_000))
    assert 90 in again
    assert 0 not in again
    again.close()


def test_a_disk_with_little_room_gets_few_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    room = SimpleNamespace(free=1 << 30)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    store = ProxyStore(tmp_path, "x", 100, EXACT)
    for frame in range(5):
        store.put(frame, noise)
    assert 4 in store
    room.free = 1000
    store.put(5, noise)
    assert 5 not in store
    assert store.full
    store.close()
    before = (tmp_path / EXACT.file).stat().st_size
    store = ProxyStore(tmp_path, "x", 100, EXACT)
    assert len(store.without()) == 95, "a disk that has become fuller takes nothing at once"
    room.free = 300_000
    while store.shrink(around=1):
        pass
    assert len(store.without()) not in (95, 100)
    assert 1 in store, "those farthest away go"
    assert 4 not in store
    assert store._bytes <= (room.free + store._bytes) / 10
    assert (tmp_path / EXACT.file).stat().st_size < before, "and the disk gets their space"
    store.close()


def test_copies_of_other_media_or_made_otherwise_are_not_used(tmp_path: Path) -> None:
    image = picture(0, 64, 48)
    coarse = replace(SMALL, packing=replace(SMALL_JPEG, quality=50))
    for fingerprint, kind in (("a", EXACT), ("b", EXACT), ("b", SMALL), ("b", coarse)):
        store = ProxyStore(tmp_path, fingerprint, 3, kind)
        assert 0 not in store
        store.put(0, image)
        store.close()


def test_a_damaged_copy_is_made_anew(tmp_path: Path) -> None:
    store = ProxyStore(tmp_path, "x", 5, EXACT)
    store.put(1, picture(1, 64, 48))
    with sqlite3.connect(tmp_path / EXACT.file) as other:
        other.execute("UPDATE copies SET data = x'00ff00'")
    other.close()
    assert store.get(1) is None
    assert 1 in store.without()
    store.put(1, picture(1, 64, 48))
    assert store.get(1) is not None
    store.close()


def test_a_file_damaged_in_the_middle_is_an_empty_cache(tmp_path: Path) -> None:
    store = ProxyStore(tmp_path, "x", 50, EXACT)
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    for frame in range(50):
        store.put(frame, noise)
    store.close()
    file = tmp_path / EXACT.file
    data = bytearray(file.read_bytes())
    data[4096:] = np.random.default_rng(1).bytes(len(data) - 4096)
    file.write_bytes(data)
    store = ProxyStore(tmp_path, "x", 50, EXACT)
    store.put(3, noise)
    assert store.get(3) is not None
    store.close()


def test_key_frames_first_then_group_by_group_from_the_person_on(
    clip: Path, tmp_path: Path, puts: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packers, "_MOST", 1)  # several would finish in another order
    with open_media(clip) as media:
        made = Previews(media, tmp_path / "cache", lambda _: None)
        made.touch(30)
        made.expect([55, 3])
        _wait(lambda: len(puts) == 2 * _FRAMES)
        made.close()
    small = [frame for file, frame in puts if file == SMALL.file]
    assert set(small[:3]) == {20, 40, 0}, "key frames are quick to decode"
    assert sorted(small) == list(range(_FRAMES))
    full = _full(puts)
    assert full[:2] == [55, 3], "where the person may go next"
    assert full[2:22] == list(range(20, 40)), "forwards, as decoding goes"
    assert full[22:] == [*(f for f in range(20) if f != 3), *(f for f in range(40, 60) if f != 55)]


def test_those_far_from_the_person_make_room(
    clip: Path, tmp_path: Path, puts: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = _tiny(clip, 14, monkeypatch, tmp_path)
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
        assert made.exact is not None
        assert made.has_exact(58)
        settled = len(puts)
        time.sleep(1.0)
        assert len(puts) == settled, "it comes to rest"
        made.touch(45)
        _wait(lambda: made.has_exact(45))
        assert not made.has_exact(0)
        assert made.has_exact(58), "expected ones stay"
        assert made.exact._bytes <= kind.max_bytes
        made.close()


def test_a_disk_that_becomes_fuller_costs_the_farthest_copies(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = SimpleNamespace(free=1 << 30)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    with open_media(clip) as media:
        made = Previews(media, tmp_path / "cache", lambda _: None)
        made.touch(0)
        exact = made.exact
        assert exact is not None
        _wait(lambda: not len(exact.without()))
        room.free = 9 * exact._bytes - 1  # one byte less than they may take
        _wait(lambda: len(exact.without()) > 0)
        time.sleep(0.5)
        assert list(exact.without()) == [_FRAMES - 1], "no more than must be"
        made.close()


def test_frames_that_were_decoded_anyway_give_both_copies(clip: Path, tmp_path: Path) -> None:
    with open_media(clip) as media:
        made = Previews(media, tmp_path / "cache", lambda _: None)
        made.touch(0)
        given = np.full((96, 128, 3), 200, np.uint8)
        made.offer(33, given)
        _wait(lambda: made.has_exact(33))
        assert made.exact is not None
        for copy, error in ((made.store.get(33), 3), (made.exact.get(33), 0)):
            assert copy is not None
            assert np.abs(copy.astype(int) - given).max() <= error, "nothing was decoded for it"
        made.close()


def test_a_frame_that_cannot_be_copied_is_tried_once(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    put = ProxyStore.put

    def refuse(store: ProxyStore, frame: int, image: Image) -> None:
        if store._kind.file == EXACT.file and frame == 7:
            tried.append(frame)
            raise MemoryError
        put(store, frame, image)

    monkeypatch.setattr(ProxyStore, "put", refuse)
    with open_media(clip) as media:
        made = Previews(media, tmp_path / "cache", lambda _: None)
        made.hurry()
        _wait(lambda: made.awaited == 0)
        assert made.exact is not None
        assert list(made.exact.without()) == [7]
        time.sleep(1.0)
        assert tried == [7]
        made.close()


def test_closing_ends_the_work_at_once(clip: Path, tmp_path: Path) -> None:
    with open_media(clip) as media:
        made = Previews(media, tmp_path / "cache", lambda _: None)
        _wait(lambda: made.exact is not None and len(made.exact.without()) < _FRAMES)
        began = time.monotonic()
        made.close()
        assert time.monotonic() - began < 2
        there = _FRAMES - len(made.exact.without()) if made.exact else 0
        again = Previews(media, tmp_path / "cache", lambda _: None)
        again.touch()
        assert again.exact is not None
        assert _FRAMES - len(again.exact.without()) == there, "and nothing is lost"
        again.close()


def test_no_copies_where_every_frame_is_quick(tmp_path: Path) -> None:
    path = write_video(tmp_path / "intra.mp4", frames=12, size=(64, 48), options={"g": "1"})
    with open_media(path) as media:
        made = Previews(media, tmp_path / "cache", lambda _: None)
        assert made.exact is None
        assert not made.has_exact(3)
        made.offer(3, media.read(3))
        made.close()
    assert not (tmp_path / "cache" / EXACT.file).exists()
