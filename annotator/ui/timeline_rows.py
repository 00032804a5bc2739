"""What the rows of the timeline say, as arrays over all frames and as one picture of the columns
that are shown. Computed when the document changed, not when it is painted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from annotator.core.document import Document
from annotator.core.types import Provenance
from annotator.services.staleness import references, stale_frames

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
        notes: int64 [M], frames with a note.
        governed: uint8 [N] of the chosen object: 0 no mask of a run, 1 and 2 made from one pair
            of key frames or the next, 3 out of date.
        own_keys: int64 [J], key frames of the chosen object.
    """

    states: NDArray[np.uint8]
    quality: NDArray[np.float32]
    keys: NDArray[np.int64]
    locks: NDArray[np.int64]
    notes: NDArray[np.int64]
    governed: NDArray[np.uint8]
    own_keys: NDArray[np.int64]

    def stale(self) -> NDArray[np.int64]:
        """int64, frames with a mask of any object that is out of date."""
        return np.flatnonzero(self.states == _STALE)


def rows_of(document: Document, chosen: int) -> Rows:
    """Look at all frames once; `chosen` is the object whose spans are shown."""
    count = document.n_frames
    states = np.zeros(count, np.uint8)
    quality = np.full(count, np.nan, np.float32)
    locked = np.zeros(count, bool)
    open_ = np.zeros(count, bool)
    old = np.zeros(count, bool)
    is_key = np.zeros(count, bool)
    for object_id in document.objects:
        provenance = document.cells.provenance(object_id)
        guarded = document.cells.locked(object_id) > 0
        np.maximum(states, _RANK[provenance], out=states)
        model = provenance == Provenance.MODEL
        estimate = np.where(model, document.cells.quality(object_id), np.float32(np.nan))
        quality = np.fmin(quality, estimate)
        locked |= guarded
        open_ |= (provenance != Provenance.NONE) & ~guarded
        old |= stale_frames(document, object_id)
        is_key[references(document, object_id)] = True
    states[locked & ~open_] = _LOCKED
    states[old] = _STALE
    return Rows(
        states,
        quality,
        np.flatnonzero(is_key),
        np.flatnonzero(locked),
        np.array(sorted(document.notes), np.int64),
        *_governed(document, chosen),
    )


def _governed(document: Document, chosen: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    governed = np.zeros(document.n_frames, np.uint8)
    if chosen not in document.objects:
        return governed, np.zeros(0, np.int64)
    keys = references(document, chosen)
    model = document.cells.provenance(chosen) == Provenance.MODEL
    span = np.searchsorted(keys, np.arange(document.n_frames), side="right")
    governed[model] = 1 + span[model] % 2
    governed[stale_frames(document, chosen)] = 3
    governed[keys] = 0
    return governed, keys


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
