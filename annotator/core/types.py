"""The words that every room of the application shares.

Conventions used everywhere:

* A *frame* is a 0-based index in presentation order.
* A *label map* is uint8 [H, W] at the media's own resolution: 0 background, 1..254 object ids,
  255 void (ignored; belongs to no object).
* Image coordinates are (x, y) in pixels; (0, 0) is the *centre* of the top-left pixel, so a pixel
  (column c, row r) covers [c - 0.5, c + 0.5] x [r - 0.5, r + 0.5].
* Images are uint8 [H, W, 3] in RGB order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
LabelMap = NDArray[np.uint8]
Mask = NDArray[np.bool_]
SoftMap = NDArray[np.float32]

BACKGROUND = 0
MAX_OBJECT_ID = 254
VOID = 255


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width), the order of numpy."""
        return self.height, self.width

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Rect(NamedTuple):
    """Half-open pixel rectangle: columns x0..x1-1, rows y0..y1-1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def empty(self) -> bool:
        return self.x1 <= self.x0 or self.y1 <= self.y0

    @property
    def slices(self) -> tuple[slice, slice]:
        """(rows, columns) for indexing an array [H, W, ...]."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def clip(self, size: Size) -> Rect:
        return Rect(
            max(self.x0, 0), max(self.y0, 0), min(self.x1, size.width), min(self.y1, size.height)
        )

    def union(self, other: Rect) -> Rect:
        if self.empty:
            return other
        if other.empty:
            return self
        return Rect(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )


class Provenance(IntEnum):
    """Where the mask of one cell (frame, object) comes from."""

    NONE = 0
    """Nothing is known about this object on this frame."""
    HUMAN = 1
    """Drawn by a person (masks from scribbles count: the person looked at them live)."""
    CORRECTED = 2
    """A model's mask that a person changed or accepted."""
    IMPORTED = 3
    """Came from a file and was not declared a model result."""
    MODEL = 4
    """Filled in by a backend; the only provenance that a backend may overwrite."""

    @property
    def is_key(self) -> bool:
        """True if the cell may serve as a reference for filling other frames."""
        return self in (Provenance.HUMAN, Provenance.CORRECTED, Provenance.IMPORTED)


@dataclass(frozen=True, slots=True)
class Cell:
    """State of one (frame, object) pair besides its pixels.

    `quality` is the estimated region similarity J in [0, 1], or None where nothing estimates it.
    `backend` is the id of the backend for `Provenance.MODEL` (and for a corrected cell, the backend
    whose mask was corrected), else "". `occluded` is said by a person: something hides part of the
    object here, or all of it (then the mask is empty).
    """

    provenance: Provenance
    locked: bool = False
    quality: float | None = None
    backend: str = ""
    occluded: bool = False

    @property
    def protected(self) -> bool:
        """True if no backend, import or batch run may change it (law 1)."""
        return self.locked or self.provenance.is_key

    @property
    def label(self) -> str:
        """`human`, `corrected`, `imported`, `model:<backend>` or `none`."""
        if self.provenance is Provenance.MODEL:
            return f"model:{self.backend}"
        return self.provenance.name.lower()


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """One scribble stroke, kept as a vector.

    Attributes:
        object_id: 1..254, or 0 for a background stroke (this is none of the objects).
        points: float32 [N, 2], N >= 1, (x, y) in image coordinates.
        radius: half the pen's width in pixels, >= 0.5.
    """

    object_id: int
    points: NDArray[np.float32]
    radius: float

    def __post_init__(self) -> None:
        points = np.asarray(self.points, dtype=np.float32)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
            raise ValueError(f"a stroke needs points [N >= 1, 2], got {points.shape}")
        if not np.isfinite(points).all():
            raise ValueError("a stroke needs finite points")
        if not 0 <= self.object_id <= MAX_OBJECT_ID:
            raise ValueError(f"object id {self.object_id} is outside 0..{MAX_OBJECT_ID}")
        if not 0.5 <= self.radius <= 4096:
            raise ValueError(f"radius {self.radius} is outside 0.5..4096")
        points = points.copy()
        points.flags.writeable = False
        object.__setattr__(self, "points", points)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Stroke)
            and self.object_id == other.object_id
            and self.radius == other.radius
            and np.array_equal(self.points, other.points)
        )


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What a backend yields for one frame.

    Attributes:
        frame: index of the frame.
        label_map: uint8 [H, W]; only pixels of the requested objects are used.
        quality: estimated J in [0, 1] for each requested object. An object listed here with no
            pixel in `label_map` is claimed to be absent; an object not listed was not computed.
        soft: optional float32 [H, W] in [0, 1] per object.
    """

    frame: int
    label_map: LabelMap
    quality: Mapping[int, float]
    soft: Mapping[int, SoftMap] = field(default_factory=dict)


class FrameReader(Protocol):
    """Read access to the frames of a video or an image folder (see io.media)."""

    @property
    def size(self) -> Size: ...

    def __len__(self) -> int: ...

    def read(self, frame: int) -> Image:
        """uint8 [H, W, 3] RGB, read-only. Raises MediaError, IndexError."""
        ...
