"""What is known of a clip over time; the window reads it without what computes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What a clip does over time.

    Attributes:
        place: float64 [N], never falling: change added up from the first frame on.
        unclear: float64 [N] in [0, 1], non-overlap ratio of motion and colour saliency.
    """

    place: NDArray[np.float64]
    unclear: NDArray[np.float64]
