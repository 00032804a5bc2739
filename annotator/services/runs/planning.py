"""What a run would do: which frames, from which key frames, for which objects.

Pure functions of the document, so that a plan can be shown, tested and taken up again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from annotator.core.document import Document
from annotator.core.errors import RequestError
from annotator.core.types import Provenance
from annotator.io.codec import encode_label_map
from annotator.services.runs.requests import ScribbleFrame, StoredKey

DIRECTIONS = ("forward", "backward", "both")


class NothingToFill(RequestError):  # noqa: N818 - as its base says, it is one
    """Every frame has the mask that a person or an import gave it."""

    def __init__(self) -> None:
        super().__init__(
            "Every frame in this range is already a key frame.",
            "Choose a larger range; human work is never overwritten.",
        )

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), ()


class UpToDate(RequestError):  # noqa: N818 - as its base says, it is one
    """No mask is older than a key frame that governs it."""

    def __init__(self) -> None:
        super().__init__("Nothing is out of date: no key frame was edited after the runs.")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), ()


@dataclass(frozen=True, slots=True)
class FillPlan:
    """A fill run, frozen.

    Attributes:
        frames: to fill, ascending.
        keys: references, ascending by frame.
        spans: per object the half-open frame range in which it may be filled.
        direction: as in `FillRequest`.
        only: per object the frames to fill, where the span is more than that; None for all of it.
        passed: frames that the run goes over although their masks are there, and takes nothing of.
    """

    frames: tuple[int, ...]
    keys: tuple[StoredKey, ...]
    spans: dict[int, tuple[int, int]]
    direction: str
    only: dict[int, frozenset[int]] | None = None
    passed: tuple[int, ...] = ()

    @property
    def way(self) -> tuple[int, ...]:
        """All frames that the run goes over, ascending."""
        return tuple(sorted({*self.frames, *self.passed}))

    @property
    def objects(self) -> tuple[int, ...]:
        return tuple(sorted(self.spans))

    def covers(self, frame: int, object_id: int) -> bool:
        first, last = self.spans[object_id]
        wanted = self.only is None or frame in self.only[object_id]
        return first <= frame < last and wanted


def check_range(document: Document, frames: range | None) -> range:
    """The asked range, or the whole clip. Raises RequestError if it is empty or outside."""
    if frames is None:
        return range(document.n_frames)
    if len(frames) == 0 or frames.start < 0 or frames.stop > document.n_frames:
        raise RequestError(
            f"Frames {frames.start}:{frames.stop} are not a range of this clip.",
            f"It has the frames 0:{document.n_frames} (the end is not included).",
        )
    return frames


def check_objects(document: Document, objects: Iterable[int] | None) -> list[int]:
    """The asked ids, or all. Raises RequestError for an unknown id or a project without objects."""
    if not document.objects:
        raise RequestError(
            "The project has no objects yet.", "Draw or import a mask or scribbles first."
        )
    if objects is None:
        free = [o for o, info in sorted(document.objects.items()) if not info.locked]
        if not free:
            raise RequestError("Every object is locked.", "Unlock one in the list of objects.")
        return free
    chosen = sorted(set(objects))
    for object_id in chosen:
        if object_id not in document.objects:
            known = ", ".join(map(str, sorted(document.objects)))
            raise RequestError(f"There is no object {object_id}.", f"There are: {known}.")
        document.refuse_locked_object(object_id)
    return chosen


def plan_fill(
    document: Document,
    task: str,
    frames: range | None = None,
    objects: Iterable[int] | None = None,
    direction: str = "both",
) -> FillPlan:
    """Plan `propagate` or `interpolate`.

    Human, corrected, imported and locked cells and cells with scribbles are references and never
    targets; the run bridges them. `interpolate` fills only between two references of an object.
    Raises NothingToFill where nothing is left to do, RequestError where nothing can be done.
    """
    if direction not in DIRECTIONS:
        raise RequestError(
            f"'{direction}' is no direction.", f"Choose one of {', '.join(DIRECTIONS)}."
        )
    asked = check_range(document, frames)
    spans: dict[int, tuple[int, int]] = {}
    references: dict[int, list[int]] = {}
    named = check_objects(document, objects)
    for object_id in named:
        known = document.reference_frames(object_id)
        span = _span(known, task, asked, direction)
        if span[0] < span[1]:
            spans[object_id], references[object_id] = span, known
    if all(document.cells.protected(o)[asked.start : asked.stop].all() for o in named):
        raise NothingToFill
    if not spans:
        raise RequestError(*_nothing(document, task, named, direction))
    todo = np.zeros(document.n_frames, bool)
    for object_id, (first, last) in spans.items():
        open_ = np.ones(document.n_frames, bool)
        open_[references[object_id]] = False
        open_ &= ~document.cells.protected(object_id)
        todo[first:last] |= open_[first:last]
    targets = tuple(np.flatnonzero(todo).tolist())
    if not targets:
        raise NothingToFill
    return FillPlan(targets, keys_around(document, references, asked), spans, direction)


def plan_rest(
    document: Document,
    task: str,
    begun: Iterable[int],
    missing: Iterable[int],
    objects: Iterable[int],
    direction: str,
) -> FillPlan:
    """Plan the rest of a run that was cut off: it gives what the whole one would have given.

    A chain on its way from a key frame knows more than its masks tell, so it has to go that way
    again; and where it meets another object, that one has to be on its way as well.

    Args:
        begun: frames that the run was to go over.
        missing: those of them that have no masks yet.

    Raises RequestError if there is nothing to do.
    """
    goal, gaps = frozenset(begun), frozenset(missing)
    whole = plan_fill(document, task, range(min(goal), max(goal) + 1), objects, direction)
    wanted = tuple(f for f in whole.frames if f in goal & gaps)
    if not wanted:
        raise RequestError("That run had already filled every frame.")
    known = [[k.frame for k in whole.keys if o in k.objects] for o in whole.objects]
    passed: tuple[int, ...] = ()
    if any(keys != known[0] for keys in known):
        low, high = _met(known, wanted[0], wanted[-1])
        passed = tuple(f for f in whole.frames if low <= f <= high and f in goal - gaps)
    return FillPlan(wanted, whole.keys, whole.spans, direction, passed=passed)


def _met(known: list[list[int]], low: int, high: int) -> tuple[int, int]:
    """The frames around low to high beyond which no chain goes that meets what lies within: every
    object has a key frame at either end, or none further out."""
    while True:
        first = min(max((k for k in keys if k <= low), default=low) for keys in known)
        last = max(min((k for k in keys if k >= high), default=high) for keys in known)
        if (first, last) == (low, high):
            return low, high
        low, high = first, last


def _span(known: list[int], task: str, asked: range, direction: str) -> tuple[int, int]:
    """Half-open range in which an object with these reference frames may be filled."""
    if task == "interpolate":
        if len(known) < 2:
            return 0, 0
        return max(asked.start, known[0]), min(asked.stop, known[-1] + 1)
    if not known:
        return 0, 0
    first = known[0] if direction == "forward" else 0
    last = known[-1] + 1 if direction == "backward" else asked.stop
    return max(asked.start, first), min(asked.stop, last)


def keys_around(
    document: Document, references: dict[int, list[int]], asked: range
) -> tuple[StoredKey, ...]:
    """All references inside the range and the nearest one outside on either side, per object."""
    objects_at: dict[int, set[int]] = {}
    for object_id, known in references.items():
        inside = [f for f in known if f in asked]
        before = [f for f in known if f < asked.start][-1:]
        after = [f for f in known if f >= asked.stop][:1]
        for frame in (*before, *inside, *after):
            objects_at.setdefault(frame, set()).add(object_id)
    stored = document.stored_labels(objects_at)
    return tuple(
        StoredKey(
            frame,
            stored.get(frame) or encode_label_map(document.label_map(frame)),
            frozenset(known),
        )
        for frame, known in sorted(objects_at.items())
    )


def _nothing(document: Document, task: str, objects: list[int], direction: str) -> tuple[str, str]:
    names = ", ".join(document.objects[o].name for o in objects)
    if task == "interpolate":
        return (
            f"There are no two key frames to fill between for {names} in this range.",
            "Draw or import masks on two frames, or use 'propagate'.",
        )
    if not any(document.reference_frames(o) for o in objects):
        return (
            f"There is no key frame for {names}.",
            "Draw or import a mask on at least one frame, or run 'saliency' on scribbles.",
        )
    side = "before" if direction == "forward" else "after"
    return (
        f"No key frame of {names} lies {side} this range.",
        "Choose another range or the direction 'both'.",
    )


def plan_scribbles(
    document: Document,
    frames: range | None = None,
    objects: Iterable[int] | None = None,
    *,
    scans: bool = False,
) -> tuple[ScribbleFrame, ...]:
    """Frames with strokes whose masks a run may compute. Raises RequestError if there are none;
    `scans`: the backend needs no strokes on frames that it is told."""
    asked = check_range(document, frames)
    chosen = check_objects(document, objects)
    orders = []
    for frame in document.stroke_frames():
        if frame not in asked:
            continue
        drawn = [o for o in chosen if document.has_strokes(frame, o)]
        open_ = document.writable(frame, drawn)
        if open_:
            orders.append(scribble_frame(document, frame, sorted(open_)))
    if not orders:
        raise RequestError(
            "No frame in this range has scribbles whose mask may be computed.",
            "Draw or import some, or name the frames that it shall find masks on (--frames A:B)."
            if scans
            else "Draw scribbles or import them; masks made by hand are never overwritten.",
        )
    return tuple(orders)


def scribble_frame(
    document: Document, frame: int, objects: list[int], more: tuple = ()
) -> ScribbleFrame:
    """The order for one frame: its strokes, `more` not stored yet, and its masks."""
    cells = document.cells.frame(frame)
    prior = frozenset(
        o for o in objects if o in cells and cells[o].provenance is not Provenance.NONE
    )
    protected = frozenset(o for o, c in cells.items() if o not in objects and c.protected)
    return ScribbleFrame(
        frame,
        (*document.strokes(frame), *more),
        tuple(objects),
        encode_label_map(document.label_map(frame)),
        prior,
        protected,
    )


def check_frames(document: Document, frames: Iterable[int] | None) -> list[int]:
    """The frames (None = the whole clip), ascending. Raises RequestError if the clip lacks one."""
    asked = sorted(set(range(document.n_frames) if frames is None else frames))
    if not asked or asked[0] < 0 or asked[-1] >= document.n_frames:
        raise RequestError(
            "These frames are not all in this clip.",
            f"It has the frames 0:{document.n_frames} (the end is not included).",
        )
    return asked


def plan_scan(document: Document, frames: Iterable[int] | None, objects: Iterable[int]) -> FillPlan:
    """Plan masks on frames without key frames: all of `frames` (None = the whole clip) on which
    some object may be written. Raises RequestError where there is none."""
    asked = check_frames(document, frames)
    chosen = check_objects(document, objects)
    todo = np.zeros(document.n_frames, bool)
    for object_id in chosen:
        todo |= ~document.cells.protected(object_id)
    targets = tuple(frame for frame in asked if todo[frame])
    if not targets:
        raise RequestError(
            "Every one of these frames is drawn, accepted or locked already.",
            "Choose other frames; human work is never overwritten.",
        )
    span = (targets[0], targets[-1] + 1)
    return FillPlan(targets, (), dict.fromkeys(chosen, span), "both")


def plan_fit(
    document: Document, objects: Iterable[int]
) -> tuple[tuple[ScribbleFrame, ...], tuple[StoredKey, ...]]:
    """Everything a network can learn these objects from: frames with strokes, and key frames.

    Raises RequestError where there is nothing.
    """
    chosen = check_objects(document, objects)
    scribbles = tuple(
        scribble_frame(document, frame, drawn)
        for frame in document.stroke_frames()
        if (drawn := [o for o in chosen if document.has_strokes(frame, o)])
    )
    # Only what a person made or accepted: a model's mask from strokes guides other runs, but a
    # network that learns it would learn another method's mistakes.
    kinds = [kind for kind in Provenance if kind.is_key]
    references = {
        o: np.flatnonzero(np.isin(document.cells.provenance(o), kinds)).tolist() for o in chosen
    }
    keys = keys_around(document, references, range(document.n_frames))
    if not scribbles and not keys:
        raise RequestError(
            "There is nothing to fit the network on.",
            "Draw scribbles or masks on at least one frame first.",
        )
    return scribbles, keys
