"""The adapter of NPMCA-net: which key frames guide which frame, and where chains meet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from annotator.backends.base import FillRequest, KeyFrame
from annotator.backends.cards import NPMCA
from annotator.backends.networks import npmca
from annotator.backends.networks.checkpoints import INPUT_SIDE, convert, store
from annotator.backends.networks.memory import Rung
from annotator.backends.registry import create
from annotator.core.types import FrameResult
from annotator.io.weights import CONFIG
from models.npmca.propagate import Propagator
from tests.backends.clip import N_FRAMES, SIZE, Clip, Watch, key, truth
from tests.backends.networks.tiny import CONFIGS, options, unlearnt


def request(keys: tuple[KeyFrame, ...], direction: str = "both", **given: Any) -> FillRequest:
    known = {k.frame for k in keys}
    objects = tuple(sorted(set().union(*(k.objects for k in keys))))
    frames = tuple(f for f in range(N_FRAMES) if f not in known)
    return FillRequest(frames, keys, objects, direction, options(NPMCA, **given), unlearnt(NPMCA))


def fill(asked: FillRequest, watch: Watch | None = None) -> dict[int, FrameResult]:
    results = list(create(NPMCA.factories["propagate"]).fill(Clip(), asked, watch or Watch()))
    assert len({r.frame for r in results}) == len(results)
    return {r.frame: r for r in results}


def test_chains_run_from_the_nearest_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npmca, "MEETING", 1)
    steps: list[tuple[int, tuple[int, ...]]] = []
    plain = npmca._Chain.step

    def watched(self: Any, frame: int) -> Any:
        steps.append((frame, self.course.keys))
        return plain(self, frame)

    monkeypatch.setattr(npmca._Chain, "step", watched)
    found = fill(request((key(0, 1), key(6, 1))))
    assert sorted(found) == [1, 2, 3, 4, 5]
    assert [f for f, keys in steps if keys == (0, 6)] == [1, 2, 3, 4]
    assert [f for f, keys in steps if keys == (6, 0)] == [5, 4, 3, 2]


@pytest.mark.parametrize(
    ("direction", "expected"), [("forward", [3, 4, 5, 6]), ("backward", [0, 1]), ("both", None)]
)
def test_direction(direction: str, expected: list[int] | None) -> None:
    found = fill(request((key(2, 1, 2),), direction))
    assert sorted(found) == (expected or [0, 1, 3, 4, 5, 6])


def test_only_keys_of_the_direction_are_seen() -> None:
    one = fill(request((key(0, 1), key(6, 1)), "forward"))
    wrong = KeyFrame(6, np.zeros(SIZE.shape, np.uint8), frozenset([1]))
    other = fill(request((key(0, 1), wrong), "forward"))
    assert all(np.array_equal(one[f].label_map, other[f].label_map) for f in one)


def test_objects_with_keys_of_their_own() -> None:
    keys = (key(0, 1), key(3, 2), key(6, 1))
    found = fill(request(keys))
    assert sorted(found) == [1, 2, 4, 5]
    assert all(set(r.quality) == {1, 2} for r in found.values())


def test_maps_are_faded_where_chains_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npmca, "MEETING", 1)

    init = npmca._Chain.__init__

    def begin(self: Any, run: Any, course: Any) -> None:
        init(self, run, course)
        self.forward = course.start < course.end

    def level(self: Any, frame: int) -> Any:
        return np.full((1, *SIZE.shape), float(self.forward), np.float32)

    monkeypatch.setattr(npmca._Chain, "__init__", begin)
    monkeypatch.setattr(npmca._Chain, "step", level)
    found = fill(request((key(0, 1), key(6, 1))))
    shares = [float(found[f].soft[1].mean()) for f in (1, 2, 3, 4, 5)]
    assert shares == pytest.approx([1, 0.75, 0.5, 0.25, 0])


def test_a_chain_goes_on_where_memory_ran_out(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Propagator.step
    sizes: list[tuple[int, int]] = []

    def step(self: Propagator, frame: Any) -> Any:
        if len(sizes) == 1 and self._setting.size == sizes[0]:
            raise torch.OutOfMemoryError("out of memory")
        sizes.append(self._setting.size)
        return plain(self, frame)

    monkeypatch.setattr(Propagator, "step", step)
    watch = Watch()
    found = fill(request((key(0, 1),)), watch)
    assert sorted(found) == [1, 2, 3, 4, 5, 6]
    assert watch.notes == ["Memory ran out; going on with 1 frame at once on cpu, 75% of the size."]
    assert len(set(sizes)) == 2


def test_input_size_and_scales() -> None:
    asked = request((key(0, 1),), size=64, scales=True)
    run = npmca.Chains(Clip(), asked, Watch())
    setting = run.setting(Rung(torch.device("cpu"), 1))
    assert setting.size == (64, 96)
    assert list(setting.scales) == [0.5, 0.75, 1.0]
    assert sorted(fill(asked)) == [1, 2, 3, 4, 5, 6]


def test_an_object_that_is_known_to_be_absent() -> None:
    gone = KeyFrame(0, np.zeros_like(truth(0)), frozenset([1]))
    found = fill(request((gone,)))
    assert sorted(found) == [1, 2, 3, 4, 5, 6]


def test_the_input_size_is_that_of_the_training(tmp_path: Path) -> None:
    plain = Path(unlearnt(NPMCA).weights)
    assert npmca.trained_side(str(plain)) == 480
    trained = tmp_path / "trained.safetensors"
    config = {CONFIG: json.dumps(CONFIGS["npmca"]), INPUT_SIDE: "120"}
    store(load_file(plain), trained, config)
    imported = tmp_path / "imported.safetensors"
    convert(trained, "npmca", imported, "a test")
    assert npmca.trained_side(str(imported)) == 120
