"""The scribbler with a trained correction: what the network is told, and what it may change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from annotator.backends.base import Runtime, ScribbleRequest
from annotator.backends.cards import STROKES as CARD
from annotator.backends.embedded.scribble import EmbeddedScribbler, Sketch
from annotator.backends.embedded.views import View
from annotator.backends.networks.strokes import StrokeCorrection, window_of
from annotator.backends.registry import create
from annotator.core.types import Image, Size, Stroke
from models.refine import look
from models.refine.net import STROKES_CONFIG, Refiner
from tests.backends.clip import SIZE, STROKES, Clip, Watch, truth
from tests.backends.networks.tiny import random_weights


class Large(Clip):
    """The little clip at twice its size, which is then the working size as well."""

    size = Size(2 * SIZE.width, 2 * SIZE.height)

    def read(self, frame: int) -> Image:
        return twice(super().read(frame))


def twice(picture: np.ndarray) -> np.ndarray:
    return picture.repeat(2, axis=0).repeat(2, axis=1)


DRAWN = tuple(replace(s, points=2 * s.points, radius=2 * s.radius) for s in STROKES)
NOW = twice(truth(0))


def fresh(**more: object) -> ScribbleRequest:
    order = {"frame": 0, "strokes": DRAWN, "objects": (1, 2), "label_map": 0 * NOW}
    return ScribbleRequest(**{**order, **more})  # type: ignore[arg-type]


def test_a_network_that_has_learnt_nothing_leaves_masks_nearly_as_they_were(tmp_path: Path) -> None:
    runtime = Runtime("cpu", str(random_weights("strokes", tmp_path)))
    found = create(CARD.factories["saliency"]).segment(Large(), fresh(runtime=runtime), Watch())
    plain = EmbeddedScribbler().segment(Large(), fresh(), Watch())
    for object_id in (1, 2):
        one, other = found.label_map == object_id, plain.label_map == object_id
        assert (one & other).sum() / (one | other).sum() > 0.85


def test_it_is_told_what_was_drawn_and_what_is_corrected() -> None:
    seen: dict[int, Sketch] = {}

    def watch(_view: View, object_id: int, sketch: Sketch) -> None:
        seen[object_id] = sketch

    EmbeddedScribbler(watch).segment(Large(), fresh(), Watch())
    assert set(seen) == {1, 2}
    for object_id, sketch in seen.items():
        assert sketch.before is None
        assert sketch.inside.any()
        assert (sketch.fine > 0)[sketch.inside].mean() > 0.9
        assert not (sketch.inside & sketch.outside).any()
        # Strokes of the other object speak against this one.
        assert sketch.outside[seen[3 - object_id].inside].all()
    seen.clear()
    now = NOW
    EmbeddedScribbler(watch).segment(
        Large(),
        fresh(label_map=now, prior=frozenset({1}), objects=(1,), strokes=DRAWN[:1]),
        Watch(),
    )
    before = seen[1].before
    assert before is not None
    assert np.array_equal(before, now == 1)


def test_what_it_says_becomes_the_mask() -> None:
    class Everything(Refiner):
        def forward(self, frame: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
            return torch.full_like(maps[:, :1], 5.0)

    correction = StrokeCorrection(Everything(STROKES_CONFIG))
    windows = []

    def watch(view: View, object_id: int, sketch: Sketch) -> tuple[np.ndarray, float] | None:
        windows.append(window_of(sketch))
        return correction(view, object_id, sketch)

    order = fresh(objects=(1,), strokes=DRAWN[:1])
    found = EmbeddedScribbler(watch).segment(Large(), order, Watch()).label_map == 1
    (window,) = windows
    assert window is not None
    assert found[window.slices].all()
    found[window.slices] = False
    assert not found.any()


def test_small_objects_are_half_the_scribblers() -> None:
    class Sure(Refiner):
        def forward(self, frame: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
            return torch.full_like(maps[:, :1], 3.0)

    shape = (200, 300)
    colours = np.zeros((*shape, 3), np.uint8)
    view = View(0, rgb=colours, grey=colours[..., 0], lab=colours)
    nothing = np.zeros(shape, bool)
    for side, spreads in ((30, False), (80, True)):  # 1.5 and 11 % of the frame
        mask = nothing.copy()
        mask[60 : 60 + side, 90 : 90 + side] = True
        fine = np.where(mask, 1e3, -1e3).astype(np.float32)
        sketch = Sketch(fine, fine, None, mask, nothing)
        better = StrokeCorrection(Sure(STROKES_CONFIG))(view, 1, sketch)
        assert better is not None
        # Sure of 3 everywhere, against the scribbler's certainty of 4 outside.
        assert ((better[0] > 0).sum() > mask.sum()) == spreads
        assert (better[0] > 0)[mask].all()


def test_a_correction_stays_where_it_was_asked_for() -> None:
    class Nothing(Refiner):
        def forward(self, frame: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
            return torch.full_like(maps[:, :1], -5.0)

    now = NOW
    rows, columns = np.nonzero(now == 1)
    at = np.array([[columns.min() + 2.0, rows[columns.argmin()]]], np.float32)
    order = fresh(
        objects=(1,),
        label_map=now,
        prior=frozenset({1}),
        strokes=(Stroke(0, at, 1.5),),
    )
    corrected = EmbeddedScribbler(StrokeCorrection(Nothing(STROKES_CONFIG)))
    found = corrected.segment(Large(), order, Watch()).label_map
    far = np.hypot(*np.subtract(np.indices(now.shape)[::-1], at[0][:, None, None])) > 80
    assert np.array_equal(found[far] == 1, now[far] == 1)


@pytest.mark.parametrize("side", [64, 200])
def test_closeness_fades_from_strokes(side: int) -> None:
    strokes = np.zeros((100, 100), bool)
    assert not look.closeness(strokes, look.ev.Window(0, 0, 100, 100), side).any()
    strokes[50, 20:80] = True
    close = look.closeness(strokes, look.ev.Window(0, 0, 100, 100), side)
    assert close.shape == (side, side)
    middle = close[:, side // 2]
    assert middle.max() == 1
    away = int(np.flatnonzero(middle == 1)[-1]) + round(look.FADE)
    assert middle[away] == pytest.approx(np.exp(-1), abs=0.03)
