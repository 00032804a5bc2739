"""NPMCA-net carries masks from key frames to the frames around them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import Control, FillRequest
from annotator.backends.embedded.plan import Segment, known_frames, make_plan
from annotator.backends.networks.checkpoints import INPUT_SIDE
from annotator.backends.networks.masks import to_result
from annotator.backends.networks.memory import Ladder, Rung, cancellable
from annotator.backends.networks.warm import networks
from annotator.core.types import FrameReader, FrameResult
from annotator.io.weights import read_weights
from models.flow import create
from models.inference import autocast
from models.npmca import guided
from models.npmca.guided import GuidedPropagator, GuidedSetting
from models.npmca.net import STRIDE, Npmca
from models.npmca.propagate import Anchor, Propagator, Setting, anchor
from models.npmca.recipe import SCALES

Map = NDArray[np.float32]

MEETING = 4
"""Chains of both directions go this many frames beyond the middle of a gap and are faded there."""


_WINDOW = 1.2
"""Side of a guided network's window over that of its training: finer, and the best on dev_val."""
_MOST_LINES = 480
"""Flow and masks of guided networks are worked out at this many lines at most."""
_DEFAULT_SIDE = 480
_LEAST_SIDE = 64


def trained_side(weights: str) -> int:
    """Shorter side of a frame at which these weights were trained to see it."""
    path = Path(weights)
    told = read_weights(path).metadata.get(INPUT_SIDE, "") if path.is_file() else ""
    return max(int(told), _LEAST_SIDE) if told.isdigit() else _DEFAULT_SIDE


def propagator() -> NpmcaPropagator:
    return NpmcaPropagator()


class NpmcaPropagator:
    """Every frame from the key frames nearest before and after it, and the frame beside it."""

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        with cancellable(control):
            yield from Chains(reader, request, control).results()


@dataclass(frozen=True, slots=True)
class _Course:
    """Objects that are carried together: from one key frame to `end`, matched to `keys`."""

    objects: tuple[int, ...]
    start: int
    end: int
    keys: tuple[int, ...]


class Chains:
    """One fill request: backward chains of a block first, forward chains meet them."""

    def __init__(self, reader: FrameReader, request: FillRequest, control: Control) -> None:
        self.reader, self.request, self.control = reader, request, control
        self.keys = {key.frame: key for key in request.keys}
        self.ladder = Ladder(request.runtime.device, 1, control)
        self._wanted = frozenset(request.frames)
        self._waiting = _Maps()
        self._side = request.options["size"] or trained_side(request.runtime.weights)
        self.anchor = lru_cache(maxsize=4)(self._anchor)

    def results(self) -> Iterator[FrameResult]:
        plan = make_plan(self.request, MEETING)
        starts = [s.key for s in plan.forward] + [low for low, _ in plan.blocks]
        ends = [s.end for s in plan.forward] + [high for _, high in plan.blocks]
        if not starts:
            return
        blocks = dict(plan.blocks)
        forward = _Sweep(self, plan.forward)
        for frame in range(min(starts), max(ends) + 1):
            self.control.checkpoint()
            if frame in blocks:
                high = blocks[frame]
                inside = [s for s in plan.backward if frame <= s.end and s.key <= high]
                backward = _Sweep(self, inside)
                for back in range(high, frame - 1, -1):
                    found = backward.visit(back)
                    if back in self._wanted and plan.goes_forward(back):
                        self._waiting.put(back, found)
                    elif back in self._wanted and found:
                        yield self._result(back, found, {})
            found = forward.visit(frame)
            if frame in self._wanted:
                after = self._waiting.pop(frame)
                if found or after:
                    yield self._result(frame, found, after)

    def _result(self, frame: int, before: dict[int, Map], after: dict[int, Map]) -> FrameResult:
        maps: dict[int, Map] = {}
        for object_id in sorted({*before, *after}):
            if object_id in before and object_id in after:
                share = self._share_after(frame, object_id)
                maps[object_id] = (1 - share) * before[object_id] + share * after[object_id]
            else:
                maps[object_id] = (before if object_id in before else after)[object_id]
        return to_result(frame, np.stack(list(maps.values())), list(maps))

    def _share_after(self, frame: int, object_id: int) -> np.float32:
        """How much the chain from the later key counts: from 0 to 1 over the frames they share."""
        known = known_frames(self.request, object_id)
        middle = (max(k for k in known if k < frame) + min(k for k in known if k > frame)) // 2
        return np.float32((frame - middle + MEETING + 1) / (2 * MEETING + 2))

    def setting(self, rung: Rung) -> Setting | GuidedSetting:
        if self.network(rung).config.guide:
            return self._guided(rung)
        size = self.reader.size
        side = min(self._side, size.height, size.width) * rung.scale
        factor = side / min(size.height, size.width)
        height, width = (
            max(round(n * factor / STRIDE), 1) * STRIDE for n in (size.height, size.width)
        )
        scales = SCALES if self.request.options["scales"] else (1.0,)
        return Setting((height, width), scales)

    def _guided(self, rung: Rung) -> GuidedSetting:
        """The frame at up to `_MOST_LINES`; the option "size" is the side of the window."""
        size = self.reader.size
        factor = min(_MOST_LINES / min(size.height, size.width), 1) * rung.scale
        side = self.request.options["size"] or _WINDOW * trained_side(self.request.runtime.weights)
        window = max(round(side * rung.scale / STRIDE), 2) * STRIDE
        return GuidedSetting((round(size.height * factor), round(size.width * factor)), window)

    def propagator(
        self, rung: Rung, frame: NDArray[np.uint8], maps: Map, keys: list[Anchor]
    ) -> Propagator | GuidedPropagator:
        """From a frame and its maps [K, H, W] on, matched to `keys`."""
        net, setting = self.network(rung), self.setting(rung)
        if isinstance(setting, GuidedSetting):
            return GuidedPropagator(net, frame, maps, keys, setting, create("dis"))
        return Propagator(net, frame, maps, keys, setting)

    def network(self, rung: Rung) -> Npmca:
        net = networks.get("npmca", self.request.runtime.weights, rung.device)
        assert isinstance(net, Npmca)
        return net

    def masks(self, frame: int, objects: Sequence[int]) -> Map:
        """Known masks [K, H, W] of a key frame."""
        return np.stack([self.keys[frame].label_map == o for o in objects]).astype(np.float32)

    def _anchor(self, frame: int, objects: tuple[int, ...], rung: Rung) -> Anchor:
        picture, masks = self.reader.read(frame), self.masks(frame, objects)
        net, setting = self.network(rung), self.setting(rung)
        if isinstance(setting, GuidedSetting):
            return guided.anchor(net, picture, masks, setting)
        return anchor(net, picture, masks, setting)


