"""The default propagator."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.backends.base import Control, FillRequest
from annotator.backends.embedded.engine import Engine
from annotator.core.types import FrameReader, FrameResult


class EmbeddedPropagator:
    """Fills frames from key frames on the sides that `request.direction` names."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        yield from Engine(reader, request, control).run()
