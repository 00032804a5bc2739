"""The vocabulary of change: services say what shall be, the session makes it so and durable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.core.document import PlacedStroke
from annotator.core.objects import ObjectInfo
from annotator.core.review import Acceptance, Remark, StageChange
from annotator.core.types import Cell, LabelMap, Rect


@dataclass(frozen=True, slots=True)
class SetLabel:
    """Replace a frame's whole label map."""

    frame: int
    label_map: LabelMap


@dataclass(frozen=True, slots=True)
class SetTiles:
    """Replace some tiles (row, column) of a frame's label map; `rect` bounds what differs."""

    frame: int
    tiles: Mapping[tuple[int, int], NDArray[np.uint8]]
    rect: Rect


@dataclass(frozen=True, slots=True)
class SetCells:
    """Set some cells of a frame; `Cell(Provenance.NONE)` forgets one."""

    frame: int
    cells: Mapping[int, Cell]


@dataclass(frozen=True, slots=True, eq=False)
class SetColumn:
    """Set one object's cells on many frames at once: `frames` int64 [K], each once, `records`
    CELL_DTYPE [K] of the document's table (`CellTable.records`)."""

    object_id: int
    frames: NDArray[np.int64]
    records: NDArray[np.void]


@dataclass(frozen=True, slots=True)
class SetObject:
    """Add or change an object (`info`), or remove it (None)."""

    object_id: int
    info: ObjectInfo | None


@dataclass(frozen=True, slots=True)
class AddStroke:
    placed: PlacedStroke


@dataclass(frozen=True, slots=True)
class DropStroke:
    stroke_id: int


@dataclass(frozen=True, slots=True)
class SetSoft:
    """Keep (or with None, forget) the soft map of a cell.

    `data` is the map in the form that the store keeps (`io.codec.encode_soft_map`): runs deliver it
    so, and unpacking full-sized float maps would hold up the thread that edits.
    """

    frame: int
    object_id: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class SetRemark:
    """Add or change a remark, or (None) remove it."""

    remark_id: int
    remark: Remark | None


@dataclass(frozen=True, slots=True)
class SetAccepted:
    """Say who accepted a frame last."""

    frame: int
    accepted: Acceptance


@dataclass(frozen=True, slots=True)
class SetStage:
    """Add to the changes of the project's stage; `number` is one more than the last one's."""

    number: int
    stage: StageChange


Change = (
    SetLabel | SetTiles | SetCells | SetColumn | SetObject | AddStroke | DropStroke | SetSoft
    | SetRemark | SetAccepted | SetStage
)  # fmt: skip
