"""The work itself, as it runs in the worker process (or inline): open media, call the backend."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np

from annotator.backends.base import (
    FillBackend,
    FillRequest,
    FitBackend,
    FitRequest,
    KeyFrame,
    Runtime,
    ScribbleBackend,
    ScribbleRequest,
)
from annotator.backends.registry import create
from annotator.core.errors import RunError
from annotator.core.raster import bounding_rect, merge_labels
from annotator.core.types import BACKGROUND, FrameResult, Rect, Size
from annotator.io.codec import decode_label_map, encode_label_map, encode_soft_map
from annotator.io.media import CachedReader, MediaRef
from annotator.jobs.base import TaskControl
from annotator.services.runs.requests import (
    GONE,
    FillTask,
    FitOrder,
    Gear,
    Prospect,
    ScribbleFrame,
    ScribbleTask,
    StoredResult,
)

_LOADED_AT_ONCE_S = 0.05
FRAME_CACHE_BYTES = 192 << 20
FRAME_CACHE_FRAMES = 32
"""Backends walk through a clip; more frames than these would only be memory that grows with it."""


class _OpenMedia:
    """The worker keeps the last media open: live scribbles ask for them again and again.

    Others are closed as soon as no job reads them any more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: dict[MediaRef, CachedReader] = {}
        self._users: dict[MediaRef, int] = {}

    @contextmanager
    def use(self, ref: MediaRef) -> Iterator[CachedReader]:
        with self._lock:
            if ref not in self._readers:
                self._close_idle()
                media = ref.open()
                frame_bytes = media.size.width * media.size.height * 3
                room = min(FRAME_CACHE_BYTES, FRAME_CACHE_FRAMES * frame_bytes)
                self._readers[ref] = CachedReader(media, room)
            self._users[ref] = self._users.get(ref, 0) + 1
            reader = self._readers[ref]
        try:
            yield reader
        finally:
            with self._lock:
                self._users[ref] -= 1

    def close(self) -> None:
        """Let go of everything that no job reads."""
        with self._lock:
            self._close_idle()

    def _close_idle(self) -> None:
        for ref in [ref for ref in self._readers if not self._users.get(ref)]:
            reader = self._readers.pop(ref)
            reader.close()
            reader.media.close()


open_media = _OpenMedia()
"""Media that jobs of this process read."""


@lru_cache(maxsize=8)
def _backend(factory: str) -> object:
    return create(factory)


class _Loading:
    """Backends whose libraries take seconds to import: they load beside the work."""

    def __init__(self) -> None:
        self._threads: dict[str, threading.Thread] = {}

    def ready(self, factory: str) -> bool:
        """True once `_backend` gives it at once; the first call begins to load it."""
        if factory not in self._threads:
            self._threads[factory] = threading.Thread(
                target=_backend, args=(factory,), name=f"load {factory}", daemon=True
            )
            self._threads[factory].start()
        self._threads[factory].join(_LOADED_AT_ONCE_S)
        return not self._threads[factory].is_alive()


_loading = _Loading()


