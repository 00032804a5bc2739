"""Outlines and filling: exact to the pixel, and as other rasterisers have it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from annotator.core.types import Size
from annotator.io.formats.polygons import fill, iou, outlines
from tests.strategies import label_maps, sizes


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_outlines_fill_back_to_the_mask(data: st.DataObject) -> None:
    size = data.draw(sizes())
    mask = data.draw(label_maps(size, ids=(1,), void=False)) == 1
    rings = outlines(mask)
    together = np.zeros(size.shape, np.bool_)
    theirs = np.zeros(size.shape, np.uint8)
    for ring in rings:
        together |= fill([ring], size)
        (packed,) = coco_mask.frPyObjects([ring.ravel().tolist()], size.height, size.width)
        theirs |= coco_mask.decode(packed)
    assert np.array_equal(together, mask)
    # All rings at once, holes and all, by the even-odd rule; and as pycocotools fills them.
    assert np.array_equal(fill(rings, size), mask)
    assert np.array_equal(theirs, mask)


def test_the_half_pixel_rule() -> None:
    size = Size(4, 3)
    square = np.array([[0.5, 0.5], [2.5, 0.5], [2.5, 2.5], [0.5, 2.5]])
    # Centres on the left and upper edges are in, those on the right and lower ones are not.
    assert fill([square], size).astype(int).tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]
    assert not fill([square + 0.01], size)[0].any()


def test_even_odd_and_holes() -> None:
    size = Size(9, 9)
    outer = np.array([[0, 0], [9, 0], [9, 9], [0, 9]])
    inner = np.array([[3, 3], [6, 3], [6, 6], [3, 6]])
    expected = np.ones((9, 9), np.bool_)
    expected[3:6, 3:6] = False
    assert np.array_equal(fill([outer, inner], size), expected)
    (ring,) = outlines(expected)
    assert len(ring) == 10  # eight corners, and a bridge there and back
    partly_outside = np.array([[-5, -5], [4, -5], [4, 4], [-5, 4]])
    assert fill([partly_outside], size).sum() == 16


def test_simplified_outlines_stay_close() -> None:
    y, x = np.mgrid[:200, :200]
    disc = (x - 100) ** 2 + (y - 90) ** 2 < 70**2
    exact, simple = outlines(disc), outlines(disc, 1.0)
    assert len(simple[0]) < len(exact[0]) / 4
    kept = fill(simple, Size(200, 200))
    assert 0.97 < iou(disc, kept) < 1.0
    assert iou(disc, ~disc) == 0.0


@pytest.mark.parametrize(
    "ring",
    [[], [[1, 2], [3, 4]], [[0, 0], [1, np.nan], [2, 2]], [[0, 0], [1e9, 0], [2, 2]], [[1, 2, 3]]],
)
def test_bad_rings(ring: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="polygon"):
        fill([np.array(ring, np.float64)], Size(5, 5))


def test_a_tangle_is_refused_before_it_takes_memory() -> None:
    up_and_down = np.array([[i % 1000, 4000 * (i % 2)] for i in range(20000)])
    with pytest.raises(ValueError, match="too many corners"):
        fill([up_and_down], Size(4000, 4000))
