"""The default backends: no weights, no torch, only OpenCV, numpy and SciPy.

The registry names the factories below as "module:factory"; each imports its engine on the first
call so that listing the backends costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotator.backends.base import FillBackend, ScribbleBackend


def propagator() -> FillBackend:
    """Task `propagate`: fill frames before, after or on both sides of key frames."""
    from annotator.backends.embedded.propagate import EmbeddedPropagator

    return EmbeddedPropagator()


def interpolator() -> FillBackend:
    """Task `interpolate`: fill the frames between key frames from both sides."""
    from annotator.backends.embedded.interpolate import EmbeddedInterpolator

    return EmbeddedInterpolator()


def scribbler() -> ScribbleBackend:
    """Task `saliency`: masks of several objects on one frame from strokes."""
    from annotator.backends.embedded.scribble import EmbeddedScribbler

    return EmbeddedScribbler()


def salient() -> FillBackend:
    """Ability `scan`: what stands out on each frame of a clip."""
    from annotator.backends.embedded.contrast import Salient

    return Salient()


def cosaliency() -> FillBackend:
    """Task `cosaliency`: what the asked frames have in common."""
    from annotator.backends.embedded.contrast import GROUP, Salient

    return Salient(GROUP)
