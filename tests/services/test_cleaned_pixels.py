"""What cleaning up does to pixels, on masks small enough to see."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from annotator.core.morphology import grown, shrunk, smoothed
from annotator.core.types import VOID
from annotator.services.editing.cleaning import (
    Cleaning,
    cleaned,
)
from annotator.services.editing.regions import filled_holes, without_islands

RAGGED = """
................
.11111......1...
.1...1..........
.1.1.1....11....
.1...1....11....
.11111..........
................
..............1.
"""
"""Object 1: a ring with a dot inside, a block of 4, two single pixels."""


def drawn(text: str) -> np.ndarray:
    rows = [[int(c) if c.isdigit() else 0 for c in row] for row in text.split()]
    return np.array(rows, np.uint8)


def told(label_map: np.ndarray) -> str:
    return "\n".join("".join("." if v == 0 else str(v) for v in row) for row in label_map)


def test_islands_and_holes_have_a_size() -> None:
    mask = drawn(RAGGED) == 1
    assert Cleaning(islands=0).shaped(mask).sum() == 16, "the ring is the largest part"
    assert Cleaning(islands=4).shaped(mask).sum() == 16 + 4
    assert Cleaning(islands=2).shaped(mask).sum() == 16 + 4
    assert Cleaning(islands=1).shaped(mask).sum() == mask.sum()
    assert Cleaning(islands=1000).shaped(mask).sum() == 16, "the largest one always stays"
    assert Cleaning(holes=0).shaped(mask)[1:6, 1:6].all()
    assert np.array_equal(Cleaning(holes=7).shaped(mask), mask), "the hole has 8 pixels"
    assert Cleaning(holes=8).shaped(mask)[1:6, 1:6].all()


def test_islands_go_before_holes_are_filled_and_it_grows_last() -> None:
    after = cleaned(drawn(RAGGED), [1], Cleaning(islands=0, holes=0, grow=1))
    assert told(after) == told(
        drawn(
            """
            .11111..........
            1111111.........
            1111111.........
            1111111.........
            1111111.........
            1111111.........
            .11111..........
            ................
            """
        )
    )
    shrunk = cleaned(drawn(RAGGED), [1], Cleaning(islands=0, holes=0, grow=-2))
    assert told(shrunk[3:4]) == "...1............"
    assert shrunk.sum() == 1


def test_others_and_void_keep_their_pixels() -> None:
    before = drawn(
        """
        ..........
        .111.222..
        .111.222..
        .1113222..
        ..........
        """
    )
    before[0, 0] = VOID
    after = cleaned(before, [1, 2], Cleaning(grow=2))
    assert after[0, 0] == VOID
    assert (after[before == 3] == 3).all()
    assert (after[before == 1] == 1).all()
    assert (after[before == 2] == 2).all(), "chosen objects do not eat each other"
    assert after[1, 4] == 1, "the lower id gets what both want"
    assert np.array_equal(cleaned(before, [], Cleaning(grow=2)), before)


def test_what_one_gives_up_another_may_have() -> None:
    before = drawn(
        """
        11111..22
        1...1..22
        1.2.1..22
        1...1....
        11111....
        """
    )
    after = cleaned(before, [1, 2], Cleaning(islands=0, holes=0))
    assert (after[:5, :5] == 1).all(), "the island of 2 in the hole of 1"
    assert np.array_equal(cleaned(before, [1], Cleaning(holes=0)) == 2, before == 2)


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(np.uint8, (12, 14), elements=st.sampled_from([0, 0, 1, 2, 3, 255])),
    st.sets(st.sampled_from([1, 2, 3])),
    st.sampled_from(
        [Cleaning(0, 0, 1, 1), Cleaning(3, None, 0, -1), Cleaning(None, 4, 2, 0), Cleaning(grow=3)]
    ),
)
def test_only_the_chosen_change(before: np.ndarray, objects: set[int], cleaning: Cleaning) -> None:
    after = cleaned(before, objects, cleaning)
    kept = ~np.isin(before, [0, *objects])
    assert np.array_equal(after[kept], before[kept])
    assert set(np.unique(after[~kept])) <= {0, *objects}
    for object_id in objects:
        mask = before == object_id
        wanted = cleaning.shaped(mask) if mask.any() else mask
        assert not ((after == object_id) & ~wanted).any()


@settings(max_examples=80, deadline=None)
@given(
    hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=16)),
    st.builds(
        Cleaning,
        st.none() | st.integers(0, 5),
        st.none() | st.integers(0, 5),
        st.integers(0, 2),
        st.integers(-3, 3),
    ),
)
def test_only_the_part_with_the_mask_needs_to_be_looked_at(
    mask: np.ndarray, cleaning: Cleaning
) -> None:
    whole = mask
    if cleaning.islands is not None:
        whole = without_islands(whole, cleaning.islands) if whole.any() else whole
    if cleaning.holes is not None:
        whole = filled_holes(whole, cleaning.holes) if whole.any() else whole
    whole = smoothed(whole, cleaning.smooth)
    whole = shrunk(whole, -cleaning.grow) if cleaning.grow < 0 else grown(whole, cleaning.grow)
    assert np.array_equal(cleaning.shaped(mask), whole)
