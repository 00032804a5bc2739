"""Protocols between the application and whatever fills frames; numpy in, numpy out.

A backend never sees the project: it gets a frozen request (what is known, what is asked), reads
frames through a `FrameReader`, and yields `FrameResult`s as they are ready. It may yield frames in
any order, each at most once, and only frames of `request.frames`. It must call
`control.checkpoint()` at least every 100 ms of work so that cancelling answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from annotator.core.types import FrameReader, FrameResult, LabelMap, Stroke


class Control(Protocol):
    """How a running backend talks back."""

    def checkpoint(self) -> None:
        """Raise `annotator.core.errors.Cancelled` if the user cancelled."""
        ...

    def note(self, text: str) -> None:
        """Tell the user what is going on ("reading key frames")."""
        ...


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """A frame on which some objects are known.

    Attributes:
        frame: index.
        label_map: uint8 [H, W]; 255 is void.
        objects: ids that are known here. A known id without pixels means: absent on this frame.
            Pixels of other ids must be ignored (read as unknown background).
    """

    frame: int
    label_map: LabelMap
    objects: frozenset[int]


@dataclass(frozen=True, slots=True)
class ScribbleRequest:
    """Masks of several objects on one frame from strokes.

    Attributes:
        frame: index.
        strokes: in the order drawn; a later stroke wins where two overlap. Object 0 = background.
        objects: ids to compute; strokes of other ids count as background for these.
        label_map: uint8 [H, W], what the frame holds now: the model's mask that is being corrected
            (a soft prior), or zeros. With `protected` ids, whose pixels are fixed.
        prior: ids in `label_map` that are a mask to be corrected rather than started afresh: far
            from the strokes their masks should stay as they are.
        protected: ids whose pixels in `label_map` must not be given to another object.
    """

    frame: int
    strokes: tuple[Stroke, ...]
    objects: tuple[int, ...]
    label_map: LabelMap
    prior: frozenset[int] = frozenset()
    protected: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FillRequest:
    """Fill frames from key frames (propagation and interpolation).

    Attributes:
        frames: indices to fill, ascending; may include key frames of other objects.
        keys: ascending by frame; at least one knows each object of `objects`.
        objects: ids to fill.
        direction: "forward" (only from keys before), "backward" (only from keys after) or "both".
        options: backend options, checked against its card.
    """

    frames: tuple[int, ...]
    keys: tuple[KeyFrame, ...]
    objects: tuple[int, ...]
    direction: str = "both"
    options: Mapping[str, object] = field(default_factory=dict)


class ScribbleBackend(Protocol):
    """Scribbles to masks on one frame (task `saliency`)."""

    def segment(
        self, reader: FrameReader, request: ScribbleRequest, control: Control
    ) -> FrameResult: ...


class FillBackend(Protocol):
    """Key frames to masks on other frames (tasks `propagate` and `interpolate`)."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]: ...
