"""The work itself, as it runs in the worker process (or inline): open media, call the backend."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import cast

import numpy as np

from annotator.backends.base import (
    FillBackend,
    FillRequest,
    KeyFrame,
    ScribbleBackend,
    ScribbleRequest,
)
from annotator.backends.registry import create
from annotator.core.errors import RunError
from annotator.core.types import FrameResult, Size
from annotator.io.codec import decode_label_map, encode_label_map, encode_soft_map
from annotator.io.media import CachedReader, MediaRef
from annotator.jobs.base import TaskControl
from annotator.services.requests import FillTask, ScribbleTask, StoredResult

FRAME_CACHE_BYTES = 192 << 20


@lru_cache(maxsize=1)
def _media(ref: MediaRef) -> CachedReader:
    """The worker keeps the last media open: live scribbles ask for it again and again."""
    return CachedReader(ref.open(), FRAME_CACHE_BYTES)


@lru_cache(maxsize=8)
def _backend(factory: str) -> object:
    return create(factory)


def _pack(result: FrameResult, size: Size, allowed: frozenset[int]) -> StoredResult:
    """Check what a backend gave (plug-ins are foreign code) and compress it."""
    label_map = np.ascontiguousarray(result.label_map)
    if label_map.shape != size.shape or label_map.dtype != np.uint8:
        raise RunError(
            f"The backend gave a {label_map.dtype} mask of {label_map.shape} for frame "
            f"{result.frame}, not uint8 {size.shape}.",
            "Report this to the backend's author; finished frames are kept.",
        )
    quality = {
        int(o): float(np.clip(np.nan_to_num(q), 0, 1))
        for o, q in result.quality.items()
        if o in allowed
    }
    soft = {int(o): encode_soft_map(s) for o, s in result.soft.items() if o in allowed}
    return StoredResult(result.frame, encode_label_map(label_map), quality, soft)


def fill(task: FillTask, control: TaskControl) -> Iterator[StoredResult]:
    """Fill frames from key frames (propagate, interpolate)."""
    reader = _media(task.media)
    backend = cast(FillBackend, _backend(task.factory))
    request = FillRequest(
        task.frames, cast("tuple[KeyFrame, ...]", task.keys), task.objects, task.direction
    )
    asked, objects = set(task.frames), frozenset(task.objects)
    total = len(task.frames)
    control.progress(0, total)
    done = 0
    for result in backend.fill(reader, request, control):
        if result.frame not in asked:
            continue
        asked.discard(result.frame)
        done += 1
        yield _pack(result, reader.size, objects)
        control.progress(done, total)


def segment(task: ScribbleTask, control: TaskControl) -> Iterator[StoredResult]:
    """Scribbles to masks, frame by frame."""
    reader = _media(task.media)
    backend = cast(ScribbleBackend, _backend(task.factory))
    control.progress(0, len(task.frames))
    for done, order in enumerate(task.frames, 1):
        request = ScribbleRequest(
            order.frame,
            order.strokes,
            order.objects,
            decode_label_map(order.label_map),
            order.prior,
            order.protected,
        )
        result = backend.segment(reader, request, control)
        yield _pack(result, reader.size, frozenset(order.objects))
        control.progress(done, len(task.frames))
