"""The default scribbler: strokes to masks of several objects on one frame, without a network.

Opinions are formed at about 80,000 pixels (`opinion`), the outline is cut again at about 480 lines
in a band around it (`outline`), and larger frames get it by a guided filter. So the time depends
little on the size of the media. See docs/scribble.md for what was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np

from annotator.backends.base import Control, ScribbleRequest
from annotator.backends.embedded.outline import cut_outline, enlarge
from annotator.backends.embedded.scribble_odds import Marks, Scene, log_odds
from annotator.backends.embedded.strokes import (
    NO_STROKE,
    StrokeMap,
    shrink_stroke_map,
    stroke_map,
)
from annotator.backends.embedded.views import Byte, Float, View, Views
from annotator.core.cores import usable_cores
from annotator.core.errors import Cancelled
from annotator.core.types import (
    BACKGROUND,
    VOID,
    FrameReader,
    FrameResult,
    LabelMap,
    Mask,
    Size,
)

OPINION_AREA = 80_000
LEAST_SIDE = 16
QUALITY_FIT = (0.32, 0.57, -0.42)
MAX_THREADS = min(usable_cores(), 4)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Opinion:
    """One object at the reduced size.

    Attributes:
        odds: float32 [h, w], log odds of the object.
        mask: bool [h, w].
        before: bool [h, w], the mask that was corrected, or None for a fresh start.
    """

    odds: Float
    mask: Mask
    before: Mask | None


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is known about one object when its outline is drawn, at the working size.

    Attributes:
        odds: float32 [H, W], log odds by colour and distances, smooth.
        fine: float32 [H, W], log odds after the outline was cut; above 0 on the object.
        before: bool [H, W], the mask that was corrected, or None for a fresh start.
        inside, outside: bool [H, W], under strokes of the object, and under all others or on
            pixels that are another object's for good.
    """

    odds: Float
    fine: Float
    before: Mask | None
    inside: Mask
    outside: Mask


StrokeCorrector = Callable[[View, int, Sketch], tuple[Float, float] | None]
"""Improves the log odds float32 [H, W] of an object (its id), given the frame, and says which J it
expects; None leaves both as they are."""


class EmbeddedScribbler:
    """Masks from strokes by colour, geodesic distance and minimum cuts.

    Args:
        corrector: is given every object's result before objects are told apart.
    """

    def __init__(self, corrector: StrokeCorrector | None = None) -> None:
        self._corrector = corrector

    def segment(
        self, reader: FrameReader, request: ScribbleRequest, control: Control
    ) -> FrameResult:
        """Masks of `request.objects`; the label map also holds the protected ids.

        A pixel under a stroke gets the object of the last stroke over it, unless it is protected.
        An object with neither a stroke nor a mask to correct is not computed.
        """
        views = Views(reader, control)
        drawn = stroke_map(request.strokes, views.full)
        # Ids that were not asked for are background to those that were.
        drawn[_among(drawn, set(range(1, VOID)) - set(request.objects))] = BACKGROUND
        fixed = _among(request.label_map, request.protected - {BACKGROUND, VOID})
        objects = _computable(request)
        opinions: dict[int, _Opinion] = {}
        label_map = np.zeros(views.full.shape, np.uint8)
        quality: dict[int, float] = {}
        if objects:
            lab = views.view(request.frame).lab
            control.checkpoint()
            opinions = _form_opinions(lab, drawn, fixed, objects, request, control)
            small = _strongest({o: np.where(v.mask, v.odds, -1) for o, v in opinions.items()})
            outlines = _outlines(lab, opinions, small, control)
            quality = {o: expected_j(v.odds, small == o) for o, v in opinions.items()}
            if self._corrector is not None:
                sketches = _sketches(request, drawn, fixed, opinions, outlines, views.size)
                view = views.view(request.frame)
                for object_id, sketch in sketches.items():
                    control.checkpoint()
                    better = self._corrector(view, object_id, sketch)
                    if better is not None:
                        outlines[object_id], quality[object_id] = better
            fine = _strongest(outlines)
            label_map = _full_size(views, request.frame, fine, control)
            label_map = _keep_unquestioned(label_map, request.label_map, opinions, small)
        marked = drawn != NO_STROKE
        label_map[marked] = drawn[marked]
        label_map[fixed] = request.label_map[fixed]
        return FrameResult(request.frame, label_map, quality)


def _computable(request: ScribbleRequest) -> list[int]:
    """Ids with a stroke or a mask to correct, each once, in the order asked."""
    drawn = {stroke.object_id for stroke in request.strokes}
    return [o for o in dict.fromkeys(request.objects) if o in drawn or o in request.prior]


def _among(labels: LabelMap | StrokeMap, ids: Iterable[int]) -> Mask:
    """Pixels whose label is one of `ids`, bool [H, W]; `NO_STROKE` is none."""
    chosen = np.zeros(257, bool)
    chosen[list(ids)] = True
    return np.asarray(chosen[labels])


def _form_opinions(
    lab: Byte,
    drawn: StrokeMap,
    fixed: Mask,
    objects: list[int],
    request: ScribbleRequest,
    control: Control,
) -> dict[int, _Opinion]:
    size = _reduced(Size(lab.shape[1], lab.shape[0]))
    scene = Scene(np.asarray(cv2.resize(lab, size, interpolation=cv2.INTER_AREA)))
    marked = shrink_stroke_map(drawn, size)

    def opinion(object_id: int) -> _Opinion:
        own = _shrink(request.label_map == object_id, size)
        before = own if object_id in request.prior and own.any() else None
        foreign = _shrink(fixed & (request.label_map != object_id), size)
        inside = (marked == object_id) & ~foreign
        outside = (marked != NO_STROKE) & (marked != object_id) | foreign
        if not inside.any() and before is None:
            # Its strokes lie outside the frame or on pixels that are another object's for good.
            nothing = np.full(size.shape, -1, np.float32)
            return _Opinion(nothing, nothing > 0, None)
        marks = Marks(inside, outside, before, open=not (marked == BACKGROUND).any())
        return _Opinion(*log_odds(scene, marks), before)

    return _for_each(objects, opinion, control)


