"""Matching as it runs in the worker process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import FillRequest, KeyFrame
from annotator.backends.registry import create
from annotator.core.types import FrameReader
from annotator.io.codec import decode_label_map
from annotator.jobs.base import TaskControl
from annotator.services.runs.matching import MatchedFrame, MatchOrder
from annotator.services.runs.tasks import open_media

WIDEST = 640
"""Pictures come back at most this wide, px: they are only looked at."""
_VIEWER = "annotator.backends.networks.matching:viewer"
_POINT_RADIUS = 8
"""Of what counts as a point, px at 480 lines: half a cell of the features."""


def match(order: MatchOrder, control: TaskControl) -> Iterator[MatchedFrame]:
    """One answer for each reference."""
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
