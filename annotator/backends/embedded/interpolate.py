"""The default interpolator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from annotator.backends.base import Control, FillRequest
from annotator.backends.embedded.engine import Engine
from annotator.core.types import FrameReader, FrameResult


class EmbeddedInterpolator:
    """Fills the frames between key frames from both sides, whatever `request.direction` says;
    frames before the first and after the last key are propagated from one side."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        yield from Engine(reader, replace(request, direction="both"), control).run()
