"""Keeps the results of one side of a gap until the other side arrives, in little memory."""

from __future__ import annotations

import tempfile
import zlib
from types import TracebackType

import numpy as np

from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.cues import Roi
from annotator.backends.embedded.cut import LIMIT
from annotator.backends.embedded.evidence import Evidence

IN_MEMORY = 16 << 20
LEVELS = 24
"""Log odds are kept in steps of LIMIT / LEVELS: a gap in a long clip has thousands of frames."""


class EstimateStore:
    """Estimates by (frame, object), compressed; beyond 16 MB they go to a temporary file."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._index: dict[tuple[int, int], tuple[int, int, Roi | None, int, bool, bytes]] = {}

    def __enter__(self) -> EstimateStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, frame: int, object_id: int, estimate: Estimate) -> None:
        steps = np.rint(np.clip(estimate.logits, -LIMIT, LIMIT) * (LEVELS / LIMIT)).astype(np.int8)
        # The lowest bit holds the cut.
        data = zlib.compress((steps * np.int8(2) + estimate.mask.astype(np.int8)).tobytes(), 1)
        start = self._file.seek(0, 2)
        self._file.write(data)
        self._index[frame, object_id] = (
            start,
            len(data),
            estimate.roi,
            estimate.distance,
            estimate.lost,
            np.array(estimate.evidence, np.float32).tobytes(),
        )

    def pop(self, frame: int, object_id: int) -> Estimate | None:
        entry = self._index.pop((frame, object_id), None)
        if entry is None:
            return None
        start, length, roi, distance, lost, seen = entry
        self._file.seek(start)
        data = np.frombuffer(zlib.decompress(self._file.read(length)), np.int8)
        if not self._index:
            self._file.seek(0)
            self._file.truncate()
        shape = (0, 0) if roi is None else tuple(s.stop - s.start for s in roi)
        data = data.reshape(shape)
        logits = (data >> 1).astype(np.float32) * np.float32(LIMIT / LEVELS)
        evidence = Evidence(*np.frombuffer(seen, np.float32).tolist())
        return Estimate(roi, logits, (data & 1).astype(bool), distance, lost, evidence)
