"""How good are estimates of J: order, calibration, and whether the worst are found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

BINS = 10
BAD = 0.5
"""J below which a mask counts as wrong."""
SHARE = 0.1
"""Share of the frames that a person looks at."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Measures over N frames.

    Attributes:
        spearman: rank correlation of estimated and true J; NaN where either is constant.
        error: expected calibration error: mean absolute difference of mean estimate and mean J
            over bins of width 0.1 of the estimate, weighted by how many frames each has.
        bad: frames with J below 0.5.
        found: share of them in the worst tenth by estimate; NaN without any.
        findable: the most that a tenth of the frames could hold of them; NaN without any.
    """

    frames: int
    spearman: float
    error: float
    bad: int
    found: float
    findable: float

    def __str__(self) -> str:
        return (
            f"Spearman {self.spearman:.3f}, ECE {self.error:.3f}, "
            f"{self.found:.0%} of {self.bad} bad frames in the worst tenth "
            f"(at most {self.findable:.0%})"
        )


def measure(estimate: NDArray[np.float64], truth: NDArray[np.float64]) -> Calibration:
    """Both [N] in [0, 1]."""
    bins = np.clip((estimate * BINS).astype(int), 0, BINS - 1)
    error = sum(
        abs(float((estimate[bins == b] - truth[bins == b]).mean())) * float((bins == b).mean())
        for b in np.unique(bins)
    )
    constant = len(truth) < 2 or np.ptp(estimate) == 0 or np.ptp(truth) == 0
    order = float("nan") if constant else float(spearmanr(estimate, truth).statistic)
    worst = np.argsort(estimate, kind="stable")[: max(1, round(len(estimate) * SHARE))]
    bad = truth < BAD
    count = int(bad.sum())
    found = float(bad[worst].sum()) / count if count else float("nan")
    findable = min(1.0, len(worst) / count) if count else float("nan")
    return Calibration(len(truth), order, error, count, found, findable)
