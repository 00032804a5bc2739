"""Predicts the region similarity J of a result without knowing the truth."""

from __future__ import annotations

import numpy as np

from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.evidence import entropy, expected_j, overlap
from annotator.backends.embedded.regressor import load

ABSENT, LOST = 0.9, 0.03
"""For an empty mask: said to be absent by a key frame, or lost on the way from one."""


def describe(
    merged: Estimate,
    before: Estimate | None,
    after: Estimate | None,
    corrected: Estimate | None = None,
) -> dict[str, float]:
    """Everything known about a mask that is not empty, by name.

    One side: its evidence. Two sides: the means of both, the nearer one counting more, how far the
    two differ, and how far they agree. Of one that was corrected how sure it is now; before that it
    may have been empty.
    """
    out = {}
    if merged.mask.any():
        out["merged_expected"] = expected_j(merged.logits, merged.mask)
        out["merged_entropy"] = entropy(merged.logits, merged.mask)
    if corrected is not None:
        out["corrected_expected"] = expected_j(corrected.logits, corrected.mask)
    if before is None or after is None:
        one = before if before is not None else after
        assert one is not None
        return out | one.evidence._asdict()
    span = before.distance + after.distance
    near = after.distance / span
    first, second = before.evidence, after.evidence
    for name, a, b in zip(first._fields, first, second, strict=True):
        out[name] = near * a + (1 - near) * b
        out[f"{name}_gap"] = abs(a - b)
    out["agree"] = sides_agree(before, after)
    out["span"] = float(np.log1p(span))
    out["near"] = float(np.log1p(min(before.distance, after.distance)))
    return out


def sides_agree(before: Estimate, after: Estimate) -> float:
    """J of the masks of both sides; 1 if both are empty."""
    if before.roi is None or after.roi is None:
        there = before if before.roi is not None else after
        return 0.0 if there.roi is not None and there.mask.any() else 1.0
    rows = [r.roi[0] for r in (before, after) if r.roi is not None]
    columns = [r.roi[1] for r in (before, after) if r.roi is not None]
    top, left = min(s.start for s in rows), min(s.start for s in columns)
    shape = max(s.stop for s in rows) - top, max(s.stop for s in columns) - left
    both = []
    for estimate in (before, after):
        assert estimate.roi is not None
        whole = np.zeros(shape, bool)
        y, x = estimate.roi
        whole[y.start - top : y.stop - top, x.start - left : x.stop - left] = estimate.mask
        both.append(whole)
    return overlap(*both)


def predict(
    merged: Estimate,
    before: Estimate | None,
    after: Estimate | None,
    corrected: Estimate | None = None,
) -> float:
    """J in [0, 1]. The regressors were fitted by `tools/fit_quality.py`, see docs/quality.md."""
    result = merged if corrected is None else corrected
    if not result.mask.any():
        absent = merged.roi is None and not merged.lost
        return ABSENT if absent else LOST
    sides = "two_sides" if before is not None and after is not None else "one_side"
    name = sides if corrected is None else f"{sides}_corrected"
    return load(name)(describe(merged, before, after, corrected))
