"""Edits of whole objects over all frames: merge two into one, swap two from a frame on.

Each call is one undo step. They refuse where a locked cell would change.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from annotator.core.changes import AddStroke, Change, SetCells, SetLabel, SetObject
from annotator.core.document import ChangeSet, PlacedStroke
from annotator.core.errors import RequestError
from annotator.core.objects import ObjectInfo
from annotator.core.types import Cell, Mask, Provenance, Stroke
from annotator.services.edit_masks import touched_by_hand
from annotator.services.session import Session

_STRENGTH = (
    Provenance.NONE,
    Provenance.MODEL,
    Provenance.IMPORTED,
    Provenance.CORRECTED,
    Provenance.HUMAN,
)


def united(one: Cell, other: Cell) -> Cell:
    """The cell of two masks put together: the stronger provenance, so that nothing a person made
    becomes a model's; for two model masks, the lower estimate."""
    weak, strong = sorted((one, other), key=lambda cell: _STRENGTH.index(cell.provenance))
    if strong.provenance is not Provenance.MODEL or weak.provenance is Provenance.NONE:
        return strong
    known = [cell.quality for cell in (one, other) if cell.quality is not None]
    return Cell(Provenance.MODEL, False, min(known, default=None), strong.backend)


class ObjectEdits:
    """Edits of whole objects of the open project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def merge(self, source: int, target: int) -> ChangeSet:
        """Make the masks and strokes of `source` part of `target`; `source` is gone then."""
        first, second = self._pair(source, target, 0)
        document = self._session.document
        table = np.arange(256, dtype=np.uint8)
        table[source] = target
        changes: list[Change] = []
        for frame in self._known([source]):
            self._relabel(changes, frame, table, [source])
            mine, theirs = document.cell(frame, target), document.cell(frame, source)
            changes.append(
                SetCells(frame, {target: united(mine, theirs), source: Cell(Provenance.NONE)})
            )
        changes += self._strokes({source: target}, 0)
        changes.append(SetObject(source, None))
        return self._session.apply(f"Merge {first.name} into {second.name}", changes)

    def swap(self, one: int, other: int, frame: int) -> ChangeSet:
        """Exchange two objects that were mixed up, from `frame` to the end of the clip."""
        first, second = self._pair(one, other, frame)
        document = self._session.document
        table = np.arange(256, dtype=np.uint8)
        table[one], table[other] = other, one
        changes: list[Change] = []
        for at in self._known([one, other], frame):
            self._relabel(changes, at, table, [one, other])
            cells = {one: document.cell(at, other), other: document.cell(at, one)}
            changes.append(SetCells(at, cells))
        changes += self._strokes({one: other, other: one}, frame)
        title = f"Swap {first.name} and {second.name} from frame {frame} on"
        return self._session.apply(title, changes)

    def split(self, frame: int, object_id: int, region: Mask, *, onward: bool) -> ObjectInfo:
        """Make the part of an object's mask inside `region` (bool [H, W]) an object of its own.

        On this frame, or with `onward` to the end of the clip: there every connected part goes to
        whichever of the two it lies on more, seen from the frame before. Returns the new object.
        Raises RequestError if the region holds nothing of the object, or all of it.
        """
        document = self._session.document
        if object_id not in document.objects:
            raise RequestError("Choose an object of the project.")
        info = document.objects[object_id]
        document.refuse_locked_object(object_id)
        frames = self._known([object_id], frame) if onward else [frame]
        self._refuse_locked_on(object_id, frames)
        part = (document.label_map(frame) == object_id) & region
        if not part.any() or np.array_equal(part, document.label_map(frame) == object_id):
            raise RequestError(
                f"There is nothing of {info.name} to split off there.",
                "Choose a part of its mask, not all of it.",
            )
        from annotator.services import regions  # OpenCV: loaded on first use, not with the window

        made = self._session.new_object(f"part of {info.name}", info.category)
        changes: list[Change] = [SetObject(made.id, made)]
        rest = (document.label_map(frame) == object_id) & ~part
        for at in frames:
            label_map = document.label_map(at)
            if at != frame:
                part, rest = regions.shared_out(label_map == object_id, part, rest)
            cell = document.cell(at, object_id)
            if part.any():
                changes.append(SetLabel(at, np.where(part, np.uint8(made.id), label_map)))
            if at == frame:
                cell = touched_by_hand(cell)
            changes.append(SetCells(at, {object_id: cell, made.id: cell}))
        self._session.apply(f"Split {info.name}", changes)
        return made

    # -- inner

    def _refuse_locked_on(self, object_id: int, frames: Iterable[int]) -> None:
        document = self._session.document
        for at in frames:
            if document.cell(at, object_id).locked:
                raise RequestError(
                    f"{document.objects[object_id].name} is locked on frame {at}.",
                    "Unlock it first; locked masks never change.",
                )

    def _pair(self, one: int, other: int, frame: int) -> tuple[ObjectInfo, ObjectInfo]:
        """Both objects. Raises RequestError if one is not there, or locked from `frame` on."""
        document = self._session.document
        if one == other or not {one, other} <= document.objects.keys():
            raise RequestError("Choose two different objects of the project.")
        self.refuse_locked((one, other), frame)
        return document.objects[one], document.objects[other]

    def refuse_locked(self, objects: Iterable[int], first: int = 0) -> None:
        """Raises RequestError if a mask of one of the objects is locked from `first` on."""
        document = self._session.document
        for object_id in objects:
            document.refuse_locked_object(object_id)
            locked = np.flatnonzero(document.cells.locked(object_id)[first:]) + first
            if len(locked):
                raise RequestError(
                    f"{document.objects[object_id].name} is locked on {len(locked)} "
                    f"frame{'s' if len(locked) > 1 else ''}, the first is {locked[0]}.",
                    "Unlock them first; locked masks never change.",
                )

    def _known(self, objects: Iterable[int], first: int = 0) -> list[int]:
        """Frames from `first` on where something is known about one of the objects."""
        cells = self._session.document.cells
        known = np.zeros(cells.n_frames, bool)
        for object_id in objects:
            known |= cells.provenance(object_id) != Provenance.NONE
        return [int(frame) for frame in np.flatnonzero(known) if frame >= first]

    def _relabel(
        self, changes: list[Change], frame: int, table: NDArray[np.uint8], objects: list[int]
    ) -> None:
        label_map = self._session.document.label_map(frame)
        if np.isin(label_map, objects).any():
            changes.append(SetLabel(frame, table[label_map]))

    def _strokes(self, owners: dict[int, int], first: int) -> list[Change]:
        """The strokes of some objects with their new owners, in their old places."""
        document = self._session.document
        changes: list[Change] = []
        for frame in document.stroke_frames():
            for placed in document.placed_strokes(frame) if frame >= first else ():
                stroke = placed.stroke
                if stroke.object_id in owners:
                    owner = owners[stroke.object_id]
                    moved = Stroke(owner, stroke.points, stroke.radius)
                    changes.append(AddStroke(PlacedStroke(placed.id, frame, moved)))
        return changes
