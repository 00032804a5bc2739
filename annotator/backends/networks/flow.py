"""Optical flow between frames of a clip, kept on disk within a budget."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import zstandard
from numpy.typing import NDArray

from annotator.backends.base import Runtime
from annotator.backends.networks.memory import device_named
from annotator.core.errors import DiskError, RequestError
from annotator.core.types import FrameReader, Image
from annotator.io.atomic import atomic_file
from models.flow import FlowEstimator, create

Flow = NDArray[np.float32]

CACHE_BYTES = 512 << 20
"""Flow fields kept per project; a pair of frames takes about 0.5 MB."""

_SLACK = 0.9
"""When the budget is exceeded, the oldest files go until this share of it is left."""


class FlowStore:
    """Flow fields in a folder: half precision, compressed, the least recently used go first.

    Args:
        folder: in a cache folder; made on the first write, unless what holds the cache is gone; may
            be deleted at any time.
        limit: bytes that all files together may take.
    """

    def __init__(self, folder: Path, limit: int = CACHE_BYTES) -> None:
        self._folder = folder
        self._limit = limit
        self._used = sum(size for _, size, _ in self._files())

    def get(self, key: str, make: Callable[[], Flow]) -> Flow:
        """The stored field of a key, else what `make` gives, which is then stored.

        Stored components are rounded to half precision: to 1/32 pixel below 64 pixels.
        """
        path = self._folder / f"{key}.flow"
        stored = self._read(path)
        if stored is not None:
            return stored
        flow = make()
        self._write(path, flow)
        return flow.astype(np.float16).astype(np.float32)

    def _read(self, path: Path) -> Flow | None:
        try:
            data = zstandard.decompress(path.read_bytes())
            height, width = np.frombuffer(data[:8], "<u4")
            flow = np.frombuffer(data[8:], "<f2").reshape(int(height), int(width), 2)
            os.utime(path)
        except (OSError, ValueError, zstandard.ZstdError):
            return None  # not there, or damaged: it is computed again
        return flow.astype(np.float32)

    def _write(self, path: Path, flow: Flow) -> None:
        header = np.array(flow.shape[:2], "<u4").tobytes()
        data = zstandard.compress(header + flow.astype("<f2").tobytes(), 1)
        try:
            with atomic_file(path, self._folder.parent.parent) as part:
                part.write_bytes(data)
        except DiskError:
            return  # a cache that cannot be written is no reason to stop
        self._used += len(data)
        if self._used > self._limit:
            self._shrink()

    def _shrink(self) -> None:
        files = sorted(self._files())
        self._used = sum(size for _, size, _ in files)
        for _, size, path in files:
            if self._used <= self._limit * _SLACK:
                break
            path.unlink(missing_ok=True)
            self._used -= size

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._folder.glob("*.flow"):
            try:
                told = path.stat()
            except OSError:
                continue
            found.append((told.st_mtime, told.st_size, path))
        return found


class ClipFlow:
    """Flow between frames of one clip, at one size.

    Args:
        size: (height, width) at which the flow is estimated.
    """

    def __init__(self, reader: FrameReader, runtime: Runtime, size: tuple[int, int]) -> None:
        self._reader = reader
        self._runtime = runtime
        self._size = size
        cached = Path(runtime.cache) / "flow" if runtime.cache else None
        self._store = None if cached is None else FlowStore(cached)

    def between(self, frame: int, reference: int) -> Flow:
        """float32 [h, w, 2] in pixels of this size, from `frame` to `reference`."""
        if self._store is None:
            return self._estimate(frame, reference)
        named = f"{self._runtime.flow}|{self._runtime.flow_weights}|{self._size}"
        digest = hashlib.sha256(named.encode()).hexdigest()[:12]
        key = f"{digest}-{frame:06}-{reference:06}"
        return self._store.get(key, lambda: self._estimate(frame, reference))

    def _estimate(self, frame: int, reference: int) -> Flow:
        estimator = _estimator(self._runtime.flow, self._runtime.flow_weights, self._runtime.device)
        return estimator(self._picture(frame), self._picture(reference))

    def _picture(self, frame: int) -> Image:
        height, width = self._size
        picture = self._reader.read(frame)
        return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))


@lru_cache(maxsize=2)
def _estimator(flow: str, weights: str, device: str) -> FlowEstimator:
    if flow == "dis":
        return create(flow)
    try:
        return create(flow, Path(weights) if weights else None, str(device_named(device)))
    except ValueError as error:
        raise RequestError(
            f"The flow '{flow}' cannot be used: {error}", "Fetch or import its weights again."
        ) from error
