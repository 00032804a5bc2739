"""Measures of saliency maps: MAE, F, E and S.

F: Achanta et al., CVPR 2009 (beta^2 = 0.3). E: Fan et al., IJCAI 2018. S: Fan et al., ICCV 2017.
Equal to the evaluator published with DCFM within 1e-5, apart from these cases:

- E divides by N - 1, so a perfect map would score N / (N - 1) > 1: a score is cut at 1. The curves
  are not, so that their mean over a data set is the published one.
- S of a region with a single pixel is NaN there (deviation of one value): ours is 0 for it.

An empty or full truth has no special case in E: every threshold scores about 0.25, as published.

Maps are [H, W]; predictions uint8 (0..255) or float in [0, 1]; truths are object where >= 0.5 (128
of uint8). F, E and S stretch a prediction to its full range first, MAE does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

BETA2 = 0.3
"""Weight of precision in F."""

ALPHA = 0.5
"""Share of the object-aware part in S."""

THRESHOLDS = np.linspace(0, 1 - 1e-10, 255).astype(np.float32)
"""Of the curves; a pixel counts as object where it is >= the threshold."""

_TINY = 1e-20

Map = NDArray[np.uint8] | NDArray[np.floating]
FloatMap = NDArray[np.float32]
Convention = Literal["dcfm", "rcrnet"]


def as_prediction(prediction: Map) -> FloatMap:
    """float32 in [0, 1]; uint8 is divided by 255. Raises ValueError for other ranges or NaN."""
    if prediction.ndim != 2 or prediction.size == 0:
        raise ValueError(f"a map is [H, W] with pixels, not {list(prediction.shape)}")
    if prediction.dtype == np.uint8:
        return prediction.astype(np.float32) / np.float32(255)
    values = prediction.astype(np.float32)
    if not (values.min() >= 0 and values.max() <= 1):
        raise ValueError("a float map has values in [0, 1]")
    return values


def as_truth(truth: Map | NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The object as bool [H, W]."""
    if truth.dtype == np.bool_:
        return truth.astype(np.bool_, copy=False)
    return truth >= (128 if truth.dtype == np.uint8 else 0.5)


def stretch(prediction: FloatMap) -> FloatMap:
    """The map over its full range [0, 1]; a constant map becomes 0."""
    low, high = prediction.min(), prediction.max()
    return (prediction - low) / (high - low + np.float32(_TINY))


def mean_absolute_error(prediction: Map, truth: Map | NDArray[np.bool_]) -> float:
    """MAE in [0, 1]; 0 is perfect."""
    pred, true = _pair(prediction, truth)
    return float(np.abs(pred - true).mean(dtype=np.float64))


@dataclass(frozen=True, slots=True)
class Curves:
    """Of one image or a data set, over `THRESHOLDS`, float64 [255]; E may reach N / (N - 1)."""

    f: NDArray[np.float64]
    e: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]


def curves(prediction: Map, truth: Map | NDArray[np.bool_]) -> Curves:
    """Curves of one image; F is 0 where there is no true positive."""
    pred, true = _pair(prediction, truth)
    hits, marked = _counts(stretch(pred), true, THRESHOLDS)
    return _curves_of_counts(hits, marked, int(np.count_nonzero(true)), true.size)


def adaptive(prediction: Map, truth: Map | NDArray[np.bool_]) -> tuple[float, float]:
    """(F, E) at the adaptive threshold: twice the mean of the stretched map, at most 1."""
    pred, true = _pair(prediction, truth)
    pred = stretch(pred)
    threshold = np.minimum(2 * pred.mean(dtype=np.float64), 1).astype(np.float32)
    hits, marked = _counts(pred, true, threshold[None])
    one = _curves_of_counts(hits, marked, int(np.count_nonzero(true)), true.size)
    return float(one.f[0]), min(float(one.e[0]), 1.0)


def _pair(prediction: Map, truth: Map | NDArray[np.bool_]) -> tuple[FloatMap, NDArray[np.bool_]]:
    pred, true = as_prediction(prediction), as_truth(truth)
    if pred.shape != true.shape:
        raise ValueError(f"the map is {list(pred.shape)}, the truth {list(true.shape)}")
    return pred, true


