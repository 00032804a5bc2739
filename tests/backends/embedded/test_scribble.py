"""The embedded scribbler: what it promises for any input, and that it finds plain objects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.backends.base import ScribbleRequest
from annotator.backends.embedded import scribbler
from annotator.backends.embedded.strokes import NO_STROKE, stroke_map
from annotator.core.errors import Cancelled
from annotator.core.raster import pen_mask
from annotator.core.types import Rect, Size, Stroke
from models.metrics.davis import region_similarity


class Still:
    """A clip of one frame."""

    def __init__(self, image):
        self.image = image
        self.size = Size(image.shape[1], image.shape[0])

    def __len__(self):
        return 1

    def read(self, frame):
        return self.image


class Quiet:
    def checkpoint(self):
        pass

    def note(self, text):
        pass


def stroke(object_id, *points, radius=2.0):
    return Stroke(object_id, np.array(points, np.float32), radius)


def segment(image, strokes, objects, label_map=None, prior=(), protected=()):
    if label_map is None:
        label_map = np.zeros(image.shape[:2], np.uint8)
    request = ScribbleRequest(
        0, tuple(strokes), tuple(objects), label_map, frozenset(prior), frozenset(protected)
    )
    return scribbler().segment(Still(image), request, Quiet())


def scene(height=120, width=200, seed=0):
    """Two discs, one red and one blue, on noisy green; returns image and truth."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((height, width), np.uint8)
    rows, columns = np.mgrid[:height, :width]
    for object_id, centre in ((1, 0.28), (2, 0.72)):
        away = np.hypot(rows - height / 2, columns - width * centre)
        truth[away < height / 4] = object_id
    colours = np.array([[60, 140, 60], [190, 60, 50], [50, 60, 190]])
    image = colours[truth] + rng.normal(0, 12, (height, width, 3))
    return np.clip(image, 0, 255).astype(np.uint8), truth


DISC_STROKES = (
    stroke(1, (46, 55), (66, 62)),
    stroke(2, (138, 60), (150, 66)),
    stroke(0, (8, 10), (190, 12)),
)


def test_finds_several_objects_with_and_without_background_strokes():
    image, truth = scene()
    for strokes in (DISC_STROKES, DISC_STROKES[:2]):
        result = segment(image, strokes, (1, 2))
        for object_id in (1, 2):
            assert region_similarity(result.label_map == object_id, truth == object_id) > 0.95
        assert set(result.quality) == {1, 2}
        assert min(result.quality.values()) > 0.6


@pytest.mark.parametrize(("width", "height"), [(854, 480), (1920, 1080), (60, 36)])
def test_works_at_any_size(width, height):
    image, truth = scene(height, width)
    zoom = width / 200
    strokes = [Stroke(s.object_id, s.points * zoom, max(0.5, 2 * zoom)) for s in DISC_STROKES]
    result = segment(image, strokes, (1, 2))
    assert result.label_map.shape == (height, width)
    assert region_similarity(result.label_map == 1, truth == 1) > 0.9


def test_an_object_without_stroke_or_mask_is_not_computed():
    image, _ = scene()
    result = segment(image, DISC_STROKES[:1], (1, 2))
    assert set(result.quality) == {1}
    assert not (result.label_map == 2).any()
    assert not segment(image, (), (1,)).quality


def test_strokes_of_ids_not_asked_for_are_background():
    image, truth = scene()
    result = segment(image, DISC_STROKES, (1,))
    assert set(np.unique(result.label_map)) == {0, 1}
    assert region_similarity(result.label_map == 1, truth == 1) > 0.95


def test_a_background_stroke_corrects_a_mask_and_leaves_the_rest():
    image, truth = scene()
    wrong = (truth > 0).astype(np.uint8)
    wrong[55:65, 80:120] = 1
    result = segment(image, [stroke(0, (138, 60), (150, 66))], (1,), wrong, prior=(1,))
    assert region_similarity(result.label_map == 1, truth == 1) > region_similarity(
        wrong == 1, truth == 1
    )
    np.testing.assert_array_equal(result.label_map[:, :90], wrong[:, :90])


def test_an_object_stroke_adds_what_a_mask_misses():
    image, truth = scene()
    half = np.where(np.arange(200) < 56, truth, 0).astype(np.uint8)
    half[truth == 2] = 2
    result = segment(image, [stroke(1, (62, 50), (70, 66))], (1, 2), half, prior=(1, 2))
    assert region_similarity(result.label_map == 1, truth == 1) > 0.9
    np.testing.assert_array_equal(result.label_map == 2, half == 2)


