"""Saliency maps in a folder against a folder of true masks: MAE, F, E and S."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from annotator.core.errors import FormatError
from annotator.core.types import BACKGROUND, VOID, Mask
from annotator.evaluation.evaluate import match_folders, read_labels, says_255_object
from models.metrics.saliency import Evaluator, Scores

METRICS = {
    "mae": "mae",
    "maxf": "max_f",
    "meanf": "mean_f",
    "adpf": "adaptive_f",
    "em": "mean_e",
    "maxem": "max_e",
    "adpem": "adaptive_e",
    "sm": "s",
}
"""Names on the command line, and those of `models.metrics.saliency.Scores`."""


@dataclass(frozen=True, slots=True)
class SaliencyReport:
    """Asked measures of all images together, and of each sequence."""

    overall: dict[str, float]
    sequences: dict[str, dict[str, float]]
    images: int

    def to_json(self) -> dict[str, object]:
        return {**self.overall, "images": self.images, "sequences": self.sequences}


def evaluate_saliency(pred_dir: Path, gt_dir: Path, metrics: Sequence[str]) -> SaliencyReport:
    """Compare every truth image in `gt_dir` with the map of the same name in `pred_dir`.

    A grey image is a map, 0 to 255; an image with a palette or of one bit is a mask, all of whose
    objects are salient. In a truth every object is salient and void is background. Curves are
    averaged over all images before maxima are taken, as the field does. Raises FormatError.
    """
    whole = Evaluator()
    sequences: dict[str, dict[str, float]] = {}
    for sequence, pairs in match_folders(pred_dir, gt_dir).items():
        part = Evaluator()
        binary = says_255_object([truth for _, truth in pairs])
        for prediction_path, truth_path in pairs:
            prediction = read_map(prediction_path)
            truth = read_labels(truth_path, binary=binary)
            if prediction.shape != truth.shape:
                raise FormatError(
                    f"{prediction_path} has {prediction.shape[1]}x{prediction.shape[0]} pixels, "
                    f"its truth {truth.shape[1]}x{truth.shape[0]}.",
                    "Export predictions at the size of the media.",
                )
            salient = (truth != BACKGROUND) & (truth != VOID)
            for evaluator in (whole, part):
                evaluator.add(prediction, salient)
        sequences[sequence] = asked(part.scores(), metrics)
    overall = whole.scores()
    return SaliencyReport(asked(overall, metrics), sequences, overall.images)


def read_map(path: Path) -> NDArray[np.uint8]:
    """A saliency map, uint8 [H, W], 0 to 255. Raises FormatError."""
    with_objects = read_labels(path, binary=False)
    with PillowImage.open(path) as image:
        mask = image.mode in ("1", "P")
    if not mask:
        return with_objects
    salient = (with_objects != BACKGROUND) & (with_objects != VOID)
    return salient.astype(np.uint8) * np.uint8(255)


def asked(scores: Scores, metrics: Sequence[str]) -> dict[str, float]:
    """The measures of `METRICS` that were asked for."""
    return {name: round(float(getattr(scores, METRICS[name])), 6) for name in metrics}


def measured(pairs: Iterable[tuple[Mask, Mask]], metrics: Sequence[str]) -> dict[str, float]:
    """Measures over pairs of a mask [H, W] and its truth; {} if there is no pair, or nothing was
    asked for: then no pair is looked at."""
    if not metrics:
        return {}
    judge, seen = Evaluator(), False
    for found, truth in pairs:
        judge.add(found.astype(np.float32), truth)
        seen = True
    return asked(judge.scores(), metrics) if seen else {}
