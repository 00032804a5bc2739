"""Whether a change changes anything: an action that does not is no undo step."""

from __future__ import annotations

import numpy as np

from annotator.core.changes import (
    Change,
    SetCells,
    SetColumn,
    SetLabel,
    SetObject,
    SetRemark,
    SetTiles,
)
from annotator.core.document import Document
from annotator.core.raster import tile_slices


def has_effect(document: Document, change: Change) -> bool:
    """False if the document is already as the change would have it.

    Of strokes, stages, acceptances and soft maps it is not asked: each of them is something new.
    """
    match change:
        case SetLabel(frame, label_map):
            return not np.array_equal(document.label_map(frame), label_map)
        case SetTiles(frame, tiles, _):
            before = document.label_map(frame)
            return any(
                not np.array_equal(before[tile_slices(*tile)], pixels)
                for tile, pixels in tiles.items()
            )
        case SetCells(frame, cells):
            return any(document.cell(frame, o) != cell for o, cell in cells.items())
        case SetColumn(object_id, frames, values):
            # As bytes: an unknown quality is NaN, which equals nothing.
            return bool(document.cells.records(object_id, frames).tobytes() != values.tobytes())
        case SetObject(object_id, info):
            return document.objects.get(object_id) != info
        case SetRemark(remark_id, remark):
            return document.remarks.get(remark_id) != remark
        case _:
            return True
