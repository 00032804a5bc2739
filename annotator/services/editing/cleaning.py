"""Masks of many frames grown, shrunk, smoothed, freed of holes and islands, as one undo step."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.core.changes import Change, SetCells, SetLabel
from annotator.core.document import Document
from annotator.core.errors import RequestError
from annotator.core.morphology import grown, shrunk, smoothed
from annotator.core.raster import bounding_rect, merge_labels
from annotator.core.types import BACKGROUND, Cell, LabelMap, Mask, Provenance, Rect, Size
from annotator.io.codec import decode_label_map, encode_label_map
from annotator.io.store import open_store
from annotator.jobs.base import Runner, TaskControl
from annotator.services.editing.edit_masks import touched_by_hand
from annotator.services.project.session import Session
from annotator.services.runs.planning import check_objects, check_range
from annotator.services.runs.running import carry_out
from annotator.services.runs.runs import Run

TASK = f"{__name__}:clean"
MOST_PIXELS = 100
"""By how much masks are grown, shrunk or smoothed at most."""


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What is done to each mask, in the order of the fields.

    Attributes:
        islands: parts smaller than this many pixels go, but never the largest; 0: all but the
            largest; None: none.
        holes: holes up to this many pixels are filled; 0: all; None: none.
        smooth: radius of the neighbourhood whose majority decides, px; 0: not smoothed.
        grow: by that many pixels; shrunk where it is negative.
    """

    islands: int | None = None
    holes: int | None = None
    smooth: int = 0
    grow: int = 0

    @property
    def nothing(self) -> bool:
        """Whether masks stay as they are."""
        return self == Cleaning()

    def shaped(self, mask: Mask) -> Mask:
        """bool [H, W] -> bool [H, W]."""
        from annotator.services.editing import (
            regions,  # OpenCV: loaded on first use, not with the window
        )

        islands, holes, by = self.islands, self.holes, self.grow
        if islands is not None:
            mask = _where_it_is(mask, lambda part: regions.without_islands(part, islands))
        if holes is not None:
            mask = _where_it_is(mask, lambda part: regions.filled_holes(part, holes))
        if self.smooth:
            mask = smoothed(mask, self.smooth)
        if by < 0:
            mask = _where_it_is(mask, lambda part: shrunk(part, -by))
        return grown(mask, max(by, 0))


def _where_it_is(mask: Mask, change: Callable[[Mask], Mask]) -> Mask:
    """Change a mask in the part of the picture that it is in. One pixel of background around it
    is enough to tell what it encloses and what lies outside."""
    height, width = mask.shape
    x0, y0, x1, y1 = bounding_rect(mask)
    part = Rect(x0 - 1, y0 - 1, x1 + 1, y1 + 1).clip(Size(width, height)).slices
    result = np.zeros_like(mask)
    if mask[part].any():
        result[part] = change(mask[part])
    return result


def cleaned(label_map: LabelMap, objects: Iterable[int], cleaning: Cleaning) -> LabelMap:
    """The label map with the masks of `objects` cleaned up; a new array, uint8 [H, W].

    A mask gains only what is background, or what another one of `objects` has just given up: void
    and the pixels of all others stay. Where two want the same pixel, the lower id gets it.
    """
    after = np.array(label_map)
    shapes: dict[int, Mask] = {}
    for object_id in sorted(objects):
        mask = label_map == object_id
        if mask.any():
            shapes[object_id] = cleaning.shaped(mask)
            after[mask & ~shapes[object_id]] = BACKGROUND
    for object_id, shape in shapes.items():
        after[shape & (after == BACKGROUND)] = object_id
    return after


