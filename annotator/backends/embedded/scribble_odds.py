"""What strokes, and a mask they correct, say about every pixel of one object.

Works at a reduced size. Three voices are added up as log odds: a smoothed colour histogram of what
was marked (as in GrabCut, Rother et al. 2004), geodesic distances to object and background through
that colour model (Bai & Sapiro 2009), and plain distances. A minimum cut smooths the sum; colours
are learned again from the cut and everything is repeated once.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from annotator.backends.embedded.chain import region
from annotator.backends.embedded.cut import min_cut
from annotator.backends.embedded.patches import Patches
from annotator.backends.embedded.views import Byte, Float
from annotator.core.types import Mask

BINS = 32
COLOUR_FLOOR = 6e-5
COLOUR_CLIP = 3.0
COLOUR_BLUR = 1.0
W_GEODESIC = 2.0
W_NEAR = 0.5
W_PRIOR = 0.25
W_PRIOR_FAR = 2.0
W_BIAS = 0.0
PRICE = (20.0, 30.0, 0.1)
SMOOTH = 4.0
BORDER_SHARE = 0.2
REACH = 0.15
FREE_REACH = 0.5
FREE_FADE = 3.0
FREE_ALIKE = 3.0
FREE_LIMIT = 1.5
FREE_FLOOR = 3.0
ROUNDS = 2
CERTAIN = 20.0
CUT_MARGIN = 8
ZONE_EXTENT = 0.35
ZONE_LEAST = 0.04
ZONE_STEP = 0.3
ZONE_EDGE = 4.0


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known about one object at the reduced size; each bool [h, w].

    Attributes:
        inside, outside: under strokes of the object, and under all other strokes.
        before: the mask that is corrected, or None for a fresh start.
        open: no background stroke was drawn on this frame.
    """

    inside: Mask
    outside: Mask
    before: Mask | None
    open: bool


class Scene:
    """One frame at the reduced size, prepared once for all of its objects."""

    def __init__(self, lab: Byte) -> None:
        """`lab`: uint8 [h, w, 3]."""
        self.lab = lab
        self.patches = Patches(lab)
        self.diagonal = float(np.hypot(*lab.shape[:2]))
        self.border = np.ones(lab.shape[:2], bool)
        self.border[2:-2, 2:-2] = False
        values = lab.astype(np.float32)
        scaled = np.empty_like(values)
        # Chroma spans less of the range than lightness and tells more.
        scaled[..., 0] = values[..., 0] * 0.7
        scaled[..., 1:] = (values[..., 1:] - 128) * 1.8 + 128
        bins = np.clip(scaled * (BINS / 256), 0, BINS - 1).astype(np.intp)
        self._bin = (bins[..., 0] * BINS + bins[..., 1]) * BINS + bins[..., 2]

    def colour_odds(self, inside: Float, outside: Float) -> Float:
        """Log odds of each pixel's colour, float32 [h, w], from weights [h, w] of samples."""
        densities = []
        for weight in (inside, outside):
            mass = np.bincount(self._bin.ravel(), weight.ravel(), BINS**3)
            smooth = gaussian_filter(
                mass.astype(np.float32).reshape(BINS, BINS, BINS),
                COLOUR_BLUR,
                mode="constant",
                truncate=3.0,
            )
            densities.append(smooth.ravel() / max(float(smooth.sum()), 1e-9) + COLOUR_FLOOR)
        table = np.log(densities[0] / densities[1]).astype(np.float32)
        return np.asarray(table[self._bin])


def log_odds(scene: Scene, marks: Marks) -> tuple[Float, Mask]:
    """Log odds of the object and its mask after the cut: float32 and bool [h, w].

    `marks.inside` or `marks.before` must hold a pixel. Far from strokes that contradict a mask that
    is corrected, the mask stays as it is.
    """
    if marks.before is None or not marks.before.any():
        return _fresh(scene, marks)
    return _correction(scene, marks, marks.before)


def _fresh(scene: Scene, marks: Marks) -> tuple[Float, Mask]:
    away = distance_to(marks.inside) / scene.diagonal
    extent = _extent(marks.inside) / scene.diagonal
    free = scene.border & ~marks.inside
    samples = marks.outside.astype(np.float32)
    mass = max(float(samples.sum()), float(marks.inside.sum()))
    samples += free * np.float32(BORDER_SHARE * mass / max(free.sum(), 1))
    outside = marks.outside
    near = ratio(away, distance_to(outside) / scene.diagonal)
    if marks.open:
        # Nothing says where the object ends: what is far from its strokes, compared with their
        # length, counts as background.
        far = away > FREE_REACH * extent
        # But a short stroke in a large object: what looks like the stroke rather than like the
        # rim of the picture may belong to it further out.
        alike = scene.colour_odds(marks.inside.astype(np.float32), samples) > FREE_ALIKE
        far &= ~alike | (away > FREE_LIMIT * extent)
        samples += far * np.float32(mass / max(far.sum(), 1))
        outside = (outside | far | scene.border) & ~marks.inside
        near = np.minimum(near, np.maximum(-FREE_FADE * away / extent, -FREE_FLOOR))
    return _settle(scene, marks, outside, samples, W_NEAR * near + W_BIAS)


