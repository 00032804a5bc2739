"""Classical saliency on pictures whose answer is plain."""

from __future__ import annotations

import numpy as np
import pytest

from annotator.backends.saliency.change import MOST_FRAMES, course
from annotator.backends.saliency.classical import (
    CommonColours,
    Glance,
    colour_saliency,
    reduce,
    residual_motion,
    stretch,
)
from annotator.backends.saliency.sampling import spread
from annotator.core.types import Size
from tests.backends.clip import N_FRAMES, Clip, Watch


def noisy(value: int, rng: np.random.Generator, height: int = 96, width: int = 128) -> np.ndarray:
    return np.clip(rng.normal(value, 4, (height, width, 3)), 0, 255).astype(np.uint8)


def test_what_the_border_does_not_reach_stands_out():
    rng = np.random.default_rng(1)
    lab = noisy(170, rng)
    lab[30:60, 40:80] = noisy(70, rng)[30:60, 40:80]
    found = colour_saliency(lab)
    assert found[40:50, 50:70].mean() > 0.8
    assert found[:10].mean() < 0.2


def test_the_motion_of_the_camera_is_not_salient():
    ys, xs = np.mgrid[:96, :128].astype(np.float32)
    # A slow zoom: the flow differs everywhere, but it is one homography.
    flow = np.dstack([(xs - 64) * 0.05, (ys - 48) * 0.05])
    assert not residual_motion(flow.astype(np.float32)).any()
    flow[30:50, 50:80] += (0, 4)
    found = residual_motion(flow.astype(np.float32))
    assert found[35:45, 55:75].mean() > 0.9
    assert found[:20].mean() < 0.1


def test_colours_in_common_find_an_object_that_stands_still_for_a_while():
    rng = np.random.default_rng(2)
    group, truth = [], np.zeros((96, 128), bool)
    truth[30:60, 40:80] = True
    for frame in range(5):
        lab = noisy(170, rng)
        lab[truth] = noisy(70, rng)[truth]
        salient = np.where(truth, 0.9, 0.05).astype(np.float32)
        nothing = np.full_like(salient, 0.3)
        moving = nothing if frame == 4 else salient
        group.append(Glance(lab, np.where(frame == 4, nothing, salient), moving))
    found = CommonColours(group).find(group[4]).mask
    assert (found & truth).sum() / (found | truth).sum() > 0.8


def test_a_flat_map_stays_flat():
    assert not stretch(np.full((9, 9), 0.7, np.float32)).any()


@pytest.mark.parametrize("shape", [(3, 5), (40, 17), (17, 900)])
def test_any_size(shape: tuple[int, int]):
    picture = np.random.default_rng(0).integers(0, 255, (*shape, 3), np.uint8)
    assert colour_saliency(reduce(picture)).shape == reduce(picture).shape[:2]


def test_spread():
    assert spread(range(5), 16) == [0, 1, 2, 3, 4]
    assert spread(range(100), 4) == [12, 37, 62, 87]


def test_the_course_of_a_clip_never_falls():
    told = course(Clip(), Watch())
    assert len(told.place) == len(told.unclear) == N_FRAMES
    assert (np.diff(told.place) > 0).all()
    assert ((told.unclear >= 0) & (told.unclear <= 1)).all()


def test_time_goes_on_to_the_last_frame_of_a_long_clip():
    """Where it stood still, one mask would seem to do for all of those frames."""
    n_frames = 2 * MOST_FRAMES + 501

    class Long:
        size = Size(32, 24)

        def __len__(self) -> int:
            return n_frames

        def read(self, frame: int) -> np.ndarray:
            return np.full((24, 32, 3), 90, np.uint8)

    steps = np.diff(course(Long(), Watch()).place)
    assert (steps > 0).all()
    assert steps == pytest.approx(steps.mean()), "nothing moves: each frame counts the same"
