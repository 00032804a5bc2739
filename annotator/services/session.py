"""An open project: the document in memory, its store on disk, its media, and undo/redo.

Every change goes through `apply` (one undo step) or a `RunStep` (a long run as one step). Both
change the document at once, hand the same change to the store's writer and tell the subscribers
what to redraw.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path

import numpy as np

from annotator.core.changes import (
    AddStroke,
    Change,
    DropStroke,
    SetAccepted,
    SetCells,
    SetLabel,
    SetObject,
    SetRemark,
    SetSoft,
    SetStage,
    SetTiles,
)
from annotator.core.document import ChangeSet, Document
from annotator.core.errors import ProjectError, RequestError
from annotator.core.objects import ObjectInfo, new_object
from annotator.core.raster import tile_slices
from annotator.core.review import Acceptance
from annotator.core.types import MAX_OBJECT_ID, Cell, LabelMap, Size, SoftMap
from annotator.io.codec import decode_soft_map
from annotator.io.store import Op, PaintTiles, Put, StepInfo, Store, StoreMeta, Swapped
from annotator.services import records, review_rows
from annotator.services.people import login_name
from annotator.services.staleness import MarkUpdate

_PRESSED = 12
"""Writes that wait; well below `running.BACKLOG_LIMIT`, where a result waits for the disk."""

Listener = Callable[[ChangeSet], None]


class Session:
    """The one owner of a project's state; lives on the editing thread."""

    def __init__(self, folder: Path, store: Store, meta: StoreMeta) -> None:
        self.folder = folder
        self.store = store
        self.meta = meta
        self.person = login_name()
        """Who works here: written on remarks, acceptances and stages."""
        self.document = Document(Size(meta.width, meta.height), meta.n_frames, store.load_label)
        self._listeners: list[Listener] = []
        self._edited: dict[int, int] = {}
        self._clock = 0
        self._run_steps: set[int] = set()
        self._load()

    # -- life

    def _load(self) -> None:
        document, store = self.document, self.store
        for key, data in store.rows("objects"):
            document.put_object(key, records.decode_object(data))
        for key, data in store.rows("strokes"):
            document.put_stroke(records.decode_stroke(key, data))
        review_rows.load(document, store)
        records.load_cells(document.cells, store.rows("cells"), store.backend_names())
        records.load_marks(document.marks, store.rows("marks"))
        known = [store.highest_id("object"), *document.objects, *document.cells.objects()]
        document.next_object_id = max(known) + 1
        self._named = len(store.backend_names())

    def close(self) -> None:
        """Write what waits and let go. Raises DiskError if the disk refuses."""
        self.store.close()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Be told of every change; returns the call that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @property
    def read_only(self) -> bool:
        return self.store.read_only

    @property
    def home(self) -> str:
        """The folder, for a job that opens it by its name. Raises ProjectError if it was moved."""
        self.store.refuse_moved()
        return str(self.folder.resolve())

    @property
    def pressed(self) -> bool:
        """The disk is behind, without refusing: who can do so takes results later."""
        return self.store.trouble is None and self.store.backlog > _PRESSED

    def flush(self) -> None:
        """Wait until all is on disk. Raises DiskError."""
        self.store.flush()
        self.sync()

    def sync(self) -> None:
        """Let go of label maps that the disk has confirmed (cheap; called on every turn)."""
        self.document.labels_saved(self.store.saved)

    # -- changing

    def apply(self, title: str, changes: Sequence[Change]) -> ChangeSet:
        """Carry out an action as one undo step and tell everyone."""
        if not changes:
            return ChangeSet()
        self._refuse_read_only()
        step = self.store.open_step(title)
        done = self._carry_out(step, changes)
        self._by_a_person(done)
        return done

    def amend(self, step: int, changes: Sequence[Change]) -> bool:
        """Change what an undo step changed once more, as a part of it, if it is the newest one.

        Returns False, and does nothing, where something was done or undone since.
        """
        last = self.undo_step
        if last is None or last.id != step or self.redo_step is not None:
            return False
        self._refuse_read_only()
        done = self._carry_out(step, changes, again=True)
        self._by_a_person(done)
        return True

    def begin_run(self, title: str, *, whole: bool = False) -> RunStep:
        """Open the step of a run; its results are appended as they arrive.

        Args:
            whole: half of it is worth nothing: if the process dies meanwhile, what there is is
                taken back when the project is opened next.
        """
        self._refuse_read_only()
        step = self.store.open_step(title, whole=whole)
        self._run_steps.add(step)
        return RunStep(self, step, self._clock, whole)

    def edited_since(self, frame: int, clock: int) -> bool:
        """True if a person changed the frame (or undid something there) after `clock`."""
        return self._edited.get(frame, 0) > clock

    def _by_a_person(self, done: ChangeSet) -> None:
        """Runs that began before leave these frames alone from now on; tell everyone."""
        self._clock += 1
        # A remark is in no run's way: results for its frame are taken.
        for frame in done.drawn:
            self._edited[frame] = self._clock
        self._tell(done)

    def _carry_out(self, step: int, changes: Sequence[Change], *, again: bool = False) -> ChangeSet:
        """`again`: the step has touched these frames before."""
        told: list[ChangeSet] = []
        ops: list[Op] = []
        marks = MarkUpdate(self.document, list(changes))
        held: dict[int, np.ndarray] = {}
        cells_of: list[int] = []
        for change in changes:
            made, what = self._one(change, held)
            ops += made
            told.append(what)
            if isinstance(change, SetCells):
                cells_of.append(change.frame)
        # A frame's cells are one row: written once, after all changes to it.
        for frame in dict.fromkeys(cells_of):
            ops.append(Put("cells", frame, records.encode_cells(self.document.cells, frame)))
        marked = marks.marked()
        for frame, object_id in marked:
            self.document.marks.set(frame, object_id, step)
        for frame in dict.fromkeys(frame for frame, _ in marked):
            ops.append(Put("marks", frame, self.document.marks.encode(frame)))
        self._name_backends()
        total = ChangeSet.merged(told)
        ticket = self.store.append(step, ops, () if again else total.frames)
        for frame, label_map in held.items():
            self.document.hold_label(frame, label_map, ticket)
        self.sync()
        return total

    def _one(self, change: Change, held: dict[int, np.ndarray]) -> tuple[list[Op], ChangeSet]:
        document = self.document
        match change:
            case SetLabel(frame, label_map):
                if label_map.shape != document.size.shape or label_map.dtype != np.uint8:
                    raise ValueError(f"a label map must be uint8 {document.size.shape}")
                held[frame] = np.array(label_map)
                return [Put("labels", frame, held[frame])], ChangeSet({frame: None})
            case SetTiles(frame, tiles, rect):
                base = held[frame] if frame in held else document.label_map(frame)
                held[frame] = np.array(base)
                for tile, pixels in tiles.items():
                    held[frame][tile_slices(*tile)] = pixels
                op = PaintTiles(frame, document.size.shape, dict(tiles))
                return [op], ChangeSet({frame: rect})
            case SetCells(frame, cells):
                for object_id, cell in cells.items():
                    document.cells.set(frame, object_id, cell)
                return [], ChangeSet(cells=frozenset([frame]))
            case SetObject(object_id, info):
                return [self._set_object(object_id, info)], ChangeSet(objects=True)
            case AddStroke(placed):
                document.put_stroke(placed)
                put = Put("strokes", placed.id, records.encode_stroke(placed))
                return [put], ChangeSet(strokes=frozenset([placed.frame]))
            case DropStroke(stroke_id):
                where = document.drop_stroke(stroke_id)
                touched = frozenset() if where is None else frozenset([where])
                return [Put("strokes", stroke_id, None)], ChangeSet(strokes=touched)
            case SetSoft(frame, object_id, data):
                return [Put("soft", frame * 256 + object_id, data)], ChangeSet()
            case SetRemark() | SetAccepted() | SetStage():
                put, told = review_rows.carry_out(document, self.store, change)
                return [put], told

    def _set_object(self, object_id: int, info: ObjectInfo | None) -> Put:
        self.document.put_object(object_id, info)
        if info is not None:
            self.store.note_id("object", object_id)
            self.document.next_object_id = max(self.document.next_object_id, object_id + 1)
        return Put("objects", object_id, None if info is None else records.encode_object(info))

    def _name_backends(self) -> None:
        known = self.document.cells.backends
        for index in range(self._named, len(known)):
            self.store.name_backend(index, known[index])
        self._named = len(known)

    # -- objects

    def new_object(self, name: str = "", category: str = "") -> ObjectInfo:
        """The next free object, not yet added. Raises RequestError when all 254 ids were used."""
        object_id = self.document.next_object_id
        if object_id > MAX_OBJECT_ID:
            raise RequestError(
                f"All {MAX_OBJECT_ID} object ids of this project have been used.",
                "Ids are never given twice; continue in a second project.",
            )
        return new_object(object_id, name, category)

    def soft(self, frame: int, object_id: int) -> SoftMap | None:
        """float32 [H, W] kept for a cell, or None."""
        data = self.store.row("soft", frame * 256 + object_id)
        return None if data is None else decode_soft_map(data)

    def accepted(self, frame: int) -> Acceptance | None:
        """Who accepted a frame last, None if nobody did. Complete once that is on disk."""
        data = self.store.row("accepted", frame)
        return None if data is None else records.decode_accepted(data)

    def previous_label(self, frame: int) -> LabelMap | None:
        """uint8 [H, W]: the frame's masks before the last change of them that can be undone; None
        if there was none. Complete once that change is on disk."""
        return self.store.previous_label(frame, self.document.label_map(frame))

    # -- history

    @property
    def undo_step(self) -> StepInfo | None:
        """The step that undo would take back."""
        done = [s for s in self.store.steps() if not s.undone]
        return done[-1] if done else None

    @property
    def redo_step(self) -> StepInfo | None:
        undone = [s for s in self.store.steps() if s.undone]
        return undone[0] if undone else None

    def undo(self) -> ChangeSet:
        """Take back the newest step, on disk too. Raises RequestError if there is none."""
        return self._swap(self.undo_step, undo=True)

    def redo(self) -> ChangeSet:
        """Do the step again that was undone last. Raises RequestError if there is none."""
        return self._swap(self.redo_step, undo=False)

    def _swap(self, step: StepInfo | None, *, undo: bool) -> ChangeSet:
        word = "undo" if undo else "redo"
        self._refuse_read_only()
        if step is None:
            raise RequestError(f"There is nothing to {word}.")
        if step.id in self._run_steps:
            raise RequestError(
                f"'{step.title}' is still running.", "Cancel the run first, then undo it."
            )
        swapped: Future[Swapped] = self.store.swap_step(step.id, undo=undo)
        while not swapped.done() and self.store.trouble is None:
            with contextlib.suppress(TimeoutError):
                swapped.exception(timeout=0.01)
        if not swapped.done() and self.store.trouble is not None:
            raise self.store.trouble
        done = self._refresh(swapped.result().touched)
        self._by_a_person(done)
        return done

    def _refresh(self, touched: Iterable[tuple[str, int]]) -> ChangeSet:
        """Re-read rows that changed behind the document."""
        document, told = self.document, list[ChangeSet]()
        for table, key in touched:
            data = self.store.row(table, key) if table != "labels" else None
            if table == "labels":
                document.forget_label(key)
                told.append(ChangeSet({key: None}))
            elif table == "cells":
                document.cells.replace_frame(key, self._cells_from(data))
                told.append(ChangeSet(cells=frozenset([key])))
            elif table == "marks":
                document.marks.replace(key, data)
                told.append(ChangeSet(cells=frozenset([key])))
            elif table == "strokes":
                old = document.drop_stroke(key)
                frames = set() if old is None else {old}
                if data is not None:
                    placed = records.decode_stroke(key, data)
                    document.put_stroke(placed)
                    frames.add(placed.frame)
                told.append(ChangeSet(strokes=frozenset(frames)))
            elif table in review_rows.TABLES:
                told.append(review_rows.refresh(document, table, key, data))
            elif table == "objects":
                document.put_object(key, None if data is None else records.decode_object(data))
                told.append(ChangeSet(objects=True))
        return ChangeSet.merged(told)

    def _cells_from(self, data: bytes | None) -> dict[int, Cell]:
        if data is None:
            return {}
        table = self.document.cells
        return {int(r["object"]): table.cell(r) for r in records.decode_cells(data)}

    # -- inner

    def _tell(self, changed: ChangeSet) -> None:
        for listener in list(self._listeners):
            listener(changed)

    def _refuse_read_only(self) -> None:
        if self.store.read_only:
            raise ProjectError("The project is open read-only.", self.store.read_only_reason)


