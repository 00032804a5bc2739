"""Plug-and-play adaptation: an image saliency model, adapted to one clip without any label.

The six steps of Li, Li, Chen, Hao and Qin, "A Plug-and-play Scheme to Adapt Image Saliency Deep
Model for Video Data", IEEE TCSVT 2020, over models that are plugged in:

1. optical flow to the next frame, colour-coded;  2. motion saliency of it;  3. colour saliency of
the frame;  4. low-level saliency, their product (eq. 6);  5. frames on which both agree (NR < 0.6,
eq. 7) are key frames, and a twin of the colour model learns their low-level saliency;  6. the
twin's map times the low-level saliency (eq. 9).

All of it happens on frames at about 240 lines (the paper: 300x300).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import Control
from annotator.backends.saliency.classical import same_scene
from annotator.backends.saliency.sampling import small, spread
from annotator.backends.saliency.steps import KEY_LIMIT, Map, fuse, low_level, non_overlap
from annotator.core.cache import ByteLRU
from annotator.core.types import FrameReader, Image

Flow = NDArray[np.float32]

MOST_LOOKED = 400
"""Frames of a clip that are searched for key frames; of longer clips an even spread."""
MOST_KEYS = 48
"""Key frames that the twin learns, at most; of more an even spread."""
_KEPT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A key frame: the picture uint8 [h, w, 3] and its low-level saliency."""

    picture: Image
    low: Map


class ImageModel(Protocol):
    """The colour branch: what stands out in one picture."""

    def saliency(self, picture: Image) -> Map:
        """float32 [h, w] in [0, 1] of uint8 [h, w, 3]."""
        ...

    def twin(self, examples: Sequence[Example], control: Control) -> ImageModel:
        """A copy that has learnt the examples; this model stays as it is."""
        ...


@dataclass(frozen=True, slots=True)
class Branches:
    """What is plugged in.

    Attributes:
        colour: the colour branch.
        motion: flow float32 [h, w, 2] -> motion saliency; never changed.
        flow: (frame, other frame, height and width) -> flow in pixels of that size.
        coded: flow -> its colour code, uint8 [h, w, 3], to be looked at.
    """

    colour: ImageModel
    motion: Callable[[Flow], Map]
    flow: Callable[[int, int, tuple[int, int]], Flow]
    coded: Callable[[Flow], Image]


@dataclass(frozen=True, slots=True, eq=False)
class LowLevel:
    """Steps 1 to 4 on one frame; the maps float32 [h, w] in [0, 1]."""

    picture: Image
    coded: Image
    motion: Map
    colour: Map

    @property
    def low(self) -> Map:
        return low_level(self.motion, self.colour)

    @property
    def ratio(self) -> float:
        """Non-overlap ratio (eq. 7)."""
        return non_overlap(self.motion, self.colour)


@dataclass(frozen=True, slots=True, eq=False)
class Adapted:
    """All steps on one frame.

    Attributes:
        before: steps 1 to 4.
        key: True for a key frame that the twin may have learnt.
        twin: the twin's map; None where the clip has no key frame, so that nothing was learnt.
        final: eq. 9; the low-level saliency where nothing was learnt.
    """

    before: LowLevel
    key: bool
    twin: Map | None
    final: Map


class Scheme:
    """The scheme on one clip."""

    def __init__(self, reader: FrameReader, branches: Branches, control: Control) -> None:
        self._reader, self._branches, self._control = reader, branches, control
        self._kept: ByteLRU[int, LowLevel] = ByteLRU(_KEPT_BYTES)

    def run(self, frames: Sequence[int]) -> Iterator[tuple[int, Adapted]]:
        """Learn from the whole clip, then yield all steps of each of the frames."""
        twin = self._learn()
        self._control.note("Fusing …")
        for frame in frames:
            self._control.checkpoint()
            before = self.low_level(frame)
            key = before.ratio < KEY_LIMIT
            if twin is None:
                yield frame, Adapted(before, key, None, before.low)
                continue
            seen = twin.saliency(before.picture)
            yield frame, Adapted(before, key, seen, fuse(seen, before.low))

    def _learn(self) -> ImageModel | None:
        """The twin; None where no frame is a key frame."""
        looked = spread(range(len(self._reader)), MOST_LOOKED)
        ratios = {}
        for done, frame in enumerate(looked, 1):
            self._control.note(f"Motion and colour: frame {done} of {len(looked)}")
            ratios[frame] = self.low_level(frame).ratio
        keys = key_frames(ratios)
        if not keys:
            self._control.note("Motion and colour agree on no frame: nothing is learnt.")
            return None
        found = [self.low_level(frame) for frame in keys]
        examples = [Example(one.picture, one.low) for one in found]
        return self._branches.colour.twin(examples, self._control)

    def low_level(self, frame: int) -> LowLevel:
        """Steps 1 to 4."""
        known = self._kept.get(frame)
        if known is None:
            self._control.checkpoint()
            branches, picture = self._branches, small(self._reader, frame)
            flow = self._flow(frame, picture)
            self._control.checkpoint()
            known = LowLevel(
                picture,
                branches.coded(flow),
                branches.motion(flow),
                branches.colour.saliency(picture),
            )
            self._kept.put(frame, known, 2 * picture.nbytes + 8 * known.motion.size)
        return known

    def _flow(self, frame: int, picture: Image) -> Flow:
        """Flow to the next frame. On the last one and before a cut it is that to the frame before,
        turned round; without either nothing moves."""
        size = picture.shape[0], picture.shape[1]
        for step in (1, -1):
            other = frame + step
            if not 0 <= other < len(self._reader):
                continue
            if same_scene(picture, small(self._reader, other)):
                return step * self._branches.flow(frame, other, size)
        return np.zeros((*size, 2), np.float32)


def key_frames(ratios: Mapping[int, float]) -> list[int]:
    """Frames with a ratio below the limit, ascending; of more than `MOST_KEYS` an even spread."""
    return spread(sorted(f for f, ratio in ratios.items() if ratio < KEY_LIMIT), MOST_KEYS)
