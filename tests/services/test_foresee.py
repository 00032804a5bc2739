"""What strokes that nobody drew would change is told of those pixels, and of no others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.raster import bounding_rect, merge_labels
from annotator.core.types import Stroke
from annotator.io.codec import decode_label_map, encode_label_map
from annotator.services.runs import tasks
from annotator.services.runs.requests import GONE, ScribbleFrame, StoredResult
from tests import strategies


@given(data=st.data())
def test_the_change_makes_the_new_masks_of_the_old_ones(data: st.DataObject) -> None:
    size = data.draw(strategies.sizes())
    before = data.draw(strategies.label_maps(size))
    found = data.draw(strategies.label_maps(size, void=False))
    writable = data.draw(st.sets(st.sampled_from(strategies.IDS)))
    order = ScribbleFrame(
        0, (), tuple(writable), encode_label_map(before), frozenset(), frozenset()
    )
    result = StoredResult(0, encode_label_map(found), dict.fromkeys(writable, 0.5))

    def segment(_task: object, _control: object) -> Iterator[StoredResult]:
        yield result

    with mock.patch.object(tasks, "segment", segment):
        [prospect] = tasks.foresee(mock.Mock(frames=(order,)), mock.Mock())
    after = merge_labels(before, found, writable)
    assert prospect.result is result
    assert prospect.rect == bounding_rect(after != before)
    made = before.copy()
    if not prospect.rect.empty:
        change = decode_label_map(prospect.change)
        part = made[prospect.rect.slices]
        part[change != 0] = np.where(change == GONE, 0, change)[change != 0]
        assert np.array_equal(change != 0, (after != before)[prospect.rect.slices])
    assert np.array_equal(made, after)


def test_orders_are_the_same_if_all_that_they_say_is() -> None:
    """Strokes by what is drawn, since the click makes them anew."""
    line = np.array([[1, 2], [3, 4]], np.float32)
    masks = encode_label_map(np.zeros((4, 5), np.uint8))
    order = ScribbleFrame(3, (Stroke(1, line, 2.0),), (1,), masks, frozenset(), frozenset({2}))
    assert order.same_as(replace(order, strokes=(Stroke(1, line.copy(), 2.0),)))
    others = [
        {"frame": 4},
        {"strokes": (Stroke(0, line, 2.0),)},
        {"strokes": (Stroke(1, line + 0.25, 2.0),)},
        {"strokes": (Stroke(1, line, 2.5),)},
        {"objects": (1, 3)},
        {"label_map": encode_label_map(np.ones((4, 5), np.uint8))},
        {"prior": frozenset({1})},
        {"protected": frozenset()},
    ]
    for other in others:
        assert not order.same_as(replace(order, **other))  # type: ignore[arg-type]
