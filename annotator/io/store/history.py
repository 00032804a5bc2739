"""Undo history as rows: what to put back, in the order it was done. All inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from annotator.core.raster import tile_slices
from annotator.core.types import LabelMap
from annotator.io.codec import decode_label_map
from annotator.io.store.ops import Op, PaintTiles, from_item, item_bytes, swap, to_item


@dataclass(frozen=True, slots=True)
class StepInfo:
    """One undo step.

    Attributes:
        id: ascending in time.
        title: for menu and list.
        undone: it can be redone.
        time: when it was begun, seconds since 1970.
        frames: how many frames it touched, from `first` to `last`; none where `first` is None.
    """

    id: int
    title: str
    undone: bool = False
    time: float = 0.0
    frames: int = 0
    first: int | None = None
    last: int | None = None

    def touching(self, frames: Collection[int]) -> StepInfo:
        """The step after it touched some more frames, each of which it touches once."""
        if not frames:
            return self
        ends = [end for end in (self.first, self.last) if end is not None]
        first, last = min([*frames, *ends]), max([*frames, *ends])
        return replace(self, frames=self.frames + len(frames), first=first, last=last)


@dataclass(frozen=True, slots=True)
class Swapped:
    """What undoing or redoing a step touched: (table, key), each once.

    A list: who reads very many lets go of them as they are read, not of all of them in one moment.
    """

    touched: list[tuple[str, int]]


def previous_label(db: sqlite3.Connection, frame: int, now: LabelMap) -> LabelMap | None:
    """The frame's label map before the newest step that changed it, made from what it is now,
    uint8 [H, W]; None if the history knows of no such step."""
    found = db.execute(
        "SELECT max(items.step) FROM items JOIN steps ON steps.id = items.step "
        "WHERE items.key = ? AND items.kind IN ('labels', 'tiles') AND NOT steps.undone",
        (frame,),
    ).fetchone()
    if found[0] is None:
        return None
    rows = db.execute(
        "SELECT kind, key, data FROM items WHERE step = ? AND key = ? "
        "AND kind IN ('labels', 'tiles') ORDER BY ord DESC",
        (found[0], frame),
    ).fetchall()
    before = np.array(now)
    for row in rows:
        op = from_item(*row)
        if isinstance(op, PaintTiles):
            for tile, pixels in op.tiles.items():
                before[tile_slices(*tile)] = pixels
        else:
            data = op.data
            before = np.zeros_like(now) if data is None else decode_label_map(bytes(data))
    return before


class History:
    """The tables `steps` and `items`, bounded in bytes.

    Belongs to the writer thread. `total` is what all items weigh; after a transaction that was
    rolled back it must be set to what it was before.
    """

    def __init__(self, total: int, max_bytes: int) -> None:
        self.total = total
        self._max_bytes = max_bytes

    def bound(self, max_bytes: int) -> None:
        """Keep at most this much from the next transaction on."""
        self._max_bytes = max_bytes

    def open_step(
        self, db: sqlite3.Connection, step: int, title: str, begun: float, *, tentative: bool
    ) -> None:
        """Begin a step. Undone steps are forgotten, for they no longer follow from what is; of a
        `tentative` one that waits for `forget_undone`."""
        db.execute("INSERT INTO steps (id, title, time) VALUES (?, ?, ?)", (step, title, begun))
        if not tentative:
            self.forget_undone(db, step)

    def forget_undone(self, db: sqlite3.Connection, before: int) -> None:
        """Forget what was undone before a step was begun."""
        undone = "SELECT id FROM steps WHERE undone AND id < ?"
        db.execute(f"DELETE FROM items WHERE step IN ({undone})", (before,))
        db.execute(f"DELETE FROM steps WHERE id IN ({undone})", (before,))
        self.total = int(db.execute("SELECT coalesce(sum(bytes), 0) FROM steps").fetchone()[0])

    def write(self, db: sqlite3.Connection, step: int, ops: Sequence[Op]) -> None:
        """Carry ops out as part of a step."""
        if db.execute("SELECT 1 FROM steps WHERE id = ?", (step,)).fetchone() is None:
            # The bound of the history has overtaken a run that is still going: its results are
            # written, its undo step is gone.
            for op in ops:
                swap(db, op)
            return
        found = db.execute("SELECT coalesce(max(ord), -1) FROM items WHERE step = ?", (step,))
        first = int(found.fetchone()[0]) + 1
        cost = 0
        for ord_, op in enumerate(ops, first):
            item = to_item(swap(db, op))
            cost += item_bytes(item)
            db.execute(
                "INSERT INTO items (step, ord, kind, key, data) VALUES (?, ?, ?, ?, ?)",
                (step, ord_, *item),
            )
        self._charge(db, step, cost)

    def describe(
        self, db: sqlite3.Connection, step: int, frames: int, first: int | None, last: int | None
    ) -> None:
        """Remember which frames a step touched."""
        db.execute(
            "UPDATE steps SET frames = ?, first = ?, last = ? WHERE id = ?",
            (frames, first, last, step),
        )

    def swap(self, db: sqlite3.Connection, step: int, undo: bool) -> Swapped:
        """Undo a step walking back, or redo it walking on; each item becomes its own inverse."""
        order = "DESC" if undo else "ASC"
        query = f"SELECT ord FROM items WHERE step = ? ORDER BY ord {order}"
        touched = set()
        cost = 0
        for (ord_,) in db.execute(query, (step,)).fetchall():
            item = db.execute(
                "SELECT kind, key, data FROM items WHERE step = ? AND ord = ?", (step, ord_)
            ).fetchone()
            op = from_item(*item)
            inverse = to_item(swap(db, op))
            cost += item_bytes(inverse) - item_bytes(item)
            db.execute(
                "UPDATE items SET data = ? WHERE step = ? AND ord = ?", (inverse[2], step, ord_)
            )
            touched.add(("labels" if isinstance(op, PaintTiles) else item[0], item[1]))
        db.execute("UPDATE steps SET undone = ? WHERE id = ?", (int(undo), step))
        self._charge(db, step, cost)
        return Swapped(list(touched))

    def drop_if_empty(self, db: sqlite3.Connection, step: int) -> None:
        """Forget a step if it changed nothing."""
        found = db.execute("SELECT 1 FROM items WHERE step = ? LIMIT 1", (step,)).fetchone()
        if found is None:
            db.execute("DELETE FROM steps WHERE id = ?", (step,))

    def take_back(self, db: sqlite3.Connection, step: int) -> Swapped:
        """Undo a step and forget it: as if it had never been."""
        swapped = self.swap(db, step, undo=True)
        found = db.execute("SELECT bytes FROM steps WHERE id = ?", (step,)).fetchone()
        db.execute("DELETE FROM items WHERE step = ?", (step,))
        db.execute("DELETE FROM steps WHERE id = ?", (step,))
        self.total -= 0 if found is None else int(found[0])
        return swapped

    def evict(self, db: sqlite3.Connection) -> list[int]:
        """Forget the oldest steps beyond the bound; the newest one always stays."""
        evicted: list[int] = []
        while self.total > self._max_bytes:
            rows = db.execute("SELECT id, bytes FROM steps ORDER BY id LIMIT 2").fetchall()
            if len(rows) < 2:
                break
            step, cost = rows[0]
            db.execute("DELETE FROM items WHERE step = ?", (step,))
            db.execute("DELETE FROM steps WHERE id = ?", (step,))
            self.total -= cost
            evicted.append(step)
        return evicted

    def _charge(self, db: sqlite3.Connection, step: int, cost: int) -> None:
        db.execute("UPDATE steps SET bytes = bytes + ? WHERE id = ?", (cost, step))
        self.total += cost
