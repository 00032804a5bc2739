"""The scribble robot stays inside the regions that it scribbles on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.backends.embedded.strokes import stroke_mask
from annotator.core.types import Size
from annotator.evaluation.robot import robot_scribbles


def blobs(seed, height=90, width=130, void=False):
    """A label map of a few boxes and discs."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((height, width), np.uint8)
    rows, columns = np.mgrid[:height, :width]
    for _ in range(rng.integers(1, 6)):
        y, x = rng.integers(0, height), rng.integers(0, width)
        a, b = rng.integers(3, 40, 2)
        value = rng.choice([1, 2, 3, 255 if void else 0])
        if rng.random() < 0.5:
            labels[(np.abs(rows - y) < a) & (np.abs(columns - x) < b)] = value
        else:
            labels[((rows - y) / a) ** 2 + ((columns - x) / b) ** 2 < 1] = value
    return labels


@given(st.integers(0, 2**20), st.integers(0, 2**20))
@settings(max_examples=60, deadline=None)
def test_strokes_lie_in_error_regions_of_their_label(seed, other):
    truth, prediction = blobs(seed, void=True), blobs(other)
    strokes = robot_scribbles(truth, prediction, (1, 2))
    there = np.where(truth == 3, 0, truth)
    started = np.isin(prediction, (1, 2)).any()
    for stroke in strokes:
        rect, mask = stroke_mask(stroke, Size(130, 90))
        assert mask.any()
        assert (there[rect.slices][mask] == stroke.object_id).all()
        wrong = prediction[rect.slices][mask] != stroke.object_id
        if stroke.object_id or started:
            assert wrong.all()
    assert strokes == robot_scribbles(truth, prediction, (1, 2))


def test_an_untouched_frame_gets_object_and_background_strokes():
    truth = np.zeros((480, 854), np.uint8)
    truth[150:350, 300:420] = 1
    truth[200:300, 500:640] = 2
    strokes = robot_scribbles(truth, np.zeros_like(truth), (1, 2))
    assert [stroke.object_id for stroke in strokes][:2] == [1, 2]
    assert {stroke.object_id for stroke in strokes[2:]} == {0}
    assert all(3 <= stroke.radius <= 5 for stroke in strokes)
    # The skeleton of an upright box runs along it, through its middle.
    path = strokes[0].points
    assert np.ptp(path[:, 1]) > 60
    assert abs(np.median(path[:, 0]) - 360) < 5


def test_a_right_mask_gets_no_strokes():
    truth = blobs(3)
    assert robot_scribbles(truth, truth, (1, 2, 3)) == []


def test_what_is_too_much_gets_the_label_that_is_there():
    truth = np.zeros((100, 160), np.uint8)
    truth[20:80, 20:60] = 1
    truth[20:80, 60:140] = 2
    prediction = np.where(truth > 0, 1, 0).astype(np.uint8)
    strokes = robot_scribbles(truth, prediction, (1, 2))
    assert {stroke.object_id for stroke in strokes} == {2}


def test_objects_that_fill_the_frame_leave_no_background_to_draw():
    truth = np.ones((40, 60), np.uint8)
    assert {s.object_id for s in robot_scribbles(truth, np.zeros_like(truth), (1,))} == {1}


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="one shape"):
        robot_scribbles(np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8), (1,))