def _counts(
    pred: FloatMap, true: NDArray[np.bool_], thresholds: FloatMap
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Per threshold: object pixels that are marked, and all marked pixels."""
    # How many thresholds a pixel reaches; a histogram of that gives all counts in one pass.
    reached = np.searchsorted(thresholds, pred, side="right")
    bins = len(thresholds) + 1

    def at_least(levels: NDArray[np.intp]) -> NDArray[np.float64]:
        histogram = np.bincount(levels.ravel(), minlength=bins)
        return histogram[::-1].cumsum()[::-1][1:].astype(np.float64)

    return at_least(reached[true]), at_least(reached)


def _curves_of_counts(
    hits: NDArray[np.float64], marked: NDArray[np.float64], positives: int, pixels: int
) -> Curves:
    precision = hits / (marked + _TINY)
    recall = hits / (positives + _TINY)
    total = BETA2 * precision + recall
    f = np.where(total > 0, (1 + BETA2) * precision * recall / np.where(total > 0, total, 1), 0)
    return Curves(f, _alignment(hits, marked, positives, pixels), precision, recall)


def _alignment(
    hits: NDArray[np.float64], marked: NDArray[np.float64], positives: int, pixels: int
) -> NDArray[np.float64]:
    """E of binary maps from the four counts of a confusion matrix, in which it is constant."""
    mean_map, mean_true = marked / pixels, positives / pixels
    groups = (
        (hits, 1, 1),
        (marked - hits, 1, 0),
        (positives - hits, 0, 1),
        (pixels - marked - positives + hits, 0, 0),
    )
    total = np.zeros_like(hits)
    for count, in_map, in_true in groups:
        a, b = in_map - mean_map, in_true - mean_true
        aligned = 2 * a * b / (a * a + b * b + _TINY)
        total += count * (aligned + 1) ** 2 / 4
    return total / max(pixels - 1, 1)


def structure_measure(
    prediction: Map, truth: Map | NDArray[np.bool_], convention: Convention = "dcfm"
) -> float:
    """S of a map as it is (not stretched), in [0, 1].

    `convention`: the published evaluators of DCFM (centroid counted from 0, unbiased deviation) and
    RCRNet (counted from 1, biased) differ in the third decimal.
    """
    pred, true = _pair(prediction, truth)
    values = pred.astype(np.float64)
    share = true.mean()
    if share == 0:
        return float(1 - values.mean())
    if share == 1:
        return float(values.mean())
    ddof = 1 if convention == "dcfm" else 0
    objects = _object_score(values[true], ddof) * share
    objects += _object_score(1 - values[~true], ddof) * (1 - share)
    regions = _region_score(values, true, first=0 if convention == "dcfm" else 1)
    return float(max(ALPHA * objects + (1 - ALPHA) * regions, 0))


def _object_score(values: NDArray[np.float64], ddof: int) -> float:
    mean = values.mean()
    deviation = values.std(ddof=ddof) if len(values) > ddof else 0.0
    return 2 * mean / (mean * mean + 1 + deviation + _TINY)


def _region_score(values: NDArray[np.float64], true: NDArray[np.bool_], first: int) -> float:
    """Structural similarity in the four parts around the centroid of the object."""
    ys, xs = np.nonzero(true)
    y, x = round(ys.mean() + first), round(xs.mean() + first)
    score = 0.0
    for rows in (slice(None, y), slice(y, None)):
        for columns in (slice(None, x), slice(x, None)):
            part = true[rows, columns]
            if part.size:
                weight = part.size / true.size
                score += weight * _similarity(values[rows, columns], part.astype(np.float64))
    return score


def _similarity(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    mean_a, mean_b = a.mean(), b.mean()
    n = a.size - 1 + _TINY
    var_a, var_b = ((a - mean_a) ** 2).sum() / n, ((b - mean_b) ** 2).sum() / n
    cov = ((a - mean_a) * (b - mean_b)).sum() / n
    upper = 4 * mean_a * mean_b * cov
    lower = (mean_a**2 + mean_b**2) * (var_a + var_b)
    if upper != 0:
        return upper / (lower + _TINY)
    return 1.0 if lower == 0 else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """Of a data set; all in [0, 1], better if higher apart from `mae`."""

    mae: float
    max_f: float
    mean_f: float
    adaptive_f: float
    max_e: float
    mean_e: float
    adaptive_e: float
    s: float
    images: int


@dataclass(slots=True)
class Evaluator:
    """Streams over the images of a data set: memory does not grow with their number.

    Curves are averaged over the images before the maximum and the mean are taken, as published.
    """

    _f: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(THRESHOLDS)))
    _e: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(THRESHOLDS)))
    _sums: NDArray[np.float64] = field(default_factory=lambda: np.zeros(4))
    _images: int = 0

    def add(self, prediction: Map, truth: Map | NDArray[np.bool_]) -> None:
        """Counts one image in. Raises ValueError if the sizes differ."""
        one = curves(prediction, truth)
        s = structure_measure(stretch(as_prediction(prediction)), truth)
        self._f += one.f
        self._e += one.e
        self._sums += (
            mean_absolute_error(prediction, truth),
            *adaptive(prediction, truth),
            s,
        )
        self._images += 1

    def scores(self) -> Scores:
        """Over the images so far; raises ValueError if there are none."""
        if not self._images:
            raise ValueError("no image was evaluated")
        f, e = self._f / self._images, self._e / self._images
        mae, adaptive_f, adaptive_e, s = (float(v) for v in self._sums / self._images)
        return Scores(
            mae=mae,
            max_f=float(f.max()),
            mean_f=float(f.mean()),
            adaptive_f=adaptive_f,
            max_e=min(float(e.max()), 1.0),
            mean_e=min(float(e.mean()), 1.0),
            adaptive_e=adaptive_e,
            s=s,
            images=self._images,
        )


def evaluate(pairs: Iterable[tuple[Map, Map]]) -> Scores:
    """Scores of (prediction, truth) pairs."""
    evaluator = Evaluator()
    for prediction, truth in pairs:
        evaluator.add(prediction, truth)
    return evaluator.scores()
