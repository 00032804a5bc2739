"""A trained correction of what the embedded engine found, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch.nn import functional

from annotator.backends.base import Control, FillRequest
from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.cut import LIMIT
from annotator.backends.embedded.engine import Engine
from annotator.backends.embedded.views import Byte, Float, View
from annotator.backends.networks.memory import cancellable, device_named
from annotator.backends.networks.warm import networks
from annotator.core.types import FrameReader, FrameResult
from models.ops.images import device_of
from models.ops.resize import resize
from models.refine import look
from models.refine.net import Refiner
from models.training.task import tensor

COARSE = 0.6
"""Size of the second look: what is too large for the network to grasp at full size."""


def told_by(estimate: Estimate | None) -> look.Told | None:
    """What an estimate says; None where there is none, or nothing is left of the object."""
    roi = None if estimate is None else estimate.roi
    if estimate is None or roi is None:
        return None
    return look.Told(roi, estimate.logits, estimate.mask, estimate.distance, estimate.told)


def look_at(
    view: View, found: Estimate, before: Estimate | None, after: Estimate | None
) -> tuple[look.Part, look.Maps] | None:
    """Where to look for the object, and what the network reads there; None if nobody sees it."""
    merged, *sides = map(told_by, (found, before, after))
    part = look.window_of((merged, *sides), view.grey.shape)
    return None if part is None or merged is None else (part, look.maps_in(part, merged, *sides))


class Correction:
    """Calls the network on results of the engine; see `engine.Corrector`.

    Args:
        net: in evaluation mode.
    """

    def __init__(self, net: Refiner) -> None:
        self._net = net

    def __call__(
        self, view: View, found: Estimate, before: Estimate | None, after: Estimate | None
    ) -> Estimate:
        seen = look_at(view, found, before, after)
        if seen is None:
            return found
        part, maps = seen
        logits = self._corrected(np.array(view.rgb[part]), maps)
        # No cut: with one the masks were the same to the third digit.
        return replace(found, roi=part, logits=logits, mask=logits > 0)

    @torch.inference_mode()
    def _corrected(self, picture: Byte, maps: look.Maps) -> Float:
        """Log odds [h, w], the mean of two looks."""
        device = device_of(self._net)
        told = torch.from_numpy(maps)[None].to(device).float() / look.STEPS
        frame = tensor(picture)[None].to(device)
        height, width = picture.shape[:2]
        less = max(round(height * COARSE), 1), max(round(width * COARSE), 1)
        small = (
            functional.interpolate(x, less, mode="bilinear", antialias=True) for x in (frame, told)
        )
        odds = (self._net(frame, told) + resize(self._net(*small), (height, width))) / 2
        found: Float = odds[0, 0].cpu().numpy()
        return np.clip(found, -LIMIT, LIMIT)


def correction(weights: str, device: str) -> Correction:
    """That of a stored refiner. Raises RequestError."""
    net = networks.get("refiner", weights, device_named(device))
    assert isinstance(net, Refiner)
    return Correction(net)


class RefinedInterpolator:
    """The embedded interpolator with that correction."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        runtime = request.runtime
        corrector = correction(runtime.weights, runtime.device)
        both = replace(request, direction="both")
        with cancellable(control):
            yield from Engine(reader, both, control, corrector=corrector).run()


def interpolator() -> RefinedInterpolator:
    return RefinedInterpolator()
