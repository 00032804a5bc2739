"""Where NPMCA-net matched something: asked by the window, worked out in the worker.

The answer changes nothing in the project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import FillRequest, KeyFrame, Runtime
from annotator.backends.registry import BackendRegistry, create
from annotator.core.errors import RequestError
from annotator.core.options import resolve_options
from annotator.core.types import FrameReader, Image
from annotator.io.codec import decode_label_map, encode_label_map
from annotator.io.media import MediaRef
from annotator.jobs.base import Job, Runner, TaskControl
from annotator.services.equipment import Equipment
from annotator.services.requests import StoredKey
from annotator.services.session import Session
from annotator.services.tasks import open_media

BACKEND = "npmca"
WIDEST = 640
"""Pictures come back at most this wide, px: they are only looked at."""
_VIEWER = "annotator.backends.networks.matching:viewer"
_POINT_RADIUS = 8
"""Of what counts as a point, px at 480 lines: half a cell of the features."""


@dataclass(frozen=True, slots=True)
class MatchOrder:
    """What is asked. `point` (x, y) px, or None for the whole object, whose mask is `now`."""

    media: MediaRef
    runtime: Runtime
    options: dict[str, Any]
    frame: int
    object_id: int
    keys: tuple[StoredKey, ...]
    references: tuple[int, ...]
    point: tuple[int, int] | None
    now: bytes


@dataclass(frozen=True, slots=True)
class MatchedFrame:
    """A reference, its picture uint8 [h, w, 3] and how much was matched where, uint8 [h, w]."""

    frame: int
    picture: Image
    heat: NDArray[np.uint8]


class MatchingService:
    """Asks for matchings on the session's project."""

    def __init__(
        self,
        session: Session,
        media: MediaRef,
        runner: Runner,
        registry: BackendRegistry,
        equipment: Equipment,
    ) -> None:
        self._session, self._media, self._runner = session, media, runner
        self._registry, self._equipment = registry, equipment

    def ask(
        self,
        frame: int,
        object_id: int,
        point: tuple[int, int] | None,
        on_result: Callable[[MatchedFrame], None],
        on_end: Callable[[Job], None],
    ) -> Job:
        """Where `point`, or the whole object, of a frame was matched: in the nearest key frame of
        the object, and in the frame before. Raises RequestError before anything starts."""
        document = self._session.document
        if frame == 0:
            raise RequestError("The first frame has no frame before it.", "Go to a later one.")
        known = [f for f in document.reference_frames(object_id) if f != frame]
        if not known:
            raise RequestError(
                "Matching needs another frame with a mask of this object that you drew.",
                "Draw it on one frame, or choose another object.",
            )
        if not (document.label_map(frame - 1) == object_id).any():
            raise RequestError(
                f"Frame {frame - 1} has no mask of this object yet.", "Propagate it first."
            )
        first = min(known, key=lambda f: (f > frame, abs(f - frame)))
        card = self._registry.resolve("propagate", BACKEND)
        keys = tuple(
            StoredKey(f, encode_label_map(document.label_map(f)), frozenset({object_id}))
            for f in dict.fromkeys((first, frame - 1))
        )
        order = MatchOrder(
            self._media,
            self._equipment.runtime(card),
            dict(resolve_options(card.options, {})),
            frame,
            object_id,
            keys,
            (first, frame - 1),
            point,
            encode_label_map(document.label_map(frame)),
        )
        return self._runner.submit(
            "Matching",
            f"{__name__}:match",
            order,
            on_result=on_result,
            on_end=on_end,
            quick=True,
        )


def match(order: MatchOrder, control: TaskControl) -> Iterator[MatchedFrame]:
    """The work itself, in the worker."""
    viewer: Any = create(_VIEWER)
    with open_media.use(order.media) as reader:
        request = FillRequest(
            (order.frame,),
            cast("tuple[KeyFrame, ...]", order.keys),
            (order.object_id,),
            "forward",
            order.options,
            order.runtime,
        )
        control.progress(0, len(order.references))
        maps = viewer.look(reader, request, order.references, _query(order, reader), control)
        for done, (frame, heat) in enumerate(zip(order.references, maps, strict=True), 1):
            picture = reader.read(frame)
            height, width = picture.shape[:2]
            small = (min(width, WIDEST), max(round(height * min(width, WIDEST) / width), 1))
            levels = np.rint(np.clip(heat, 0, 1) * 255).astype(np.uint8)
            yield MatchedFrame(
                frame,
                np.asarray(cv2.resize(picture, small, interpolation=cv2.INTER_AREA), np.uint8),
                np.asarray(cv2.resize(levels, small, interpolation=cv2.INTER_LINEAR), np.uint8),
            )
            control.progress(done, len(order.references))


def _query(order: MatchOrder, reader: FrameReader) -> NDArray[np.float32]:
    """Weight [H, W] of each pixel of the frame."""
    if order.point is None:
        return (decode_label_map(order.now) == order.object_id).astype(np.float32)
    height, width = reader.size.shape
    query = np.zeros((height, width), np.float32)
    radius = max(round(_POINT_RADIUS * min(height, width) / 480), 1)
    cv2.circle(query, order.point, radius, 1.0, -1)
    return query
