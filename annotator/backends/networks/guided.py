"""The embedded chains with a trained opinion: NPMCA-net, guided by their own flow and masks.

Everything else is the embedded engine's: cues, minimum cut, the meeting of both sides, full size.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from annotator.backends.base import Control, FillRequest
from annotator.backends.embedded.chain import Advisers
from annotator.backends.embedded.cut import LIMIT
from annotator.backends.embedded.engine import Engine
from annotator.backends.embedded.views import Float, View
from annotator.backends.networks.memory import cancellable, device_named
from annotator.backends.networks.refined import correction
from annotator.backends.networks.warm import networks
from annotator.core.types import FrameReader, FrameResult
from models.npmca.guided import Followed, features, logits_of
from models.npmca.net import Npmca
from models.ops.resize import resize

WINDOW = 192
"""Side of the square that an object's surroundings are seen in."""


class NetworkOpinion:
    """The adviser of one chain.

    Args:
        net: guided, in evaluation mode.
        view: the key frame.
        prob: float32 [H, W] of the object there.
    """

    def __init__(self, net: Npmca, view: View, prob: Float) -> None:
        self._net = net
        self._followed = Followed(view.lab, prob, WINDOW)
        self._first = self._previous = self._features(view, prob)
        self._before = view.lab

    @torch.inference_mode()
    def _features(self, view: View, prob: Float) -> Tensor:
        return features(self._net, view.rgb, prob[None], WINDOW)

    @torch.inference_mode()
    def advise(self, view: View, flow: Float, warped: Float) -> Float:
        """See `Adviser`; what lies outside the network's window is background."""
        look = self._followed.look(view.rgb, view.lab, self._before, flow, warped)
        logits = logits_of(self._net, [look], self._first, self._previous)
        window = self._followed.window
        out = np.full(warped.shape, -LIMIT, np.float32)
        out[window.slices] = resize(logits, window.size)[0, 0].cpu().numpy()
        return out

    def settle(self, view: View, prob: Float) -> None:
        self._previous = self._features(view, prob)
        self._before = view.lab


def advisers(weights: str, device: str) -> Advisers:
    """Those of a stored network, one a chain. Raises RequestError."""
    net = networks.get("npmca", weights, device_named(device))
    assert isinstance(net, Npmca)
    return lambda view, prob: NetworkOpinion(net, view, prob)


class GuidedPropagator:
    """The embedded propagator with that adviser, and corrected where a refiner is at hand."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        runtime = request.runtime
        opinions = advisers(runtime.weights, runtime.device)
        refiner = runtime.models.get("refiner", "")
        corrector = correction(refiner, runtime.device) if refiner else None
        with cancellable(control):
            engine = Engine(reader, request, control, advisers=opinions, corrector=corrector)
            yield from engine.run()


def propagator() -> GuidedPropagator:
    return GuidedPropagator()
