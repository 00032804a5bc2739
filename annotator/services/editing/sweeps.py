"""Judging and locking the masks of any number of frames: what it changes, in columns of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from annotator.core.cells import EMPTY_CELL, LOCKED
from annotator.core.changes import Change, SetAccepted, SetColumn, SetLabel
from annotator.core.document import Document
from annotator.core.review import Acceptance
from annotator.core.types import BACKGROUND, Provenance
from annotator.services.editing.steps import Sweep


def each(frames: Iterable[int]) -> NDArray[np.int64]:
    """int64 [N]: the frames in their order, each once."""
    if isinstance(frames, range):
        return np.arange(frames.start, frames.stop, frames.step)
    listed = np.asarray(frames if isinstance(frames, np.ndarray) else list(frames), np.int64)
    return listed[np.sort(np.unique(listed, return_index=True)[1])]


def forgotten(count: int) -> NDArray[np.void]:
    """CELL_DTYPE [count] of cells that nothing is known about."""
    return np.full(count, EMPTY_CELL)


def accepting(
    document: Document, frames: Iterable[int], objects: Iterable[int], accepted: Acceptance
) -> Sweep:
    """Model masks become corrected ones; each frame with one says who accepted it."""
    chosen = _open(document, objects)

    def change(at: NDArray[np.int64]) -> list[Change]:
        changes: list[Change] = []
        judged = np.zeros(len(at), bool)
        for object_id in chosen:
            cells = document.cells.records(object_id, at)
            model = cells["provenance"] == Provenance.MODEL
            if model.any():
                cells = cells[model]
                cells["provenance"], cells["quality"] = Provenance.CORRECTED, np.nan
                changes.append(SetColumn(object_id, at[model], cells))
                judged |= model
        return [*changes, *(SetAccepted(frame, accepted) for frame in at[judged].tolist())]

    return Sweep("Accept", each(frames), change)


def rejecting(document: Document, frames: Iterable[int], objects: Iterable[int]) -> Sweep:
    """Model masks are forgotten, but for locked ones."""

    def wrong(object_id: int, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        cells = document.cells.records(object_id, at)
        return (cells["provenance"] == Provenance.MODEL) & (cells["flags"] & LOCKED == 0)

    return _forgetting("Reject", document, frames, objects, wrong)


def taking_back(document: Document, step: int, title: str) -> Sweep:
    """What is left of the masks of an import, the undo step `step`, is forgotten. Those that a
    person drew on, accepted, locked or called occluded since stay."""

    def untouched(object_id: int, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        cells = document.cells.records(object_id, at)
        made = np.isin(cells["provenance"], (Provenance.IMPORTED, Provenance.MODEL))
        return made & (cells["flags"] == 0) & (document.marks.column(object_id)[at] == step)

    every = range(document.n_frames)
    return _forgetting(title, document, every, document.objects, untouched)


def _forgetting(
    title: str,
    document: Document,
    frames: Iterable[int],
    objects: Iterable[int],
    which: Callable[[int, NDArray[np.int64]], NDArray[np.bool_]],
) -> Sweep:
    """Masks of objects that are not locked as a whole are forgotten on those of some frames, int64
    [K], of which `which` says so, bool [K]."""
    chosen = _open(document, objects)

    def change(at: NDArray[np.int64]) -> list[Change]:
        changes: list[Change] = []
        gone = np.zeros((len(at), 256), bool)
        for object_id in chosen:
            lost = which(object_id, at)
            if lost.any():
                changes.append(SetColumn(object_id, at[lost], forgotten(lost.sum())))
                gone[lost, object_id] = True
        labels = np.arange(256, dtype=np.uint8)
        for frame, lost in zip(at.tolist(), gone, strict=True):
            if lost.any():
                left = np.where(lost, np.uint8(BACKGROUND), labels)
                changes.append(SetLabel(frame, left[document.label_map(frame)]))
        return changes

    return Sweep(title, each(frames), change, repaints=True)


def locking(
    document: Document, frames: Iterable[int], objects: Iterable[int], locked: bool
) -> Sweep:
    """Cells are locked, or opened again; those that are so already stay as they are."""
    chosen = tuple(objects)

    def change(at: NDArray[np.int64]) -> list[Change]:
        changes: list[Change] = []
        for object_id in chosen:
            cells = document.cells.records(object_id, at)
            other = (cells["flags"] & LOCKED > 0) != locked
            if other.any():
                cells = cells[other]
                cells["flags"] ^= LOCKED
                changes.append(SetColumn(object_id, at[other], cells))
        return changes

    return Sweep("Lock" if locked else "Unlock", each(frames), change)


def _open(document: Document, objects: Iterable[int]) -> list[int]:
    """Those objects that are there and not locked as a whole."""
    there = document.objects
    return [o for o in objects if o in there and not there[o].locked]
