"""A trained correction of what the embedded scribbler makes of strokes."""

from __future__ import annotations

import numpy as np
import torch

from annotator.backends.base import Control, ScribbleRequest
from annotator.backends.embedded.cut import min_cut
from annotator.backends.embedded.evidence import expected_j
from annotator.backends.embedded.outline import NEVER
from annotator.backends.embedded.scribble import EmbeddedScribbler, Sketch
from annotator.backends.embedded.views import Float, View
from annotator.backends.networks.memory import cancellable, device_named
from annotator.backends.networks.warm import networks
from annotator.core.types import FrameReader, FrameResult, Mask
from models.npmca.evidence import Window
from models.ops.images import device_of
from models.ops.resize import resize
from models.refine import look
from models.refine.net import Refiner
from models.training.task import tensor

SIDE = 256
"""Of the square that an object's surroundings are seen in."""
SMOOTH = 0.5
SMALL, TRUST = 0.03, np.float32(0.5)
"""Of objects that cover less than this share of the frame the network knows little: it learnt from
the main object of most pictures. There its share in the log odds is `TRUST`, not all of them.
"""
MOST, LEAST = 6.0, 4.0
"""Log odds of the network, and of the scribbler, that stand for certainty."""
QUALITY_FIT = (-0.11, 1.07)
"""The network is a little too sure of itself: a linear fit on 93 masks of training sequences."""


def window_of(sketch: Sketch) -> Window | None:
    """Where to look for the object: around all that may be it. None if that is nothing."""
    about = (sketch.fine > 0) | sketch.inside
    if sketch.before is not None:
        about |= sketch.before
    return look.stroke_window_of(about)


def maps_of(sketch: Sketch, window: Window) -> look.Maps:
    """`look.STROKE_MAPS` of a sketch."""
    return look.stroke_maps_in(
        window,
        SIDE,
        sketch.odds,
        sketch.fine > 0,
        sketch.before,
        sketch.inside,
        sketch.outside,
    )


class StrokeCorrection:
    """Calls the network on sketches of the scribbler; see `scribble.StrokeCorrector`.

    Args:
        net: in evaluation mode.
    """

    def __init__(self, net: Refiner) -> None:
        self._net = net

    def __call__(self, view: View, _object: int, sketch: Sketch) -> tuple[Float, float] | None:
        window = window_of(sketch)
        if window is None:
            return None
        odds = np.clip(self._corrected(view, window, sketch), -MOST, MOST)
        if np.count_nonzero(sketch.fine > 0) < SMALL * sketch.fine.size:
            own = np.clip(sketch.fine[window.slices], -LEAST, LEAST)
            odds = TRUST * odds + (1 - TRUST) * own
        lab = np.ascontiguousarray(view.lab[window.slices])
        found = min_cut(odds, lab, SMOOTH)
        out = np.full(view.grey.shape, NEVER, np.float32)
        # The cut decides the sign, the network says how sure it is.
        out[window.slices] = np.where(found, 1, -1) * np.maximum(np.abs(odds), 0.1)
        return out, _expected(odds, found)

    @torch.inference_mode()
    def _corrected(self, view: View, window: Window, sketch: Sketch) -> Float:
        """Log odds of the window's pixels, the mean of a look at it and one at its mirror image."""
        device = device_of(self._net)
        maps = maps_of(sketch, window)
        frame = tensor(look.picture_in(window, SIDE, view.rgb))[None].to(device)
        told = torch.from_numpy(maps)[None].to(device).float() / look.STEPS
        mirrored = self._net(frame.flip(-1), told.flip(-1)).flip(-1)
        odds = (self._net(frame, told) + mirrored) / 2
        found: Float = resize(odds, window.size)[0, 0].cpu().numpy()
        return found


def _expected(odds: Float, found: Mask) -> float:
    """Predicted J in [0, 1]; an object that is not there says nothing either way."""
    if not found.any():
        return 0.5
    constant, gain = QUALITY_FIT
    return float(np.clip(constant + gain * expected_j(odds, found), 0, 1))


class StrokesScribbler:
    """The embedded scribbler with that correction."""

    def segment(
        self, reader: FrameReader, request: ScribbleRequest, control: Control
    ) -> FrameResult:
        runtime = request.runtime
        net = networks.get("strokes", runtime.weights, device_named(runtime.device))
        assert isinstance(net, Refiner)
        with cancellable(control):
            return EmbeddedScribbler(StrokeCorrection(net)).segment(reader, request, control)


def scribbler() -> StrokesScribbler:
    return StrokesScribbler()
