"""What one side of a gap leaves for the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.cut import LIMIT
from annotator.backends.embedded.evidence import NOTHING
from annotator.backends.embedded.store import LEVELS, TOLD_FOR, EstimateStore
from models.refine.look import TOLD


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    height, width = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    logits = rng.normal(0, 4, (height, width)).astype(np.float32)
    cues = rng.integers(-127, 128, (len(TOLD), height, width), np.int8)
    return Estimate(
        (slice(3, 3 + height), slice(5, 5 + width)),
        logits,
        rng.random((height, width)) < 0.5,
        draw(st.integers(1, 2 * TOLD_FOR)),
        False,
        NOTHING._replace(expected=0.7),
        cues if draw(st.booleans()) else None,
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(estimates(), min_size=1, max_size=6))
def test_gives_back_what_was_put(found: list[Estimate]) -> None:
    with EstimateStore() as store:
        for frame, estimate in enumerate(found):
            store.put(frame, 1, estimate)
        for frame in sorted(range(len(found)), key=lambda f: (f * 7) % 5):
            known, back = found[frame], store.pop(frame, 1)
            assert back is not None
            limited = np.clip(known.logits, -LIMIT, LIMIT)
            assert np.abs(back.logits - limited).max() <= LIMIT / LEVELS / 2 + 1e-5
            np.testing.assert_array_equal(back.mask, known.mask)
            assert (back.roi, back.distance, back.evidence) == (
                known.roi,
                known.distance,
                known.evidence,
            )
            near = known.distance <= TOLD_FOR
            if known.told is None or not near:
                assert back.told is None
            else:
                np.testing.assert_array_equal(back.told, known.told)
            assert store.pop(frame, 1) is None


@pytest.mark.parametrize("lost", [True, False])
def test_an_object_that_is_not_there(lost: bool) -> None:
    empty = np.zeros((0, 0), np.float32)
    with EstimateStore() as store:
        store.put(4, 2, Estimate(None, empty, empty.astype(bool), 3, lost))
        back = store.pop(4, 2)
    assert back is not None
    assert (back.roi, back.distance, back.lost) == (None, 3, lost)
    assert back.mask.size == 0
