"""The project's state in memory: objects, cells, strokes, and label maps on demand.

Label maps live in the store; the document keeps the ones in use in a cache bounded in bytes, and
those that the disk has not confirmed yet until it has. It is changed on one thread only, by the
services, and knows neither files nor Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotator.core.cache import ByteLRU
from annotator.core.cells import LOCKED, CellTable
from annotator.core.errors import RequestError
from annotator.core.marks import MarkTable
from annotator.core.objects import ObjectInfo
from annotator.core.review import RemarkTable, StageChange
from annotator.core.types import Cell, LabelMap, Provenance, Rect, Size, Stroke


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What an action changed, so that views redraw only that.

    `labels` maps a frame to the rectangle of changed pixels (None: anywhere on the frame);
    `remarks` are the frames whose remarks changed.
    """

    labels: dict[int, Rect | None] = field(default_factory=dict)
    cells: frozenset[int] = frozenset()
    strokes: frozenset[int] = frozenset()
    remarks: frozenset[int] = frozenset()
    objects: bool = False
    stage: bool = False
    everything: bool = False

    @property
    def frames(self) -> frozenset[int]:
        """All of them, for the history."""
        return self.drawn | self.remarks

    @property
    def drawn(self) -> frozenset[int]:
        """Frames whose masks, strokes or what is known about them changed."""
        return frozenset(self.labels) | self.cells | self.strokes

    def __or__(self, other: ChangeSet) -> ChangeSet:
        return ChangeSet.merged((self, other))

    @staticmethod
    def merged(parts: Iterable[ChangeSet]) -> ChangeSet:
        """All of them as one, in one pass: an action may change 100,000 frames."""
        labels: dict[int, Rect | None] = {}
        cells, strokes, remarks = set[int](), set[int](), set[int]()
        objects = stage = everything = False
        for part in parts:
            for frame, rect in part.labels.items():
                mine = labels.get(frame, rect)
                labels[frame] = None if rect is None or mine is None else mine.union(rect)
            cells |= part.cells
            strokes |= part.strokes
            remarks |= part.remarks
            objects = objects or part.objects
            stage = stage or part.stage
            everything = everything or part.everything
        return ChangeSet(
            labels,
            frozenset(cells),
            frozenset(strokes),
            frozenset(remarks),
            objects,
            stage,
            everything,
        )


@dataclass(frozen=True, slots=True)
class PlacedStroke:
    """A stroke with its place: a project-wide id (order of drawing) and its frame."""

    id: int
    frame: int
    stroke: Stroke


