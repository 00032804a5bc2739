"""A backend that repeats the nearest key frame: right for things that do not move."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from annotator.backends.base import Control, FillRequest
from annotator.backends.registry import BackendCard
from annotator.core.options import Option
from annotator.core.types import FrameReader, FrameResult


class Hold:
    """Gives every frame the masks of the key frame nearest to it, object by object."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        fading = float(request.options["fading"])
        for frame in request.frames:
            control.checkpoint()
            label_map = np.zeros(reader.size.shape, np.uint8)
            quality = {}
            for object_id in request.objects:
                keys = [key for key in request.keys if object_id in key.objects]
                nearest = min(keys, key=lambda key: abs(key.frame - frame))
                label_map[nearest.label_map == object_id] = object_id
                quality[object_id] = 1.0 / (1.0 + fading * abs(nearest.frame - frame))
            yield FrameResult(frame, label_map, quality)


def register_backends(add: Callable[[BackendCard], None]) -> None:
    """Called once by the application."""
    add(
        BackendCard(
            id="hold",
            title="Hold (repeats the nearest key frame)",
            summary="Repeats the masks of the nearest key frame; for things that do not move.",
            factories={
                "propagate": "strokeflow_hold:Hold",
                "interpolate": "strokeflow_hold:Hold",
            },
            origin="an example of a plug-in",
            options=(Option("fading", "Fading", 0.05, "Loss of quality per frame.", 0.0, 1.0),),
            rank=-10,
        )
    )
