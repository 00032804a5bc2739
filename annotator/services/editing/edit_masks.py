"""Edits of one object's mask on one frame as a whole: fill a region, reshape, copy, mark absent.

Each call is one undo step. Locked cells never change, neither the object's own nor, under its
new pixels, another's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from annotator.core.changes import Change, SetCells, SetTiles
from annotator.core.document import ChangeSet
from annotator.core.errors import RequestError
from annotator.core.morphology import grown, shrunk, smoothed
from annotator.core.objects import ObjectInfo
from annotator.core.raster import bounding_rect, tile_slices, tiles_of
from annotator.core.types import BACKGROUND, Cell, LabelMap, Mask, Provenance
from annotator.services.project.session import Session


def touched_by_hand(cell: Cell) -> Cell:
    """The cell after a person changed its mask: human work, without an estimated quality."""
    if cell.provenance is Provenance.MODEL:
        return replace(cell, provenance=Provenance.CORRECTED, quality=None)
    if cell.provenance is Provenance.NONE:
        return replace(cell, provenance=Provenance.HUMAN)
    return replace(cell, quality=None)


def _holes_filled(mask: Mask) -> Mask:
    from annotator.services.editing import (
        regions,  # OpenCV: loaded on first use, not with the window
    )

    return regions.filled_holes(mask)


def _largest_part(mask: Mask) -> Mask:
    from annotator.services.editing import regions

    return regions.without_islands(mask)


RESHAPES: dict[str, Callable[[Mask], Mask]] = {
    "Grow": lambda mask: grown(mask, 1),
    "Shrink": lambda mask: shrunk(mask, 1),
    "Smooth": lambda mask: smoothed(mask, 2),
    "Fill holes of": _holes_filled,
    "Remove islands of": _largest_part,
}
"""What can be done to a mask; the key is the verb of the undo step."""


class MaskEdits:
    """Edits of whole masks of the open project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def fill(
        self,
        frame: int,
        object_id: int,
        region: Mask,
        *,
        erase: bool = False,
        protect: bool = False,
        title: str = "Fill",
    ) -> ChangeSet:
        """Give the pixels of `region` to the object, or take them from it.

        `protect` keeps the pixels of every other object; those of locked ones stay in any case.
        """
        info = self.refuse_locked(frame, object_id)
        before = self._session.document.label_map(frame)
        if erase:
            after = np.where(region & (before == object_id), np.uint8(BACKGROUND), before)
        else:
            free = ~self.fixed(frame, object_id, protect=protect)[before]
            after = np.where(region & free, np.uint8(object_id), before)
        return self._write(frame, object_id, after, f"{title} {info.name}")

    def reshape(self, frame: int, object_id: int, how: str, *, protect: bool = False) -> ChangeSet:
        """Apply one of `RESHAPES` to the object's mask. Raises RequestError if there is none."""
        info = self.refuse_locked(frame, object_id)
        before = self._session.document.label_map(frame)
        mask = before == object_id
        if not mask.any():
            raise RequestError(f"{info.name} has no mask on frame {frame}.")
        shaped = RESHAPES[how](mask)
        free = ~self.fixed(frame, object_id, protect=protect)[before]
        after = np.where(mask & ~shaped, np.uint8(BACKGROUND), before)
        after = np.where(shaped & ~mask & free, np.uint8(object_id), after)
        return self._write(frame, object_id, after, f"{how} {info.name}")

    def copy(self, frame: int, source: int, object_id: int, *, protect: bool = False) -> ChangeSet:
        """Replace the object's mask by the one it has on the frame `source`."""
        info = self.refuse_locked(frame, object_id)
        document = self._session.document
        wanted = document.label_map(source) == object_id
        if document.cell(source, object_id).provenance is Provenance.NONE:
            raise RequestError(f"{info.name} has no mask on frame {source}.")
        before = document.label_map(frame)
        free = ~self.fixed(frame, object_id, protect=protect)[before]
        after = np.where(before == object_id, np.uint8(BACKGROUND), before)
        after = np.where(wanted & free, np.uint8(object_id), after)
        title = f"Copy {info.name} from frame {source}"
        return self._write(frame, object_id, after, title, always=True)

    def mark_absent(self, frame: int, object_id: int) -> ChangeSet:
        """State that the object is not to be seen here: an empty mask that counts as drawn."""
        info = self.refuse_locked(frame, object_id)
        before = self._session.document.label_map(frame)
        after = np.where(before == object_id, np.uint8(BACKGROUND), before)
        return self._write(frame, object_id, after, f"{info.name} is absent", always=True)

    def toggle_occluded(self, frame: int, object_id: int) -> ChangeSet:
        """State that something hides the object here, or that nothing does (any longer).

        The mask stays as it is and counts as drawn; without one, the object is wholly hidden.
        """
        info = self.refuse_locked(frame, object_id)
        before = self._session.document.cell(frame, object_id)
        cell = replace(touched_by_hand(before), occluded=not before.occluded)
        said = "is occluded" if cell.occluded else "is not occluded"
        return self._session.apply(f"{info.name} {said}", [SetCells(frame, {object_id: cell})])

    def fixed(self, frame: int, object_id: int, *, protect: bool) -> np.ndarray:
        """bool [256]: labels whose pixels this object may not take on the frame."""
        fixed = np.zeros(256, bool)
        if protect:
            fixed[1:] = True
        cells = self._session.document.cells.frame(frame)
        objects = self._session.document.objects
        fixed[[other for other, cell in cells.items() if cell.locked]] = True
        fixed[[other for other, info in objects.items() if info.locked]] = True
        fixed[object_id] = False
        return fixed

    def refuse_locked(self, frame: int, object_id: int) -> ObjectInfo:
        """The object, if its mask on this frame may change. Raises RequestError if it is locked or
        not there."""
        info = self._session.document.objects.get(object_id)
        if info is None:
            raise RequestError(f"There is no object {object_id}.", "Add or choose an object first.")
        self._session.document.refuse_locked_object(object_id)
        if self._session.document.cell(frame, object_id).locked:
            raise RequestError(
                f"{info.name} is locked on frame {frame}.", "Unlock it to change its mask."
            )
        return info

    def _write(
        self, frame: int, object_id: int, after: LabelMap, title: str, *, always: bool = False
    ) -> ChangeSet:
        """One step with the tiles that differ; none at all if nothing does (unless `always`)."""
        document = self._session.document
        before = document.label_map(frame)
        rect = bounding_rect(after != before)
        changes: list[Change] = []
        if not rect.empty:
            tiles = {
                tile: after[tile_slices(*tile)].copy()
                for tile in tiles_of(rect)
                if not np.array_equal(after[tile_slices(*tile)], before[tile_slices(*tile)])
            }
            changes.append(SetTiles(frame, tiles, rect))
        elif not always:
            return ChangeSet()
        cell = touched_by_hand(document.cell(frame, object_id))
        changes.append(SetCells(frame, {object_id: cell}))
        return self._session.apply(title, changes)
