"""Tracks one object frame by frame from one key frame, in one direction of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import Control
from annotator.backends.embedded.colour import ColourGrid, ColourTable
from annotator.backends.embedded.cues import (
    Roi,
    camera_cue,
    combine,
    depth_cue,
    log_odds,
    tell,
)
from annotator.backends.embedded.cut import min_cut
from annotator.backends.embedded.evidence import NOTHING, Evidence, Witness
from annotator.backends.embedded.motion import Motion
from annotator.backends.embedded.views import Byte, Float, View, pixel_grid, sample
from annotator.backends.embedded.work_pool import Begun, WorkPool

SMOOTH = 1.0
RECENT_CELL = 20.0
KEY_CELL = 40.0
ADVICE = np.float32(0.5)
"""How much an adviser's log odds count; the rest is the chain's own."""
ROOM = 100.0
"""Pixels (at 480 lines) around the object from which a key frame's background is learned."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one chain says about one frame.

    Attributes:
        roi: where the object may be; None when nothing is left of it.
        logits: float32 [h, w] inside `roi`, > 0 for the object; outside it is background.
        mask: bool [h, w], the minimum cut of `logits`.
        distance: frames from the key frame.
        lost: True if the object was there on the key frame and then got lost.
        evidence: what speaks for and against this mask.
        told: `look.TOLD` int8 [8, h, w] inside `roi`, for a corrector; None if nobody asked.
    """

    roi: Roi | None
    logits: Float
    mask: NDArray[np.bool_]
    distance: int
    lost: bool
    evidence: Evidence = NOTHING
    told: NDArray[np.int8] | None = None


def region(mask: NDArray[np.bool_], margin: float, grow: float = 0.0) -> Roi | None:
    """Bounding box of `mask` with room around it, inside the frame; None if nothing is set."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) == 0:
        return None
    y0, y1, x0, x1 = int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])
    room = int(margin + grow * max(y1 - y0, x1 - x0))
    height, width = mask.shape
    return (
        slice(max(0, y0 - room), min(height, y1 + 1 + room)),
        slice(max(0, x0 - room), min(width, x1 + 1 + room)),
    )


def drop_islands(mask: NDArray[np.bool_], warped: Float) -> NDArray[np.bool_]:
    """Without the parts that were not there on the frame before, except the largest part."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=8
    )
    if count <= 2:
        return mask
    area = stats[:, cv2.CC_STAT_AREA]
    before = np.bincount(labels.ravel(), (warped > 0.5).ravel(), count)
    keep = (before > 0.3 * area) | (area >= area[1:].max())
    keep[0] = False
    kept: NDArray[np.bool_] = keep[labels]
    return kept


class Adviser(Protocol):
    """Another opinion on an object, asked on every frame of its chain."""

    def advise(self, view: View, flow: Float, warped: Float) -> Float:
        """Log odds float32 [H, W] of the object on `view`.

        `flow`: float32 [H, W, 2] from it to the frame before. `warped`: float32 [H, W], what was
        settled there, moved along the flow.
        """
        ...

    def settle(self, view: View, prob: Float) -> None:
        """What was settled on `view`, float32 [H, W] in [0, 1]."""
        ...


Advisers = Callable[[View, Float], Adviser]
"""Makes the adviser of a chain, from its key frame and the object's mask float32 [H, W] there."""


