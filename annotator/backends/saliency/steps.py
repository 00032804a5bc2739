"""The steps of plug-and-play adaptation that need no network, as the paper's equations.

Li, Li, Chen, Hao and Qin, "A Plug-and-play Scheme to Adapt Image Saliency Deep Model for Video
Data", IEEE TCSVT 2020. All maps are float32 [H, W] in [0, 1].
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Map = NDArray[np.float32]

SUPPORT = 0.1
"""T(.) of eq. 7: values below count as 0."""
STEADY = 0.001
"""C of eq. 7, against a division by 0."""
KEY_LIMIT = 0.6
"""Frames with a non-overlap ratio below this are key frames (section V-A)."""
_POINTS = 1600
"""Grid points that eq. 4 is summed over: each is compared with each."""


def motion_contrast(flow: NDArray[np.float32]) -> Map:
    """Conventional motion saliency of eq. 4: how far a pixel's motion is from all others.

    MS_i = sum over j of |v_i - v_j| / |i - j|, taken exactly on a reduced picture of at most
    1600 pixels, with the whole picture as the vicinity; the paper's factor 1 / w is dropped, since
    the map is scaled to [0, 1] anyway.

    Args:
        flow: float32 [H, W, 2], pixels.

    Returns values with the least at 0 and the greatest at 1; all 0 where everything moves alike.
    """
    height, width = flow.shape[:2]
    factor = min(1.0, (_POINTS / (height * width)) ** 0.5)
    shape = max(1, int(height * factor)), max(1, int(width * factor))
    small = cv2.resize(flow, shape[::-1], interpolation=cv2.INTER_AREA).reshape(-1, 2)
    contrast = np.einsum("ij,ij->i", cdist(small, small), _nearness(*shape))
    contrast -= contrast.min()
    # Rounding must not be blown up to a map where everything moves alike.
    if contrast.max() <= 1e-4 * max(1.0, float(np.abs(small).max())):
        return np.zeros((height, width), np.float32)
    map_ = (contrast / contrast.max()).reshape(shape).astype(np.float32)
    return np.clip(cv2.resize(map_, (width, height)), 0, 1)


@lru_cache(maxsize=2)
def _nearness(height: int, width: int) -> NDArray[np.float64]:
    """float64 [N, N]: 1 / distance of all pairs of pixels; 0 for a pixel with itself."""
    places = np.stack(np.unravel_index(np.arange(height * width), (height, width)), 1)
    apart = cdist(places, places)
    return np.divide(1.0, apart, out=np.zeros_like(apart), where=apart > 0)


def low_level(motion: Map, colour: Map) -> Map:
    """Low-level saliency of eq. 6: both must agree."""
    return motion * colour


def fuse(adapted: Map, low: Map) -> Map:
    """Final saliency of eq. 9: the adapted network's map times the low-level saliency."""
    return adapted * low


def non_overlap(motion: Map, colour: Map) -> float:
    """Non-overlap ratio of eq. 7 in [0, 1]; 0 = both maps say the same.

    Where neither has any support, nothing is known about the frame: 1, so that it is no key frame.
    """
    support = int(np.count_nonzero(motion + colour >= SUPPORT))
    if support == 0:
        return 1.0
    m, c = (np.where(x >= SUPPORT, x, 0) for x in (motion, colour))
    return float((np.abs(m - c) / (m + c + STEADY)).sum() / support)
