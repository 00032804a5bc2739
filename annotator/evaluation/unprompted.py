"""What a backend finds in a clip by itself: the protocol `none`, without any work of a person.

What it marks is compared with all objects of the truth as one, as saliency and co-saliency are.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from annotator.backends.base import Control, FillBackend, FillRequest
from annotator.core.errors import RequestError
from annotator.core.types import BACKGROUND, VOID, FrameReader, FrameResult, LabelMap
from annotator.evaluation.outcome import FrameOutcome, Simulation
from annotator.evaluation.saliency import asked
from annotator.evaluation.scores import mean, score_frame
from annotator.evaluation.simulate import Truth
from models.metrics.saliency import Evaluator

PROTOCOL = "none"
_OBJECT = 1


def find(
    reader: FrameReader,
    truth: Truth,
    backend: FillBackend,
    name: str,
    control: Control,
    measures: Sequence[str] = (),
) -> Simulation:
    """Let `backend`, called `name`, look at every frame.

    `measures`: names of `evaluation.saliency.METRICS` to take of its maps, or of its masks where it
    gives no maps. Raises RequestError for a truth without any object, Cancelled through `control`,
    and what the backend raises.
    """
    request = FillRequest(tuple(range(len(reader))), (), (_OBJECT,))
    results = backend.fill(reader, request, control)
    outcomes: list[FrameOutcome] = []
    judge, seconds, shown = Evaluator(), 0.0, False
    while True:
        clock = time.perf_counter()
        result = next(results, None)
        seconds += time.perf_counter() - clock
        if result is None:
            break
        labels = truth.labels(result.frame)
        if labels is None:
            continue
        salient = (labels != BACKGROUND) & (labels != VOID)
        shown = shown or bool(salient.any())
        outcomes.append(_outcome(result, labels))
        if measures:
            found = result.soft.get(_OBJECT)
            mask = (result.label_map == _OBJECT).astype(np.float32)
            judge.add(mask if found is None else found, salient)
    if not shown:
        raise RequestError("The truth shows no object on any frame.")
    return Simulation(
        PROTOCOL,
        name,
        mean([o.J for o in outcomes]),
        mean([o.F for o in outcomes]),
        mean([o.JF for o in outcomes]),
        len(reader),
        seconds,
        len(reader) / seconds if seconds else 0.0,
        tuple(outcomes),
        (),
        saliency=asked(judge.scores(), measures) if measures else {},
    )


def _outcome(result: FrameResult, labels: LabelMap) -> FrameOutcome:
    there = np.where((labels == BACKGROUND) | (labels == VOID), labels, np.uint8(_OBJECT))
    score = score_frame(str(result.frame), result.label_map, there, [_OBJECT])[_OBJECT]
    j, f = score.J or 0.0, score.F or 0.0
    return FrameOutcome(result.frame, j, f, (j + f) / 2, False)
