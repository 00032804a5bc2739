"""Adapters of the networks: fits that die and go on, memory that runs out, cancelling, saliency."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from annotator.backends.base import FillRequest, FitRequest, FitUpdate, Runtime
from annotator.backends.cards import DCFM, FGPLG, NER, SCWSSOD
from annotator.backends.networks import memory, salient
from annotator.backends.networks.flow import ClipFlow, FlowStore
from annotator.backends.networks.masks import expected_overlap, to_result
from annotator.backends.networks.memory import Ladder, Rung, lower, ran_out
from annotator.backends.networks.warm import WarmNetworks
from annotator.backends.registry import BackendCard, create
from annotator.core.errors import Cancelled, RequestError, RunError
from annotator.core.types import FrameResult
from annotator.io.weights import read_weights
from tests.backends.clip import N_FRAMES, SIZE, STROKES, Clip, Watch, key, overlap, truth
from tests.backends.networks.tiny import fit_request, fitted, options, random_weights, shrink

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch)


def run_fit(card: BackendCard, request: FitRequest, watch: Watch | None = None) -> list[FitUpdate]:
    return list(create(card.factories["fit"]).fit(Clip(), request, watch or Watch()))


def kill_at_step(step: int, updates: Iterator[FitUpdate], death: BaseException) -> None:
    for update in updates:
        if update.step >= step:
            raise death


# -- fits


@pytest.mark.parametrize("card", [SCWSSOD, FGPLG], ids=lambda card: card.id)
def test_a_fit_that_died_goes_on_and_ends_where_it_would_have(
    card: BackendCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.backends.networks.fitting.SAVE_S", 0.0)
    whole = fit_request(card, tmp_path / "whole.safetensors", 12)
    run_fit(card, whole)

    class Killed(BaseException):
        """As a process that dies: nothing gets the chance to tidy up."""

    broken = fit_request(card, tmp_path / "broken.safetensors", 12)
    with pytest.raises(Killed):
        kill_at_step(5, create(card.factories["fit"]).fit(Clip(), broken, Watch()), Killed())
    assert not broken.out.exists()
    assert broken.out.with_name(broken.out.name + ".state").exists()
    steps = [update.step for update in run_fit(card, broken)]
    assert min(steps) > 5, "it began anew"
    one, other = load_file(whole.out), load_file(broken.out)
    assert one.keys() == other.keys()
    for name in one:
        torch.testing.assert_close(one[name], other[name], atol=1e-5, rtol=1e-4)
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".state"] == []


def test_a_fit_with_other_data_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.backends.networks.fitting.SAVE_S", 0.0)
    request = fit_request(SCWSSOD, tmp_path / "a.safetensors", 10)
    for update in create(SCWSSOD.factories["fit"]).fit(Clip(), request, Watch()):
        if update.step >= 5:
            break
    fewer = FitRequest(
        request.scribbles, request.keys[:2], (1, 2), 10, 0.0, request.out, request.options
    )
    assert min(update.step for update in run_fit(SCWSSOD, fewer)) <= 5


def test_a_cancelled_fit_keeps_what_it_has(tmp_path: Path) -> None:
    request = fit_request(SCWSSOD, tmp_path / "a.safetensors", 500)
    with pytest.raises(Cancelled):
        run_fit(SCWSSOD, request, Watch(cancel_after=900))
    told = read_weights(request.out).metadata
    assert 0 < int(told["steps"]) < 500
    result = predict_frame(1, Runtime("cpu", str(request.out)))
    assert set(result.quality) == {1, 2}


def test_a_time_limit_ends_a_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = fit_request(SCWSSOD, tmp_path / "a.safetensors", 10_000)
    monkeypatch.setattr("annotator.backends.networks.fitting.PREVIEW_S", 0.1)
    limited = FitRequest(
        request.scribbles, request.keys, (1, 2), 10_000, 1.0, request.out, request.options
    )
    updates = run_fit(SCWSSOD, limited)
    assert 0 < updates[-1].step < 10_000
    assert any(update.preview is not None for update in updates)


def test_a_second_fit_starts_from_the_first_and_takes_new_objects(tmp_path: Path) -> None:
    first = fitted(SCWSSOD)
    base = fit_request(SCWSSOD, tmp_path / "b.safetensors", 5)
    again = FitRequest(
        base.scribbles, base.keys, (1, 2), 5, 0.0, base.out, base.options, runtime=first
    )
    assert run_fit(SCWSSOD, again)[-1].loss < 1.5, "it did not start from what was learnt"
    drawn = truth(3)
    drawn[50:58, 5:15] = 7
    keys = (*base.keys, key(3, 1, 2))
    more = FitRequest(
        base.scribbles, keys, (1, 2, 7), 2, 0.0, base.out, base.options, runtime=first
    )
    run_fit(SCWSSOD, more)
    assert load_file(base.out)["predict2.weight"].shape[0] == 3


def test_what_cannot_be_learnt_from_is_refused(tmp_path: Path) -> None:
    base = fit_request(FGPLG, tmp_path / "a.safetensors", 5)
    two = FitRequest((), base.keys[:2], (1, 2), 5, 0.0, base.out, base.options)
    with pytest.raises(RequestError, match="three key frames"):
        run_fit(FGPLG, two)
    nothing = FitRequest((), (key(0, 1, 2),), (9,), 5, 0.0, base.out, options(SCWSSOD))
    with pytest.raises(RequestError, match="learnt from"):
        run_fit(SCWSSOD, nothing)
    assert not base.out.exists()


# -- predicting


def predict_frame(frame: int, runtime: Runtime, **given: Any) -> FrameResult:
    request = FillRequest((frame,), (), (1, 2), "both", options(SCWSSOD), runtime, **given)
    (result,) = create(SCWSSOD.factories["scan"]).fill(Clip(), request, Watch())
    return result


def test_scribbles_hold_on_every_frame() -> None:
    wrong = np.array([[10, 30], [40, 30]], np.float32)
    from annotator.core.types import Stroke

    stroke = Stroke(2, wrong, 2.0)
    result = predict_frame(1, fitted(SCWSSOD), strokes={1: (stroke,)})
    assert (result.label_map[30, 10:41] == 2).all()
    assert overlap(predict_frame(5, fitted(SCWSSOD)).label_map, 5, 1) > 0.7


def test_objects_that_were_not_learnt_are_refused(tmp_path: Path) -> None:
    request = FillRequest((0,), (), (1, 5), "both", options(SCWSSOD), fitted(SCWSSOD))
    with pytest.raises(RequestError, match="not fitted on object 5"):
        list(create(SCWSSOD.factories["scan"]).fill(Clip(), request, Watch()))
    plain = Runtime("cpu", str(random_weights("scwssod", tmp_path)))
    request = FillRequest((0,), (), (1, 2), "both", options(SCWSSOD), plain)
    with pytest.raises(RequestError, match="one salient object"):
        list(create(SCWSSOD.factories["scan"]).fill(Clip(), request, Watch()))
    one = FillRequest((0,), (), (2,), "both", options(SCWSSOD), plain)
    (result,) = create(SCWSSOD.factories["scan"]).fill(Clip(), one, Watch())
    assert set(result.quality) == {2}


@pytest.mark.parametrize("count", [1, 3, 4, 7])
def test_video_saliency_gives_every_frame_once(tmp_path: Path, count: int) -> None:
    runtime = Runtime("cpu", str(random_weights("ner", tmp_path)))
    frames = tuple(range(count))
    request = FillRequest(frames, (), (4,), "both", options(NER), runtime)
    results = list(create(NER.factories["scan"]).fill(Clip(), request, Watch()))
    assert [r.frame for r in results] == list(frames)
    for result in results:
        assert set(np.unique(result.label_map)) <= {0, 4}
        assert result.soft[4].shape == SIZE.shape
        assert 0 <= result.quality[4] <= 1


def maps_of(values: list[float]) -> Callable[..., Iterator[np.ndarray]]:
    """In place of DCFM: constant maps; the weights have 80 million numbers."""

    def predict(_net: object, pictures: Any, _size: object, at_once: int) -> Iterator[np.ndarray]:
        for index in range(len(pictures)):
            if at_once > 2 and index == 2:
                raise torch.OutOfMemoryError("CUDA out of memory")
            pictures[index]
            yield np.full(SIZE.shape, values[index], np.float32)

    return predict


def test_cosaliency_goes_on_with_less_when_memory_runs_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = [0.9, 0.1, 0.8, 0.2]
    monkeypatch.setattr(salient, "predict_group", maps_of(values))
    monkeypatch.setattr(salient, "Dcfm", object)
    monkeypatch.setattr(salient.networks, "get", lambda *_: object())
    watch = Watch()
    request = FillRequest((0, 2, 3, 6), (), (1,), "both", options(DCFM), Runtime("cpu", "x"))
    results = list(create(DCFM.factories["cosaliency"]).fill(Clip(), request, watch))
    assert [r.frame for r in results] == [0, 2, 3, 6]
    assert [bool(r.label_map.any()) for r in results] == [True, False, True, False]
    assert watch.notes == [
        "Memory ran out; going on with 4 frames at once on cpu.",
        "Memory ran out; going on with 2 frames at once on cpu.",
    ]


# -- memory, cancelling, warm networks


def test_the_ladder_leads_from_a_gpu_to_the_cpu() -> None:
    rung: Rung | None = Rung(torch.device("cuda"), 4)
    seen = []
    while rung is not None:
        seen.append((rung.device.type, rung.batch, rung.half, rung.scale))
        rung = lower(rung)
    assert seen == [
        ("cuda", 4, False, 1.0),
        ("cuda", 2, False, 1.0),
        ("cuda", 1, False, 1.0),
        ("cuda", 1, True, 1.0),
        ("cuda", 1, True, 0.75),
        ("cuda", 1, True, 0.5),
        ("cpu", 1, False, 1.0),
        ("cpu", 1, False, 0.75),
        ("cpu", 1, False, 0.5),
    ]
    assert str(Rung(CPU, 1, True, 0.5)) == "1 frame at once on cpu, half precision, 50% of the size"


def test_where_even_the_last_rung_is_too_much_the_user_is_told() -> None:
    watch = Watch()
    ladder = Ladder("cpu", 2, watch)

    def hungry(_rung: Rung) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    with pytest.raises(RunError, match="memory is not enough"):
        ladder.attempt(hungry)
    assert len(watch.notes) == 3
    assert not ran_out(RuntimeError("shapes do not match"))
    with pytest.raises(RuntimeError, match="a bug"):
        Ladder("cpu", 1, watch).attempt(lambda _rung: (_ for _ in ()).throw(RuntimeError("a bug")))
    with pytest.raises(RequestError, match="no 'cuda' device"):
        Ladder("cuda", 1, watch) if not torch.cuda.is_available() else memory.device_named("tpu")


def test_cancelling_is_heard_in_the_middle_of_a_forward_pass(tmp_path: Path) -> None:
    runtime = Runtime("cpu", str(random_weights("ner", tmp_path)))
    request = FillRequest((0, 1, 2, 3), (), (4,), "both", options(NER), runtime)
    watch = Watch(cancel_after=5)
    with pytest.raises(Cancelled):
        list(create(NER.factories["scan"]).fill(Clip(), request, watch))
    assert watch.count == 6
    torch.nn.Linear(1, 1)(torch.zeros(1))
    assert watch.count == 6, "layers still ask after the run"


def test_networks_stay_warm_within_a_budget(tmp_path: Path) -> None:
    weights = str(random_weights("ner", tmp_path))
    kept = WarmNetworks(1 << 30)
    assert kept.get("ner", weights, CPU) is kept.get("ner", weights, CPU)
    none = WarmNetworks(10)
    assert none.get("ner", weights, CPU) is not none.get("ner", weights, CPU)
    with pytest.raises(RequestError, match="gone"):
        kept.get("ner", str(tmp_path / "no.safetensors"), CPU)
    with pytest.raises(RequestError, match="does not fit"):
        kept.get("scwssod", weights, CPU)


# -- masks and flow


def test_the_expected_overlap_is_that_of_the_probabilities() -> None:
    rng = np.random.default_rng(0)
    probability = rng.random((40, 50)).astype(np.float32)
    mask = probability > 0.5
    drawn = rng.random((400, 40, 50)) < probability
    inside = (drawn & mask).sum((1, 2))
    union = (drawn | mask).sum((1, 2))
    assert abs(expected_overlap(probability, mask) - (inside / union).mean()) < 0.01
    assert expected_overlap(np.zeros((4, 4), np.float32), np.zeros((4, 4), bool)) == 1.0


def test_objects_compete_and_strokes_and_protected_pixels_hold() -> None:
    maps = np.zeros((2, *SIZE.shape), np.float32)
    maps[0, :, :60], maps[1, :, 40:] = 0.9, 0.7
    protected = np.zeros(SIZE.shape, np.uint8)
    protected[:5] = 9
    result = to_result(3, maps, (1, 2), STROKES, protected)
    assert (result.label_map[40, :40] == 1).all()
    assert (result.label_map[40, 52:] != 1)[10:].all()
    assert not result.label_map[:5].any()
    assert result.label_map[15, 79] == 2
    assert result.label_map[30, 50] == 0


def test_flow_is_kept_on_disk_within_its_budget(tmp_path: Path) -> None:
    store = FlowStore(tmp_path, limit=60_000)
    made = []

    def make(seed: int) -> Callable[[], np.ndarray]:
        def flow() -> np.ndarray:
            made.append(seed)
            noise = np.random.default_rng(seed).normal(0, 3, (48, 64, 2))
            return noise.astype(np.float32)

        return flow

    first = store.get("a", make(1))
    again = store.get("a", make(1))
    assert made == [1]
    assert np.array_equal(first, again)
    np.testing.assert_allclose(again, make(1)(), atol=0.01)
    for index in range(12):
        store.get(f"b{index}", make(index))
    assert sum(p.stat().st_size for p in tmp_path.glob("*.flow")) <= 60_000
    (tmp_path / "b11.flow").write_bytes(b"damaged")
    assert np.array_equal(store.get("b11", make(11)), make(11)().astype(np.float16))


def test_flow_between_frames_points_from_the_frame_to_its_reference(tmp_path: Path) -> None:
    flow = ClipFlow(Clip(), Runtime(cache=str(tmp_path)), (64, 96))
    moved = flow.between(2, 4)
    inside = cv2.resize((truth(2) == 1).astype(np.uint8), (96, 64)) > 0
    # The disc moves 3 pixels of 97 to the right per frame.
    assert 4 < np.median(moved[inside][:, 0]) < 8
    assert len(list((tmp_path / "flow").iterdir())) == 1
    assert len(Clip()) == N_FRAMES
