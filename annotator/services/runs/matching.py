"""Where NPMCA-net matched something: asked by the window, worked out in the worker.

The answer changes nothing in the project.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import Runtime
from annotator.backends.registry import BackendRegistry
from annotator.core.errors import RequestError
from annotator.core.options import resolve_options
from annotator.core.types import Image
from annotator.io.codec import encode_label_map
from annotator.io.media import MediaRef
from annotator.jobs.base import Job, Runner
from annotator.services.project.session import Session
from annotator.services.runs.equipment import Equipment
from annotator.services.runs.requests import StoredKey

BACKEND = "npmca"


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
            "annotator.services.runs.matching_task:match",
            order,
            on_result=on_result,
            on_end=on_end,
            quick=True,
        )