class Chain:
    """State of one object on its way from a key frame.

    Args:
        view: the key frame.
        prob: float32 [H, W], 1 on the object, 0.5 where void.
        weight: float32 [H, W], 0 where void.
        scale: see `Views.scale`.
        pool: who computes beside it.
        advisers: whom to ask beside the chain's own cues.
        tells: shall its estimates carry their cues?
    """

    def __init__(
        self,
        view: View,
        prob: Float,
        weight: Float,
        scale: float,
        control: Control,
        pool: WorkPool,
        advisers: Advisers | None = None,
        tells: bool = False,
    ) -> None:
        self._tells = tells
        self.scale, self.control, self._pool = scale, control, pool
        self.distance = 0
        self._prob = self._key_prob = prob
        self._key_coords = pixel_grid(*prob.shape)
        self._trust = np.ones_like(prob)  # 1 where the flow reaches back to the key unbroken
        around = region(prob > 0.5, ROOM * scale)
        self.lost = self._absent = around is None
        if around is None:
            return
        coords, lab = self._key_coords[around], view.lab[around]
        self._key_lab = self._past_lab = view.lab
        self._witness = Witness(prob > 0.5, scale)
        local = prob[around], weight[around]
        self._key_grid = ColourGrid(coords, lab, local[0], KEY_CELL * scale, local[1])
        self._table = ColourTable(lab, *local)
        control.checkpoint()
        self._recent = self._begin_recent(coords, lab, *local)
        self._adviser = None if advisers is None else advisers(view, prob)

    def skip(self) -> Estimate:
        """Passes over one frame on which the object is not looked for."""
        self.distance += 1
        return self._nothing()

    def _nothing(self) -> Estimate:
        empty = np.zeros((0, 0), np.float32)
        return Estimate(None, empty, empty.astype(bool), self.distance, not self._absent)

    def cues(self, view: View, motion: Motion, warped: Float, roi: Roi) -> dict[str, Float]:
        """All cues of `roi` and what only the quality estimate asks for, float32 [h, w] each."""
        lab, coords = view.lab[roi], motion.coords[roi]
        key_coords = self._key_coords[roi]
        key_colour = self._pool.begin(partial(self._key_grid.ratio, key_coords, lab))
        shape, prior = sample(self._key_prob, key_coords), warped[roi]
        occluded, trust = motion.occluded[roi], self._trust[roi]
        prior_odds, shape_odds = log_odds(prior), log_odds(shape)
        recent = self._recent.result().ratio(coords, lab)
        self.control.checkpoint()
        off = cv2.absdiff(sample(self._key_lab, key_coords), lab).astype(np.float32).sum(axis=-1)
        match = np.exp(-cv2.blur(off, (5, 5)) / 20)
        cues = {
            "warped": prior_odds * (1 - occluded),
            "warped_trust": prior_odds * trust,
            "recent_colour": recent * (1 - occluded),
            "recent_occluded": recent * occluded,
            "table": self._table.ratio(lab),
            "depth": depth_cue(prior, self.scale),
            "key_shape_match": shape_odds * match,
            "occluded": occluded,
            "trust": trust,
            "shape": shape,
            "prior": prior,
            "match": match,
        }
        self.control.checkpoint()
        cues["camera"] = camera_cue(motion, warped, roi, self.scale)
        self.control.checkpoint()
        cues["key_colour"] = key_colour.result()
        self.control.checkpoint()
        return cues

    def step(self, view: View, motion: Motion) -> Estimate:
        """Looks at `view`, the neighbour of where the chain stands; `settle` must follow."""
        if self.lost:
            return self.skip()
        self.distance += 1
        warped = sample(self._prob, motion.coords)
        self._key_coords = sample(self._key_coords, motion.coords)
        self._trust = sample(self._trust, motion.coords) * (1 - motion.occluded)
        roi = region(warped > 0.3, 30 * self.scale, 0.15)
        if roi is None:
            self.lost = True
            return self._nothing()
        cues = self.cues(view, motion, warped, roi)
        logits = combine(cues)
        if self._adviser is not None:
            flow = motion.coords - pixel_grid(*warped.shape)
            advice = self._adviser.advise(view, flow, warped)[roi]
            logits = (1 - ADVICE) * logits + ADVICE * advice
            self.control.checkpoint()
        mask = drop_islands(min_cut(logits, view.lab[roi], SMOOTH), warped[roi])
        self.control.checkpoint()
        past = sample(self._past_lab, motion.coords[roi])
        seen = self._witness.look(
            logits, mask, cues, view.lab[roi], past, warped[roi], self.distance
        )
        self.control.checkpoint()
        told = tell(cues) if self._tells else None
        return Estimate(roi, logits, mask, self.distance, False, seen, told)

    def settle(self, view: View, estimate: Estimate) -> None:
        """Takes `estimate` for what the object is on `view`, before the next step."""
        roi = estimate.roi
        if roi is None:
            return
        self._past_lab = view.lab
        # Half the cut, half the log odds: unsure parts stay unsure on the next frame.
        near = cv2.dilate(estimate.mask.astype(np.uint8), np.ones((5, 5), np.uint8))
        prob = 0.5 * estimate.mask + 0.5 * near / (1 + np.exp(-estimate.logits))
        self._prob = np.zeros_like(self._prob)
        self._prob[roi] = prob
        if self._adviser is not None:
            self._adviser.settle(view, self._prob)
        coords = pixel_grid(*self._prob.shape)[roi]
        self._recent = self._begin_recent(coords, view.lab[roi], self._prob[roi])
        self.control.checkpoint()

    def _begin_recent(
        self, coords: Float, lab: Byte, prob: Float, weight: Float | None = None
    ) -> Begun[ColourGrid]:
        """The colours of the newest mask, which the next step asks for."""
        cell = RECENT_CELL * self.scale
        return self._pool.begin(partial(ColourGrid, coords, lab, prob, cell, weight))
