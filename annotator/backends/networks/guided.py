"""The embedded chains with a trained opinion: NPMCA-net, guided by their own flow and masks.

Everything else is the embedded engine's: cues, minimum cut, the meeting of both sides, full size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from annotator.backends.base import Control, FillRequest
from annotator.backends.embedded.cut import LIMIT
from annotator.backends.embedded.engine import Engine
from annotator.backends.embedded.views import Float, View
from annotator.backends.networks.memory import cancellable, device_named
from annotator.backends.networks.warm import networks
from annotator.core.errors import RequestError
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


class GuidedFiller:
    """Propagates and interpolates; `direction` None takes what the request says."""

    def __init__(self, direction: str | None = None) -> None:
        self._direction = direction

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        runtime = request.runtime
        net = networks.get("npmca", runtime.weights, device_named(runtime.device))
        assert isinstance(net, Npmca)
        if not net.config.guide:
            raise RequestError(
                f"{runtime.weights} holds an NPMCA-net that is not guided by flow.",
                "Run it with --backend npmca, or train one with --recipe npmca-guided.",
            )
        if self._direction is not None:
            request = replace(request, direction=self._direction)
        with cancellable(control):
            yield from Engine(
                reader, request, control, advisers=lambda v, p: NetworkOpinion(net, v, p)
            ).run()


def propagator() -> GuidedFiller:
    return GuidedFiller()


def interpolator() -> GuidedFiller:
    """Fills from both sides, whatever the request's direction says."""
    return GuidedFiller("both")
