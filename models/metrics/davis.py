"""Region similarity J and boundary measure F of the DAVIS benchmarks.

Definitions: Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object
Segmentation", CVPR 2016, with the void handling of the DAVIS-2017 challenge (Pont-Tuset et al.,
arXiv 1704.00675). Equal to the published numbers within 1e-6.

Masks are [H, W] arrays; any non-zero pixel is the object. `void` marks pixels that count neither
for nor against a prediction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

BOUND_TH = 0.008
"""Boundary tolerance of F as a fraction of the image diagonal."""

_DECAY_BINS = 4

Mask = NDArray[np.bool_] | NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Summary of one measure over the frames of a sequence.

    `mean` and `recall` (share of frames above 0.5) are in [0, 1]; `decay` is the mean of the first
    quarter minus the mean of the last one, in [-1, 1]. Frames that are NaN are left out.
    """

    mean: float
    recall: float
    decay: float


def region_similarity(
    prediction: Mask, truth: Mask, void: NDArray[np.bool_] | None = None
) -> float:
    """Intersection over union of two masks [H, W], in [0, 1]; 1 where both are empty.

    Raises ValueError if the shapes differ.
    """
    pred, true = _binary_pair(prediction, truth, void)
    union = np.count_nonzero(pred | true)
    return np.count_nonzero(pred & true) / union if union else 1.0


def boundary_measure(
    prediction: Mask,
    truth: Mask,
    void: NDArray[np.bool_] | None = None,
    bound_th: float = BOUND_TH,
) -> float:
    """F-measure of the two boundaries, matched within a tolerance; in [0, 1].

    `bound_th` below 1 is a fraction of the diagonal, else a distance in pixels. A mask that fills
    the whole image has no boundary, like an empty one; two masks without boundary score 1.

    Raises ValueError if the shapes differ.
    """
    pred, true = _binary_pair(prediction, truth, void)
    tolerance = bound_th if bound_th >= 1 else np.ceil(bound_th * np.hypot(*pred.shape))
    pred_edge, true_edge = _boundary(pred), _boundary(true)
    pred_count, true_count = np.count_nonzero(pred_edge), np.count_nonzero(true_edge)
    if pred_count == 0 or true_count == 0:
        return 1.0 if pred_count == true_count else 0.0
    # Nothing further from either boundary than its bounding box can match: the box alone is
    # looked at, which is most of the speed.
    box = cv2.boundingRect((pred_edge | true_edge).view(np.uint8))
    rows, columns = slice(box[1], box[1] + box[3]), slice(box[0], box[0] + box[2])
    pred_edge, true_edge = pred_edge[rows, columns], true_edge[rows, columns]
    precision = np.count_nonzero(pred_edge & _near(true_edge, tolerance)) / pred_count
    recall = np.count_nonzero(true_edge & _near(pred_edge, tolerance)) / true_count
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def statistics(per_frame: Sequence[float] | NDArray[np.float64]) -> Statistics:
    """Mean, recall and decay over the frames of one sequence, in presentation order.

    Raises ValueError on an empty sequence.
    """
    values = np.asarray(per_frame, dtype=np.float64)
    if values.ndim != 1 or len(values) == 0:
        raise ValueError(f"statistics need values [N >= 1], got {values.shape}")
    # The published code keeps these indices in 8 bits, which wraps after 256 frames.
    edges = np.round(np.linspace(1, len(values), _DECAY_BINS + 1) + 1e-10).astype(np.int64) - 1
    first, last = values[: edges[1] + 1], values[edges[-2] :]
    known = values[~np.isnan(values)]
    return Statistics(
        mean=_mean(known),
        recall=_mean((known > 0.5).astype(np.float64)),
        decay=_mean(first) - _mean(last),
    )


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _binary_pair(
    prediction: Mask, truth: Mask, void: NDArray[np.bool_] | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    pred, true = np.asarray(prediction) != 0, np.asarray(truth) != 0
    if pred.shape != true.shape or pred.ndim != 2:
        raise ValueError(f"masks need one shape [H, W], got {pred.shape} and {true.shape}")
    if void is not None:
        counted = ~np.asarray(void, dtype=bool)
        if counted.shape != pred.shape:
            raise ValueError(f"void is {counted.shape}, the masks are {pred.shape}")
        pred, true = pred & counted, true & counted
    return pred, true


def _boundary(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """One-pixel boundary: pixels that differ from their right, lower or lower-right neighbour."""
    edge = np.zeros_like(mask)
    edge[:, :-1] |= mask[:, :-1] ^ mask[:, 1:]
    edge[:-1] |= mask[:-1] ^ mask[1:]
    edge[:-1, :-1] |= mask[:-1, :-1] ^ mask[1:, 1:]
    return edge


def _near(edge: NDArray[np.bool_], tolerance: float) -> NDArray[np.bool_]:
    """Pixels within `tolerance` of the edge: a dilation by a disc of any size in one pass."""
    distance = cv2.distanceTransform((~edge).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # Distances are roots of whole numbers; the slack only covers rounding.
    return np.asarray(distance <= tolerance + 1e-3)