def cleanable(document: Document, frame: int, object_id: int, drawn: bool) -> bool:
    """Whether a mask may be cleaned up: never a locked one, one that a person drew, corrected or
    imported only if `drawn` says so."""
    cell = document.cell(frame, object_id)
    if object_id not in document.objects or document.is_locked(frame, object_id):
        return False
    return cell.provenance is Provenance.MODEL or (drawn and cell.provenance.is_key)


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Which masks are cleaned up: bool [n_frames] by object."""

    masks: Mapping[int, NDArray[np.bool_]]

    @property
    def frames(self) -> list[int]:
        """Those with such a mask, ascending."""
        found: list[int] = np.flatnonzero(np.logical_or.reduce(list(self.masks.values()))).tolist()
        return found

    def on(self, frame: int) -> list[int]:
        """The objects on a frame."""
        return [object_id for object_id, mask in self.masks.items() if mask[frame]]


def plan_cleaning(
    document: Document, frames: range | None, objects: Iterable[int] | None, drawn: bool
) -> Targets:
    """Which masks are cleaned up. Raises RequestError if none is."""
    asked = check_range(document, frames)
    inside = np.zeros(document.n_frames, bool)
    inside[asked.start : asked.stop] = True
    kinds = [Provenance.MODEL, *(kind for kind in Provenance if drawn and kind.is_key)]
    found: dict[int, NDArray[np.bool_]] = {}
    for object_id in check_objects(document, objects):
        made = np.isin(document.cells.provenance(object_id), kinds)
        found[object_id] = inside & made & ~document.cells.locked(object_id)
    if not any(masks.any() for masks in found.values()):
        raise RequestError(
            "There is no mask in this range that may be cleaned up.",
            "Masks that a person drew are changed only if that is chosen, locked ones never.",
        )
    return Targets(found)


@dataclass(frozen=True, slots=True)
class CleanOrder:
    """What the worker does to the project in a folder."""

    project: str
    cleaning: Cleaning
    targets: Targets


@dataclass(frozen=True, slots=True)
class CleanedFrame:
    """A frame whose label map has changed.

    Attributes:
        before: sum of the label map that this one was made from.
        label_map: as the store keeps it.
        changed: objects that gained or lost pixels.
    """

    frame: int
    before: int
    label_map: bytes
    changed: frozenset[int]


def clean(order: CleanOrder, control: TaskControl) -> Iterator[CleanedFrame]:
    """Clean up frame by frame, from a read-only view of the project."""
    store, _ = open_store(Path(order.project), writable=False)
    frames = order.targets.frames
    total = len(frames)
    control.progress(0, total)
    with closing(store):
        for done, frame in enumerate(frames, 1):
            control.checkpoint()
            before = store.load_label(frame)
            if before is not None:
                after = cleaned(before, order.targets.on(frame), order.cleaning)
                other = before != after
                changed = frozenset(np.union1d(before[other], after[other]).tolist())
                if changed:
                    yield CleanedFrame(frame, _sum(before), encode_label_map(after), changed)
            control.progress(done, total)


def _sum(label_map: LabelMap) -> int:
    return zlib.crc32(np.ascontiguousarray(label_map).data)


class CleaningService:
    """Cleans up the masks of the session's project."""

    def __init__(self, session: Session, runner: Runner) -> None:
        self._session = session
        self._runner = runner

    def start(
        self,
        cleaning: Cleaning,
        *,
        frames: range | None = None,
        objects: Iterable[int] | None = None,
        drawn: bool = False,
    ) -> Run:
        """Start the run, one undo step. A model's mask stays the model's, with its estimate.

        Args:
            objects: ids, or None for all that are not locked.
            drawn: also masks that a person drew, corrected or imported; they stay a person's.

        Raises RequestError before anything starts, DiskError.
        """
        if cleaning.nothing:
            raise RequestError("There is nothing to do.", "Choose what is done to the masks.")
        targets = plan_cleaning(self._session.document, frames, objects, drawn)
        self._session.flush()
        order = CleanOrder(self._session.home, cleaning, targets)
        count = len(targets.frames)
        run = Run(0, "clean", f"Clean up: {count} frames", "", count)
        # Half of it would be in the way: done again, it would grow what has grown already.
        step = self._session.begin_run(run.title, whole=True)

        def changes(result: CleanedFrame) -> list[Change] | None:
            return self._changes(result, targets.on(result.frame), drawn)

        carry_out(self._session, self._runner, run, step, TASK, order, changes)
        return run

    def _changes(
        self, result: CleanedFrame, objects: Sequence[int], drawn: bool
    ) -> list[Change] | None:
        document, frame = self._session.document, result.frame
        before = document.label_map(frame)
        if _sum(before) != result.before:
            return None  # another run was here meanwhile
        free = [o for o in objects if cleanable(document, frame, o, drawn)]
        touched = result.changed.intersection(free)
        if not touched:
            return []
        after = decode_label_map(result.label_map)
        if len(free) < len(objects):  # something was locked since: as it is now, it stays
            after = merge_labels(before, after, free)
        # A cell that is set counts as made anew. A model's mask is as old as the run that made it;
        # but what guides other frames has changed for them.
        cells = {o: self._cell(frame, o) for o in touched if document.is_reference(frame, o)}
        return [SetLabel(frame, after), *([SetCells(frame, cells)] if cells else [])]

    def _cell(self, frame: int, object_id: int) -> Cell:
        cell = self._session.document.cell(frame, object_id)
        return touched_by_hand(cell) if cell.provenance.is_key else cell
