"""What the rows of the timeline say, as arrays over all frames and as one picture of the columns
that are shown. Computed when the document changed, not when it is painted."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from annotator.core.document import Document
from annotator.core.types import Provenance
from annotator.services.runs.staleness import references, stale_frames
from annotator.ui.i18n import tr

STATES = ("empty", "model", "imported", "corrected", "human", "locked", "stale")
"""What a frame shows, the strongest of its cells last; what needs work is stronger than all."""

STATE_COLORS = {
    "empty": QColor(110, 110, 110, 70),
    "model": QColor(86, 160, 233),
    "imported": QColor(150, 120, 210),
    "corrected": QColor(0, 178, 125),
    "human": QColor(240, 180, 20),
    "locked": QColor(150, 155, 165),
    "stale": QColor(232, 100, 60),
}
_LOCKED, _STALE = STATES.index("locked"), STATES.index("stale")

_RANK = np.zeros(256, np.uint8)
_RANK[Provenance.MODEL] = 1
_RANK[Provenance.IMPORTED] = 2
_RANK[Provenance.CORRECTED] = 3
_RANK[Provenance.HUMAN] = 4

STRIP = 26
"""Height of the quality row, px."""
_BANDS = (QColor(86, 160, 233, 150), QColor(86, 160, 233, 80))
"""Frames governed by one pair of key frames, and by the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The clip as the timeline tells it.

    Attributes:
        states: uint8 [N], index into `STATES`, over all objects.
        quality: float32 [N], the lowest estimate among the model's masks, NaN where there is none.
        keys: int64 [K], frames with a mask of any object that guides others, ascending.
        locks: int64 [L], frames with a locked cell.
        remarks: int64 [M], frames with an open remark.
        governed: uint8 [N] of the chosen object: 0 no mask of a run, 1 and 2 made from one pair
            of key frames or the next, 3 out of date.
        own_keys: int64 [J], key frames of the chosen object.
    """

    states: NDArray[np.uint8]
    quality: NDArray[np.float32]
    keys: NDArray[np.int64]
    locks: NDArray[np.int64]
    remarks: NDArray[np.int64]
    governed: NDArray[np.uint8]
    own_keys: NDArray[np.int64]

    def stale(self) -> NDArray[np.int64]:
        """int64, frames with a mask of any object that is out of date."""
        return np.flatnonzero(self.states == _STALE)


@dataclass(frozen=True, slots=True, eq=False)
class _ObjectRows:
    """What the rows need of one object, arrays [N] over all frames (`keys`: int64 [K])."""

    rank: NDArray[np.uint8]
    model: NDArray[np.bool_]
    quality: NDArray[np.float32]
    locked: NDArray[np.bool_]
    open: NDArray[np.bool_]
    stale: NDArray[np.bool_]
    keys: NDArray[np.int64]


class RowReader:
    """Reads the rows of a document; objects that did not change since are not looked at again."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._known: dict[int, tuple[Hashable, _ObjectRows]] = {}

    def read(self, chosen: int) -> Rows:
        """All rows now; `chosen` is the object whose spans are shown."""
        document = self.document
        told = [self._object(object_id) for object_id in document.objects]
        count = document.n_frames
        states = np.zeros(count, np.uint8)
        quality = np.full(count, np.nan, np.float32)
        locked, open_, old, is_key = np.zeros((4, count), bool)
        for one in told:
            np.maximum(states, one.rank, out=states)
            np.fmin(quality, one.quality, out=quality)
            locked |= one.locked
            open_ |= one.open
            old |= one.stale
            is_key[one.keys] = True
        states[locked & ~open_] = _LOCKED
        states[old] = _STALE
        return Rows(
            states,
            quality,
            np.flatnonzero(is_key),
            np.flatnonzero(locked),
            np.array(document.remarks.open_frames(), np.int64),
            *self._governed(chosen),
        )

    def _object(self, object_id: int) -> _ObjectRows:
        document = self.document
        cells, marks = document.cells, document.marks
        stamp = (
            cells.revision(object_id),
            marks.revision(object_id),
            tuple(f for f in document.stroke_frames() if document.has_strokes(f, object_id)),
        )
        known = self._known.get(object_id)
        if known is not None and known[0] == stamp:
            return known[1]
        provenance = cells.provenance(object_id)
        locked = cells.locked(object_id)
        model = provenance == Provenance.MODEL
        one = _ObjectRows(
            _RANK[provenance],
            model,
            np.where(model, cells.quality(object_id), np.float32(np.nan)),
            locked,
            (provenance != Provenance.NONE) & ~locked,
            stale_frames(document, object_id),
            references(document, object_id),
        )
        self._known[object_id] = stamp, one
        return one

    def _governed(self, chosen: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        governed = np.zeros(self.document.n_frames, np.uint8)
        if chosen not in self.document.objects:
            return governed, np.zeros(0, np.int64)
        one = self._object(chosen)
        span = np.zeros(self.document.n_frames, np.uint8)
        span[one.keys] = 1
        # Odd and even by turns: the low bit of how many key frames came before.
        span = np.bitwise_xor.accumulate(span)
        governed[one.model] = 1 + span[one.model]
        governed[one.stale] = 3
        governed[one.keys] = 0
        return governed, one.keys


def _image(pixels: NDArray[np.uint32]) -> QImage:
    height, width = pixels.shape
    borrowed = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32)
    return borrowed.copy()


