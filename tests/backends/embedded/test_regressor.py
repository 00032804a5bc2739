"""The text files of the quality estimate, and what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.quality import ABSENT, LOST, predict, sides_agree
from annotator.backends.embedded.regressor import Regressor, load, parse


def simple() -> Regressor:
    return Regressor(
        ("a", "b"),
        ("plain", "odds"),
        np.array([1.0, 0.0]),
        np.array([2.0, 1.0]),
        np.array([1.0, 0.5]),
        0.25,
        np.array([[0.0, 0.1], [1.0, 0.9]]),
    )


def test_the_sum_by_hand():
    odds = (3 - 1) / 2 * 1.0 + 0.5 * np.log(0.8 / 0.2) + 0.25
    p = 1 / (1 + np.exp(-odds))
    assert simple()({"a": 3.0, "b": 0.8}) == pytest.approx(0.1 + 0.8 * p)


def test_the_text_says_the_same():
    again = parse(simple().to_text("made by a test"))
    told = {"a": 0.3, "b": 0.6}
    assert again(told) == pytest.approx(simple()(told), abs=1e-4)


@pytest.mark.parametrize(
    ("name", "sure"),
    [
        ("one_side", "merged_expected"),
        ("two_sides", "merged_expected"),
        ("one_side_corrected", "corrected_expected"),
        ("two_sides_corrected", "corrected_expected"),
    ],
)
def test_the_shipped_files_never_answer_more_for_less(name: str, sure: str):
    regressor = load(name)
    assert (np.diff(regressor.knots, axis=0) >= 0).all()
    at = regressor.names.index(sure)
    assert regressor.weights[at] > 0
    table = np.full((9, len(regressor.names)), 0.2)
    odds = regressor.mean[at] + regressor.deviation[at] * np.linspace(-3, 3, 9)
    table[:, at] = 1 / (1 + np.exp(-odds))
    assert (np.diff(regressor.raw(table)) > 0).all()


def made(mask: np.ndarray, *, roi: bool = True, lost: bool = False, distance: int = 1) -> Estimate:
    region = (slice(0, mask.shape[0]), slice(0, mask.shape[1])) if roi else None
    return Estimate(region, np.where(mask, 4, -4).astype(np.float32), mask, distance, lost)


def test_empty_masks():
    nothing = np.zeros((0, 0), bool)
    assert predict(made(nothing, roi=False), None, None) == ABSENT
    assert predict(made(nothing, roi=False, lost=True), None, None) == LOST


def test_a_corrected_mask_is_judged_by_how_sure_the_correction_is():
    mask = np.zeros((8, 8), bool)
    mask[2:6, 2:6] = True
    found, sure = made(mask), made(mask)
    unsure = replace(sure, logits=sure.logits / 8)
    assert predict(found, found, found, unsure) < predict(found, found, found, sure)
    assert predict(found, found, None, unsure) < predict(found, found, None, sure)
    gone = made(np.zeros((8, 8), bool))
    assert predict(found, found, found, gone) == LOST
    assert predict(gone, found, found, sure) == predict(found, found, found, sure)


def test_sides_agree_by_their_overlap_wherever_their_regions_lie():
    whole = np.ones((4, 4), bool)
    left = Estimate((slice(0, 4), slice(0, 4)), whole.astype(np.float32), whole, 1, False)
    right = Estimate((slice(0, 4), slice(2, 6)), whole.astype(np.float32), whole, 1, False)
    assert sides_agree(left, right) == pytest.approx(8 / 24)
    gone = made(np.zeros((0, 0), bool), roi=False, lost=True)
    assert sides_agree(left, gone) == 0
    assert sides_agree(gone, gone) == 1
