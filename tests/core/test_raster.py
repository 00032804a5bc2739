"""Pens, tiles and the merge rule against plain definitions."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.core.raster import (
    bounding_rect,
    merge_labels,
    pen_mask,
    pen_rect,
    tile_slices,
    tiles_of,
)
from annotator.core.types import VOID, Rect, Size
from tests.strategies import IDS, label_maps, sizes

coordinates = st.floats(-20, 60, width=32)
paths = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5).map(
    lambda points: np.array(points, np.float32)
)


def distance_to_path(x: float, y: float, path: NDArray[np.float32]) -> float:
    """Distance of a point to a polyline, segment by segment."""
    point, best = np.array([x, y], np.float64), np.inf
    ends = path[1:] if len(path) > 1 else path
    for start, end in zip(path.astype(np.float64), ends.astype(np.float64), strict=False):
        along = end - start
        length2 = float(along @ along)
        t = 0.0 if length2 == 0 else min(max(float((point - start) @ along) / length2, 0.0), 1.0)
        best = min(best, float(np.hypot(*(point - start - t * along))))
    return best


@given(paths, st.floats(0.5, 12, width=32), sizes())
def test_a_pen_covers_the_pixels_whose_centre_is_near(
    path: NDArray[np.float32], radius: float, size: Size
) -> None:
    rect = pen_rect(path, radius, size)
    drawn = np.zeros(size.shape, bool)
    if not rect.empty:
        drawn[rect.slices] = pen_mask(path, radius, rect)
    for y in range(size.height):
        for x in range(size.width):
            away = distance_to_path(x, y, path)
            if abs(away - radius) > 1e-3:
                assert drawn[y, x] == (away < radius)


@given(sizes(200).flatmap(lambda size: st.tuples(st.just(size), st.data())))
def test_tiles_cover_a_rectangle_exactly_once(drawn: tuple[Size, st.DataObject]) -> None:
    size, data = drawn
    x0, y0 = data.draw(st.integers(0, size.width)), data.draw(st.integers(0, size.height))
    rect = Rect(
        x0, y0, data.draw(st.integers(x0, size.width)), data.draw(st.integers(y0, size.height))
    )
    count = np.zeros(size.shape, np.uint8)
    for tile in tiles_of(rect):
        count[tile_slices(*tile)] += 1
    assert (count[rect.slices] == 1).all()
    assert count.max(initial=0) <= 1


@given(st.data())
def test_merging_changes_only_writable_ids(data: st.DataObject) -> None:
    size = data.draw(sizes())
    old, new = data.draw(label_maps(size)), data.draw(label_maps(size))
    writable = data.draw(st.sets(st.sampled_from(IDS)))
    merged = merge_labels(old, new, writable)
    for value in {*IDS, VOID} - writable:
        assert np.array_equal(merged == value, old == value), "what is not writable stays"
    free = ~np.isin(old, [v for v in (*IDS, VOID) if v not in writable])
    for value in writable:
        assert np.array_equal(merged == value, (new == value) & free)
    assert np.array_equal(merge_labels(merged, new, writable), merged)


@given(st.data())
def test_the_bounding_rectangle_is_tight(data: st.DataObject) -> None:
    size = data.draw(sizes())
    mask = data.draw(label_maps(size)) > 0
    rect = bounding_rect(mask)
    if not mask.any():
        assert rect.empty
        return
    assert mask[rect.slices].sum() == mask.sum()
    part = mask[rect.slices]
    assert part[0].any()
    assert part[-1].any()
    assert part[:, 0].any()
    assert part[:, -1].any()