class _Sweep:
    """All chains of one direction; visits frame after frame."""

    def __init__(self, run: Chains, segments: Sequence[Segment]) -> None:
        self._run = run
        self._starts: dict[int, list[_Course]] = {}
        for course in _courses(run.request, segments):
            self._starts.setdefault(course.start, []).append(course)
        self._running: list[_Chain] = []

    def visit(self, frame: int) -> dict[int, Map]:
        """Maps of the objects that are carried to `frame`; then begins the chains of its keys."""
        found: dict[int, Map] = {}
        for chain in self._running:
            maps = chain.step(frame)
            found |= dict(zip(chain.course.objects, maps, strict=True))
        self._running = [c for c in self._running if c.course.end != frame]
        for course in self._starts.get(frame, ()):
            self._running.append(_Chain(self._run, course))
        return found


class _Chain:
    """One course, on whatever rung of the ladder the memory allows."""

    def __init__(self, run: Chains, course: _Course) -> None:
        self.course = course
        self._run = run
        self._frame = run.reader.read(course.start)
        self._maps = run.masks(course.start, course.objects)
        self._rung: Rung | None = None
        self._propagator: Propagator | GuidedPropagator | None = None

    def step(self, frame: int) -> Map:
        picture = self._run.reader.read(frame)

        def work(rung: Rung) -> Map:
            with autocast(rung.device, rung.half):
                return self._on(rung).step(picture)

        self._maps = self._run.ladder.attempt(work)
        self._frame = picture
        return self._maps

    def _on(self, rung: Rung) -> Propagator | GuidedPropagator:
        """The propagator for a rung; on another rung it begins anew where the last one stopped."""
        if self._propagator is None or rung != self._rung:
            run, objects = self._run, self.course.objects
            keys = [run.anchor(key, objects, rung) for key in self.course.keys]
            self._propagator = run.propagator(rung, self._frame, self._maps, keys)
            self._rung = rung
        return self._propagator


def _courses(request: FillRequest, segments: Sequence[Segment]) -> list[_Course]:
    """Segments of the same frames and keys as one course."""
    together: dict[tuple[int, int, tuple[int, ...]], list[int]] = {}
    for s in segments:
        keys = _references(request, s)
        together.setdefault((s.key, s.end, keys), []).append(s.object_id)
    return [_Course(tuple(o), start, end, keys) for (start, end, keys), o in together.items()]


def _references(request: FillRequest, segment: Segment) -> tuple[int, ...]:
    """The key a chain begins at, and the next one in its direction if keys there may be used."""
    if request.direction != "both":
        return (segment.key,)
    known = known_frames(request, segment.object_id)
    at = known.index(segment.key) + (1 if segment.end > segment.key else -1)
    return (segment.key, known[at]) if 0 <= at < len(known) else (segment.key,)


class _Maps:
    """Maps that wait for those of the other direction, in 8 bits and compressed."""

    def __init__(self) -> None:
        self._kept: dict[int, dict[int, tuple[bytes, tuple[int, ...]]]] = {}

    def put(self, frame: int, maps: dict[int, Map]) -> None:
        self._kept[frame] = {
            o: (zlib.compress(np.rint(m * 255).astype(np.uint8).tobytes(), 1), m.shape)
            for o, m in maps.items()
        }

    def pop(self, frame: int) -> dict[int, Map]:
        maps: dict[int, Map] = {}
        for object_id, (data, shape) in self._kept.pop(frame, {}).items():
            steps = np.frombuffer(zlib.decompress(data), np.uint8).reshape(shape)
            maps[object_id] = np.divide(steps, 255, dtype=np.float32)
        return maps
