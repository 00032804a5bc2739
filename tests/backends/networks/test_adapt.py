"""Plug-and-play adaptation with every network that is registered, and what it leaves alone."""

from __future__ import annotations

import gc
import hashlib
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from annotator.backends.base import FillRequest, Runtime
from annotator.backends.cards import ADAPT
from annotator.backends.networks import adapt
from annotator.backends.networks.checkpoints import check, convert, method_of
from annotator.backends.networks.warm import networks
from annotator.backends.registry import create
from annotator.backends.saliency.step_store import StepStore
from annotator.core.errors import Cancelled, RequestError
from annotator.core.options import resolve_options
from models.adapt.networks import IMAGE_NETWORKS
from tests.backends.clip import N_FRAMES, SIZE, Clip, Watch
from tests.backends.networks.tiny import CONFIGS, random_weights

METHODS = tuple(IMAGE_NETWORKS)


@pytest.fixture(autouse=True)
def every_frame_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks that have learnt nothing agree on nothing."""
    monkeypatch.setattr("annotator.backends.saliency.adapt.KEY_LIMIT", 1.01)


def order(models: dict[str, str], cache: Path | None = None, **given: Any) -> FillRequest:
    options = resolve_options(ADAPT.options, {"size": 96, "steps": 1, **given})
    runtime = Runtime("cpu", models=models, cache="" if cache is None else str(cache))
    return FillRequest((1, 3), (), (2,), "both", options, runtime)


def fill(asked: FillRequest, watch: Watch | None = None) -> list[Any]:
    return list(create(ADAPT.factories["scan"]).fill(Clip(), asked, watch or Watch()))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def parameters(net: nn.Module) -> bytes:
    return b"".join(t.numpy().tobytes() for t in net.state_dict().values())


def test_the_card_names_every_image_network():
    option = next(o for o in ADAPT.options if o.name == "network")
    assert set(option.choices) == {"auto", "none", *METHODS}
    assert set(ADAPT.uses) == {*METHODS, adapt.MOTION}
    assert set(METHODS) <= {"rcrnet", *CONFIGS}


@pytest.mark.parametrize("method", METHODS)
def test_every_network_adapts_and_stays_as_it_was(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    weights = random_weights(method, tmp_path)
    before = digest(weights)
    warm = networks.get(method, str(weights), torch.device("cpu"))
    kept = parameters(warm)
    twins: list[weakref.ref[nn.Module]] = []
    learn = adapt.fine_tune

    def spy(name: str, twin: nn.Module, *rest: Any) -> Any:
        assert twin is not warm
        twins.append(weakref.ref(twin))
        start = parameters(twin)
        yield from learn(name, twin, *rest)
        assert parameters(twin) != start, "the twin did not learn"

    monkeypatch.setattr(adapt, "fine_tune", spy)
    watch = Watch()
    results = fill(order({method: str(weights)}, tmp_path, network=method), watch)
    assert [r.frame for r in results] == [1, 3]
    assert all(r.soft[2].shape == SIZE.shape for r in results)
    assert any(f"step {N_FRAMES} of {N_FRAMES}" in note for note in watch.notes)

    # The original, in the file and in memory, is what it was, byte for byte; the twin is gone.
    assert digest(weights) == before
    assert networks.get(method, str(weights), torch.device("cpu")) is warm
    assert parameters(warm) == kept
    gc.collect()
    assert len(twins) == 1
    assert twins[0]() is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["adapt", weights.name]
    steps = StepStore(str(tmp_path), N_FRAMES).get(3)
    assert steps is not None
    assert steps.key
    np.testing.assert_allclose(
        steps.map("final") / 255.0,
        steps.map("twin") / 255.0 * (steps.map("low") / 255.0),
        atol=0.01,
    )


def test_the_motion_branch_takes_the_place_of_the_contrast(tmp_path: Path):
    motion = random_weights("rcrnet", tmp_path, model="motion")
    plain, moved = tmp_path / "plain", tmp_path / "moved"
    fill(order({}, plain))
    fill(order({"motion": str(motion)}, moved))
    one, other = (StepStore(str(p), N_FRAMES).get(1) for p in (plain, moved))
    assert one is not None
    assert other is not None
    assert np.array_equal(one.map("colour"), other.map("colour"))
    assert not np.array_equal(one.map("motion"), other.map("motion"))


def test_time_limit_ends_learning_and_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    weights = random_weights("rcrnet", tmp_path)
    now = iter(range(0, 10_000, 4))
    monkeypatch.setattr(adapt.time, "monotonic", lambda: float(next(now)))
    watch = Watch()
    assert len(fill(order({"rcrnet": str(weights)}, steps=100, seconds=10), watch)) == 2
    assert any("time is up after 3" in note for note in watch.notes)


def test_cancelling_while_the_twin_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    weights = random_weights("rcrnet", tmp_path)
    watch = Watch()

    def endless(*_: Any) -> Any:
        watch._limit = watch.count + 3
        while True:
            yield 1.0

    monkeypatch.setattr(adapt, "fine_tune", endless)
    with pytest.raises(Cancelled):
        fill(order({"rcrnet": str(weights)}), watch)


def test_a_network_without_weights_is_refused_in_words(tmp_path: Path):
    with pytest.raises(RequestError, match="'ner' has no weights"):
        fill(order({"rcrnet": str(random_weights("rcrnet", tmp_path))}, network="ner"))
    with pytest.raises(RequestError, match="'scwssod' has no weights"):
        fill(order({}, network="scwssod"))


@pytest.mark.parametrize("method", ["rcrnet", "scwssod"])
def test_any_image_network_may_be_the_motion_branch(method: str, tmp_path: Path):
    trained, stored = random_weights(method, tmp_path), tmp_path / "stored.safetensors"
    convert(trained, "motion", stored, "a training")
    assert method_of(stored) == method
    check(stored, "motion")
    assert len(fill(order({"motion": str(stored)}))) == 2


def test_a_motion_branch_that_sees_no_pictures_is_refused(tmp_path: Path):
    other = random_weights("dcfm", tmp_path, model="motion")
    with pytest.raises(RequestError, match="no image saliency network"):
        fill(order({"motion": str(other)}))
