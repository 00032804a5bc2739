"""Everything a person does to masks: pen, scribbles, objects, accept and lock.

Each call is one undo step. Painting is a transaction (begin, extend, commit or abort) so that a
stroke under the pen costs neither disk nor full-frame work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.core.changes import (
    AddStroke,
    Change,
    DropStroke,
    SetCells,
    SetLabel,
    SetObject,
    SetTiles,
)
from annotator.core.document import ChangeSet, PlacedStroke
from annotator.core.errors import RequestError
from annotator.core.objects import ObjectInfo
from annotator.core.raster import merge_labels, pen_mask, pen_rect, tile_slices, tiles_of
from annotator.core.review import Acceptance
from annotator.core.types import BACKGROUND, VOID, Cell, LabelMap, Provenance, Rect, Stroke
from annotator.services.editing import sweeps
from annotator.services.editing.edit_masks import MaskEdits, touched_by_hand
from annotator.services.editing.edit_objects import ObjectEdits
from annotator.services.project.session import Session


class EditService:
    """Edits of the open project."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.masks = MaskEdits(session)
        self.whole = ObjectEdits(session)

    @property
    def _document(self):  # type: ignore[no-untyped-def]
        return self._session.document

    # -- objects

    def add_object(self, name: str = "", category: str = "") -> ObjectInfo:
        info = self._session.new_object(name, category)
        self._session.apply(f"Add {info.name}", [SetObject(info.id, info)])
        return info

    def change_object(self, info: ObjectInfo) -> ChangeSet:
        """Rename, recolour, hide ... an object that exists."""
        self._require(info.id)
        return self._session.apply(f"Change {info.name}", [SetObject(info.id, info)])

    def delete_object(self, object_id: int) -> ChangeSet:
        """Remove an object with its masks, strokes and cells on all frames; one undo step.

        Raises RequestError if any of its masks is locked.
        """
        return self.whole.delete(self._require(object_id))

    # -- painting

    def begin_paint(
        self, frame: int, object_id: int, radius: float, *, erase: bool, protect: bool = False
    ) -> Painting:
        """Put the pen down; `protect` keeps the pixels of other objects.

        Raises RequestError if the object is locked here, or a long edit is going on.
        """
        self._session.refuse_busy()

        def fixed() -> NDArray[np.bool_]:
            self.masks.refuse_locked(frame, object_id)
            return self.masks.fixed(frame, object_id, protect=protect)

        return Painting(self._session, frame, object_id, radius, erase, fixed)

    # -- scribbles

    def add_strokes(
        self, frame: int, strokes: Iterable[Stroke], title: str = "Scribble"
    ) -> ChangeSet:
        """Keep scribble strokes on a frame (vectors; masks are computed from them by a run).

        Those of an object that is not there any more are left out.
        """
        return self._session.apply(title, self._placed(frame, strokes))

    def scribble(
        self,
        frame: int,
        strokes: Sequence[Stroke],
        label_map: LabelMap,
        quality: Mapping[int, float],
    ) -> ChangeSet:
        """Strokes together with the masks computed from them while the person watched.

        The masks count as human (the person saw them and may go on scribbling); locked cells keep
        theirs. One undo step for strokes and masks. Objects that were taken away since the person
        drew get neither.
        """
        changes = self._placed(frame, strokes)
        return self._session.apply("Scribble", [*changes, *self._drawn(frame, label_map, quality)])

    def improve_scribble(
        self, step: int, frame: int, label_map: LabelMap, quality: Mapping[int, float]
    ) -> bool:
        """Better masks for the strokes of the undo step `step`, as a part of it.

        Returns False, and changes nothing, where something was done or undone since.
        """
        return self._session.amend(step, self._drawn(frame, label_map, quality))

    def _placed(self, frame: int, strokes: Iterable[Stroke]) -> list[Change]:
        document = self._document
        there = [s for s in strokes if s.object_id in (BACKGROUND, *document.objects)]
        first = document.next_stroke_id
        return [AddStroke(PlacedStroke(first + i, frame, s)) for i, s in enumerate(there)]

    def _drawn(self, frame: int, label_map: LabelMap, quality: Mapping[int, float]) -> list[Change]:
        document = self._document
        there = quality.keys() & document.objects.keys()
        open_ = [o for o in sorted(there) if not document.is_locked(frame, o)]
        if not open_:
            return []
        merged = merge_labels(document.label_map(frame), label_map, open_)
        cells = {o: touched_by_hand(document.cell(frame, o)) for o in open_}
        return [SetLabel(frame, merged), SetCells(frame, cells)]

    def clear_strokes(self, frame: int) -> ChangeSet:
        """Remove all strokes of a frame; masks stay. Raises RequestError where there are none, or
        only those of locked objects."""
        placed = self._document.placed_strokes(frame)
        dropped: list[Change] = [
            DropStroke(p.id)
            for p in placed
            if (info := self._document.objects.get(p.stroke.object_id)) is None or not info.locked
        ]
        if not dropped:
            raise RequestError("There is no scribble on this frame to remove.")
        return self._session.apply(f"Clear scribbles of frame {frame}", dropped)

    # -- cells

    def set_mask(self, frame: int, object_id: int, label_map: LabelMap, title: str) -> ChangeSet:
        """Replace one object's mask by hand (`label_map` holds its pixels); other objects stay."""
        info = self._require(object_id)
        cell = self._document.cell(frame, object_id)
        self._document.refuse_locked_object(object_id)
        if cell.locked:
            raise RequestError(f"{info.name} is locked on frame {frame}.", "Unlock it first.")
        merged = merge_labels(self._document.label_map(frame), label_map, [object_id])
        return self._session.apply(
            title, [SetLabel(frame, merged), SetCells(frame, {object_id: touched_by_hand(cell)})]
        )

    def clear_mask(self, frame: int, object_id: int) -> ChangeSet:
        """Forget what is known about an object on a frame: pixels and state. Raises RequestError
        where nothing is known, or the mask is locked."""
        info = self._require(object_id)
        self._document.refuse_locked_object(object_id)
        cell = self._document.cell(frame, object_id)
        if cell.locked:
            raise RequestError(f"{info.name} is locked on frame {frame}.", "Unlock it first.")
        if cell.provenance is Provenance.NONE:
            raise RequestError(f"{info.name} has no mask on frame {frame}.")
        label_map = self._document.label_map(frame)
        return self._session.apply(
            f"Clear {info.name} on frame {frame}",
            [
                SetLabel(frame, np.where(label_map == object_id, np.uint8(0), label_map)),
                SetCells(frame, {object_id: Cell(Provenance.NONE)}),
            ],
        )

    def accept(self, frames: Iterable[int], objects: Iterable[int]) -> ChangeSet:
        """Take over model masks as checked by a person, who is remembered with the frame; they
        become key frames."""
        accepted = Acceptance(self._session.person, time.time())
        return self._session.sweep(sweeps.accepting(self._document, frames, objects, accepted))

    def reject(self, frames: Iterable[int], objects: Iterable[int]) -> ChangeSet:
        """Forget model masks that are wrong, so that a run may make them anew; locked ones stay."""
        return self._session.sweep(sweeps.rejecting(self._document, frames, objects))

    def set_locked(self, frames: Iterable[int], objects: Iterable[int], locked: bool) -> ChangeSet:
        """Lock cells against every change, also by the pen (or unlock them)."""
        return self._session.sweep(sweeps.locking(self._document, frames, objects, locked))

    def _require(self, object_id: int) -> ObjectInfo:
        info = self._document.objects.get(object_id)
        if info is None:
            raise RequestError(f"There is no object {object_id}.", "Add or choose an object first.")
        return info