class RunStep:
    """The undo step of a run: results are appended until it ends; then it is one step.

    A frame that a person changed after the run began is left alone: the person knew better, and
    the history of each frame stays in order.
    """

    def __init__(self, session: Session, step: int, clock: int, whole: bool) -> None:
        self._session = session
        self.step = step
        self._clock = clock
        self._whole = whole
        self.skipped: list[int] = []
        self.written = 0

    def append(self, frame: int, changes: Sequence[Change]) -> bool:
        """Write the changes of one frame; False if they were dropped as stale."""
        if self._session.edited_since(frame, self._clock):
            self.skipped.append(frame)
            return False
        if changes:
            self._session._tell(self._session._carry_out(self.step, changes))
            self.written += 1
        return True

    def end(self, *, take_back: bool = False) -> bool:
        """The run is over: from now on its step can be undone. True if nothing is left of it.

        Args:
            take_back: undo it, unless something was done since.

        Raises DiskError while the disk refuses to take it back.
        """
        session = self._session
        session._run_steps.discard(self.step)
        newest = session.undo_step
        # An undo would else hit what was done since.
        gone = take_back and self.written > 0 and newest is not None and newest.id == self.step
        try:
            if gone:
                session.undo()
        finally:
            if self._whole:
                session.store.close_step(self.step)
        if self.written == 0:
            session.store.drop_empty_step(self.step)
        return gone or self.written == 0
