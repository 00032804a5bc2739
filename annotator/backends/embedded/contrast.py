"""Masks without a prompt and without weights: what stands out, frame by frame or over a group."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from annotator.backends.base import Control, FillRequest
from annotator.backends.embedded.evidence import overlap
from annotator.backends.saliency.classical import CommonColours, Found
from annotator.backends.saliency.sampling import LOOKS, look, spread
from annotator.backends.saliency.steps import non_overlap
from annotator.core.types import FrameReader, FrameResult, Size

GROUP = 64
"""Frames of a group whose colours are pooled; of larger groups a spread of them."""


class Salient:
    """Video saliency and co-saliency: contrast to the border, motion, colours in common.

    Args:
        group: how many of the asked frames teach the common colours: few are enough for
            neighbouring frames of one clip, a group of chosen frames may differ more.
    """

    def __init__(self, group: int = LOOKS) -> None:
        self._group = group

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        """One soft map a frame. Quality: agreement of what moves with what stands out by colour
        (1 - NR of eq. 7), and of the mask with its sure part."""
        (object_id,) = request.objects
        chosen = spread(request.frames, self._group)
        common = CommonColours(list(look(reader, chosen, control)))
        for frame, glanced in zip(
            request.frames, look(reader, request.frames, control), strict=True
        ):
            control.checkpoint()
            found = common.find(glanced)
            apart = non_overlap(glanced.motion, glanced.colour)
            quality = (1 - 0.5 * apart) * overlap(found.mask, found.soft > 0.6)
            height, width = reader.read(frame).shape[:2]
            yield to_result(frame, found, object_id, Size(width, height), quality)


def to_result(frame: int, found: Found, object_id: int, size: Size, quality: float) -> FrameResult:
    """The result at the picture's own size."""
    soft = np.clip(cv2.resize(found.soft, (size.width, size.height)), 0, 1)
    label_map = np.where(soft > 0.5, object_id, 0).astype(np.uint8)
    return FrameResult(frame, label_map, {object_id: quality}, {object_id: soft})
