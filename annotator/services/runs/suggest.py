"""Which frames to annotate next: where a mask would take away most of the expected error.

Every frame has an expected error: 1 - estimated J for a run's mask, 1 where nothing is known, 0 for
what a person made. What even the frames right beside key frames lack is held to stay: blurred limbs
and frayed outlines are no better for another mask. Of the rest a mask on frame f would take away a
share of the error of frame t that fades with how much the picture changes from f to t, and ends at
the key frames around f. Frames are chosen one after the other by what they take away; so error,
spread over the clip and change of appearance are one sum. A mask beyond the last key frame is worth
more than one between two, where both sides help already. An unlabelled clip is the case where every
error is 1. There the first frame is one of the two that take away most together: a clip rarely
needs a single key frame, and one in its middle leaves two far ends, each of which then needs
another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from annotator.core.document import Document
from annotator.core.types import Provenance
from annotator.services.runs.staleness import out_of_date, references

Curve = NDArray[np.float64]

REACH = 0.35
"""Share of a clip's whole change over which the gain of a mask fades to 1 / e, at most."""
FRAMES_REACH = 24.0
"""The same in frames of average change: a mask tells little about frames much farther away."""
BETWEEN = 0.6
"""How much of that a mask takes away between two key frames; chosen on training clips."""
BESIDE = 2
"""Frames on each side of a key frame that tell what no mask takes away; 2 to 4 do equally well on
training clips."""
LEAST = 0.1
"""Share of an error that counts in any case: where all frames are expected to be equally bad, for
the backend that made them tells nothing, some are suggested all the same."""
PAIRS = 256
"""Frames of a clip among which the first two are sought."""
UNSURE = 0.5
"""Estimate of a run's mask that came without one."""
UNCLEAR = 0.3
"""How much a non-overlap ratio of 1 lowers the gain: such frames are hard to draw, too."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A frame worth annotating; `gain` is the expected rise of the mean J over the clip."""

    frame: int
    gain: float


def next_frames(
    error: Curve,
    keys: Iterable[int],
    place: Curve,
    count: int,
    unclear: Curve | None = None,
    renewed: Curve | None = None,
) -> list[Suggestion]:
    """The frames to annotate, the most worthwhile first.

    Args:
        error: float64 [N] in [0, 1], expected error of each frame.
        keys: frames that are annotated already.
        place: float64 [N], never falling: change of the picture added up from the first frame on.
        count: how many at most.
        unclear: float64 [N] in [0, 1], non-overlap ratio of each frame (eq. 7).
        renewed: float64 [N], at most `error`: what it will be once masks that are out of date are
            made new.
    """
    known = sorted(set(keys))
    unknown = np.asarray(error) >= 1
    after = error if renewed is None else renewed
    held = _held(np.where(after < error, 1.0, error), known)
    left = np.maximum(error - held, LEAST * error)
    left *= np.divide(after, error, out=np.zeros(len(error)), where=error > 0)
    left[known] = 0
    unknown[known] = False
    weight = 1.0 if unclear is None else 1 - UNCLEAR * unclear
    fade = _fade(place)
    chosen: list[Suggestion] = []
    sums = np.zeros(len(left))
    edges = [-1, *known, len(left)]
    while len(chosen) < min(count, len(left) - len(known)):
        _gains(sums, left, unknown, edges, fade)
        gains = sums * weight
        gains[known] = -1
        best = int(gains.argmax()) if known else _best_of_two(left, fade, weight)
        if gains[best] <= 0:
            break
        chosen.append(Suggestion(best, float(gains[best]) / len(left)))
        low, high = _gap(known, best, len(left))
        left[low:high] *= 1 - np.exp(-np.abs(fade[low:high] - fade[best]))
        left[best] = 0
        known = sorted([*known, best])
        # Everywhere else it stays as it is.
        edges = [low - 1, best, high]
    return chosen


def _held(error: Curve, known: list[int]) -> float:
    """Mean error of what runs made right beside key frames, in [0, 1]; 0 where they made none."""
    near = {k + step for k in known for step in range(-BESIDE, BESIDE + 1)} - set(known)
    errors = [float(error[f]) for f in near if 0 <= f < len(error) and error[f] < 1]
    return float(np.mean(errors)) if errors else 0.0


def _best_of_two(left: Curve, fade: Curve, weight: Curve | float) -> int:
    """Of the two frames that take away most together the one that does more alone. Long clips are
    looked at in steps: the gain changes little from frame to frame."""
    frames = np.unique(np.linspace(0, len(left) - 1, PAIRS).round().astype(int))
    near = np.exp(-np.abs(fade[frames, None] - fade[frames]))
    near *= np.broadcast_to(weight, left.shape)[frames, None]
    alone = near @ left[frames]
    both = alone[:, None] + alone - (near * left[frames]) @ near.T
    first, second = np.unravel_index(int(both.argmax()), both.shape)
    return int(frames[first if alone[first] >= alone[second] else second])


def _fade(place: Curve) -> Curve:
    """`place` in units over which the gain fades to 1 / e."""
    total = float(place[-1] - place[0]) if len(place) else 0.0
    if total <= 0:
        return np.arange(len(place)) / FRAMES_REACH
    unit = min(REACH * total, FRAMES_REACH * total / len(place))
    return place / unit


