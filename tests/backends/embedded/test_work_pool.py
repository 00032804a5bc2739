"""Computing beside: the same results, whoever computes them, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from functools import partial

import cv2
import numpy as np
import pytest

from annotator.backends.base import FillRequest
from annotator.backends.embedded import work_pool as beside
from annotator.backends.embedded.engine import Engine
from annotator.backends.embedded.motion import Motions, make_motion
from annotator.backends.embedded.views import Views
from annotator.backends.embedded.work_pool import WorkPool
from annotator.core.errors import Cancelled, MediaError
from annotator.core.types import FrameResult, Image
from tests.backends.clip import Clip, Watch, key

CORES = (1, 2, 5)


@pytest.mark.parametrize("cores", CORES)
def test_each_keeps_the_order(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "usable_cores", lambda: cores)

    def work(number: int) -> int:
        time.sleep(0.001 * (7 - number % 7))
        return number * number

    with WorkPool() as pool:
        found = list(pool.each(partial(work, number) for number in range(20)))
    assert found == [number * number for number in range(20)]


@pytest.mark.parametrize("cores", CORES)
def test_works_that_begin_works_never_block(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """More levels than threads: whoever waits for work that nobody has begun does it."""
    monkeypatch.setattr(beside, "usable_cores", lambda: cores)

    def deep(pool: WorkPool, level: int) -> int:
        if level == 0:
            return 1
        parts = [pool.begin(partial(deep, pool, level - 1)) for _ in range(2)]
        return sum(part.result() for part in parts)

    with WorkPool() as pool:
        assert pool.begin(partial(deep, pool, 6)).result() == 64


def test_an_error_reaches_the_one_that_asks() -> None:
    def fail() -> int:
        raise Cancelled

    with WorkPool() as pool:
        begun = pool.begin(fail)
        time.sleep(0.01)  # let a thread take it
        with pytest.raises(Cancelled):
            begun.result()


def test_a_motion_is_the_same_ahead_and_on_demand() -> None:
    views = Views(Clip(), Watch())
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    first, second = views.view(3).grey, views.view(2).grey
    flows = [
        dis.calc(a, b, None).astype(np.float16).astype(np.float32)
        for a, b in ((first, second), (second, first))
    ]
    plain = make_motion(flows[0], flows[1], views.scale)
    assert np.abs(flows[0]).max() > 1, "the clip must move"
    with WorkPool() as pool:
        motions = Motions(views, pool)
        motions.expect(3, 2)
        for _ in range(2):  # the second time from the flows that are kept
            found = motions.between(3, 2)
            np.testing.assert_array_equal(found.coords, plain.coords)
            np.testing.assert_array_equal(found.occluded, plain.occluded)


class Torn(Clip):
    """A clip whose last frames cannot be read."""

    def __init__(self, broken: int) -> None:
        super().__init__()
        self._broken = broken

    def read(self, frame: int) -> Image:
        if frame >= self._broken:
            raise MediaError(f"Frame {frame} cannot be decoded.")
        return super().read(frame)


def test_what_lies_before_a_broken_frame_is_done() -> None:
    """Looking ahead must not fail a frame earlier."""
    clip = Torn(4)
    request = FillRequest((1, 2, 3, 4, 5), (key(0, 1),), (1,))
    done: list[FrameResult] = []
    with pytest.raises(MediaError, match="Frame 4"):
        done.extend(Engine(clip, request, Watch()).run())
    # `extend` keeps what came before the error.
    assert [one.frame for one in done] == [1, 2, 3]


@pytest.mark.parametrize("cores", [2, 4])
def test_many_objects_on_any_number_of_cores(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    request = FillRequest((1, 2, 3, 4), (key(0, 1, 2), key(5, 1, 2)), (1, 2), "both")
    alone = _run(request, 1, monkeypatch)
    assert {1, 2} <= set(np.unique(alone[1].label_map)), "both must be found"
    for one, other in zip(alone, _run(request, cores, monkeypatch), strict=True):
        np.testing.assert_array_equal(one.label_map, other.label_map)
        assert one.quality == other.quality
    assert not [t for t in threading.enumerate() if t.name.startswith("embedded")]


def _run(request: FillRequest, cores: int, monkeypatch: pytest.MonkeyPatch) -> list[FrameResult]:
    monkeypatch.setattr(beside, "usable_cores", lambda: cores)
    return list(Engine(Clip(), request, Watch()).run())
