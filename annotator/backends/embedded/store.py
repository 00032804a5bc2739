"""Keeps the results of one side of a gap until the other side arrives, in little memory."""

from __future__ import annotations

import tempfile
import zlib
from dataclasses import dataclass, replace
from types import TracebackType

import numpy as np

from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.cut import LIMIT

IN_MEMORY = 16 << 20
LEVELS = 24
"""Log odds are kept in steps of LIMIT / LEVELS: a gap in a long clip has thousands of frames."""
TOLD_FOR = 40
"""Frames from the key frame on which cues are kept as well: they weigh ten times as much."""
_NO_ODDS = np.zeros((0, 0), np.float32)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where the planes of an estimate lie in the file, and all else of it."""

    start: int
    length: int
    rest: Estimate


class EstimateStore:
    """Estimates by (frame, object), compressed; beyond 16 MB they go to a temporary file."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._index: dict[tuple[int, int], _Entry] = {}

    def __enter__(self) -> EstimateStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, frame: int, object_id: int, estimate: Estimate) -> None:
        steps = np.rint(np.clip(estimate.logits, -LIMIT, LIMIT) * (LEVELS / LIMIT)).astype(np.int8)
        # The lowest bit holds the cut.
        planes = (steps * np.int8(2) + estimate.mask.astype(np.int8))[None]
        if estimate.told is not None and estimate.distance <= TOLD_FOR:
            planes = np.concatenate([planes, estimate.told])
        data = zlib.compress(planes.tobytes(), 1)
        start = self._file.seek(0, 2)
        self._file.write(data)
        rest = replace(estimate, logits=_NO_ODDS, mask=_NO_ODDS.astype(bool), told=None)
        self._index[frame, object_id] = _Entry(start, len(data), rest)

    def pop(self, frame: int, object_id: int) -> Estimate | None:
        entry = self._index.pop((frame, object_id), None)
        if entry is None:
            return None
        self._file.seek(entry.start)
        data = np.frombuffer(zlib.decompress(self._file.read(entry.length)), np.int8)
        if not self._index:
            self._file.seek(0)
            self._file.truncate()
        roi = entry.rest.roi
        if roi is None:
            return entry.rest
        planes = data.reshape(-1, *(s.stop - s.start for s in roi))
        return replace(
            entry.rest,
            logits=(planes[0] >> 1).astype(np.float32) * np.float32(LIMIT / LEVELS),
            mask=(planes[0] & 1).astype(bool),
            told=planes[1:] if len(planes) > 1 else None,
        )
