"""What crosses to the worker: plain, frozen, compact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotator.backends.base import Runtime
from annotator.core.types import VOID, Image, LabelMap, Rect, Stroke
from annotator.io.codec import decode_label_map
from annotator.io.media import MediaRef


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A `KeyFrame` that keeps its label map compressed and decodes it on each access."""

    frame: int
    data: bytes
    objects: frozenset[int]

    @property
    def label_map(self) -> LabelMap:
        return decode_label_map(self.data)


@dataclass(frozen=True, slots=True)
class Gear:
    """What a backend is called with besides the clip: its code, options, weights, device."""

    factory: str
    options: Mapping[str, Any] = field(default_factory=dict)
    runtime: Runtime = field(default_factory=Runtime)


@dataclass(frozen=True, slots=True)
class FitOrder:
    """What to learn from before a run; fields as in `FitRequest`."""

    gear: Gear
    scribbles: tuple[ScribbleFrame, ...]
    keys: tuple[StoredKey, ...]
    objects: tuple[int, ...]
    steps: int
    seconds: float
    out: str


@dataclass(frozen=True, slots=True)
class FillTask:
    """Order to fill frames, after a fit where one is asked for; nothing is wanted of `passed`."""

    media: MediaRef
    gear: Gear
    frames: tuple[int, ...]
    keys: tuple[StoredKey, ...]
    objects: tuple[int, ...]
    direction: str
    fit: FitOrder | None = None
    strokes: Mapping[int, tuple[Stroke, ...]] = field(default_factory=dict)
    passed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ScribbleTask:
    """Order to turn the strokes of some frames into masks, after a fit where one is asked for.

    With `better`, every frame comes twice: at once by `gear`, then by that backend, unless its
    libraries are still being loaded. `known`: what `gear` gives is there already.
    """

    media: MediaRef
    gear: Gear
    frames: tuple[ScribbleFrame, ...]
    fit: FitOrder | None = None
    better: Gear | None = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class ScribbleFrame:
    """One frame of a `ScribbleTask`; fields as in `ScribbleRequest`, the label map compressed."""

    frame: int
    strokes: tuple[Stroke, ...]
    objects: tuple[int, ...]
    label_map: bytes
    prior: frozenset[int]
    protected: frozenset[int]

    def same_as(self, other: ScribbleFrame) -> bool:
        """True if it asks for the very same masks: strokes are compared by what is drawn."""
        return self._content() == other._content()

    def _content(self) -> tuple[Any, ...]:
        drawn = tuple((s.object_id, s.radius, s.points.tobytes()) for s in self.strokes)
        return self.frame, drawn, self.objects, self.prior, self.protected, self.label_map


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A `FrameResult` on its way back: label map and soft maps compressed."""

    frame: int
    label_map: bytes
    quality: Mapping[int, float]
    soft: Mapping[int, bytes] = field(default_factory=dict)


GONE = VOID
"""In the change map of a `Prospect`: the pixel would belong to no object any more. No object has
this id, and void pixels never change."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the masks of a frame would become, and where they would change.

    `change` is the compressed label map of `rect`: 0 where nothing changes, else the object that
    would have the pixel, or `GONE`. Both are empty if nothing changes at all.
    """

    result: StoredResult
    rect: Rect
    change: bytes


@dataclass(frozen=True, slots=True)
class ProposeTask:
    """Order to find first masks. `sources`: backends to ask besides, by id."""

    media: MediaRef
    sources: tuple[tuple[str, Gear], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """A first mask to choose from: object 1 in the label map; `score` is its expected J, `picture`
    shows it small, uint8 [h, w, 3]."""

    frame: int
    source: str
    score: float
    label_map: bytes
    picture: Image


@dataclass(frozen=True, slots=True)
class AutoTask:
    """Order to label a clip without a label: fill `frames` with `gear` from one first mask.

    Attributes:
        first: frame and label map of the first mask (object 1); None takes the best proposal.
        object_id: which object the masks become.
    """

    propose: ProposeTask
    gear: Gear
    frames: tuple[int, ...]
    object_id: int
    first: tuple[int, bytes] | None = None
