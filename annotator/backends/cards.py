"""The cards of the backends that ship with the application."""

from __future__ import annotations

from annotator.backends.registry import BackendCard, BackendRegistry

_NETWORKS = "annotator.backends.networks"
_DEVICES = ("cpu", "cuda", "mps")

EMBEDDED = BackendCard(
    id="embedded",
    title="Embedded (no weights)",
    summary="Flow, colour and shape cues; works on every machine without a download.",
    factories={
        "saliency": "annotator.backends.embedded:scribbler",
        "propagate": "annotator.backends.embedded:propagator",
        "interpolate": "annotator.backends.embedded:interpolator",
    },
    origin="Strokeflow; DIS optical flow (Kroeger et al., ECCV 2016) through OpenCV",
)


def default_registry() -> BackendRegistry:
    """The backends that ship with the application."""
    registry = BackendRegistry()
    for card in (EMBEDDED,):
        registry.add(card)
    return registry
