"""What a chain notices on its way that tells how far its mask can be trusted."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.embedded.views import Byte, Float
from annotator.backends.saliency.steps import non_overlap


class Evidence(NamedTuple):
    """Numbers about one mask of one chain: what `tools/fit_quality.py` may choose from.

    Attributes:
        expected: J that the log odds make likely.
        entropy: of the soft map per pixel of the mask, in bits.
        kept: J of the mask and the one warped from the frame before.
        cycle: J of the mask traced back to the key frame with the key's own mask.
        trust: share of the mask whose track reaches back to the key frame unbroken.
        warp: error of the warped frame before in the mask, in Lab levels.
        jump: absolute log of area over that of the frame before.
        thin: outline length over area times the scale: small errors cost thin objects more.
        apart: non-overlap ratio (eq. 7) of what moves apart and the soft mask.
        islands: share of the area outside the largest part.
        weakest: lowest `expected` so far.
        drift: sum of 1 - `kept` so far.
        steps: log of 1 + frames from the key frame.
    """

    expected: float
    entropy: float
    kept: float
    cycle: float
    trust: float
    warp: float
    jump: float
    thin: float
    apart: float
    islands: float
    weakest: float
    drift: float
    steps: float


NOTHING = Evidence(*([0.0] * len(Evidence._fields)))
"""Of a chain that has no mask."""


def expected_j(logits: Float, mask: NDArray[np.bool_]) -> float:
    """J between `mask` (not empty) and what the log odds make likely, in [0, 1].

    Two sides that disagree give log odds near 0, drift makes the cues contradict each other: both
    show here.
    """
    prob = 1 / (1 + np.exp(-logits))
    inside = float(prob[mask].sum())
    return inside / float(np.count_nonzero(mask) + prob[~mask].sum())


def entropy(logits: Float, mask: NDArray[np.bool_]) -> float:
    """Entropy of the soft map in bits, per pixel of the mask (not empty)."""
    prob = np.clip(1 / (1 + np.exp(-logits)), 1e-4, 1 - 1e-4)
    bits = -(prob * np.log2(prob) + (1 - prob) * np.log2(1 - prob))
    return float(bits.sum()) / int(np.count_nonzero(mask))


def overlap(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """J of two masks; 1 if both are empty."""
    union = int(np.count_nonzero(first | second))
    return int(np.count_nonzero(first & second)) / union if union else 1.0


class Witness:
    """Watches one chain from its key frame on.

    Args:
        key_mask: bool [H, W], the object on the key frame, not empty.
        scale: see `Views.scale`.
    """

    def __init__(self, key_mask: NDArray[np.bool_], scale: float) -> None:
        self._scale = scale
        self._area = max(1, int(np.count_nonzero(key_mask)))
        self._weakest, self._drift = 1.0, 0.0

    def look(
        self,
        logits: Float,
        mask: NDArray[np.bool_],
        cues: dict[str, Float],
        lab: Byte,
        past_lab: Byte,
        warped: Float,
        steps: int,
    ) -> Evidence:
        """All numbers of a mask; every array covers the same region [h, w].

        Args:
            cues: with `shape`, the key's mask traced here.
            past_lab: uint8 [h, w, 3], the frame before, warped here.
            warped: the soft mask of the frame before, warped here.
        """
        area = int(np.count_nonzero(mask))
        if area == 0:
            return NOTHING
        trust = cues["trust"]
        key = cues["shape"] > 0.5
        wrong = cv2.absdiff(lab, past_lab).astype(np.float32).sum(axis=-1)
        kept = overlap(mask, warped > 0.5)
        expected = expected_j(logits, mask)
        self._weakest = min(self._weakest, expected)
        self._drift += 1 - kept
        outline = _outline(mask)
        prob = (1 / (1 + np.exp(-logits))).astype(np.float32)
        jump = abs(float(np.log(area / self._area)))
        self._area = area
        return Evidence(
            expected=expected,
            entropy=entropy(logits, mask),
            kept=kept,
            cycle=overlap(mask, key),
            trust=float(trust[mask].mean()),
            warp=float(wrong[mask].mean()),
            jump=jump,
            thin=outline / area * self._scale,
            apart=non_overlap(np.clip(cues["camera"], 0, 1), prob),
            islands=_islands(mask),
            weakest=self._weakest,
            drift=self._drift,
            steps=float(np.log1p(steps)),
        )


def _outline(mask: NDArray[np.bool_]) -> float:
    """Length of the outline in pixels, roughly: pixels that a 3x3 erosion takes away."""
    solid = mask.astype(np.uint8)
    inner = cv2.erode(solid, np.ones((3, 3), np.uint8), borderValue=1)
    return float(np.count_nonzero(solid) - np.count_nonzero(inner))


def _islands(mask: NDArray[np.bool_]) -> float:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count <= 2:
        return 0.0
    area = stats[1:, cv2.CC_STAT_AREA]
    return 1 - float(area.max() / area.sum())
