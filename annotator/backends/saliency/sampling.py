"""Which frames of a clip to look at, and glances at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from annotator.backends.base import Control
from annotator.backends.embedded.work_pool import WorkPool
from annotator.backends.saliency.classical import Glance, SmallFlow, glance, reduce
from annotator.core.types import FrameReader, Image

LOOKS = 16
"""Frames of a clip that are looked at; more would cost time and tell little."""


def spread(frames: Sequence[int], count: int = LOOKS) -> list[int]:
    """At most `count` of the ascending frames, evenly spread, the ends half a step away."""
    if len(frames) <= count:
        return list(frames)
    places = (np.arange(count) + 0.5) / count * len(frames)
    return [frames[int(place)] for place in places]


def small(reader: FrameReader, frame: int) -> Image:
    """A frame in colour at about 240 lines, uint8 [h, w, 3]."""
    image = np.asarray(reader.read(frame))
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, axis=2)
    return reduce(image[..., :3])


def look(reader: FrameReader, frames: Sequence[int], control: Control) -> Iterator[Glance]:
    """A glance at each frame, with the motion to its neighbours in the clip."""
    flow = SmallFlow()

    def glances() -> Iterator[Callable[[], Glance]]:
        for frame in frames:
            control.checkpoint()
            near = [f for f in (frame - 1, frame + 1) if 0 <= f < len(reader)]
            others = [small(reader, f) for f in near]
            control.checkpoint()
            yield partial(glance, small(reader, frame), others, flow)

    with WorkPool() as pool:
        yield from pool.each(glances())
