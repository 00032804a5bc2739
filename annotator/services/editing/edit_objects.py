"""Edits of whole objects over all frames: delete, merge two into one, swap two from a frame on.

Each call is one undo step. They refuse where a locked cell would change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.core.changes import (
    AddStroke,
    Change,
    DropStroke,
    SetColumn,
    SetLabel,
    SetObject,
)
from annotator.core.document import ChangeSet, PlacedStroke
from annotator.core.errors import RequestError
from annotator.core.objects import ObjectInfo
from annotator.core.types import BACKGROUND, Mask, Provenance, Stroke
from annotator.services.editing.edit_masks import touched_by_hand
from annotator.services.editing.steps import Sweep
from annotator.services.editing.sweeps import forgotten
from annotator.services.project.session import Session

_STRENGTH = np.zeros(256, np.uint8)
_STRENGTH[Provenance.MODEL] = 1
_STRENGTH[Provenance.IMPORTED] = 2
_STRENGTH[Provenance.CORRECTED] = 3
_STRENGTH[Provenance.HUMAN] = 4


def united(mine: NDArray[np.void], theirs: NDArray[np.void]) -> NDArray[np.void]:
    """The cells of masks put together, CELL_DTYPE [K] each: the stronger provenance, so that
    nothing a person made becomes a model's; for two model masks, the lower estimate."""
    stronger = _STRENGTH[theirs["provenance"]] >= _STRENGTH[mine["provenance"]]
    cells = np.where(stronger, theirs, mine)
    both = (mine["provenance"] == Provenance.MODEL) & (theirs["provenance"] == Provenance.MODEL)
    cells["flags"][both] = 0
    cells["quality"][both] = np.fmin(mine["quality"], theirs["quality"])[both]
    return cells


