"""What every registered backend promises, whatever it is: walks the registry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotator.backends.base import FillRequest, KeyFrame, Runtime, ScribbleRequest
from annotator.backends.cards import default_registry
from annotator.backends.registry import (
    TASKS,
    BackendCard,
    BackendRegistry,
    create,
)
from annotator.core.errors import Cancelled, RequestError
from annotator.core.options import resolve_options
from annotator.core.raster import pen_mask, pen_rect
from annotator.core.types import Stroke
from tests.backends.clip import SIZE, STROKES, Clip, Watch, key, overlap, truth

CARDS = default_registry().cards()
FILLERS = [
    pytest.param(card, task, id=f"{card.id}-{task}")
    for card in CARDS
    for task in ("propagate", "interpolate")
    if task in card.factories
]
FINDERS = [
    pytest.param(card, ability, id=f"{card.id}-{ability}")
    for card in CARDS
    for ability in ("scan", "cosaliency")
    if ability in card.factories and not card.model
]
SCRIBBLERS = [pytest.param(card, id=card.id) for card in CARDS if "saliency" in card.factories]

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated.*")


def equipment(card: BackendCard) -> tuple[dict[str, Any], Runtime]:
    """Options and weights with which a backend can do its work on the little clip."""
    if not card.model:
        return resolve_options(card.options, {}), Runtime()
    from tests.backends.networks.tiny import fitted, options, unlearnt

    return options(card), fitted(card) if card.fits else unlearnt(card)


def knows_the_clip(card: BackendCard) -> bool:
    """False for random weights, whose masks are valid but wrong."""
    return card.fits or not card.model


def request(card: BackendCard, direction: str = "both") -> FillRequest:
    keys = (key(0, 1, 2), key(6, 1, 2))
    return FillRequest((1, 2, 3, 4, 5), keys, (1, 2), direction, *equipment(card))


def scribbles(card: BackendCard, strokes: tuple[Stroke, ...], **given: Any) -> ScribbleRequest:
    given = {"objects": (1, 2), "label_map": np.zeros(SIZE.shape, np.uint8), **given}
    options, runtime = equipment(card)
    return ScribbleRequest(0, strokes, options=options, runtime=runtime, **given)


def test_every_factory_can_be_imported_and_every_card_is_complete() -> None:
    for card in CARDS:
        assert card.title
        assert card.summary.endswith(".")
        assert card.origin
        assert card.licence
        assert card.tasks
        for factory in card.factories.values():
            assert create(factory) is not None
    assert default_registry().resolve("propagate").id in {card.id for card in CARDS}


def test_the_registry_refuses_what_is_wrong() -> None:
    registry = BackendRegistry()
    card = BackendCard("a", "A", "Does.", {"propagate": "x:y"}, "here")
    registry.add(card)
    with pytest.raises(ValueError, match="two backends"):
        registry.add(card)
    with pytest.raises(ValueError, match="unknown abilities"):
        registry.add(BackendCard("b", "B", "Does.", {"magic": "x:y"}, "here"))
    with pytest.raises(RequestError, match="cannot do 'saliency'"):
        registry.resolve("saliency", "a")
    with pytest.raises(RequestError, match="No backend can do"):
        registry.resolve("saliency")
    assert set(TASKS) == {"saliency", "propagate", "interpolate", "cosaliency"}


@pytest.mark.parametrize(("card", "task"), FILLERS)
def test_fill_yields_the_asked_frames_once_with_valid_results(card: BackendCard, task: str) -> None:
    asked = request(card)
    before = [k.label_map.copy() for k in asked.keys]
    results = list(create(card.factories[task]).fill(Clip(), asked, Watch()))
    assert sorted(r.frame for r in results) == [1, 2, 3, 4, 5]
    for result in results:
        assert result.label_map.dtype == np.uint8
        assert result.label_map.shape == SIZE.shape
        assert set(np.unique(result.label_map)) <= {0, 1, 2}
        assert set(result.quality) == {1, 2}
        assert all(0 <= q <= 1 for q in result.quality.values())
        for object_id in (1, 2) if knows_the_clip(card) else ():
            assert overlap(result.label_map, result.frame, object_id) > 0.75
        for object_id, soft in result.soft.items() if knows_the_clip(card) else ():
            assert soft.dtype == np.float32
            assert 0 <= soft.min() <= soft.max() <= 1
            differs = (soft > 0.5) != (result.label_map == object_id)
            assert differs.mean() < 0.02, "soft maps tell how sure the masks are"
    assert all(np.array_equal(k.label_map, b) for k, b in zip(asked.keys, before, strict=True))


@pytest.mark.parametrize(("card", "ability"), FINDERS)
def test_finding_without_a_prompt_gives_one_soft_map_a_frame(
    card: BackendCard, ability: str
) -> None:
    asked = FillRequest((0, 2, 4), (), (3,), "both", *equipment(card))
    results = list(create(card.factories[ability]).fill(Clip(), asked, Watch()))
    assert [r.frame for r in results] == [0, 2, 4]
    for result in results:
        assert set(np.unique(result.label_map)) <= {0, 3}
        assert 0 <= result.quality[3] <= 1
        soft = result.soft[3]
        assert soft.shape == SIZE.shape
        assert soft.dtype == np.float32
        assert 0 <= soft.min() <= soft.max() <= 1


@pytest.mark.parametrize(("card", "task"), FILLERS)
def test_fill_is_deterministic(card: BackendCard, task: str) -> None:
    first = list(create(card.factories[task]).fill(Clip(), request(card), Watch()))
    second = list(create(card.factories[task]).fill(Clip(), request(card), Watch()))
    for one, other in zip(first, second, strict=True):
        assert one.frame == other.frame
        assert np.array_equal(one.label_map, other.label_map)
        assert one.quality == other.quality


@pytest.mark.parametrize(("card", "task"), FILLERS)
def test_fill_ignores_pixels_of_unknown_objects_and_void(card: BackendCard, task: str) -> None:
    keys = []
    for frame in (0, 6):
        label_map = truth(frame)
        label_map[50:60, :20] = 255
        label_map[45:50, 60:] = 9
        keys.append(KeyFrame(frame, label_map, frozenset([1])))
    asked = FillRequest((2, 3), tuple(keys), (1,), "both", *equipment(card))
    for result in create(card.factories[task]).fill(Clip(), asked, Watch()):
        assert set(np.unique(result.label_map)) <= {0, 1}
        if knows_the_clip(card):
            assert overlap(result.label_map, result.frame, 1) > 0.75


@pytest.mark.parametrize(("card", "task"), FILLERS)
def test_fill_stops_when_cancelled(card: BackendCard, task: str) -> None:
    watch = Watch(cancel_after=2)
    with pytest.raises(Cancelled):
        list(create(card.factories[task]).fill(Clip(), request(card), watch))
    assert watch.count == 3


@pytest.mark.parametrize("card", SCRIBBLERS)
def test_scribbles_give_masks_and_strokes_are_respected(card: BackendCard) -> None:
    strokes = STROKES
    asked = scribbles(card, strokes)
    result = create(card.factories["saliency"]).segment(Clip(), asked, Watch())
    assert result.frame == 0
    assert result.label_map.dtype == np.uint8
    assert set(result.quality) == {1, 2}
    for stroke in strokes:
        rect = pen_rect(stroke.points, stroke.radius, SIZE)
        mask = pen_mask(stroke.points, stroke.radius, rect)
        assert (result.label_map[rect.slices][mask] == stroke.object_id).all()
    for object_id in (1, 2):
        assert overlap(result.label_map, 0, object_id) > 0.75
    again = create(card.factories["saliency"]).segment(Clip(), asked, Watch())
    assert np.array_equal(again.label_map, result.label_map)


@pytest.mark.parametrize("card", SCRIBBLERS)
def test_scribbles_keep_protected_pixels(card: BackendCard) -> None:
    held = np.where(truth(0) == 2, np.uint8(2), np.uint8(0))
    strokes = (Stroke(1, np.array([[25, 30], [85, 18]], np.float32), 2.0),)
    asked = scribbles(card, strokes, objects=(1,), label_map=held, protected=frozenset([2]))
    result = create(card.factories["saliency"]).segment(Clip(), asked, Watch())
    assert not (result.label_map[held == 2] == 1).any()