def _gap(known: list[int], frame: int, n_frames: int) -> tuple[int, int]:
    """Half-open range of frames that a mask on `frame` would govern."""
    before = [k for k in known if k < frame]
    after = [k for k in known if k > frame]
    return (before[-1] + 1 if before else 0), (after[0] if after else n_frames)


def _gains(
    gains: Curve, left: Curve, unknown: NDArray[np.bool_], edges: list[int], fade: Curve
) -> None:
    """Set what a mask on each frame between the first and the last of `edges` would take away,
    which ends at all of them. Where there are key frames on both sides, what is known there counts
    less."""
    part = slice(edges[0] + 1, edges[-1])
    decay = np.exp(-np.diff(fade[part]))
    inner = np.array(edges[1:-1], np.int64) - part.start
    for beside in (inner - 1, inner):
        decay[beside[(beside >= 0) & (beside < len(decay))]] = 0
    share = np.full(len(decay) + 1, BETWEEN)
    if edges[0] < 0:
        share[: edges[1] - part.start] = 1
    if edges[-1] >= len(left):
        share[max(edges[-2] - part.start, 0) :] = 1
    among = share * _around(left[part] * ~unknown[part], decay)
    gains[part] = _around(left[part] * unknown[part], decay) + among


def _around(e: Curve, decay: Curve) -> Curve:
    """sum over t of e_t exp(-|p_t - p_f|): a running sum from the left and one from the right."""
    if not e.any():
        return np.zeros(len(e))
    return _running(e, decay) + _running(e[::-1], decay[::-1])[::-1] - e


def _running(e: Curve, decay: Curve) -> Curve:
    """The running sum of e [N] that fades by decay [N - 1] from each to the next."""
    # Each turn reaches twice as far back. A loop over 100,000 frames would keep the window's thread
    # waiting for the interpreter; these steps do not.
    total, reach, step = e.copy(), np.concatenate([[0.0], decay]), 1
    while step < len(total) and reach.max() > 0:
        total[step:] += reach[step:] * total[:-step]
        reach[step:] *= reach[:-step]
        step *= 2
    return total


class Expectation:
    """How wrong the masks of some objects, or of all of them (None), are thought to be. What is
    known of them is taken down when this is made, so that any thread may do the sums: those of many
    objects on a long clip take many times longer than a turn of the event loop may."""

    def __init__(self, document: Document, objects: Iterable[int] | None = None) -> None:
        self._n_frames = document.n_frames
        chosen = sorted(document.objects if objects is None else objects)
        self._known = [_known_of(document, one) for one in chosen]

    @cached_property
    def keys(self) -> list[int]:
        """Key frames, ascending: a frame counts as done when every object is known on it."""
        every = (set(one.keys.tolist()) for one in self._known)
        return sorted(set.intersection(*every)) if self._known else []

    @cached_property
    def error(self) -> Curve:
        """Mean error of each frame over the objects, float64 [N] in [0, 1]."""
        if not self._known:
            return np.ones(self._n_frames)
        return np.asarray(np.mean(self._errors, axis=0))

    def renewed(self, place: Curve) -> Curve:
        """The same once a run has made new what is out of date: frames near a new key frame need no
        mask of their own, whether or not the run was there yet. `place` as in `next_frames`."""
        if not self._known:
            return np.ones(self._n_frames)
        fade, errors = _fade(place), []
        for one, error in zip(self._known, self._errors, strict=True):
            stale = out_of_date(one.model, one.keys, one.made)
            errors.append(error * (1 - stale * _nearness(fade, one.keys)) if stale.any() else error)
        return np.asarray(np.mean(errors, axis=0))

    @cached_property
    def _errors(self) -> list[Curve]:
        return [one.error() for one in self._known]


@dataclass(frozen=True, slots=True)
class _Known:
    """Of one object on every frame: bool [N] whether its mask is a run's, whether no run may change
    it, float32 [N] its estimate, int64 [K] the key frames, uint32 [N] the step that made it."""

    model: NDArray[np.bool_]
    fixed: NDArray[np.bool_]
    quality: NDArray[np.float32]
    keys: NDArray[np.int64]
    made: NDArray[np.uint32]

    def error(self) -> Curve:
        quality = np.nan_to_num(self.quality.astype(float), nan=UNSURE)
        error = np.where(self.model, 1 - quality, 1.0)
        # Masks from strokes are key frames, too, but as good as they are thought to be.
        error[self.fixed] = 0
        return error


def _known_of(document: Document, object_id: int) -> _Known:
    cells = document.cells
    provenance = cells.provenance(object_id)
    return _Known(
        provenance == Provenance.MODEL,
        cells.protected(object_id) & (provenance != Provenance.NONE),
        np.array(cells.quality(object_id)),
        references(document, object_id),
        np.array(document.marks.column(object_id)),
    )


def _nearness(fade: Curve, keys: NDArray[np.int64]) -> Curve:
    """exp(-distance) of each frame to the nearest key frame, in units of `fade`."""
    at = fade[keys]
    after = np.minimum(np.searchsorted(at, fade), len(at) - 1)
    before = np.maximum(after - 1, 0)
    return np.exp(-np.minimum(np.abs(fade - at[after]), np.abs(fade - at[before])))