def _correction(scene: Scene, marks: Marks, before: Mask) -> tuple[Float, Mask]:
    wrong = (marks.inside & ~before) | (marks.outside & before)
    trust = np.where(before, np.float32(CERTAIN), np.float32(-CERTAIN))
    if not wrong.any():
        return trust, before
    zone = _zone(scene, wrong)
    kept = zone <= 0
    inside = (marks.inside | (before & kept)) & ~marks.outside
    outside = (marks.outside | (~before & kept)) & ~marks.inside
    # Colours: the strokes count as much as all that stays of the mask.
    bulk = [kept & before, kept & ~before & (distance_to(before) < REACH * scene.diagonal)]
    weights = []
    for stroke, rest in zip((marks.inside, marks.outside), bulk, strict=True):
        drawn = stroke.astype(np.float32)
        share = max(float(drawn.sum()), 20.0) / max(float(rest.sum()), 1.0)
        weights.append((drawn + rest * min(share, 1.0)).astype(np.float32))
    # The further from the stroke, the more the mask is believed.
    held = W_PRIOR + W_PRIOR_FAR * np.clip(1 - zone, 0, 1)
    lean = np.where(before, held, -held)
    spread = Marks(inside, outside, before, marks.open)
    odds, mask = _settle(scene, spread, outside, weights[1], lean, weights[0])
    return odds, mask


def _settle(
    scene: Scene,
    marks: Marks,
    outside: Mask,
    outside_weight: Float,
    lean: Float,
    inside_weight: Float | None = None,
) -> tuple[Float, Mask]:
    """Add up the voices and cut; learn the colours again from the cut and repeat."""
    patches = scene.patches
    if inside_weight is None:
        inside_weight = marks.inside.astype(np.float32)
    from_inside, from_outside = patches.holding(marks.inside), patches.holding(outside)
    from_outside &= ~from_inside
    colour = scene.colour_odds(inside_weight, outside_weight)
    for turn in range(ROUNDS):
        colour = np.clip(colour, -COLOUR_CLIP, COLOUR_CLIP)
        belief = patches.mean(1 / (1 + np.exp(-colour)))
        near = patches.distance(belief, from_inside, PRICE)
        far = patches.distance(belief, from_outside, PRICE)
        odds = colour + W_GEODESIC * ratio(near, far)[patches.label] + lean
        odds[marks.inside], odds[marks.outside] = CERTAIN, -CERTAIN
        mask = _cut(odds, scene.lab, marks.inside)
        if turn + 1 < ROUNDS:
            around = np.exp(-distance_to(mask) / (REACH * scene.diagonal))
            colour = scene.colour_odds(
                mask + 2 * inside_weight, ~mask * around + 2 * outside_weight
            )
    return odds, mask


def _cut(odds: Float, lab: Byte, seeds: Mask) -> Mask:
    """The minimum cut's parts that hold a seed, looked for only where they can be.

    Pixels that are likelier object than not (with some slack) and hang together with a seed, and
    a margin: the cut is most of the time of a whole run, and its price is the area.
    """
    roi = region(connected_to(odds > -1.0, seeds), CUT_MARGIN)
    mask = np.zeros(odds.shape, bool)
    if roi is not None:
        found = min_cut(np.ascontiguousarray(odds[roi]), np.ascontiguousarray(lab[roi]), SMOOTH)
        mask[roi] = connected_to(found, seeds[roi])
    return mask


def _zone(scene: Scene, wrong: Mask) -> Float:
    """How far inside the zone that may change, float32 [h, w]: 1 on a contradicting stroke, 0 where
    the zone ends, below 0 outside of it.

    A longer stroke speaks for a larger error, and an error ends at an edge rather than on even
    colour, where the zone reaches further.
    """
    count, parts, stats, _ = cv2.connectedComponentsWithStats(wrong.astype(np.uint8))
    patches = scene.patches
    no_belief = np.zeros(patches.count, np.float32)
    zone = np.full(patches.count, -np.inf, np.float32)
    for part in range(1, count):
        size = np.hypot(stats[part, cv2.CC_STAT_WIDTH], stats[part, cv2.CC_STAT_HEIGHT])
        radius = max(ZONE_EXTENT * float(size), ZONE_LEAST * scene.diagonal)
        price = (0.0, ZONE_STEP * scene.diagonal / radius, ZONE_EDGE / radius)
        reach = patches.distance(no_belief, patches.holding(parts == part), price)
        zone = np.maximum(zone, 1 - reach)
    return np.asarray(zone[patches.label])


def distance_to(mask: Mask) -> Float:
    """Distance to the nearest pixel of bool [h, w], float32; the diagonal where there is none."""
    if not mask.any():
        return np.full(mask.shape, np.hypot(*mask.shape), np.float32)
    return np.asarray(cv2.distanceTransform((~mask).view(np.uint8), cv2.DIST_L2, 5))


def ratio(near: Float, far: Float) -> Float:
    """1 at `near` = 0, -1 at `far` = 0, 0 halfway and where both are out of reach."""
    return np.asarray((far - near) / (far + near + 1e-6))


def connected_to(mask: Mask, seeds: Mask) -> Mask:
    """The 4-connected parts of a mask that hold a seed pixel."""
    count, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    kept = np.zeros(count, bool)
    kept[parts[seeds]] = True
    kept[0] = False
    return np.asarray(kept[parts])


def _extent(mask: NDArray[np.bool_]) -> float:
    """Diagonal of the bounding box."""
    box = cv2.boundingRect(mask.astype(np.uint8))
    return float(np.hypot(box[2] + 3, box[3] + 3))
