"""The steps of plug-and-play adaptation against cases computed by hand."""

from __future__ import annotations

import time

import numpy as np
import pytest

from annotator.backends.saliency.steps import fuse, low_level, motion_contrast, non_overlap


def grid(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_motion_contrast_by_hand():
    # A row of three pixels; the last one moves by (3, 4), length 5.
    flow = np.zeros((1, 3, 2), np.float32)
    flow[0, 2] = 3, 4
    # Sums of |difference| / distance: 5/2, 5/1, 5/2 + 5/1; less the least, over the greatest.
    expected = (np.array([2.5, 5.0, 7.5]) - 2.5) / 5.0
    assert motion_contrast(flow)[0] == pytest.approx(expected)


def test_motion_contrast_is_zero_where_all_moves_alike():
    flow = np.full((40, 60, 2), 3.7, np.float32)
    assert not motion_contrast(flow).any()


def test_motion_contrast_of_a_large_field_is_fast_and_finds_what_moves():
    flow = np.zeros((480, 854, 2), np.float32)
    flow[200:280, 300:420] = 6
    motion_contrast(flow)
    clock = time.perf_counter()
    found = motion_contrast(flow)
    assert time.perf_counter() - clock < 0.5
    assert found.shape == (480, 854)
    assert found[240, 360] > 0.8
    assert found[20, 20] < 0.2


def test_low_level_and_fusion_are_products():
    motion, colour = grid([0.5, 1.0], [0.0, 0.2]), grid([0.5, 0.25], [1.0, 0.5])
    assert low_level(motion, colour) == pytest.approx(grid([0.25, 0.25], [0, 0.1]))
    assert fuse(motion, colour) == pytest.approx(grid([0.25, 0.25], [0, 0.1]))


def test_non_overlap_of_equal_maps_is_zero():
    one = grid([0.9, 0.0], [0.3, 0.0])
    assert non_overlap(one, one) == 0


def test_non_overlap_of_disjoint_maps():
    motion, colour = grid([0.8, 0.0]), grid([0.0, 0.4])
    # Both pixels are in the support: 0.8 / 0.801 and 0.4 / 0.401, over 2.
    assert non_overlap(motion, colour) == pytest.approx((0.8 / 0.801 + 0.4 / 0.401) / 2)


def test_non_overlap_keeps_values_and_cuts_below_a_tenth():
    motion, colour = grid([0.6, 0.05, 0.08]), grid([0.2, 0.0, 0.07])
    # Pixel 0: 0.4 / 0.801. Pixel 1: out of the support. Pixel 2: the sum 0.15 is in the support
    # of T(MS + CS), but both values are cut to 0.
    assert non_overlap(motion, colour) == pytest.approx(0.4 / 0.801 / 2)


def test_non_overlap_without_support_is_one():
    nothing = np.zeros((3, 3), np.float32)
    assert non_overlap(nothing, nothing) == 1
