"""Reading ahead: in the right direction, within the budget, and never in the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from annotator.core.errors import MediaError
from annotator.core.types import Image, Size
from annotator.io.media.base import Media, Timing
from annotator.io.media.cached import CachedReader

FRAME = 8 * 4 * 3


class FakeMedia(Media):
    """Frames full of their own number, which remembers what was decoded."""

    kind = "images"

    def __init__(self, count: int = 200) -> None:
        timing = Timing(np.arange(count), Fraction(1, 24), Fraction(24))
        super().__init__(Path("fake"), Size(8, 4), timing, None)
        self.decoded: list[int] = []
        self.delay = 0.0
        self.bad: set[int] = set()

    def name(self, frame: int) -> str:
        return str(frame)

    @property
    def files(self) -> tuple[Path, ...]:
        return ()

    @property
    def fingerprint(self) -> str:
        return "fake"

    def _decode(self, frame: int, stop: Callable[[], bool]) -> Image | None:
        end = time.monotonic() + self.delay
        while time.monotonic() < end:
            if stop():
                return None
            time.sleep(0.001)
        if frame in self.bad:
            raise MediaError(f"frame {frame} is broken")
        self.decoded.append(frame)
        return np.full((4, 8, 3), frame % 256, np.uint8)

    def keep_findings(self, cache_dir: Path) -> None:
        """Nothing was looked for."""

    def _release(self) -> None:
        """Nothing is open."""


@pytest.fixture(name="media")
def _media() -> FakeMedia:
    return FakeMedia()


@pytest.fixture(name="reader")
def _reader(media: FakeMedia) -> Iterator[CachedReader]:
    with CachedReader(media, 40 * FRAME) as reader:
        yield reader
    assert not [t for t in threading.enumerate() if t.name == "prefetch"]


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.002)


def test_forwards(media: FakeMedia, reader: CachedReader) -> None:
    reader.read(10)
    reader.read(11)
    wait_for(lambda: all(f in reader.cache for f in range(12, 32)))
    before, hits = len(media.decoded), reader.cache.hits
    assert (reader.read(20) == 20).all()
    assert reader.cache.hits == hits + 1
    wait_for(lambda: 40 in reader.cache)
    assert 20 not in media.decoded[before:]
    assert media.decoded == sorted(media.decoded)


def test_backwards_in_chunks(media: FakeMedia, reader: CachedReader) -> None:
    for frame in range(100, 50, -1):
        assert (reader.read(frame) == frame).all()
    assert len(media.decoded) == len(set(media.decoded))
    rising = sum(b > a for a, b in zip(media.decoded, media.decoded[1:], strict=False))
    assert rising > len(media.decoded) / 2


def test_direction_can_be_told(reader: CachedReader) -> None:
    reader.read(50)
    reader.set_direction(-1)
    wait_for(lambda: all(f in reader.cache for f in range(30, 50)))
    assert 51 not in reader.cache
    reader.set_direction(0)
    reader.infer_direction()
    reader.read(51)
    wait_for(lambda: 60 in reader.cache)


def test_budget_is_never_exceeded(media: FakeMedia) -> None:
    with CachedReader(media, 7 * FRAME) as reader:
        highest = 0
        for frame in [*range(60), *range(60, 20, -1), 5, 90, 91, 92]:
            reader.read(frame)
            highest = max(highest, reader.cache.bytes)
        assert 0 < highest <= 7 * FRAME


def test_budget_of_less_than_a_frame(media: FakeMedia) -> None:
    with CachedReader(media, FRAME - 1) as reader:
        assert (reader.read(3) == 3).all()
        assert (reader.read(4) == 4).all()
        assert reader.cache.bytes == 0


def test_reading_ahead_steps_aside(media: FakeMedia, reader: CachedReader) -> None:
    reader.read(0)
    media.delay = 0.3
    reader.read(1)  # from here on a frame is being read ahead, slowly
    time.sleep(0.02)
    started = time.monotonic()
    reader.read(150)
    # Its own 0.3 s, and not the 0.3 s of the frame that was being read ahead.
    assert time.monotonic() - started < 0.5


def test_a_jump_stops_reading_ahead(media: FakeMedia, reader: CachedReader) -> None:
    media.delay = 0.02
    for frame in (0, 1, 150, 30, 120, 3):
        assert (reader.read(frame) == frame).all()
    reader.read(4)
    wait_for(lambda: 8 in reader.cache)
    assert 151 not in reader.cache


def test_broken_frames_are_told_to_who_asks(media: FakeMedia, reader: CachedReader) -> None:
    media.bad = {5}
    reader.read(2)
    reader.read(3)
    wait_for(lambda: 8 in reader.cache)
    with pytest.raises(MediaError, match="frame 5"):
        reader.read(5)
    with pytest.raises(IndexError):
        reader.read(200)
    assert reader.peek(5) is None
    assert reader.peek(8) is not None


def test_frames_are_read_only_and_size_is_passed_on(reader: CachedReader) -> None:
    assert (len(reader), reader.size) == (200, Size(8, 4))
    with pytest.raises(ValueError, match="read-only"):
        reader.read(0)[:] = 1


def test_held_it_reads_nothing_ahead_until_somebody_reads(
    media: FakeMedia, reader: CachedReader
) -> None:
    media.delay = 0.01
    reader.read(10)
    reader.read(11)
    wait_for(lambda: 13 in reader.cache)
    reader.hold()
    with media._lock:  # what was being decoded has stepped aside
        held = len(media.decoded)
    time.sleep(0.1)
    assert len(media.decoded) == held
    reader.go_on()
    wait_for(lambda: 16 in reader.cache)
    reader.hold()
    reader.read(100)
    reader.read(101)
    wait_for(lambda: 104 in reader.cache)


@pytest.mark.parametrize("told", [False, True])
def test_holding_a_chunk_back_blocks_nobody(
    media: FakeMedia, reader: CachedReader, told: bool
) -> None:
    """Going backwards names the frames of a chunk before they are read, and who wants one waits."""
    media.delay = 0.002
    reader.read(150)
    reader.hold()
    if told:
        reader.set_direction(-1)
    else:
        reader.read(149)
        reader.hold()
    got: list[Image] = []
    thread = threading.Thread(target=lambda: got.append(reader.read(140)), daemon=True)
    thread.start()
    thread.join(5)
    assert got
    assert (got[0] == 140).all()