class Document:
    """State of an open project.

    Args:
        size: of every frame, pixels.
        n_frames: number of frames of the media.
        load_label: reads a frame's stored label map, or None if the frame has none.
        load_stored: reads those of many frames as they are stored, without decoding them.
        cache_bytes: bound of the label maps kept without need.
    """

    def __init__(
        self,
        size: Size,
        n_frames: int,
        load_label: Callable[[int], LabelMap | None],
        load_stored: Callable[[Sequence[int]], Mapping[int, bytes]] = lambda _frames: {},
        cache_bytes: int = 64 << 20,
    ) -> None:
        self.size = size
        self.n_frames = n_frames
        self.cells = CellTable(n_frames)
        self.marks = MarkTable(n_frames)
        self.objects: dict[int, ObjectInfo] = {}
        self.remarks = RemarkTable()
        self.stages: dict[int, StageChange] = {}
        """Changes of the project's stage, by their number from 1 on."""
        self.next_object_id = 1
        self._load_label, self._load_stored = load_label, load_stored
        self._cache: ByteLRU[int, LabelMap] = ByteLRU(cache_bytes)
        self._unsaved: dict[int, tuple[int, LabelMap]] = {}
        self._strokes: dict[int, dict[int, Stroke]] = {}
        self.next_stroke_id = 1
        empty = np.zeros(size.shape, np.uint8)
        empty.flags.writeable = False
        self._empty = empty

    @property
    def stage(self) -> StageChange:
        """The stage of the project now."""
        return self.stages[max(self.stages)] if self.stages else StageChange()

    # -- label maps

    def label_map(self, frame: int) -> LabelMap:
        """uint8 [H, W] of a frame, read-only; zeros where nothing was stored."""
        if not 0 <= frame < self.n_frames:
            raise IndexError(f"frame {frame} is outside 0..{self.n_frames - 1}")
        if frame in self._unsaved:
            return self._unsaved[frame][1]
        cached = self._cache.get(frame)
        if cached is None:
            cached = self._load_label(frame)
            if cached is None:
                cached = self._empty
            else:
                cached.flags.writeable = False
            self._keep(frame, cached)
        return cached

    def stored_labels(self, frames: Iterable[int]) -> Mapping[int, bytes]:
        """The label maps of some frames as they are stored, many times faster than `label_map`;
        without those of frames that hold none, or another one that is not on disk yet."""
        return self._load_stored([frame for frame in frames if frame not in self._unsaved])

    def _keep(self, frame: int, label_map: LabelMap) -> None:
        # Small maps count as more than they weigh, so that small pictures do not fill the cache
        # with thousands of frames: a short and a long clip need the same memory.
        self._cache.put(frame, label_map, max(label_map.nbytes, self._cache.max_bytes // 128))

    def hold_label(self, frame: int, label_map: LabelMap, ticket: int) -> None:
        """Show `label_map` for the frame and keep it until ticket `ticket` is on disk."""
        label_map.flags.writeable = False
        self._cache.discard(frame)
        self._unsaved[frame] = (ticket, label_map)

    def labels_saved(self, ticket: int) -> None:
        """All writes up to `ticket` are on disk: what was held for them may be evicted."""
        for frame in [f for f, (held, _) in self._unsaved.items() if held <= ticket]:
            _, label_map = self._unsaved.pop(frame)
            self._keep(frame, label_map)

    @property
    def unsaved_bytes(self) -> int:
        """What the label maps weigh that the disk has not confirmed yet."""
        return len(self._unsaved) * self._empty.nbytes

    def forget_label(self, frame: int) -> None:
        """The stored label map changed behind the cache."""
        self._cache.discard(frame)
        self._unsaved.pop(frame, None)

    # -- strokes

    def strokes(self, frame: int) -> tuple[Stroke, ...]:
        """Strokes of a frame in the order drawn."""
        return tuple(stroke for _, stroke in sorted(self._strokes.get(frame, {}).items()))

    def placed_strokes(self, frame: int) -> tuple[PlacedStroke, ...]:
        return tuple(
            PlacedStroke(key, frame, stroke)
            for key, stroke in sorted(self._strokes.get(frame, {}).items())
        )

    def stroke_frames(self) -> list[int]:
        """Frames that hold at least one stroke, ascending."""
        return sorted(frame for frame, held in self._strokes.items() if held)

    def put_stroke(self, placed: PlacedStroke) -> None:
        self._strokes.setdefault(placed.frame, {})[placed.id] = placed.stroke
        self.next_stroke_id = max(self.next_stroke_id, placed.id + 1)

    def drop_stroke(self, stroke_id: int) -> int | None:
        """Remove a stroke; returns its frame, or None if there is none of that id."""
        for frame, held in self._strokes.items():
            if held.pop(stroke_id, None) is not None:
                return frame
        return None

    def has_strokes(self, frame: int, object_id: int) -> bool:
        return any(s.object_id == object_id for s in self._strokes.get(frame, {}).values())

    # -- cells and objects

    def put_object(self, object_id: int, info: ObjectInfo | None) -> None:
        """Add or change an object, or (None) remove it. They stay in the order of their ids: a
        deletion that is undone leaves no trace, in lists and exports neither."""
        if info is None:
            self.objects.pop(object_id, None)
            return
        back = object_id not in self.objects
        self.objects[object_id] = info
        if back:
            for later in sorted(o for o in self.objects if o > object_id):
                self.objects[later] = self.objects.pop(later)

    def cell(self, frame: int, object_id: int) -> Cell:
        return self.cells.get(frame, object_id)

    def is_reference(self, frame: int, object_id: int) -> bool:
        """True if the cell may guide other frames: a person's or imported mask, a locked cell with
        a known mask, or a mask computed from strokes that a person drew on this very frame."""
        cell = self.cells.get(frame, object_id)
        if cell.provenance is Provenance.NONE:
            return False
        return cell.protected or self.has_strokes(frame, object_id)

    def references(self, object_id: int) -> NDArray[np.bool_]:
        """bool [n_frames]: where the object has a reference mask, see `is_reference`."""
        known = self.cells.provenance(object_id) != Provenance.NONE
        keys = self.cells.protected(object_id)
        keys[self._stroked(object_id)] = True
        return keys & known

    def references_among(self, object_id: int, frames: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The same of some frames only, int64 [K]: bool [K]."""
        cells = self.cells.records(object_id, frames)
        provenance, locked = cells["provenance"], cells["flags"] & LOCKED > 0
        keys = (provenance != Provenance.MODEL) | locked
        keys |= np.isin(frames, self._stroked(object_id))
        return np.asarray(keys & (provenance != Provenance.NONE))

    def _stroked(self, object_id: int) -> list[int]:
        return [frame for frame in self._strokes if self.has_strokes(frame, object_id)]

    def reference_frames(self, object_id: int) -> list[int]:
        """Frames with a reference mask of the object, ascending."""
        frames: list[int] = np.flatnonzero(self.references(object_id)).tolist()
        return frames

    def key_frames(self) -> NDArray[np.int64]:
        """int64 [K]: frames that hold a reference of any object, ascending."""
        keys = np.zeros(self.n_frames, bool)
        for object_id in self.objects:
            keys |= self.references(object_id)
        return np.flatnonzero(keys)

    def writable(self, frame: int, objects: Iterable[int]) -> frozenset[int]:
        """Those of `objects` whose cell on this frame a run may change."""
        known = self.cells.frame(frame)
        return frozenset(
            o
            for o in objects
            if not self._object_locked(o) and (o not in known or not known[o].protected)
        )

    def is_locked(self, frame: int, object_id: int) -> bool:
        """True if nothing may change the mask: its cell is locked, or the object as a whole."""
        return self._object_locked(object_id) or self.cells.get(frame, object_id).locked

    def _object_locked(self, object_id: int) -> bool:
        info = self.objects.get(object_id)
        return info is not None and info.locked

    def refuse_locked_object(self, object_id: int) -> None:
        """Raises RequestError if the object is locked as a whole."""
        if self._object_locked(object_id):
            raise RequestError(
                f"{self.objects[object_id].name} is locked on all frames.",
                "Unlock it in the list of objects.",
            )
