"""From probability maps to label maps, estimates of quality, and strokes that must hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from annotator.core.raster import pen_mask, pen_rect
from annotator.core.types import BACKGROUND, FrameResult, LabelMap, Mask, Size, SoftMap, Stroke
from models.ops.multi_object import soft_aggregate

Maps = NDArray[np.float32]


def to_result(
    frame: int,
    maps: Maps,
    objects: Sequence[int],
    strokes: Iterable[Stroke] = (),
    protected: LabelMap | None = None,
) -> FrameResult:
    """The result of a frame from one map per object.

    Args:
        maps: float32 [K, H, W] in [0, 1], each object against everything else.
        objects: K ids.
        strokes: what a person drew on this frame; the masks agree with it.
        protected: uint8 [H, W]; pixels that are not 0 belong to others and stay out.

    The quality of an object is the region similarity to be expected from its probabilities.
    """
    size = Size(maps.shape[2], maps.shape[1])
    if len(objects) > 1:
        together = soft_aggregate(torch.from_numpy(maps)).numpy()
        winner, soft = together.argmax(0), together[1:]
    else:
        winner, soft = (maps[0] > 0.5).astype(np.intp), maps
    ids = np.array([BACKGROUND, *objects], np.uint8)
    label_map = np.ascontiguousarray(ids[winner])
    draw_strokes(label_map, strokes, objects, size)
    if protected is not None:
        label_map[protected != BACKGROUND] = BACKGROUND
    return FrameResult(
        frame,
        label_map,
        {o: expected_overlap(soft[i], label_map == o) for i, o in enumerate(objects)},
        {o: np.ascontiguousarray(soft[i]) for i, o in enumerate(objects)},
    )


def draw_strokes(
    label_map: LabelMap, strokes: Iterable[Stroke], objects: Sequence[int], size: Size
) -> None:
    """Write strokes into a label map, in their order; those of other ids count as background."""
    for stroke in strokes:
        rect = pen_rect(stroke.points, stroke.radius, size)
        if not rect.empty:
            value = stroke.object_id if stroke.object_id in objects else BACKGROUND
            label_map[rect.slices][pen_mask(stroke.points, stroke.radius, rect)] = value


def expected_overlap(probability: SoftMap, mask: Mask) -> float:
    """Region similarity J to be expected if every pixel belongs to the object with its probability.

    The expectation of the intersection over that of the union; 1 for an empty mask of which every
    probability is 0.
    """
    inside = float(probability[mask].sum())
    outside = float(probability.sum()) - inside
    union = float(np.count_nonzero(mask)) + outside
    return inside / union if union > 0.5 else 1.0
