"""The refiner and what it reads."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models import loading
from models.refine import look
from models.refine.net import Refiner, RefinerConfig, state_from_strokes

NARROW = {"width": 4, "widths": (1, 2, 2)}


def told(part: look.Part, odds: float, distance: int = 0, cue: int | None = None) -> look.Told:
    """The same everywhere on `part`; log odds above 0 are the object."""
    shape = tuple(s.stop - s.start for s in part)
    values = np.full(shape, odds, np.float32)
    cues = None if cue is None else np.full((len(look.TOLD), *shape), cue, np.int8)
    return look.Told(part, values, values > 0, distance, cues)


def test_a_new_network_gives_back_what_it_was_told() -> None:
    net = Refiner(RefinerConfig(**NARROW)).eval()
    maps = torch.rand(2, len(look.MAPS), 21, 30) * 2 - 1
    found = net(torch.rand(2, 3, 21, 30), maps)
    torch.testing.assert_close(found, maps[:, :1] * look.LIMIT)


def test_starts_as_the_strokes_network_it_came_from() -> None:
    torch.manual_seed(3)
    config = RefinerConfig(**NARROW, maps=len(look.STROKE_MAPS))
    strokes = Refiner(config).eval()
    for parameter in strokes.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    state = state_from_strokes(strokes.state_dict())
    net = loading.load("refiner", state, NARROW).eval()
    frame = torch.rand(1, 3, 24, 32)
    known = torch.rand(1, 2, 24, 32) * 2 - 1
    theirs = torch.zeros(1, len(look.STROKE_MAPS), 24, 32)
    theirs[:, [look.STROKE_MAPS.index("odds"), look.STROKE_MAPS.index("cut")]] = known
    ours = torch.rand(1, len(look.MAPS), 24, 32)  # whatever else there is has no say
    ours[:, [look.MAPS.index("merged"), look.MAPS.index("cut")]] = known
    expected = strokes(frame, theirs)
    assert expected.std() > 0.1
    torch.testing.assert_close(net(frame, ours), expected, atol=1e-4, rtol=1e-4)


def test_maps_of_both_sides_lie_where_they_belong() -> None:
    merged = told(np.s_[10:20, 10:30], look.LIMIT / 2)
    before = told(np.s_[0:15, 0:40], -1.5, distance=1, cue=50)
    maps = look.maps_in(np.s_[8:22, 12:40], merged, before, None)
    assert maps.shape == (len(look.MAPS), 14, 28)
    by = dict(zip(look.MAPS, maps, strict=True))
    half, full = round(look.STEPS / 2), look.STEPS
    assert (by["merged"][2:12, :18] == half).all()
    assert (by["cut"][2:12, :18] == full).all()
    outside = np.ones((14, 28), bool)
    outside[2:12, :18] = False
    assert (by["merged"][outside] == -full).all()
    assert (by["cut"][outside] == -full).all()
    assert (by["before.odds"][:7] == -round(full / 4)).all()
    assert (by["before.odds"][7:] == -full).all()
    assert (by["before.near"] == full).all()
    for name in look.TOLD:
        assert (by[f"before.{name}"][:7] == 50).all()
        assert not by[f"before.{name}"][7:].any()
    after = [values for name, values in by.items() if name.startswith("after.")]
    assert len(after) == 2 + len(look.TOLD)
    assert not np.any(after)


def test_of_a_chain_whose_cues_are_gone_nothing_is_told() -> None:
    part = np.s_[0:4, 0:4]
    known, gone = told(part, 1, distance=10, cue=7), told(part, 1, distance=90)
    by = dict(zip(look.MAPS, look.maps_in(part, known, gone, known), strict=True))
    assert (by["after.near"] == 64).all()  # 9 / 18
    assert not any(values.any() for name, values in by.items() if name.startswith("before."))


@pytest.mark.parametrize("shape", [(60, 80), (400, 30)])
def test_the_window_holds_what_anybody_takes_for_the_object(shape: tuple[int, int]) -> None:
    merged, side = told(np.s_[20:30, 10:20], -1), told(np.s_[25:26, 24:25], 1)
    assert look.window_of((merged, None), shape) is None
    part = look.window_of((merged, side, None), shape)
    assert part is not None
    room = look.MARGIN
    assert part == (slice(25 - room, 26 + room), slice(24 - room, min(shape[1], 25 + room)))