def test_strokes_that_agree_with_a_mask_change_nothing():
    image, truth = scene()
    rough = truth.copy()
    rough[40:50, 40:70] = 0
    result = segment(image, [stroke(1, (50, 66), (60, 70))], (1, 2), rough, prior=(1, 2))
    np.testing.assert_array_equal(result.label_map, rough)


def test_a_flat_picture_gives_a_mask_around_the_stroke():
    image = np.full((90, 120, 3), 90, np.uint8)
    mask = segment(image, [stroke(1, (40, 45), (80, 45))], (1,)).label_map == 1
    assert mask[45, 60]
    assert mask.mean() < 0.5
    bounded = segment(image, [stroke(1, (40, 45), (80, 45)), stroke(0, (5, 5), (110, 5))], (1,))
    assert bounded.label_map[45, 60] == 1
    assert bounded.label_map[5, 60] == 0


def test_strokes_outside_the_frame_do_no_harm():
    image, _ = scene()
    wild = [stroke(1, (-500, -500), (-400, -300)), stroke(1, (1e30, 1e30)), stroke(0, (0, 1e5))]
    result = segment(image, wild, (1,))
    assert not result.label_map.any()
    assert result.quality == {1: 0.5}


def test_it_can_be_cancelled():
    class Stop(Quiet):
        def checkpoint(self):
            raise Cancelled

    image, _ = scene()
    request = ScribbleRequest(0, DISC_STROKES, (1, 2), np.zeros(image.shape[:2], np.uint8))
    with pytest.raises(Cancelled):
        scribbler().segment(Still(image), request, Stop())


def test_a_thin_pen_between_pixels_still_marks():
    drawn = stroke_map([stroke(3, (4.49, 4.51), radius=0.5)], Size(10, 10))
    assert (drawn == 3).any()


sides = st.integers(1, 48)


@st.composite
def requests(draw):
    """A noisy or flat frame, strokes anywhere, and a label map with void and protected ids."""
    height, width = draw(sides), draw(sides)
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    image = rng.integers(0, draw(st.sampled_from([1, 256])), (height, width, 3)).astype(np.uint8)
    place = st.tuples(st.floats(-10, 60, width=32), st.floats(-10, 60, width=32))
    strokes = draw(
        st.lists(
            st.builds(
                lambda o, p, r: Stroke(o, np.array(p, np.float32), r),
                st.integers(0, 3),
                st.lists(place, min_size=1, max_size=4),
                st.floats(0.5, 6),
            ),
            max_size=5,
        )
    )
    label_map = rng.choice(np.array([0, 0, 1, 2, 4, 255], np.uint8), (height, width))
    label_map = np.repeat(np.repeat(label_map, 8, 0), 8, 1)[:height, :width]
    prior = draw(st.frozensets(st.sampled_from([1, 2]), max_size=2))
    protected = draw(st.frozensets(st.sampled_from([1, 4]), max_size=2))
    return image, strokes, label_map, prior, protected


@given(requests())
@settings(max_examples=60, deadline=None)
def test_promises_hold_for_any_request(case):
    image, strokes, label_map, prior, protected = case
    size = Size(image.shape[1], image.shape[0])
    before = label_map.copy()
    result = segment(image, strokes, (1, 2), label_map, prior, protected)
    got = result.label_map
    assert got.dtype == np.uint8
    assert got.shape == size.shape
    np.testing.assert_array_equal(label_map, before)
    assert set(np.unique(got)) <= {0, 1, 2} | protected
    # Protected pixels stay, and no others get a protected id that was not asked for.
    fixed = np.isin(label_map, list(protected))
    np.testing.assert_array_equal(got[fixed], label_map[fixed])
    assert not ((got == 4) & ~fixed).any()
    # The last stroke over a pixel decides.
    wanted = np.full(size.shape, NO_STROKE)
    for one in strokes:
        mask = pen_mask(one.points, one.radius, Rect(0, 0, *size))
        wanted[mask] = one.object_id if one.object_id in (1, 2) else 0
    marked = (wanted != NO_STROKE) & ~fixed
    np.testing.assert_array_equal(got[marked], wanted[marked])
    assert all(0 <= value <= 1 for value in result.quality.values())
    again = segment(image, strokes, (1, 2), label_map, prior, protected)
    np.testing.assert_array_equal(got, again.label_map)
    assert result.quality == again.quality