class Painting:
    """A pen stroke under way: shown at once, durable with `commit`, gone with `abort`.

    `pixels` is the frame's label map as the person sees it, uint8 [H, W].

    Args:
        fixed: bool [256], labels whose pixels stay; raises RequestError where the object may not
            change. Asked again when the pen is lifted: the project may have changed meanwhile.
    """

    def __init__(
        self,
        session: Session,
        frame: int,
        object_id: int,
        radius: float,
        erase: bool,
        fixed: Callable[[], NDArray[np.bool_]],
    ) -> None:
        self._session = session
        self.frame = frame
        self.object_id = object_id
        self.radius = radius
        self.erase = erase
        self._ask_fixed = fixed
        self._fixed = fixed()
        self.pixels = np.array(session.document.label_map(frame))
        self._stroke = np.zeros(self.pixels.shape, bool)
        self._last: NDArray[np.float32] | None = None
        self._tiles: set[tuple[int, int]] = set()
        self._rect = Rect(0, 0, 0, 0)

    def extend(self, points: NDArray[np.float32]) -> Rect:
        """Draw on through `points` [N, 2] (x, y); returns the rectangle to repaint."""
        points = np.asarray(points, np.float32)
        path = points if self._last is None else np.vstack([self._last[None], points])
        self._last = points[-1]
        rect = pen_rect(path, self.radius, self._session.document.size)
        if rect.empty:
            return rect
        mask = pen_mask(path, self.radius, rect)
        self._stroke[rect.slices] |= mask
        self._lay(mask, self.pixels[rect.slices])
        self._tiles.update(tiles_of(rect))
        self._rect = self._rect.union(rect)
        return rect

    def _lay(self, mask: NDArray[np.bool_], part: LabelMap) -> None:
        if self.erase:
            part[mask & (part == self.object_id)] = BACKGROUND
        else:
            part[mask & ~self._fixed[part]] = self.object_id

    def renew(self) -> None:
        """The frame changed under the pen: the stroke lies on what is there now."""
        self.pixels = np.array(self._session.document.label_map(self.frame))
        self._lay(self._stroke[self._rect.slices], self.pixels[self._rect.slices])

    def commit(self) -> ChangeSet:
        """Lift the pen: one undo step with the tiles that really changed.

        What came to the frame while the pen was down stays. Raises RequestError if the object was
        locked or removed meanwhile.
        """
        self._fixed = self._ask_fixed()
        before = self._session.document.label_map(self.frame)
        tiles = {}
        for tile in sorted(self._tiles):
            there = tile_slices(*tile)
            part = before[there].copy()
            self._lay(self._stroke[there], part)
            if not np.array_equal(part, before[there]):
                tiles[tile] = part
        cell = self._session.document.cell(self.frame, self.object_id)
        if not tiles:
            return ChangeSet()
        info = self._session.document.objects[self.object_id]
        return self._session.apply(
            f"{'Erase' if self.erase else 'Paint'} {info.name}",
            [
                SetTiles(self.frame, tiles, self._rect),
                SetCells(self.frame, {self.object_id: touched_by_hand(cell)}),
            ],
        )

    def abort(self) -> Rect:
        """Drop the stroke; returns the rectangle to repaint."""
        return self._rect


def objects_in(label_map: LabelMap) -> list[int]:
    """Object ids that have pixels, ascending (0 and 255 are none)."""
    found = np.flatnonzero(np.bincount(label_map.ravel(), minlength=256))
    return [int(i) for i in found if i not in (BACKGROUND, VOID)]