def _for_each(objects: list[int], work: Callable[[int], T], control: Control) -> dict[int, T]:
    """`work` of every object, side by side: minimum cuts are most of the time and leave Python's
    lock. Results do not depend on the order; `control` may cancel while they are waited for."""
    with ThreadPoolExecutor(max_workers=min(len(objects), MAX_THREADS)) as pool:
        waiting = {object_id: pool.submit(work, object_id) for object_id in objects}
        try:
            while wait(waiting.values(), timeout=0.02).not_done:
                control.checkpoint()
        except Cancelled:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return {object_id: future.result() for object_id, future in waiting.items()}


def _outlines(
    lab: Byte, opinions: dict[int, _Opinion], small: LabelMap, control: Control
) -> dict[int, Float]:
    """Log odds float32 [h, w] of every object at the working size."""
    return _for_each(
        list(opinions), lambda o: cut_outline(lab, opinions[o].odds, small == o), control
    )


def _sketches(
    request: ScribbleRequest,
    drawn: StrokeMap,
    fixed: Mask,
    opinions: dict[int, _Opinion],
    outlines: dict[int, Float],
    size: Size,
) -> dict[int, Sketch]:
    marked = shrink_stroke_map(drawn, size)
    found = {}
    for object_id, opinion in opinions.items():
        foreign = _shrink(fixed & (request.label_map != object_id), size)
        inside = (marked == object_id) & ~foreign
        if not inside.any() and opinion.before is None:
            continue  # nothing of it is to be found
        before = None
        if opinion.before is not None:
            before = _shrink(request.label_map == object_id, size)
        outside = (marked != NO_STROKE) & (marked != object_id) | foreign
        odds = np.asarray(cv2.resize(opinion.odds, size, interpolation=cv2.INTER_LINEAR))
        found[object_id] = Sketch(odds, outlines[object_id], before, inside, outside)
    return found


def _full_size(views: Views, frame: int, fine: LabelMap, control: Control) -> LabelMap:
    """The label map at the media's own size."""
    if views.size == views.full:
        return fine
    if views.size.width > views.full.width:
        return np.asarray(cv2.resize(fine, views.full, interpolation=cv2.INTER_NEAREST))
    full = cv2.cvtColor(np.ascontiguousarray(views.read_full(frame)), cv2.COLOR_RGB2GRAY)
    guide = cv2.resize(full, views.size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    control.checkpoint()
    out = np.zeros(views.full.shape, np.uint8)
    best = np.full(views.full.shape, 0.5, np.float32)
    for object_id in np.unique(fine[fine > 0]):
        control.checkpoint()
        roi, soft = enlarge(fine == object_id, guide, full)
        better = soft > best[roi]
        out[roi][better] = object_id
        np.copyto(best[roi], soft, where=better)
    return out


def _keep_unquestioned(
    new: LabelMap, old: LabelMap, opinions: dict[int, _Opinion], small: LabelMap
) -> LabelMap:
    """Undo what the outline's second cut did to masks away from where they were corrected."""
    out = new.copy()
    for object_id, opinion in opinions.items():
        if opinion.before is None:
            continue
        changed = opinion.before != (small == object_id)
        near = cv2.dilate(changed.astype(np.uint8), np.ones((5, 5), np.uint8))
        height, width = new.shape
        far = cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST) == 0
        had = old == object_id
        out[far & (new == object_id) & ~had] = BACKGROUND
        # A place that another object won is no longer this one's, wherever it is.
        out[far & had & (new == BACKGROUND)] = object_id
    return out


def _strongest(odds: dict[int, Float]) -> LabelMap:
    """The object with the highest log odds above 0 at each pixel, uint8 [h, w]."""
    shape = next(iter(odds.values())).shape
    out, best = np.zeros(shape, np.uint8), np.zeros(shape, np.float32)
    for object_id, values in odds.items():
        better = values > best
        out[better] = object_id
        best[better] = values[better]
    return out


def _reduced(size: Size) -> Size:
    factor = min(1.0, (OPINION_AREA / (size.width * size.height)) ** 0.5)
    return Size(
        max(LEAST_SIDE, round(size.width * factor)), max(LEAST_SIDE, round(size.height * factor))
    )


def _shrink(mask: Mask, size: Size) -> Mask:
    """A mask at the reduced size: cells that are at least half covered."""
    grey = mask.view(np.uint8) * np.uint8(255)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA) > 127)


def expected_j(odds: Float, mask: Mask) -> float:
    """Predicted J of a mask, in [0, 1], from how sure its surroundings are.

    Two signs of trouble, weighed by a linear fit on the training data (docs/scribble.md): what the
    log odds make likely in and near the mask differs from it, and many pixels there are undecided.
    An absent object says nothing either way.
    """
    if not mask.any():
        return 0.5
    near = cv2.dilate(mask.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    prob = 1 / (1 + np.exp(-np.clip(odds, -20, 20)))
    likely = float(prob[mask].sum() / (mask.sum() + prob[near & ~mask].sum()))
    doubt = float((np.abs(odds[near]) < 1).mean())
    constant, gain, loss = QUALITY_FIT
    return float(np.clip(constant + gain * likely + loss * doubt, 0, 1))
