"""Minimum cut of a grid graph with given unaries, through OpenCV's GrabCut.

OpenCV offers max-flow only inside `grabCut`, whose unaries come from colour mixtures. With frozen
models of one component each, equal in variance and apart in one channel only, the difference of
the two unaries is linear in that channel. So the wanted unary goes into the third channel of the
"image", lightness and chroma go into the other two, and what is cut is exactly
sum(unary) + smooth * sum(exp(-beta |difference|^2)) (Boykov & Jolly 2001; Rother et al. 2004).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.embedded.views import Byte, Float

LIMIT = 6.0
"""Log odds from which a pixel is certain."""
GAMMA = 50.0
"""OpenCV's fixed weight of the smoothness term."""
STEPS = 12
"""Grey levels between log odds 0 and LIMIT: few, so that they hardly count as image contrast."""
APART = 12.0
"""Half the distance of the two means; at this value the exponents stay smallest. Below a smoothness
of 0.45 they would underflow all the same (OpenCV takes the logarithm of a density)."""


def _model(mean: float, variance: float) -> NDArray[np.float64]:
    """One Gaussian in the layout of OpenCV: 5 weights, 5 x 3 means, 5 x 9 covariances."""
    model = np.zeros((1, 65))
    model[0, 0] = 1.0
    model[0, 5:8] = (128.0, 128.0, mean)
    model[0, [20, 24, 28]] = (1e7, 1e7, variance)
    return model


def min_cut(log_odds: Float, lab: Byte, smooth: float) -> NDArray[np.bool_]:
    """Object pixels, bool [h, w].

    Args:
        log_odds: float32 [h, w], above 0 for the object.
        lab: uint8 [h, w, 3].
        smooth: weight of the contrast-sensitive smoothness term, in the unit of the log odds.
    """
    state = np.where(log_odds > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    state[log_odds >= LIMIT] = cv2.GC_FGD
    state[log_odds <= -LIMIT] = cv2.GC_BGD
    guess: NDArray[np.bool_] = log_odds > 0
    if min(guess.shape) < 2 or guess.all() or not guess.any():
        return guess
    image = np.empty(lab.shape, np.uint8)
    image[..., 0] = lab[..., 0]
    image[..., 1] = np.clip(lab[..., 1].astype(np.int16) + lab[..., 2] - 128, 0, 255)
    image[..., 2] = np.rint(128 + np.clip(log_odds, -LIMIT, LIMIT) * (STEPS / LIMIT))
    # Means 128 -+ APART give a difference of 2 * APART * (value - 128) / variance.
    variance = 2 * APART * (STEPS / LIMIT) * smooth / GAMMA
    background, inside = _model(128 - APART, variance), _model(128 + APART, variance)
    cv2.grabCut(image, state, None, background, inside, 1, cv2.GC_EVAL_FREEZE_MODEL)
    return (state & 1).astype(bool)
