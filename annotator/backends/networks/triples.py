"""What FGPLG learns from a project: three key frames in order, the middle one is the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from annotator.backends.base import FitRequest, KeyFrame
from annotator.backends.networks.checkpoints import load_network
from annotator.backends.networks.fitting import Lesson
from annotator.backends.networks.flow import ClipFlow
from annotator.backends.networks.memory import device_named
from annotator.core.errors import RequestError
from annotator.core.types import VOID, FrameReader, FrameResult
from models import loading
from models.ops.images import batches, imagenet_input, resize_map
from models.rcrnet.losses import saliency_loss

METHOD = "fgplg"
COMPACT = {
    "blocks": (2, 2, 2, 2),
    "width": 24,
    "channels": 64,
    "skip": 16,
    "refine": 48,
}
"""The same network, narrower and shallower: what a CPU can learn in minutes."""

_REACH = 3
"""A triple spans at most this many gaps between key frames on either side of the middle one."""
_MOST_TRIPLES = 400
_TRIPLES_PER_STEP = 2
_TRIPLES_MEASURED = 16
_RATES = {"new": 2e-3, "learnt": 1e-4}


@dataclass(frozen=True, slots=True)
class Triple:
    """An object that is known on three key frames."""

    before: KeyFrame
    middle: KeyFrame
    after: KeyFrame
    object_id: int


def find_triples(request: FitRequest) -> list[Triple]:
    """All triples of near key frames, the narrowest first.

    Raises RequestError where no object is known on three frames.
    """
    found: list[Triple] = []
    for object_id in request.objects:
        keys = [key for key in request.keys if object_id in key.objects]
        for (i, before), (j, middle), (k, after) in combinations(enumerate(keys), 3):
            if j - i <= _REACH and k - j <= _REACH:
                found.append(Triple(before, middle, after, object_id))
    if not found:
        raise RequestError(
            "FGPLG learns from three key frames of an object, and none has three.",
            "Draw or import masks on one more frame.",
        )
    found.sort(key=lambda t: t.after.frame - t.before.frame)
    return found[:_MOST_TRIPLES]


class TripleLesson(Lesson):
    """FGPLG on the project's key frames, with random flips in space and time."""

    method = METHOD

    def __init__(self, reader: FrameReader, request: FitRequest) -> None:
        super().__init__(request)
        self._reader = reader
        self._side = request.options["size"]
        self._flow = ClipFlow(reader, request.runtime, (self._side, self._side))
        self._device = device_named(request.runtime.device)
        self._triples = find_triples(request)
        self.net: nn.Module = self._start().to(self._device)

    def parameters(self) -> list[dict[str, Any]]:
        rate = _RATES["learnt" if self._from else "new"]
        return [{"params": list(self.net.parameters()), "lr": rate}]

    def loss(self, rng: np.random.Generator) -> Tensor:
        self.net.train()
        if self._from:
            _freeze_statistics(self.net)
        chosen = rng.integers(len(self._triples), size=_TRIPLES_PER_STEP)
        examples = [self._example(self._triples[int(i)], rng) for i in chosen]
        batch = (torch.cat(parts).to(self._device) for parts in zip(*examples, strict=True))
        frame, labels, flows, target, known = batch
        logits = self.net(frame, labels, flows)
        return saliency_loss(logits[known], target[known])

    def _example(self, triple: Triple, rng: np.random.Generator) -> tuple[Tensor, ...]:
        """Frame, labels, flows, target and where it is known, each [1, ...]."""
        ends = [triple.before, triple.after]
        if rng.random() < 0.5:
            ends.reverse()
        labels = torch.from_numpy(np.stack([self._label(key, triple) for key in ends]))[None]
        fields = [self._flow.between(triple.middle.frame, key.frame) for key in ends]
        flows = torch.from_numpy(np.stack(fields).transpose(0, 3, 1, 2).copy())[None]
        picture = self._reader.read(triple.middle.frame)
        frame = imagenet_input([picture], (self._side, self._side))
        target = torch.from_numpy(self._label(triple.middle, triple))[None, None]
        known = torch.from_numpy(self._shrunk(triple.middle.label_map == VOID) == 0)[None, None]
        if rng.random() < 0.5:
            frame, labels, flows, target, known = (
                t.flip(-1) for t in (frame, labels, flows, target, known)
            )
            flows = flows * flows.new_tensor([-1, 1]).view(1, 1, 2, 1, 1)
        return frame, labels, flows, target, known

    def inputs(self) -> Iterator[tuple[Tensor, ...]]:
        if self._from:
            return
        rng = np.random.default_rng(0)
        chosen = self._triples[:_TRIPLES_MEASURED]
        for part in batches(len(chosen), _TRIPLES_PER_STEP):
            examples = [self._example(triple, rng)[:3] for triple in chosen[part]]
            # Batch normalisation of the pooled features needs two values.
            examples *= 2 if len(examples) == 1 else 1
            yield tuple(torch.cat(p).to(self._device) for p in zip(*examples, strict=True))

    @property
    def shows(self) -> bool:
        """Never: its frames are key frames, which a person made."""
        return False

    def preview(self, turn: int) -> FrameResult:
        raise NotImplementedError

    def fingerprint(self) -> str:
        told = [
            (t.before.frame, t.middle.frame, t.after.frame, t.object_id, self._area(t))
            for t in self._triples
        ]
        return json.dumps([told, dict(self._request.options), self._from])

    # -- inner

    def _start(self) -> nn.Module:
        if self._from:
            return load_network(Path(self._from), METHOD)
        small = COMPACT if self._request.options["network"] == "compact" else {}
        torch.manual_seed(0)
        return loading.build(METHOD, small)

    def _label(self, key: KeyFrame, triple: Triple) -> NDArray[np.float32]:
        return self._shrunk(key.label_map == triple.object_id)

    def _shrunk(self, mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        return resize_map(mask.astype(np.float32), (self._side, self._side)).copy()

    @staticmethod
    def _area(triple: Triple) -> int:
        return int(np.count_nonzero(triple.middle.label_map == triple.object_id))


def _freeze_statistics(net: nn.Module) -> None:
    """Two pictures are too few for the batch statistics of a network that has learnt before."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
