"""J and F of several objects on one frame: what evaluation and simulation have in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.core.errors import RequestError
from annotator.core.types import VOID, LabelMap
from models.metrics.davis import boundary_measure, region_similarity

METRICS = {"j": region_similarity, "f": boundary_measure}


def check_metrics(metrics: Sequence[str]) -> tuple[str, ...]:
    """The names in lower case, each once. Raises RequestError for an unknown or missing one."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in metrics))
    unknown = [name for name in names if name not in METRICS]
    if unknown or not names:
        raise RequestError(
            f"There is no metric {unknown[0]!r}." if unknown else "No metric was asked for.",
            f"Choose from {', '.join(METRICS)}.",
        )
    return names


@dataclass(frozen=True, slots=True)
class FrameScore:
    """One object on one frame; a measure that was not asked for is None."""

    frame: str
    J: float | None
    F: float | None
    JF: float | None


def score_frame(
    frame: str,
    prediction: LabelMap,
    truth: LabelMap,
    objects: Collection[int],
    metrics: Collection[str] = ("j", "f"),
) -> dict[int, FrameScore]:
    """Scores of each object; both maps uint8 [H, W], 255 in the truth is void.

    Raises ValueError if the shapes differ.
    """
    void = truth == VOID
    counted = void if void.any() else None
    scores = {}
    for object_id in objects:
        pair = prediction == object_id, truth == object_id
        values = {name: METRICS[name](*pair, counted) for name in metrics}
        j, f = values.get("j"), values.get("f")
        both = None if j is None or f is None else (j + f) / 2
        scores[object_id] = FrameScore(frame, j, f, both)
    return scores


def mean(values: Collection[float | None]) -> float | None:
    """Mean of the numbers; None where there are none."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
