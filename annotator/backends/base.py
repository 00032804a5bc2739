"""Protocols between the application and whatever fills frames; numpy in, numpy out.

A backend never sees the project: it gets a frozen request (what is known, what is asked), reads
frames through a `FrameReader`, and yields `FrameResult`s as they are ready. It may yield frames in
any order, each at most once, and only frames of `request.frames`. It must call
`control.checkpoint()` at least every 100 ms of work so that cancelling answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

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
class Runtime:
    """What a backend works with besides the clip; the embedded backends need none of it.

    Attributes:
        device: "auto", "cpu", "cuda" or "mps".
        weights: safetensors file to load; "" where the backend has none.
        flow: id of the flow estimator, "dis" or "ptlflow:NAME".
        flow_weights: safetensors file of the flow estimator; "" for "dis".
        cache: folder of this clip that may be written to and deleted at any time; "" = keep
            nothing.
        models: of those that the backend can make use of, the files that are here by id.
    """

    device: str = "auto"
    weights: str = ""
    flow: str = "dis"
    flow_weights: str = ""
    cache: str = ""
    models: Mapping[str, str] = field(default_factory=dict)


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
    options: Mapping[str, Any] = field(default_factory=dict)
    runtime: Runtime = Runtime()


@dataclass(frozen=True, slots=True)
class FillRequest:
    """Fill frames from key frames (propagation and interpolation), or without any (scanning).

    Attributes:
        frames: indices to fill, ascending; may include key frames of other objects.
        keys: ascending by frame; at least one knows each object of `objects`. Empty for backends
            that find salient objects by themselves.
        objects: ids to fill.
        direction: "forward" (only from keys before), "backward" (only from keys after) or "both".
        options: all options of the backend's card with their values.
        strokes: on frames to be filled; a backend that uses scribbles must respect them.
    """

    frames: tuple[int, ...]
    keys: tuple[KeyFrame, ...]
    objects: tuple[int, ...]
    direction: str = "both"
    options: Mapping[str, Any] = field(default_factory=dict)
    runtime: Runtime = Runtime()
    strokes: Mapping[int, tuple[Stroke, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FitRequest:
    """Fit a network on what the project knows.

    Attributes:
        scribbles: frames with strokes; their `label_map` is what is protected there.
        keys: frames with masks, ascending.
        objects: ids to fit.
        steps: optimiser steps to make at most.
        seconds: time limit; 0 = none.
        out: safetensors file to write; the state to go on from lies beside it while it runs.
        options: all options of the backend's card with their values.
    """

    scribbles: tuple[ScribbleRequest, ...]
    keys: tuple[KeyFrame, ...]
    objects: tuple[int, ...]
    steps: int
    seconds: float
    out: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    runtime: Runtime = Runtime()


@dataclass(frozen=True, slots=True)
class FitUpdate:
    """How far a fit is.

    Attributes:
        step: steps made.
        loss: mean of the last steps; NaN before the first.
        preview: what the network makes of one of its frames now.
    """

    step: int
    loss: float
    preview: FrameResult | None = None


class ScribbleBackend(Protocol):
    """Scribbles to masks on one frame (task `saliency`)."""

    def segment(
        self, reader: FrameReader, request: ScribbleRequest, control: Control
    ) -> FrameResult: ...


class FillBackend(Protocol):
    """Key frames to masks on other frames (`propagate`, `interpolate`), or masks of what is
    salient on frames of which nothing is known (`scan`, `cosaliency`)."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]: ...


class FitBackend(Protocol):
    """Learns from the project's own frames.

    Cancelling keeps the best network so far: `out` is written before `Cancelled` goes on.
    """

    def fit(
        self, reader: FrameReader, request: FitRequest, control: Control
    ) -> Iterator[FitUpdate]: ...
