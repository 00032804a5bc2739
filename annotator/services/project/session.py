"""An open project: the document in memory, its store on disk, its media, and undo/redo.

Every change goes through `apply` (one undo step) or a `RunStep` (a long run as one step). Both
change the document at once, hand the same change to the store's writer and tell the subscribers
what to redraw.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import repeat
from pathlib import Path

import numpy as np

from annotator.core.changes import (
    AddStroke,
    Change,
    DropStroke,
    SetAccepted,
    SetCells,
    SetColumn,
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
from annotator.core.types import MAX_OBJECT_ID, LabelMap, Size, SoftMap
from annotator.io.codec import decode_soft_map
from annotator.io.store import Op, PaintTiles, Put, StepInfo, Store, StoreMeta
from annotator.services.editing.effects import has_effect
from annotator.services.editing.rereading import refresh
from annotator.services.editing.steps import MANY, LongEdit, LongSwap, LongSweep, RunStep, Sweep
from annotator.services.project import records
from annotator.services.review import review_rows
from annotator.services.review.people import login_name
from annotator.services.runs.staleness import MarkUpdate

_PRESSED = 12
"""Writes that wait; well below `running.BACKLOG_LIMIT`, where a result waits for the disk."""
_BEHIND = 48
"""Writes that wait, from which on undo of a small step does not wait for them either."""

Listener = Callable[[ChangeSet], None]


class Session:
    """The one owner of a project's state; lives on the editing thread."""

    def __init__(self, folder: Path, store: Store, meta: StoreMeta) -> None:
        self.folder = folder
        self.store = store
        self.meta = meta
        self.person = login_name()  # who works here: on remarks, acceptances and stages
        size, stored = Size(meta.width, meta.height), partial(store.some_rows, "labels")
        self.document = Document(size, meta.n_frames, store.load_label, stored)
        self._listeners: list[Listener] = []
        self._edited, self._clock = dict[int, int](), 0
        self.run_steps: dict[int, int] = {}  # by frame, the newest step of a run that wrote it
        self._open_steps: set[int] = set()
        self.long: LongEdit | None = None  # the edit of very many frames that is on its way
        self.on_long: Callable[[LongEdit], None] | None = None
        """Is given such an edit to carry it on by and by; without, it is done at once."""
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
        try:
            self.finish()
        finally:
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
        """The disk is behind, without refusing, or a long edit is going on: who can do so takes
        results later."""
        behind = self.store.trouble is None and self.store.backlog > _PRESSED
        return behind or (self.long is not None and self.long.begun)

    def flush(self) -> None:
        """Wait until all is on disk. Raises DiskError."""
        self.store.flush()
        self.sync()

    def sync(self) -> None:
        """Let go of label maps that the disk has confirmed (cheap; called on every turn)."""
        self.document.labels_saved(self.store.saved)

    # -- changing

    def apply(self, title: str, changes: Sequence[Change]) -> ChangeSet:
        """Carry out an action as one undo step and tell everyone; none where it changes nothing."""
        self._refuse()
        if not any(has_effect(self.document, change) for change in changes):
            return ChangeSet()
        step = self.store.open_step(title)
        done = self._by_a_person(self._carry_out(step, changes))
        self.tell(done)
        return done

    def amend(self, step: int, changes: Sequence[Change]) -> bool:
        """Change what an undo step changed once more, as a part of it, if it is the newest one.

        Returns False, and does nothing, where something was done or undone since.
        """
        last = self.undo_step
        if last is None or last.id != step or self.redo_step is not None:
            return False
        self._refuse()
        self.tell(self._by_a_person(self._carry_out(step, changes, again=True)))
        return True

    def begin_run(self, title: str, *, whole: bool = False) -> RunStep:
        """Open the step of a run; its results are appended as they arrive.

        Args:
            whole: half of it is worth nothing: if the process dies meanwhile, what there is is
                taken back when the project is opened next.
        """
        self._refuse()
        return RunStep(self, self.open_long(title, whole=whole), self._clock, whole)

    # -- edits of very many frames

    def sweep(self, sweep: Sweep) -> ChangeSet:
        """Carry out an edit of any number of frames as one undo step.

        Where `on_long` takes it, only what was done at once is returned, see `when_done`.
        """
        if sweep.is_short(self.document.size):
            changes = [*sweep.first, *sweep.change(sweep.frames), *sweep.last]
            return self.apply(sweep.title, changes)
        self._refuse(one_more=True)
        return self.take(LongSweep(self, sweep))

    def take(self, edit: LongEdit) -> ChangeSet:
        """Carry on an edit of very many frames from now on; as `sweep`."""
        self.long = edit
        if self.on_long is None:
            return self.finish()
        self.on_long(edit)
        return ChangeSet()

    def finish(self) -> ChangeSet:
        """Do the rest of a long edit now. Raises DiskError while the disk refuses."""
        told = []
        while (edit := self.long) is not None:
            told.append(edit.go_on())
            if edit.waits and self.store.trouble is not None:
                edit.end()
                raise self.store.trouble
            if edit.waits:
                time.sleep(0.002)
        return ChangeSet.merged(told)

    def when_done(self, call: Callable[[], None]) -> None:
        """Call it now, or when the long edit is done that is on its way."""
        if self.long is None:
            call()
        else:
            self.long.on_end.append(call)

    def open_long(self, title: str, *, whole: bool, tentative: bool = False) -> int:
        """Begin a step that is filled by and by; it can be undone after `close_long`."""
        step = self.store.open_step(title, whole=whole, tentative=tentative)
        self._open_steps.add(step)
        return step

    def close_long(self, step: int) -> None:
        self._open_steps.discard(step)

    def carry_on(self, step: int, changes: Sequence[Change]) -> ChangeSet:
        """A person's changes of frames that the step has not touched before; told to nobody yet."""
        return self._by_a_person(self._carry_out(step, changes))

    def take_up(self, touched: Iterable[tuple[str, int]]) -> ChangeSet:
        """Read rows (table, key) that undo or redo changed on disk; told to nobody yet."""
        return self._by_a_person(refresh(self.document, self.store, touched))

    def edited_since(self, frame: int, clock: int) -> bool:
        """True if a person changed the frame (or undid something there) after `clock`."""
        return self._edited.get(frame, 0) > clock

    def _by_a_person(self, done: ChangeSet) -> ChangeSet:
        """Runs that began before leave these frames alone from now on."""
        self._clock += 1
        for frame in done.drawn:  # a remark is in no run's way
            self._edited[frame] = self._clock
        return done

    def _carry_out(self, step: int, changes: Sequence[Change], *, again: bool = False) -> ChangeSet:
        """`again`: the step has touched these frames before."""
        told: list[ChangeSet] = []
        ops: list[Op] = []
        marks = MarkUpdate(self.document, list(changes))
        held: dict[int, np.ndarray] = {}
        cells_of, columns = list[int](), list[np.ndarray]()
        for change in changes:
            made, what = self._one(change, held)
            ops += made
            told.append(what)
            if isinstance(change, SetCells):
                cells_of.append(change.frame)
            elif isinstance(change, SetColumn):
                columns.append(change.frames)
        frames = records.each_once(cells_of, columns)  # a frame's cells are one row
        rows = records.encode_cells(self.document.cells, frames)
        ops += map(Put, repeat("cells"), frames.tolist(), rows)
        frames = marks.mark(step)
        ops += map(Put, repeat("marks"), frames.tolist(), self.document.marks.encode(frames))
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
            case SetColumn(object_id, frames, values):
                document.cells.set_records(object_id, frames, values)
                return [], ChangeSet(cells=frozenset(frames.tolist()))
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
        return next((s for s in reversed(self.store.steps()) if not s.undone), None)

    @property
    def redo_step(self) -> StepInfo | None:
        return next((s for s in self.store.steps() if s.undone), None)

    def undo(self) -> ChangeSet:
        """Take back the newest step, on disk too. Raises RequestError if there is none."""
        return self._swap(self.undo_step, undo=True)

    def redo(self) -> ChangeSet:
        """Do the step again that was undone last. Raises RequestError if there is none."""
        return self._swap(self.redo_step, undo=False)

    def _swap(self, step: StepInfo | None, *, undo: bool) -> ChangeSet:
        word = "undo" if undo else "redo"
        self._refuse(one_more=True)
        if step is None:
            raise RequestError(f"There is nothing to {word}.")
        if step.id in self._open_steps:
            raise RequestError(
                f"'{step.title}' is still running.", "Cancel the run first, then undo it."
            )
        behind = self.store.issued - self.store.saved > _BEHIND
        swapped = self.store.swap_step(step.id, undo=undo)
        slow = self.on_long is not None and (behind or step.frames > MANY)
        while not (slow or swapped.done() or self.store.trouble is not None):
            with contextlib.suppress(TimeoutError):
                swapped.exception(timeout=0.01)
        if slow or (self.on_long is not None and not swapped.done()):
            # Also until a disk that refuses takes it: others must not meet half of it.
            return self.take(LongSwap(self, step.title, step.frames, swapped))
        if not swapped.done() and self.store.trouble is not None:
            raise self.store.trouble
        done = self.take_up(swapped.result().touched)
        self.tell(done)
        return done

    # -- inner

    def tell(self, changed: ChangeSet) -> None:
        """Tell everyone what to redraw."""
        for listener in list(self._listeners):
            listener(changed)

    def refuse_busy(self, *, one_more: bool = False) -> None:
        """Raises RequestError while a long edit is going on: others would meet half of it; before
        `one_more` also while it waits to begin, since that would take its place."""
        if self.long is not None and (self.long.begun or one_more):
            raise RequestError(
                f"'{self.long.title}' is not done yet.",
                "Wait for it; you can look around meanwhile.",
            )

    def _refuse(self, *, one_more: bool = False) -> None:
        self.refuse_busy(one_more=one_more)
        if self.store.read_only:
            raise ProjectError("The project is open read-only.", self.store.read_only_reason)