class ObjectEdits:
    """Edits of whole objects of the open project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def delete(self, info: ObjectInfo) -> ChangeSet:
        """Remove an object with its masks, strokes and cells on all frames.

        Raises RequestError if any of its masks is locked.
        """
        self.refuse_locked([info.id])
        table = np.arange(256, dtype=np.uint8)
        table[info.id] = BACKGROUND

        def change(at: NDArray[np.int64]) -> list[Change]:
            known = self._held([info.id], at)
            changes = self._relabel(known, table)
            changes.append(SetColumn(info.id, known, forgotten(len(known))))
            return [*changes, *(DropStroke(placed.id) for placed in self._strokes([info.id], at))]

        frames = self._known([info.id])
        gone = SetObject(info.id, None)
        return self._session.sweep(
            Sweep(f"Delete {info.name}", frames, change, last=(gone,), repaints=True)
        )

    def merge(self, source: int, target: int) -> ChangeSet:
        """Make the masks and strokes of `source` part of `target`; `source` is gone then."""
        first, second = self._pair(source, target, 0)
        cells = self._session.document.cells
        table = np.arange(256, dtype=np.uint8)
        table[source] = target

        def change(at: NDArray[np.int64]) -> list[Change]:
            known = self._held([source], at)
            changes = self._relabel(known, table)
            both = united(cells.records(target, known), cells.records(source, known))
            changes.append(SetColumn(target, known, both))
            changes.append(SetColumn(source, known, forgotten(len(known))))
            return [*changes, *self._moved({source: target}, at)]

        title = f"Merge {first.name} into {second.name}"
        gone = SetObject(source, None)
        return self._session.sweep(
            Sweep(title, self._known([source]), change, last=(gone,), repaints=True)
        )

    def swap(self, one: int, other: int, frame: int) -> ChangeSet:
        """Exchange two objects that were mixed up, from `frame` to the end of the clip."""
        first, second = self._pair(one, other, frame)
        cells = self._session.document.cells
        table = np.arange(256, dtype=np.uint8)
        table[one], table[other] = other, one

        def change(at: NDArray[np.int64]) -> list[Change]:
            known = self._held([one, other], at)
            changes = self._relabel(known, table)
            changes.append(SetColumn(one, known, cells.records(other, known)))
            changes.append(SetColumn(other, known, cells.records(one, known)))
            return [*changes, *self._moved({one: other, other: one}, at)]

        title = f"Swap {first.name} and {second.name} from frame {frame} on"
        frames = self._known([one, other], frame)
        return self._session.sweep(Sweep(title, frames, change, repaints=True))

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
        frames = np.array([frame], np.int64)
        if onward:
            frames = np.flatnonzero(document.cells.provenance(object_id)[frame:]) + frame
        self._refuse_locked_on(object_id, frames)
        part = (document.label_map(frame) == object_id) & region
        if not part.any() or np.array_equal(part, document.label_map(frame) == object_id):
            raise RequestError(
                f"There is nothing of {info.name} to split off there.",
                "Choose a part of its mask, not all of it.",
            )
        from annotator.services.editing import (
            regions,  # OpenCV: loaded on first use, not with the window
        )

        made = self._session.new_object(f"part of {info.name}", info.category)
        rest = (document.label_map(frame) == object_id) & ~part

        def change(at: NDArray[np.int64]) -> list[Change]:
            nonlocal part, rest
            changes: list[Change] = []
            cells = document.cells.records(object_id, at)
            for i, here in enumerate(at.tolist()):
                label_map = document.label_map(here)
                if here != frame:
                    part, rest = regions.shared_out(label_map == object_id, part, rest)
                else:
                    mended = touched_by_hand(document.cell(here, object_id))
                    cells[i] = document.cells.record(mended)
                if part.any():
                    changes.append(SetLabel(here, np.where(part, np.uint8(made.id), label_map)))
            changes += (SetColumn(o, at, cells) for o in (object_id, made.id))
            return changes

        self._session.sweep(
            Sweep(
                f"Split {info.name}",
                frames,
                change,
                first=(SetObject(made.id, made),),
                repaints=True,
            )
        )
        return made

    # -- inner

    def _refuse_locked_on(self, object_id: int, frames: NDArray[np.int64]) -> None:
        document = self._session.document
        locked = frames[document.cells.locked(object_id)[frames]]
        if len(locked):
            raise RequestError(
                f"{document.objects[object_id].name} is locked on frame {locked[0]}.",
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

    def _known(self, objects: Sequence[int], first: int = 0) -> NDArray[np.int64]:
        """int64 [K]: frames from `first` on with a mask or a stroke of one of the objects."""
        document = self._session.document
        there = np.zeros(document.n_frames, bool)
        for object_id in objects:
            there |= document.cells.provenance(object_id) != Provenance.NONE
        for frame in document.stroke_frames():
            there[frame] |= any(document.has_strokes(frame, o) for o in objects)
        return np.flatnonzero(there[first:]) + first

    def _held(self, objects: Sequence[int], frames: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `frames` where something is known about one of the objects."""
        cells = self._session.document.cells
        known = np.zeros(len(frames), bool)
        for object_id in objects:
            known |= cells.provenance(object_id)[frames] != Provenance.NONE
        return frames[known]

    def _relabel(self, frames: NDArray[np.int64], table: NDArray[np.uint8]) -> list[Change]:
        """The label maps that other labels, uint8 [256], make different."""
        changes: list[Change] = []
        for frame in frames.tolist():
            before = self._session.document.label_map(frame)
            after = table[before]
            if not np.array_equal(after, before):
                changes.append(SetLabel(frame, after))
        return changes

    def _strokes(self, objects: Collection[int], frames: NDArray[np.int64]) -> list[PlacedStroke]:
        document = self._session.document
        return [
            placed
            for frame in sorted(set(document.stroke_frames()).intersection(frames.tolist()))
            for placed in document.placed_strokes(frame)
            if placed.stroke.object_id in objects
        ]

    def _moved(self, owners: dict[int, int], frames: NDArray[np.int64]) -> list[Change]:
        """The strokes of some objects with their new owners, in their old places."""
        changes: list[Change] = []
        for placed in self._strokes(owners, frames):
            stroke = placed.stroke
            moved = Stroke(owners[stroke.object_id], stroke.points, stroke.radius)
            changes.append(AddStroke(PlacedStroke(placed.id, placed.frame, moved)))
        return changes
