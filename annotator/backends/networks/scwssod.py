"""SCWSSOD in the application: fitted on the project's scribbles, then predicting any frame.

The published network finds one salient object. Here it gets one output per object of the project;
encoder and decoder are shared, and the losses are those of the paper, taken over all outputs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from annotator.backends.base import Control, FillRequest, FitRequest, FitUpdate, ScribbleRequest
from annotator.backends.networks.checkpoints import load_network
from annotator.backends.networks.fgplg import scaled
from annotator.backends.networks.fitting import Lesson, fit
from annotator.backends.networks.masks import to_result
from annotator.backends.networks.memory import Ladder, Rung, cancellable, device_named
from annotator.backends.networks.warm import networks
from annotator.core.errors import RequestError
from annotator.core.raster import pen_mask, pen_rect
from annotator.core.types import VOID, FrameReader, FrameResult, LabelMap, Stroke
from annotator.io.weights import read_weights
from models import loading
from models.inference import autocast
from models.layers.conv import conv3x3
from models.ops.images import batches
from models.scwssod.losses import UNLABELLED, scribble_loss
from models.scwssod.net import Aggregation, Scwssod
from models.scwssod.predict import predict, prepare

METHOD = "scwssod"
COMPACT = {"blocks": (1, 1, 1, 1), "width": 32, "channels": 64}
"""The same network, narrower and shallower: what a CPU can learn in minutes."""

_HEADS = ("predict2", "predict3", "predict4", "predict5")
_FRAMES_PER_STEP = 2
_FRAMES_MEASURED = 8
_RATES = {"new": 2e-3, "encoder": 1e-4, "head": 1e-3}
"""Learning rates of AdamW: a new network; one that has learnt before, encoder and head apart."""


def scribbler() -> ScwssodBackend:
    return ScwssodBackend()


class ScwssodBackend:
    """Scribbles to masks, salient objects on any frame, and the fit that both live on."""

    def segment(
        self, reader: FrameReader, request: ScribbleRequest, control: Control
    ) -> FrameResult:
        protected = np.where(
            np.isin(request.label_map, tuple(request.protected)), request.label_map, 0
        ).astype(np.uint8)
        ladder = Ladder(request.runtime.device, 1, control)
        with cancellable(control):
            maps = ladder.attempt(
                lambda rung: _predict(reader, request, rung, request.frame, request.objects)
            )
        return to_result(request.frame, maps, request.objects, request.strokes, protected)

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        ladder = Ladder(request.runtime.device, 1, control)
        with cancellable(control):
            for frame in request.frames:
                control.checkpoint()

                def one(rung: Rung, frame: int = frame) -> NDArray[np.float32]:
                    return _predict(reader, request, rung, frame, request.objects)

                strokes = request.strokes.get(frame, ())
                yield to_result(frame, ladder.attempt(one), request.objects, strokes)

    def fit(
        self, reader: FrameReader, request: FitRequest, control: Control
    ) -> Iterator[FitUpdate]:
        yield from fit(ScribbleLesson(reader, request), request, control)


def known_objects(weights: str) -> list[int]:
    """Objects that stored weights were fitted on, in the order of the outputs; [] = none."""
    return list(json.loads(read_weights(Path(weights)).metadata.get("objects", "[]")))


def _predict(
    reader: FrameReader,
    request: ScribbleRequest | FillRequest,
    rung: Rung,
    frame: int,
    objects: Sequence[int],
) -> NDArray[np.float32]:
    """Probabilities float32 [K, H, W]; one output for all where nothing was fitted.

    Raises RequestError for an object that the fit did not see.
    """
    weights = request.runtime.weights
    learnt = known_objects(weights)
    if not learnt and len(objects) > 1:
        raise RequestError(
            "These weights find one salient object, and several are asked for.",
            "Fit the network on the project (--fit STEPS), or choose one object.",
        )
    unknown = [o for o in objects if learnt and o not in learnt]
    if unknown:
        raise RequestError(
            f"The network was not fitted on object {unknown[0]}.",
            "Fit it again now that this object has scribbles.",
        )
    net = networks.get(METHOD, weights, rung.device)
    assert isinstance(net, Scwssod)
    with autocast(rung.device, rung.half):
        maps = _all_outputs(net, reader.read(frame), scaled(request.options["size"], rung))
    return maps[[learnt.index(o) for o in objects] if learnt else [0]]


def _all_outputs(
    net: Scwssod, picture: NDArray[np.uint8], size: tuple[int, int]
) -> NDArray[np.float32]:
    """Probabilities float32 [K, H, W] of all outputs of a network."""
    maps = predict(net, picture[None], size)[0]
    return maps if maps.ndim == 3 else maps[None]


class ScribbleLesson(Lesson):
    """What the network learns: strokes as partial labels, key frames as full ones."""

    method = METHOD

    def __init__(self, reader: FrameReader, request: FitRequest) -> None:
        super().__init__(request)
        self._reader = reader
        self._size = request.options["size"]
        self._device = device_named(request.runtime.device)
        self.net: nn.Module = self._start().to(self._device)
        self._fresh = not self._from
        self._examples = list(self._read())
        if not any((target == 1).any() for _, _, target in self._examples):
            raise RequestError(
                "No scribble or mask of these objects can be learnt from.",
                "Draw inside the objects on at least one frame.",
            )

    def parameters(self) -> list[dict[str, Any]]:
        if self._fresh:
            return [{"params": list(self.net.parameters()), "lr": _RATES["new"]}]
        encoder = list(self.net.get_submodule("backbone").parameters())
        seen = {id(p) for p in encoder}
        rest = [p for p in self.net.parameters() if id(p) not in seen]
        return [
            {"params": encoder, "lr": _RATES["encoder"]},
            {"params": rest, "lr": _RATES["head"]},
        ]

    def loss(self, rng: np.random.Generator) -> Tensor:
        self.net.train()
        chosen = rng.choice(len(self._examples), _FRAMES_PER_STEP)
        pictures, targets = zip(*(self._augmented(int(i), rng) for i in chosen), strict=True)
        image = prepare(np.stack(pictures), (self._size, self._size)).to(self._device)
        target = torch.from_numpy(np.stack(targets)).long().to(self._device)
        return scribble_loss(self.net, image, target).total

    def inputs(self) -> Iterator[tuple[Tensor, ...]]:
        for part in batches(len(self._examples), _FRAMES_MEASURED):
            pictures = np.stack([picture for _, picture, _ in self._examples[part]])
            yield (prepare(pictures, (self._size, self._size)).to(self._device),)

    @property
    def shows(self) -> bool:
        return bool(self._request.scribbles)

    def preview(self, turn: int) -> FrameResult:
        order = self._request.scribbles[turn % len(self._request.scribbles)]
        self.net.eval()
        assert isinstance(self.net, Scwssod)
        maps = _all_outputs(self.net, self._reader.read(order.frame), (self._size, self._size))
        rows = [self._request.objects.index(o) for o in order.objects]
        return to_result(order.frame, maps[rows], order.objects, order.strokes)

    def fingerprint(self) -> str:
        sums = [(frame, int(target.astype(np.int64).sum())) for frame, _, target in self._examples]
        options = dict(self._request.options)
        return json.dumps([sums, list(self._request.objects), options, self._from])

    # -- inner

    def _start(self) -> Scwssod:
        """The network to begin with, with one output per object."""
        outputs = len(self._request.objects)
        if not self._from:
            small = COMPACT if self._request.options["network"] == "compact" else {}
            torch.manual_seed(0)
            net = loading.build(METHOD, {**small, "outputs": outputs})
            _even_votes(net)
        else:
            net = load_network(Path(self._from), METHOD)
            assert isinstance(net, Scwssod)
            _set_outputs(net, known_objects(self._from), self._request.objects)
        assert isinstance(net, Scwssod)
        return net

    def _read(self) -> Iterator[tuple[int, NDArray[np.uint8], NDArray[np.uint8]]]:
        """(frame, picture [h, w, 3], targets [K, h, w]) at the network's size."""
        drawn = {order.frame: order for order in self._request.scribbles}
        keys = {key.frame: key for key in self._request.keys}
        for frame in sorted({*drawn, *keys}):
            picture = self._reader.read(frame)
            target = np.full((len(self._request.objects), *picture.shape[:2]), UNLABELLED, np.uint8)
            if frame in keys:
                _full_targets(target, keys[frame].label_map, keys[frame].objects, self._request)
            if frame in drawn:
                _draw_targets(target, drawn[frame].strokes, self._request.objects, self._reader)
            yield frame, self._small(picture), _shrink(target, self._size)

    def _small(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        size = (self._size, self._size)
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))

    def _augmented(
        self, index: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Example under a random flip, scale, shift and brightness."""
        _, picture, target = self._examples[index]
        side = self._size
        scale = float(rng.uniform(0.85, 1.3))
        flip = -1.0 if rng.random() < 0.5 else 1.0
        shift = rng.uniform(-0.1, 0.1, 2) * side
        centre = side / 2
        matrix = np.array(
            [
                [flip * scale, 0, centre - flip * scale * centre + shift[0]],
                [0, scale, centre - scale * centre + shift[1]],
            ],
            np.float32,
        )
        moved = cv2.warpAffine(
            picture, matrix, (side, side), borderMode=cv2.BORDER_REFLECT, flags=cv2.INTER_LINEAR
        )
        bright = moved.astype(np.float32) * rng.uniform(0.8, 1.2) + rng.uniform(-15, 15)
        labels = [
            cv2.warpAffine(
                one, matrix, (side, side), flags=cv2.INTER_NEAREST, borderValue=UNLABELLED
            )
            for one in target
        ]
        return bright.clip(0, 255).astype(np.uint8), np.stack(labels)


def _even_votes(net: nn.Module) -> None:
    """Let the three terms of every aggregation begin with the same weight.

    Their weights are divided by their sum, which random numbers bring near 0 now and then; the
    published network is spared that by its ImageNet encoder.
    """
    for module in net.modules():
        if isinstance(module, Aggregation):
            for vote in module.vote:
                assert isinstance(vote, nn.Conv2d)
                assert vote.bias is not None
                nn.init.zeros_(vote.weight)
                nn.init.ones_(vote.bias)


def _set_outputs(net: Scwssod, learnt: Sequence[int], objects: Sequence[int]) -> None:
    """One output per object: those learnt before keep theirs, new ones begin with the mean."""
    for name in _HEADS:
        old: nn.Conv2d = getattr(net, name)
        new = conv3x3(old.in_channels, len(objects))
        with torch.no_grad():
            for row, object_id in enumerate(objects):
                known = object_id in learnt
                at = slice(learnt.index(object_id), learnt.index(object_id) + 1) if known else ...
                new.weight[row] = old.weight[at].mean(0)
                assert new.bias is not None
                assert old.bias is not None
                new.bias[row] = old.bias[at].mean()
        setattr(net, name, new)
    net.config = type(net.config)(**{**asdict(net.config), "outputs": len(objects)})


def _full_targets(
    target: NDArray[np.uint8], label_map: LabelMap, known: frozenset[int], request: FitRequest
) -> None:
    """A key frame says everything about the objects it knows; void stays unlabelled."""
    for row, object_id in enumerate(request.objects):
        if object_id in known:
            target[row] = label_map == object_id
            target[row][label_map == VOID] = UNLABELLED


def _draw_targets(
    target: NDArray[np.uint8],
    strokes: Sequence[Stroke],
    objects: Sequence[int],
    reader: FrameReader,
) -> None:
    """Strokes of an object are object for it and background for the others."""
    for stroke in strokes:
        rect = pen_rect(stroke.points, stroke.radius, reader.size)
        if rect.empty:
            continue
        under = pen_mask(stroke.points, stroke.radius, rect)
        for row, object_id in enumerate(objects):
            target[row][rect.slices][under] = int(stroke.object_id == object_id)


def _shrink(target: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """[K, H, W] -> [K, side, side]; thin strokes survive: what is labelled wins."""
    small = []
    for one in target:
        shares = [
            cv2.resize(
                (one == value).astype(np.float32), (side, side), interpolation=cv2.INTER_AREA
            )
            for value in (0, 1)
        ]
        out = np.full((side, side), UNLABELLED, np.uint8)
        labelled = np.maximum(*shares) > 0.15
        out[labelled] = (shares[1] >= shares[0])[labelled]
        small.append(out)
    return np.stack(small)
