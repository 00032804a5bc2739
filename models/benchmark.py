"""Seconds per forward pass: our fast path beside the plain networks, in the authors' structure.

Plain: batch normalisation apart, every head computed, the full N x N product of the non-local
blocks, frames of a clip one after another, features enlarged before the last convolutions, and the
first frame of a propagation encoded again for every frame.
"""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.inference import optimise
from models.layers.non_local import NonLocalBlock
from models.loading import METHODS, build
from models.npmca.net import STRIDE, Npmca
from models.ops.resize import pad_to_multiple, unpad
from models.rcrnet.ner import NER
from models.rcrnet.recipe import CLIP_LENGTH

GROUP = 5
"""Images of the group that DCFM is measured with."""

OBJECTS = (1, 5)
"""Objects that a propagation is measured with."""

REPEATS = 5


@dataclass(frozen=True, slots=True)
class Timing:
    """Median seconds per forward pass of both forms, for the input of shape `shape`.

    `reused`: of the plain form that keeps the first frame's features and is else as it was; None
    for networks that have none to keep.
    """

    method: str
    shape: tuple[int, ...]
    plain: float
    fast: float
    reused: float | None = None

    @property
    def ratio(self) -> float:
        """How many times the fast path is faster."""
        return self.plain / self.fast


class FullNonLocal(NonLocalBlock):
    """The non-local block with the matrix of all pairs of positions."""

    def aggregate(self, theta: Tensor, phi: Tensor, g: Tensor) -> Tensor:
        pairs = theta.transpose(1, 2) @ phi / phi.shape[2]
        return (pairs @ g.transpose(1, 2)).transpose(1, 2)


class FramewiseNER(nn.Module):
    """RCRNet+NER in the authors' structure: frames one by one, full non-local products."""

    def __init__(self, net: NER) -> None:
        super().__init__()
        self.net = copy.deepcopy(net)
        for block in (self.net.non_local1, self.net.non_local2):
            block.__class__ = FullNonLocal

    def forward(self, clip: Tensor) -> Tensor:
        """As `NER`."""
        net = self.net
        encoded = [net.rcrnet.encode(frame) for frame in clip.unbind(1)]
        x = torch.stack([pooled for pooled, _ in encoded], dim=2)
        x = net.non_local2(net.recurrence(net.non_local1(x)))
        size = clip.shape[-2:]
        pairs = zip(x.unbind(2), encoded, strict=True)
        return torch.stack([net.rcrnet.decode(e, skips, size) for e, (_, skips) in pairs], dim=1)


class Reusing(nn.Module):
    """NPMCA-net on the frames after the first: the first frame's features are there already."""

    def __init__(self, net: Npmca) -> None:
        super().__init__()
        self.net = net
        self._first: tuple[Tensor, Tensor, Tensor] | None = None

    def forward(self, frame: Tensor, mask: Tensor, before: Tensor, *first: Tensor) -> Tensor:
        """As `Npmca`."""
        if self._first is None or self._first[0] is not first[0] or self._first[1] is not first[1]:
            self._first = first[0], first[1], self.net.reference(*first)
        logits = self.net.segment(
            self.net.target(frame, mask), self._first[2], self.net.reference(before, mask)
        )
        return unpad(logits, pad_to_multiple(frame, STRIDE)[1])


def inputs(method: str, count: int = 1) -> tuple[Tensor, ...]:
    """Random input of the paper's size: one image, a group of `GROUP`, a clip, `count` objects."""
    h, w = METHODS[method].input_size
    if method == "npmca":
        frame, before, first = torch.rand(3, 1, 3, h, w).expand(3, count, 3, h, w)
        masks = (torch.rand(2, count, 1, h, w) > 0.8).float()
        return frame, masks[0], before, first, masks[1]
    if method == "dcfm":
        return (torch.randn(GROUP, 3, h, w),)
    if method == "ner":
        return (torch.randn(1, CLIP_LENGTH, 3, h, w),)
    if method == "fgplg":
        return torch.randn(1, 3, h, w), torch.rand(1, 2, h, w), 8 * torch.randn(1, 2, 2, h, w)
    if method in ("refiner", "strokes"):
        maps = METHODS[method].config.maps
        return torch.rand(1, 3, h, w), torch.rand(1, maps, h, w) * 2 - 1
    return (torch.randn(1, 3, h, w),)


def forms(net: nn.Module) -> tuple[Callable[..., object], Callable[..., object]]:
    """(plain, fast): functions of the network's input, both in evaluation mode."""
    plain = FramewiseNER(net) if isinstance(net, NER) else net
    fast = optimise(net)
    if isinstance(fast, Npmca):
        return plain.eval(), Reusing(fast)
    # Inference needs the last head only; the authors' forward computes all of them.
    return plain.eval(), getattr(fast, "saliency", fast)


def settle(net: nn.Module, example: tuple[Tensor, ...]) -> nn.Module:
    """Random weights brought to a usual range: batch statistics of a small input.

    Without it activations grow with the depth, and the speed with such numbers says nothing.
    """
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        net.train()(*(torch.cat([x, x])[..., :128, :128] for x in example))
    return net.eval()


def measure(
    methods: Iterable[str] = tuple(METHODS), repeats: int = REPEATS, threads: int | None = None
) -> Iterator[Timing]:
    """Times both forms of each network on the CPU, in turns, and takes medians.

    `threads`: for PyTorch, restored afterwards; by default what is set. Raises ValueError for an
    unknown method.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    try:
        for method in methods:
            for count in OBJECTS if method == "npmca" else (1,):
                yield _measure_one(method, repeats, count)
    finally:
        torch.set_num_threads(before)


def _measure_one(method: str, repeats: int, count: int) -> Timing:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = build(method)
        example = inputs(method, count)
        settle(net, example)
    with torch.inference_mode():
        timed = [*forms(net), *([Reusing(net)] if isinstance(net, Npmca) else [])]
        seconds: list[list[float]] = [[] for _ in timed]
        for form in timed:
            form(*example)
        for _ in range(repeats):
            for form, times in zip(timed, seconds, strict=True):
                start = time.perf_counter()
                form(*example)
                times.append(time.perf_counter() - start)
    return Timing(method, tuple(example[0].shape), *map(statistics.median, seconds))