def draw_columns(rows: Rows, first: float, shown: float, columns: int) -> QImage:
    """The frames from `first` on, `shown` of them, in `columns` pixels: line 0 the state, line 1
    the spans of the chosen object, below them the quality, the higher the better.

    Where several frames fall on one column, the strongest state and the lowest quality win.
    """
    edges = first + np.arange(columns) / columns * shown
    start = np.clip(edges.astype(int), 0, len(rows.states) - 1)
    # What lies beyond the last column must not fall on it.
    stop = min(int(np.ceil(first + shown)), len(rows.states))
    pixels = np.zeros((2 + STRIP, columns), np.uint32)
    palette = np.array([STATE_COLORS[s].rgba() for s in STATES], np.uint32)
    pixels[0] = palette[np.maximum.reduceat(rows.states[:stop], start)]
    bands = np.array([0, *(c.rgba() for c in _BANDS), STATE_COLORS["stale"].rgba()], np.uint32)
    pixels[1] = bands[np.maximum.reduceat(rows.governed[:stop], start)]
    quality = np.fmin.reduceat(rows.quality[:stop], start)
    level = np.clip(np.nan_to_num(quality), 0, 1)
    red = np.where(level < 0.75, 230, 230 - (level - 0.75) * 4 * 190).astype(np.uint32)
    green = np.where(level < 0.75, 60 + level / 0.75 * 140, 200 - (level - 0.75) * 100)
    color = 0xFF000000 | red << 16 | green.astype(np.uint32) << 8 | 50
    # The worst mask still shows a stump: nothing at all means that nothing is estimated.
    height = np.where(np.isnan(quality), 0, np.maximum(level * STRIP, 3))
    filled = np.arange(STRIP, 0, -1)[:, None] <= height
    pixels[2:] = np.where(filled, color, 0)
    return _image(pixels)


def describe_span(rows: Rows, frame: int) -> list[str]:
    """Which key frames govern the chosen object's mask on a frame, in words."""
    if not rows.governed[frame]:
        return []
    at = int(np.searchsorted(rows.own_keys, frame))
    around = [str(int(key)) for key in rows.own_keys[max(at - 1, 0) : at + 1]]
    told = [tr("Governed by key frame {frames}").format(frames=" + ".join(around))]
    if rows.governed[frame] == 3:
        told.append(tr("Out of date: a key frame was edited since."))
    return told
