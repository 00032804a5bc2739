"""Shapes of masks against slow, obvious definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from annotator.core.morphology import box_mask, grown, polygon_mask, shrunk, smoothed
from annotator.core.types import Size

MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14))
SIZE = Size(12, 9)


@settings(max_examples=60, deadline=None)
@given(MASKS, st.integers(0, 5))
def test_grown_is_every_pixel_within_the_radius(mask: np.ndarray, radius: int) -> None:
    ys, xs = np.nonzero(mask)
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]]
    near = np.zeros_like(mask)
    for py, px in zip(ys, xs, strict=True):
        near |= (y - py) ** 2 + (x - px) ** 2 <= radius**2
    assert np.array_equal(grown(mask, radius), near)
    assert np.array_equal(shrunk(~mask, radius), ~near)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 16), st.floats(-5, 14)), min_size=3, max_size=7), st.data())
def test_polygon_follows_the_even_odd_rule(corners: list, data: st.DataObject) -> None:
    points = np.array(corners, np.float32)
    mask = polygon_mask(points, SIZE)
    x, y = data.draw(st.integers(0, 11)), data.draw(st.integers(0, 8))
    inside = False
    for (x0, y0), (x1, y1) in zip(
        points.astype(float), np.roll(points.astype(float), -1, axis=0), strict=True
    ):
        if min(y0, y1) <= y < max(y0, y1) and x >= x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    assert mask[y, x] == inside


def test_polygon_of_a_rectangle_is_the_box() -> None:
    corners = np.array([[1.5, 2.5], [7.5, 2.5], [7.5, 6.5], [1.5, 6.5]], np.float32)
    box = box_mask(corners[[0, 2]], SIZE)
    assert np.array_equal(polygon_mask(corners, SIZE), box)
    assert box.sum() == 6 * 4
    assert not polygon_mask(corners[:2], SIZE).any()


@pytest.mark.parametrize("points", [[[-9, -9], [-3, 5]], [[30, 1], [40, 9]]])
def test_box_outside_the_picture_is_empty(points: list) -> None:
    assert not box_mask(np.array(points, np.float32), SIZE).any()


def test_smoothed_drops_crumbs_and_keeps_the_body() -> None:
    mask = np.zeros((40, 40), bool)
    mask[10:30, 10:30] = True
    mask[2, 2] = True
    mask[20, 20] = False
    out = smoothed(mask, 2)
    assert not out[2, 2]
    assert out[20, 20]
    assert abs(int(out.sum()) - 400) < 30
