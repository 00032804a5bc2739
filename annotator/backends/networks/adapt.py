"""Networks for plug-and-play adaptation: colour branch with its twin, motion branch, flow."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from torch import nn

from annotator.backends.base import Control, FillRequest
from annotator.backends.networks.checkpoints import MOTION, load_network, method_of
from annotator.backends.networks.fgplg import scaled
from annotator.backends.networks.flow import ClipFlow
from annotator.backends.networks.memory import Ladder, Rung, cancellable
from annotator.backends.networks.warm import networks
from annotator.backends.saliency.adapt import Branches, Example, Flow
from annotator.backends.saliency.steps import Map
from annotator.core.errors import RequestError
from annotator.core.types import FrameReader, Image
from models.adapt.networks import IMAGE_NETWORKS, colour_saliency, motion_saliency
from models.adapt.twin import fine_tune
from models.flow.colour import flow_to_colour
from models.inference import autocast, optimise


def plugs() -> Plugs:
    return Plugs()


class Plugs:
    """Puts the networks that are here in the place of what needs no weights."""

    def __call__(
        self, usual: Branches, reader: FrameReader, request: FillRequest, control: Control
    ) -> Branches:
        """Raises RequestError where the network that was asked for has no weights here."""
        files, wanted = request.runtime.models, request.options["network"]
        names = [name for name in IMAGE_NETWORKS if name in files]
        if wanted != "auto" and wanted not in names:
            raise RequestError(
                f"The network '{wanted}' has no weights here.",
                f"Fetch or import '{wanted}', or leave it to the application with network=auto.",
            )
        made = usual
        if names:
            method = names[0] if wanted == "auto" else wanted
            made = replace(made, colour=NetworkColour(method, files[method], request, control))
        if MOTION in files:
            made = replace(made, motion=NetworkMotion(files[MOTION], request, control))
        if request.runtime.flow != "dis":
            made = replace(made, flow=_AnyFlow(reader, request))
        return made


class _AnyFlow:
    """The flow that the user chose, kept on disk."""

    def __init__(self, reader: FrameReader, request: FillRequest) -> None:
        self._reader, self._runtime = reader, request.runtime
        self._flow: ClipFlow | None = None

    def __call__(self, frame: int, other: int, size: tuple[int, int]) -> Flow:
        if self._flow is None:
            self._flow = ClipFlow(self._reader, self._runtime, size)
        return self._flow.between(frame, other)


class NetworkMotion:
    """Motion saliency of colour-coded flow."""

    def __init__(self, weights: str, request: FillRequest, control: Control) -> None:
        self._method, self._weights = method_of(Path(weights)), weights
        self._side, self._control = request.options["size"], control
        self._ladder = Ladder(request.runtime.device, 1, control)
        if self._method not in IMAGE_NETWORKS:
            raise RequestError(
                f"{weights} holds no image saliency network.", "Import another file as 'motion'."
            )

    def __call__(self, flow: Flow) -> Map:
        coded = flow_to_colour(flow)[None]

        def see(rung: Rung) -> Map:
            net = networks.get(self._method, self._weights, rung.device)
            with autocast(rung.device, rung.half):
                maps = motion_saliency(self._method, net, coded, scaled(self._side, rung))
            return maps[0]

        with cancellable(self._control):
            return self._ladder.attempt(see)


@dataclass(frozen=True, slots=True)
class _Budget:
    """What the learning of a twin may take: steps per key frame, seconds (0 = any)."""

    per_key: int
    seconds: float


class NetworkColour:
    """Colour saliency of a network as it is stored; what learns is a copy read from the file."""

    def __init__(self, method: str, weights: str, request: FillRequest, control: Control) -> None:
        self._method, self._weights, self._control = method, weights, control
        self._side = request.options["size"]
        self._budget = _Budget(request.options["steps"], request.options["seconds"])
        self._ladder = Ladder(request.runtime.device, 1, control)

    def saliency(self, picture: Image) -> Map:
        def see(rung: Rung) -> Map:
            net = networks.get(self._method, self._weights, rung.device)
            return self.seen(net, picture, rung)

        with cancellable(self._control):
            return self._ladder.attempt(see)

    def seen(self, net: nn.Module, picture: Image, rung: Rung) -> Map:
        """What a network of this kind sees."""
        with autocast(rung.device, rung.half):
            size = scaled(self._side, rung)
            return np.asarray(colour_saliency(self._method, net, picture[None], size)[0])

    def twin(self, examples: Sequence[Example], control: Control) -> Twin:
        def learn(rung: Rung) -> nn.Module:
            return self._learn(examples, rung)

        with cancellable(control):
            return Twin(self, self._ladder, self._ladder.attempt(learn), control)

    def _learn(self, examples: Sequence[Example], rung: Rung) -> nn.Module:
        twin = load_network(Path(self._weights), self._method).to(rung.device)
        steps, began = self._budget.per_key * len(examples), time.monotonic()
        pictures, targets = [e.picture for e in examples], [e.low for e in examples]
        size = scaled(self._side, rung)
        for step, loss in enumerate(
            fine_tune(self._method, twin, pictures, targets, steps, size), 1
        ):
            self._control.checkpoint()
            self._control.note(f"Learning the clip: step {step} of {steps}, loss {loss:.1f}")
            if 0 < self._budget.seconds <= time.monotonic() - began:
                self._control.note(f"The time is up after {step} of {steps} steps.")
                break
        return optimise(twin, rung.device)


class Twin:
    """The fine-tuned copy; lives as long as the run that made it and is stored nowhere."""

    def __init__(
        self, original: NetworkColour, ladder: Ladder, net: nn.Module, control: Control
    ) -> None:
        self._original, self._ladder, self._net = original, ladder, net
        self._control = control

    def saliency(self, picture: Image) -> Map:
        with cancellable(self._control):
            return self._ladder.attempt(
                lambda rung: self._original.seen(self._net.to(rung.device), picture, rung)
            )

    def twin(self, examples: Sequence[Example], control: Control) -> Twin:
        return self._original.twin(examples, control)
