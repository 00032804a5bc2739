"""The backend `adapt`: which models are plugged into the scheme, and masks of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from annotator.backends.base import Control, FillRequest
from annotator.backends.embedded.colour import ColourTable
from annotator.backends.embedded.contrast import to_result
from annotator.backends.embedded.evidence import overlap
from annotator.backends.registry import create
from annotator.backends.saliency.adapt import Adapted, Branches, Example, Flow, ImageModel, Scheme
from annotator.backends.saliency.classical import (
    SmallFlow,
    colour_saliency,
    common_odds,
    cut_out,
    log_odds,
    stretch,
)
from annotator.backends.saliency.sampling import small
from annotator.backends.saliency.step_store import Steps, StepStore, make_steps
from annotator.backends.saliency.steps import Map, motion_contrast
from annotator.core.types import FrameReader, FrameResult, Image, Size
from models.flow.colour import flow_to_colour

NONE = "none"
"""As the network: the classical model."""
_NETWORKS = "annotator.backends.networks.adapt:plugs"


def adaptation() -> Adaptation:
    return Adaptation()


class Adaptation:
    """Saliency of a clip without prompts, by the scheme of `saliency.adapt`."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        """One soft map a frame. Quality: agreement of motion and colour (1 - NR) and of the mask
        with its sure part."""
        (object_id,) = request.objects
        scheme = Scheme(reader, plugged(reader, request, control), control)
        cache = request.runtime.cache
        store = StepStore(cache, len(reader)) if cache else None
        if store is not None:
            store.clear()
        for frame, adapted in scheme.run(request.frames):
            if store is not None:
                store.put(frame, _steps(adapted))
            soft = stretch(adapted.final)
            lab = cv2.cvtColor(adapted.before.picture, cv2.COLOR_RGB2LAB)
            found = cut_out(log_odds(soft), lab)
            quality = (1 - 0.5 * adapted.before.ratio) * overlap(found.mask, found.soft > 0.6)
            height, width = reader.read(frame).shape[:2]
            yield to_result(frame, found, object_id, Size(width, height), quality)


def plugged(reader: FrameReader, request: FillRequest, control: Control) -> Branches:
    """The networks that the request names and that are here, else what needs no weights."""
    branches = Branches(Classical(), motion_contrast, _dis(reader), flow_to_colour)
    wanted = request.options["network"]
    if wanted != NONE and (request.runtime.models or wanted != "auto"):
        made: Branches = create(_NETWORKS)(branches, reader, request, control)
        return made
    return branches


def _dis(reader: FrameReader) -> Callable[[int, int, tuple[int, int]], Flow]:
    """DIS flow between frames of a clip, at the size that the scheme works at."""
    estimate = SmallFlow()

    def flow(frame: int, other: int, size: tuple[int, int]) -> Flow:
        one, two = small(reader, frame), small(reader, other)
        assert one.shape[:2] == size
        return estimate(one, two)

    return flow


@dataclass(frozen=True, slots=True)
class Classical:
    """The colour branch without weights: distance to the border; its twin knows colours as well."""

    colours: ColourTable | None = None

    def saliency(self, picture: Image) -> Map:
        lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
        seen = colour_saliency(lab)
        if self.colours is None:
            return seen
        odds = common_odds(self.colours, seen, lab)
        return (1 / (1 + np.exp(-odds))).astype(np.float32)

    def twin(self, examples: Sequence[Example], control: Control) -> ImageModel:
        """Has the colours of the key frames' low-level saliency in place of fine-tuned weights."""
        control.note("Learning the colours of the key frames …")
        labs = [cv2.cvtColor(one.picture, cv2.COLOR_RGB2LAB).reshape(-1, 1, 3) for one in examples]
        lows = [stretch(one.low).reshape(-1, 1) for one in examples]
        return Classical(ColourTable(np.concatenate(labs), np.concatenate(lows)))


def _steps(adapted: Adapted) -> Steps:
    before = adapted.before
    maps = {"motion": before.motion, "colour": before.colour, "low": before.low}
    if adapted.twin is not None:
        maps["twin"] = adapted.twin
    maps["final"] = adapted.final
    return make_steps(before.ratio, adapted.key, before.coded, maps)
