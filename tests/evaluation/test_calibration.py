"""Measures of quality estimates against hand-computed cases."""

from __future__ import annotations

import math

import numpy as np
import pytest

from annotator.evaluation.calibration import measure


def test_a_perfect_estimate():
    truth = np.linspace(0, 1, 20)
    found = measure(truth, truth)
    assert found.spearman == pytest.approx(1)
    assert found.error == pytest.approx(0)
    assert found.bad == 10
    # Two of twenty frames are a tenth: they can hold 2 of the 10 bad ones, and do.
    assert found.found == found.findable == pytest.approx(0.2)


def test_the_calibration_error_is_the_gap_of_each_bin():
    estimate = np.array([0.95, 0.95, 0.15, 0.15])
    truth = np.array([0.75, 0.75, 0.15, 0.25])
    # Bin 9: 0.20 off on half of the frames; bin 1: 0.05 off on the other half.
    assert measure(estimate, truth).error == pytest.approx(0.5 * 0.2 + 0.5 * 0.05)


def test_nothing_bad_and_nothing_to_order():
    found = measure(np.array([0.9, 0.9]), np.array([0.8, 0.9]))
    assert math.isnan(found.spearman)
    assert math.isnan(found.found)