def pack(result: FrameResult, size: Size, allowed: frozenset[int]) -> StoredResult:
    """Check what a backend gave (plug-ins are foreign code) and compress it."""
    label_map = np.ascontiguousarray(result.label_map)
    if label_map.shape != size.shape or label_map.dtype != np.uint8:
        raise RunError(
            f"The backend gave a {label_map.dtype} mask of {label_map.shape} for frame "
            f"{result.frame}, not uint8 {size.shape}.",
            "Report this to the backend's author; finished frames are kept.",
        )
    for soft_map in result.soft.values():
        if soft_map.shape != size.shape:
            raise RunError(
                f"The backend gave a soft map of {soft_map.shape} for frame {result.frame}, "
                f"not {size.shape}.",
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
    """Fill frames from key frames, or without any (propagate, interpolate, scan, cosaliency)."""
    with open_media.use(task.media) as reader:
        if task.fit is not None:
            yield from _fit(task.fit, reader, control)
        yield from _fill(task, reader, control)


def _fill(task: FillTask, reader: CachedReader, control: TaskControl) -> Iterator[StoredResult]:
    backend = cast(FillBackend, _backend(task.gear.factory))
    request = FillRequest(
        task.frames,
        cast("tuple[KeyFrame, ...]", task.keys),
        task.objects,
        task.direction,
        task.gear.options,
        _equipped(task.gear, task.fit),
        task.strokes,
    )
    asked, objects = set(task.frames) - task.passed, frozenset(task.objects)
    total = len(asked)
    control.progress(0, total)
    done = 0
    for result in backend.fill(reader, request, control):
        if result.frame not in asked:
            continue
        asked.discard(result.frame)
        done += 1
        yield pack(result, reader.size, objects)
        control.progress(done, total)


def segment(task: ScribbleTask, control: TaskControl) -> Iterator[StoredResult]:
    """Scribbles to masks, frame by frame."""
    with open_media.use(task.media) as reader:
        if task.fit is not None:
            yield from _fit(task.fit, reader, control)
        yield from _segment(task, reader, control)


def _segment(
    task: ScribbleTask, reader: CachedReader, control: TaskControl
) -> Iterator[StoredResult]:
    gears = [] if task.known else [replace(task.gear, runtime=_equipped(task.gear, task.fit))]
    # Who draws is not to wait for libraries: as long as they load, masks stay as they are.
    if task.better is not None and _loading.ready(task.better.factory):
        gears.append(task.better)
    control.progress(0, len(task.frames))
    for done, order in enumerate(task.frames, 1):
        for gear in gears:
            backend = cast(ScribbleBackend, _backend(gear.factory))
            result = backend.segment(reader, _scribbles(order, gear), control)
            yield pack(result, reader.size, frozenset(order.objects))
        control.progress(done, len(task.frames))


def foresee(task: ScribbleTask, control: TaskControl) -> Iterator[Prospect]:
    """Scribbles to masks, and where those differ from the ones that are there.

    Comparing large label maps takes longer than the window's thread may be kept: it is done here.
    """
    for order, result in zip(task.frames, segment(task, control), strict=True):
        before, given = decode_label_map(order.label_map), decode_label_map(result.label_map)
        rough = bounding_rect(given != before)
        was = before[rough.slices]
        now = merge_labels(was, given[rough.slices], result.quality)
        inner = bounding_rect(now != was)
        rect, change = Rect(0, 0, 0, 0), b""
        if not inner.empty:
            rect = Rect(*np.add(inner, (rough.x0, rough.y0) * 2).tolist())
            now, was = now[inner.slices], was[inner.slices]
            become = np.where(now == BACKGROUND, np.uint8(GONE), now)
            change = encode_label_map(np.where(now == was, np.uint8(0), become))
        yield Prospect(result, rect, change)


def _scribbles(order: ScribbleFrame, gear: Gear) -> ScribbleRequest:
    return ScribbleRequest(
        order.frame,
        order.strokes,
        order.objects,
        decode_label_map(order.label_map),
        order.prior,
        order.protected,
        gear.options,
        gear.runtime,
    )


def _fit(order: FitOrder, reader: CachedReader, control: TaskControl) -> Iterator[StoredResult]:
    """Learn from the project's frames; what the network makes of them comes as results."""
    backend = cast(FitBackend, _backend(order.gear.factory))
    request = FitRequest(
        tuple(_scribbles(frame, order.gear) for frame in order.scribbles),
        cast("tuple[KeyFrame, ...]", order.keys),
        order.objects,
        order.steps,
        order.seconds,
        Path(order.out),
        order.gear.options,
        order.gear.runtime,
    )
    control.progress(0, order.steps)
    for update in backend.fit(reader, request, control):
        control.note(f"Fitting: step {update.step} of {order.steps}, loss {update.loss:.3f}")
        if update.preview is not None:
            yield pack(update.preview, reader.size, frozenset(order.objects))
        control.progress(update.step, order.steps)
    control.note("Fitted; predicting …")


def _equipped(gear: Gear, fit: FitOrder | None) -> Runtime:
    """What the run works with; after a fit, with the weights that it left."""
    return gear.runtime if fit is None else replace(gear.runtime, weights=fit.out)
