"""Puts together what several chains say: two sides of a gap, several objects on one pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.cues import Roi
from annotator.backends.embedded.cut import LIMIT, min_cut
from annotator.backends.embedded.views import Float, View

SMOOTH = 0.6
NEAR, EQUAL, VOTES = 0.75, 0.1, 0.3
"""Weights of: log odds weighted by nearness, plain log odds, the two cuts weighted by nearness."""


def _union(first: Roi, second: Roi) -> Roi:
    rows = slice(min(first[0].start, second[0].start), max(first[0].stop, second[0].stop))
    columns = slice(min(first[1].start, second[1].start), max(first[1].stop, second[1].stop))
    return rows, columns


def inside(roi: Roi, outer: Roi) -> Roi:
    """`roi` in the coordinates of `outer`, which contains it."""
    top, left = outer[0].start, outer[1].start
    return (
        slice(roi[0].start - top, roi[0].stop - top),
        slice(roi[1].start - left, roi[1].stop - left),
    )


def spread(estimate: Estimate, outer: Roi) -> tuple[Float, Float]:
    """Log odds within +-LIMIT and votes (+-1) over `outer`; what lies outside is background."""
    shape = outer[0].stop - outer[0].start, outer[1].stop - outer[1].start
    odds, votes = np.full(shape, -LIMIT, np.float32), np.full(shape, -1, np.float32)
    if estimate.roi is not None:
        part = inside(estimate.roi, outer)
        odds[part] = np.clip(estimate.logits, -LIMIT, LIMIT)
        votes[part] = estimate.mask * np.float32(2) - 1
    return odds, votes


def two_sided(before: Estimate, after: Estimate, view: View) -> Estimate:
    """Fuses the chains from the key before and the key after.

    The nearer key counts more; where both sides agree the result is certain, elsewhere the minimum
    cut decides along the edges of the image.
    """
    if before.roi is None or after.roi is None:
        known = after if before.roi is None else before
        if known.roi is None:
            return replace(known, lost=before.lost or after.lost)
        outer = known.roi
    else:
        outer = _union(before.roi, after.roi)
    span = before.distance + after.distance
    near = after.distance / span
    odds_a, votes_a = spread(before, outer)
    odds_b, votes_b = spread(after, outer)
    mixed = (
        NEAR * (near * odds_a + (1 - near) * odds_b)
        + EQUAL * (odds_a + odds_b)
        + VOTES * (near * votes_a + (1 - near) * votes_b)
    )
    logits: Float = mixed.astype(np.float32)
    mask = min_cut(logits, view.lab[outer], SMOOTH)
    distance = min(before.distance, after.distance)
    return Estimate(outer, logits, mask, distance, lost=False)


def resolve(estimates: Mapping[int, Estimate]) -> dict[int, Estimate]:
    """Gives every pixel to one object at most: the one with the highest log odds."""
    present = {k: e for k, e in estimates.items() if e.roi is not None}
    out = dict(estimates)
    ids = sorted(present)
    for i, one in enumerate(ids):
        for other in ids[i + 1 :]:
            a, b = out[one], out[other]
            assert a.roi is not None
            assert b.roi is not None
            rows = slice(max(a.roi[0].start, b.roi[0].start), min(a.roi[0].stop, b.roi[0].stop))
            cols = slice(max(a.roi[1].start, b.roi[1].start), min(a.roi[1].stop, b.roi[1].stop))
            if rows.start >= rows.stop or cols.start >= cols.stop:
                continue
            in_a, in_b = inside((rows, cols), a.roi), inside((rows, cols), b.roi)
            both = a.mask[in_a] & b.mask[in_b]
            if not both.any():
                continue
            first = a.logits[in_a] >= b.logits[in_b]
            mask_a, mask_b = a.mask.copy(), b.mask.copy()
            mask_a[in_a] &= ~(both & ~first)
            mask_b[in_b] &= ~(both & first)
            out[one], out[other] = replace(a, mask=mask_a), replace(b, mask=mask_b)
    return out
