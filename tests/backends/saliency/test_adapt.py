"""The scheme over models that are written by hand, and the backend without networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from annotator.backends.base import Control, FillRequest, Runtime
from annotator.backends.cards import ADAPT
from annotator.backends.registry import create
from annotator.backends.saliency.adapt import (
    MOST_KEYS,
    Branches,
    Example,
    Flow,
    ImageModel,
    Scheme,
    key_frames,
)
from annotator.backends.saliency.step_store import MOST_FRAMES, StepStore, make_steps
from annotator.backends.saliency.steps import Map, non_overlap
from annotator.core.errors import Cancelled
from annotator.core.options import resolve_options
from annotator.core.types import Image, Size
from tests.backends.clip import Clip, Watch, truth

SHAPE = (61, 97)


def level(value: float) -> Map:
    return np.full(SHAPE, value, np.float32)


@dataclass
class Constant:
    """A colour branch that says the same everywhere; its twin says another thing."""

    value: float
    learnt: list[Example] = field(default_factory=list)

    def saliency(self, picture: Image) -> Map:
        return level(self.value)

    def twin(self, examples: Sequence[Example], control: Control) -> ImageModel:
        self.learnt += examples
        return Constant(0.5)


def branches(colour: Constant, motion: float) -> Branches:
    def flow(frame: int, other: int, size: tuple[int, int]) -> Flow:
        assert size == SHAPE
        return np.full((*size, 2), other - frame, np.float32)

    def coded(found: Flow) -> Image:
        return np.full((*found.shape[:2], 3), 128 + int(found[0, 0, 0]), np.uint8)

    return Branches(colour, lambda _: level(motion), flow, coded)


def test_six_steps_by_hand():
    colour = Constant(0.8)
    scheme = Scheme(Clip(), branches(colour, 0.5), Watch())
    steps = dict(scheme.run(range(7)))
    assert list(steps) == list(range(7))
    for frame, found in steps.items():
        # Steps 1 to 4: flow to the next frame, on the last one that to the one before turned round.
        assert (found.before.coded == 129).all(), frame
        np.testing.assert_allclose(found.before.low, 0.4, rtol=1e-6)
        # Eq. 7: |0.5 - 0.8| / (0.5 + 0.8 + 0.001).
        assert found.before.ratio == pytest.approx(0.3 / 1.301, rel=1e-5)
        assert found.key
        # Eq. 9: twin times low-level saliency.
        assert found.twin is not None
        np.testing.assert_allclose(found.final, 0.5 * 0.4, rtol=1e-6)
    assert len(colour.learnt) == 7
    np.testing.assert_allclose(colour.learnt[3].low, 0.4, rtol=1e-6)


def test_without_a_key_frame_low_level_saliency_stays():
    colour = Constant(0.1)
    scheme = Scheme(Clip(), branches(colour, 0.9), Watch())
    assert non_overlap(level(0.9), level(0.1)) == pytest.approx(0.8 / 1.001, rel=1e-5)
    ((_, found),) = scheme.run([2])
    assert not found.key
    assert found.twin is None
    np.testing.assert_allclose(found.final, 0.09, rtol=1e-6)
    assert colour.learnt == []


def test_key_frames_are_below_the_limit_and_not_too_many():
    assert key_frames({0: 0.59, 1: 0.6, 2: 1.0, 5: 0.0}) == [0, 5]
    many = key_frames(dict.fromkeys(range(1000), 0.2))
    assert len(many) == MOST_KEYS
    assert many == sorted(set(many))


def test_flow_does_not_cross_a_cut():
    class Cut(Clip):
        def read(self, frame: int) -> Image:
            return np.full((*SHAPE, 3), 20 if frame < 3 else 220, np.uint8)

    scheme = Scheme(Cut(), branches(Constant(0.5), 0.5), Watch())
    assert (scheme.low_level(1).coded == 129).all()
    assert (scheme.low_level(2).coded == 129).all(), "from the frame before, turned round"
    alone = Scheme(Single(), branches(Constant(0.5), 0.5), Watch())
    assert (alone.low_level(0).coded == 128).all(), "nothing moves"


class Single(Clip):
    def __len__(self) -> int:
        return 1


def request(**given: object) -> FillRequest:
    options = resolve_options(ADAPT.options, {"network": "none", **given})  # type: ignore[dict-item]
    return FillRequest((0, 2, 4), (), (1,), "both", options)


def test_the_backend_without_networks_keeps_its_steps(tmp_path: Path):
    asked = replace(request(), runtime=Runtime(cache=str(tmp_path)))
    store = StepStore(str(tmp_path), 7)
    results = list(create(ADAPT.factories["scan"]).fill(Clip(), asked, Watch()))
    assert [r.frame for r in results] == [0, 2, 4]
    steps = store.get(2)
    assert steps is not None
    assert {"motion", "colour", "low", "final"} <= set(steps.names)
    low = steps.map("low").astype(float) / 255
    product = steps.map("motion") / 255.0 * (steps.map("colour") / 255.0)
    np.testing.assert_allclose(low, product, atol=0.01)
    assert steps.picture().shape == (*low.shape, 3)
    assert store.get(1) is None
    with pytest.raises(KeyError):
        steps.map("nothing")
    # What moves is found: both objects of the clip do.
    moved = (truth(2) > 0)[::2, ::2]
    assert steps.map("motion")[moved].mean() > steps.map("motion")[~moved].mean()


def test_cancelling_answers_within_the_search_for_key_frames():
    watch = Watch(cancel_after=5)
    with pytest.raises(Cancelled):
        list(create(ADAPT.factories["scan"]).fill(Clip(), request(), watch))


def test_steps_of_a_long_clip_are_thinned_and_damage_is_no_steps(tmp_path: Path):
    store = StepStore(str(tmp_path), 2 * MOST_FRAMES)
    store.clear()
    one = make_steps(0.3, True, np.zeros((8, 8, 3), np.uint8), {"low": np.ones((8, 8), "f4")})
    store.put(3, one)
    store.put(4, one)
    assert store.get(3) is None
    assert store.get(5) == one
    assert one.map("low").max() == 255
    (kept,) = (tmp_path / "adapt").iterdir()
    kept.write_bytes(b"no steps")
    assert store.get(4) is None
    store.clear()
    assert list((tmp_path / "adapt").iterdir()) == []
    assert Size(4, 4) == Size(*one.picture().shape[1::-1])
