"""The DAVIS measures against the published code's numbers and against their definitions."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.metrics.davis import boundary_measure, region_similarity, statistics

SHARED = Path(os.environ.get("STROKEFLOW_SHARED", Path(__file__).parents[4] / "shared"))
PARITY = SHARED / "parity"
needs_parity = pytest.mark.skipif(
    not (PARITY / "jf_expected.json").is_file(),
    reason="the shared parity fixtures are not beside the repository (STROKEFLOW_SHARED)",
)

masks = arrays(np.bool_, (11, 14), elements=st.booleans())


@pytest.fixture(scope="module")
def expected():
    return json.loads((PARITY / "jf_expected.json").read_text())


@needs_parity
def test_equal_to_the_published_numbers(expected):
    maps = np.load(PARITY / "jf_masks.npz")
    assert expected["sequences"]
    for entry in expected["sequences"]:
        predictions = maps[f"{entry['sequence']}.segmentation"] == entry["object"]
        truths = maps[f"{entry['sequence']}.annotation"] == entry["object"]
        j = [region_similarity(p, t) for p, t in zip(predictions, truths, strict=True)]
        f = [boundary_measure(p, t) for p, t in zip(predictions, truths, strict=True)]
        np.testing.assert_allclose(j, entry["J"], atol=1e-6)
        np.testing.assert_allclose(f, entry["F"], atol=1e-6)
        for values, key in ((j, "J_stats"), (f, "F_stats")):
            got = statistics(values)
            np.testing.assert_allclose([got.mean, got.recall, got.decay], entry[key], atol=1e-6)


@needs_parity
def test_edge_cases_of_the_published_code(expected):
    empty, full = np.zeros((48, 64), bool), np.ones((48, 64), bool)
    box, void = empty.copy(), empty.copy()
    box[10:30, 12:40] = True
    void[:, :20] = True
    cases = {
        "empty_empty": (empty, empty, None),
        "full_empty": (full, empty, None),
        "box_full": (box, full, None),
        "box_box_void": (box, box, void),
    }
    for name, case in cases.items():
        got = region_similarity(*case), boundary_measure(*case)
        assert got == pytest.approx(expected["edge"][name], abs=1e-6), name


@given(masks, masks, masks)
@settings(max_examples=60, deadline=None)
def test_measures_are_symmetric_bounded_and_blind_to_void(a, b, void):
    for measure in (region_similarity, boundary_measure):
        value = measure(a, b, void)
        assert 0.0 <= value <= 1.0
        assert value == measure(b, a, void)
        assert measure(a, a, void) == 1.0
        assert measure(np.where(void, b, a), b, void) == value


@given(masks, masks, st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_boundary_measure_is_a_match_within_a_disc(a, b, tolerance):
    def boundary(mask):
        padded = np.pad(mask, ((0, 1), (0, 1)), mode="edge")
        inner = padded[:-1, :-1]
        edge = (inner ^ padded[1:, :-1]) | (inner ^ padded[:-1, 1:])
        diagonal = inner ^ padded[1:, 1:]
        diagonal[-1], diagonal[:, -1] = False, False
        return np.argwhere(edge | diagonal)

    def share(points, others):
        squared = ((points[:, None] - others[None]) ** 2).sum(-1)
        return np.mean(squared.min(1) <= tolerance**2)

    edge_a, edge_b = boundary(a), boundary(b)
    if len(edge_a) == 0 or len(edge_b) == 0:
        return
    precision, recall = share(edge_a, edge_b), share(edge_b, edge_a)
    wanted = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    assert boundary_measure(a, b, bound_th=tolerance) == pytest.approx(wanted)


def test_decay_of_long_sequences():
    values = np.concatenate([np.full(500, 0.9), np.full(500, 0.4)])
    got = statistics(values)
    assert got.decay == pytest.approx(0.5)
    assert got.recall == pytest.approx(0.5)


def test_statistics_leave_out_nan_and_refuse_nothing_at_all():
    assert statistics([0.2, float("nan"), 0.8, 0.8]).mean == pytest.approx(0.6)
    assert statistics([0.7]).decay == 0.0
    with pytest.raises(ValueError, match="N >= 1"):
        statistics([])


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="one shape"):
        region_similarity(np.zeros((2, 3)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="void"):
        boundary_measure(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 2), bool))
