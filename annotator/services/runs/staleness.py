"""Which masks are out of date: made from key frames that were edited, added or taken away since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.core.changes import Change, SetCells, SetColumn, SetLabel, SetTiles
from annotator.core.document import Document
from annotator.core.types import Cell, Provenance
from annotator.services.runs.planning import (
    FillPlan,
    UpToDate,
    check_objects,
    check_range,
    keys_around,
)

_NEW_KEY = (Provenance.HUMAN, Provenance.IMPORTED)


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """What is known about an object on some frames: arrays [K]."""

    object_id: int
    frames: NDArray[np.int64]
    provenance: NDArray[np.uint8]
    is_key: NDArray[np.bool_]


class MarkUpdate:
    """Finds which cells an action marks: built before it is carried out, they are
    marked afterwards.

    A cell is marked where a run makes its mask, and where a key's pixels change, appear or go.
    Accepting and locking change no pixels, so they leave everything fresh.
    """

    def __init__(self, document: Document, changes: list[Change]) -> None:
        self._document = document
        self._repainted: set[int] = set()
        self._before: dict[tuple[int, int], tuple[Cell, bool]] = {}
        self._columns: list[_Column] = []
        for change in changes:
            if isinstance(change, SetLabel | SetTiles):
                self._repainted.add(change.frame)
            if isinstance(change, SetColumn):
                self._columns.append(self._column(change.object_id, change.frames))
            if not isinstance(change, SetCells):
                continue
            for object_id in change.cells:
                at = change.frame, object_id
                self._before.setdefault(at, (document.cell(*at), document.is_reference(*at)))

    def mark(self, step: int) -> NDArray[np.int64]:
        """Mark them as made by an undo step; int64 [K], the frames whose marks changed."""
        marks = self._document.marks
        touched: dict[int, None] = {}
        for at in self._before:
            if self._is_marked(*at):
                marks.set(*at, step)
                touched[at[0]] = None
        for column in self._columns:
            frames = column.frames[self._marked_in(column)]
            if len(frames):
                marks.set_many(frames, column.object_id, step)
                touched |= dict.fromkeys(frames.tolist())
        return np.fromiter(touched, np.int64)

    def _column(self, object_id: int, frames: NDArray[np.int64]) -> _Column:
        document = self._document
        provenance = document.cells.provenance(object_id)[frames]
        is_key = document.references_among(object_id, frames)
        return _Column(object_id, frames, provenance, is_key)

    def _marked_in(self, before: _Column) -> NDArray[np.bool_]:
        """The same as `_is_marked`, for all frames of a column: bool [K]."""
        after = self._column(before.object_id, before.frames)
        repainted = np.isin(before.frames, list(self._repainted))
        made = after.provenance == Provenance.MODEL
        new = np.isin(after.provenance, _NEW_KEY) & (before.provenance == Provenance.NONE)
        return np.where(repainted, made | before.is_key | after.is_key, new)

    def _is_marked(self, frame: int, object_id: int) -> bool:
        before, was_key = self._before[frame, object_id]
        after = self._document.cell(frame, object_id)
        if frame in self._repainted:
            made = after.provenance is Provenance.MODEL
            return made or was_key or self._document.is_reference(frame, object_id)
        return after.provenance in _NEW_KEY and before.provenance is Provenance.NONE


def references(document: Document, object_id: int) -> NDArray[np.int64]:
    """int64 [K]: the key frames of an object, ascending."""
    return np.flatnonzero(document.references(object_id))


def stale_frames(document: Document, object_id: int) -> NDArray[np.bool_]:
    """bool [n_frames]: masks of runs that are older than an edit of a key frame that governs them.

    The key frames on either side of a mask govern it, and everything in between counts: a key that
    was taken away there was one of them.
    """
    model = document.cells.provenance(object_id) == Provenance.MODEL
    made = document.marks.column(object_id)
    return out_of_date(model, references(document, object_id), made)


def out_of_date(
    model: NDArray[np.bool_], keys: NDArray[np.int64], made: NDArray[np.uint32]
) -> NDArray[np.bool_]:
    """The same of any masks of one object; nothing of the arguments is changed.

    Args:
        model: bool [n_frames], masks of runs.
        keys: int64 [K], the key frames, ascending.
        made: uint32 [n_frames], the step that made or changed each.
    """
    stale = np.zeros(len(model), bool)
    if not len(keys):
        return stale
    model = model.copy()
    model[keys] = False
    edited = np.where(model, 0, made)
    if not edited.any():
        return stale
    starts = np.concatenate([[0], keys]) if keys[0] else keys
    newest = np.maximum.reduceat(edited, starts)
    # A span reaches up to and including the key frame that ends it.
    newest[:-1] = np.maximum(newest[:-1], edited[starts[1:]])
    lengths = np.diff(np.append(starts, len(model)))
    return np.asarray(model & (made > 0) & (made < np.repeat(newest, lengths)))


def runs_of(marked: NDArray[np.bool_]) -> list[range]:
    """The stretches of consecutive true values of bool [N], ascending."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(np.int8), [0]])))
    return [range(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def plan_stale(
    document: Document, objects: Iterable[int] | None = None, frames: range | None = None
) -> tuple[str, FillPlan]:
    """What to run so that nothing is out of date: the task, and its plan.

    `interpolate` where all of it lies between key frames, else `propagate`. Raises UpToDate, and
    RequestError for objects or frames that are not there.
    """
    asked = check_range(document, frames)
    only: dict[int, frozenset[int]] = {}
    known: dict[int, list[int]] = {}
    between = True
    for object_id in check_objects(document, objects):
        stale = np.flatnonzero(stale_frames(document, object_id)[asked.start : asked.stop])
        if len(stale):
            stale += asked.start
            keys = known[object_id] = document.reference_frames(object_id)
            between = between and keys[0] < stale[0] and stale[-1] < keys[-1]
            only[object_id] = frozenset(stale.tolist())
    if not only:
        raise UpToDate
    targets = sorted(frozenset().union(*only.values()))
    spans = {o: (min(f), max(f) + 1) for o, f in only.items()}
    keys_used = keys_around(document, known, range(targets[0], targets[-1] + 1))
    plan = FillPlan(tuple(targets), keys_used, spans, "both", only)
    return ("interpolate" if between else "propagate"), plan
