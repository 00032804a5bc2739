"""A trained correction of what the embedded engine found, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from annotator.backends.base import Control, FillRequest
from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.cut import LIMIT, min_cut
from annotator.backends.embedded.engine import Engine
from annotator.backends.embedded.views import Float, View
from annotator.backends.networks.memory import cancellable, device_named
from annotator.backends.networks.warm import networks
from annotator.core.types import FrameReader, FrameResult
from models.npmca.evidence import Window, cut
from models.ops.images import device_of
from models.ops.resize import resize
from models.refine import look
from models.refine.net import Refiner
from models.training.task import tensor

SIDE = 256
"""Of the square that an object's surroundings are seen in."""
SMOOTH = 0.5


def whole(estimate: Estimate | None, shape: tuple[int, int]) -> Float | None:
    """Log odds float32 [H, W] of an estimate; None where there is none."""
    if estimate is None or estimate.roi is None:
        return None
    out = np.full(shape, -LIMIT, np.float32)
    out[estimate.roi] = np.clip(estimate.logits, -LIMIT, LIMIT)
    return out


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
        shape = view.grey.shape
        odds = whole(found, shape)
        if odds is None or not found.mask.any():
            return found
        assert found.roi is not None
        mask = np.zeros(shape, bool)
        mask[found.roi] = found.mask
        window = look.window_of(mask)
        assert window is not None
        both = whole(before, shape), whole(after, shape)
        away = tuple(0 if side is None else side.distance for side in (before, after))
        maps = look.maps_in(window, SIDE, (odds, *both), mask, (away[0], away[1]))
        # What is finer than the network's window stays as it was.
        change = self._corrected(view, window, maps) - cut(odds, window, SIDE)
        odds[window.slices] += resize(torch.from_numpy(change)[None, None], window.size)[
            0, 0
        ].numpy()
        logits = odds[window.slices]
        lab = np.ascontiguousarray(view.lab[window.slices])
        return replace(found, roi=window.slices, logits=logits, mask=min_cut(logits, lab, SMOOTH))

    @torch.inference_mode()
    def _corrected(self, view: View, window: Window, maps: look.Maps) -> Float:
        """Log odds [S, S] in the window."""
        device = device_of(self._net)
        frame = tensor(look.picture_in(window, SIDE, view.rgb))[None].to(device)
        told = torch.from_numpy(maps)[None].to(device).float() / look.STEPS
        found: Float = self._net(frame, told)[0, 0].cpu().numpy()
        return found


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
