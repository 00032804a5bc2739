"""MAE, F, E and S: equal to the published evaluators, bounded, and streamed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.metrics.saliency import (
    THRESHOLDS,
    Evaluator,
    adaptive,
    as_prediction,
    curves,
    evaluate,
    mean_absolute_error,
    stretch,
    structure_measure,
)
from tests.shared import shared

TOLERANCE = 1e-5
CASES = [
    "good",
    "blob",
    "random",
    "inverted",
    "binary_shifted",
    "perfect",
    "narrow_range",
    "empty_gt",
    "full_gt",
    "empty_pred",
    "full_pred",
    "const_pred",
    "empty_both",
    "one_pixel_gt",
    "corner_gt",
    "all_but_one_gt",
]


@pytest.fixture(scope="module")
def published() -> dict[str, NDArray[np.generic]]:
    with np.load(shared("parity", "metrics.npz")) as file:
        return {key: file[key] for key in file.files}


@pytest.mark.parametrize("case", CASES)
def test_equal_to_the_published_evaluators(
    published: dict[str, NDArray[np.generic]], case: str
) -> None:
    pred, truth = published[f"{case}/pred"], published[f"{case}/gt"]
    found = curves(pred, truth)
    for ours, name in (
        (THRESHOLDS, "thresholds"),
        (found.f, f"{case}/F_curve"),
        (found.e, f"{case}/E_curve"),
        (found.precision, f"{case}/precision"),
        (found.recall, f"{case}/recall"),
    ):
        assert np.abs(ours - published[name]).max() <= TOLERANCE, name
    stretched = stretch(as_prediction(pred))
    ours_by_name = {
        "MAE": mean_absolute_error(pred, truth),
        "maxF": found.f.max(),
        "meanF": found.f.mean(),
        "maxE": found.e.max(),
        "meanE": found.e.mean(),
        "S_dcfm": structure_measure(stretched, truth),
        "S_rcrnet_raw": structure_measure(pred, truth, "rcrnet"),
        "S_rcrnet_minmax": structure_measure(stretched, truth, "rcrnet"),
    }
    names = [str(name) for name in published["scalar_names"]]
    for name, expected in zip(names, published[f"{case}/scalars"], strict=True):
        ours = ours_by_name[name]
        if math.isnan(expected):
            assert 0 <= ours <= 1
        else:
            assert ours == pytest.approx(expected, abs=TOLERANCE), name


def test_data_set(published: dict[str, NDArray[np.generic]]) -> None:
    members = [str(name) for name in published["dataset/members"]]
    found = evaluate((published[f"{m}/pred"], published[f"{m}/gt"]) for m in members)
    ours = (found.mae, found.max_f, found.mean_f, found.max_e, found.mean_e, found.s)
    assert np.abs(np.array(ours) - published["dataset/scalars"]).max() <= TOLERANCE
    assert found.images == len(members)


def test_a_perfect_map_scores_one_and_not_more() -> None:
    truth = np.zeros((20, 30), bool)
    truth[4:12, 5:20] = True
    found = evaluate([(truth.astype(np.float32), truth)])
    assert found.mae == 0
    for value in (found.max_f, found.adaptive_f, found.max_e, found.adaptive_e, found.s):
        assert value == pytest.approx(1, abs=1e-6)
        assert value <= 1


def test_adaptive_threshold_is_twice_the_mean() -> None:
    pred = np.array([[0.0, 1.0, 0.5, 0.0]], np.float32)  # mean 0.375, threshold 0.75
    truth = np.array([[0, 1, 1, 0]], bool)
    f, _ = adaptive(pred, truth)
    assert f == pytest.approx(1.3 * 1 * 0.5 / (0.3 * 1 + 0.5))


maps = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@settings(max_examples=60, deadline=None)
@given(maps, st.integers(1, 9), st.integers(1, 9), st.floats(0, 1))
def test_scores_are_bounded_and_blind_to_scale(
    rng: np.random.Generator, height: int, width: int, share: float
) -> None:
    truth = rng.random((height, width)) < share
    pred = rng.random((height, width)).astype(np.float32)
    evaluator = Evaluator()
    evaluator.add(pred, truth)
    found = evaluator.scores()
    for name in ("mae", "max_f", "mean_f", "adaptive_f", "max_e", "mean_e", "adaptive_e", "s"):
        assert 0 <= getattr(found, name) <= 1, name
    # F and E see the order of the values, so a darker copy scores the same.
    levels = np.round(pred * 255).astype(np.uint8) // 2
    doubled = levels * np.uint8(2)
    assert np.array_equal(curves(levels, truth).f, curves(doubled, truth).f)


@settings(max_examples=30, deadline=None)
@given(maps)
def test_recall_falls_with_the_threshold(rng: np.random.Generator) -> None:
    found = curves(rng.random((8, 8)).astype(np.float32), rng.random((8, 8)) < 0.5)
    assert bool((np.diff(found.recall) <= 0).all())


def test_bad_input_is_refused() -> None:
    good = np.zeros((4, 4), np.float32)
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        curves(np.full((4, 4), np.nan, np.float32), good)
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        curves(good + 2, good)
    with pytest.raises(ValueError, match="truth"):
        curves(good, np.zeros((4, 5), bool))
    with pytest.raises(ValueError, match="no image"):
        Evaluator().scores()
