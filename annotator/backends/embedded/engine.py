"""Runs the chains of a plan over a clip and yields finished frames, holding few of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import cv2
import numpy as np

from annotator.backends.base import Control, FillRequest, KeyFrame
from annotator.backends.embedded.chain import Advisers, Chain, Estimate
from annotator.backends.embedded.finish import Finisher
from annotator.backends.embedded.fuse import resolve, two_sided
from annotator.backends.embedded.motion import Motion, Motions
from annotator.backends.embedded.plan import Plan, Segment, make_plan
from annotator.backends.embedded.quality import predict
from annotator.backends.embedded.store import EstimateStore
from annotator.backends.embedded.views import LINES, View, Views
from annotator.backends.embedded.work_pool import WorkPool
from annotator.core.types import VOID, FrameReader, FrameResult


class Sweep:
    """All chains of one direction; visits frame after frame."""

    def __init__(
        self,
        views: Views,
        motions: Motions,
        pool: WorkPool,
        keys: Mapping[int, KeyFrame],
        segments: Sequence[Segment],
        step: int,
        advisers: Advisers | None,
        tells: bool,
    ) -> None:
        self._views, self._motions, self._pool = views, motions, pool
        self._keys, self._step, self._advisers = keys, step, advisers
        self._tells = tells
        self._starts: dict[int, list[Segment]] = {}
        for segment in segments:
            self._starts.setdefault(segment.key, []).append(segment)
        self._running: dict[int, tuple[Segment, Chain]] = {}

    def visit(self, frame: int) -> dict[int, Estimate]:
        """Estimates of the objects tracked on `frame`; then starts the chains of its keys."""
        found: dict[int, Estimate] = {}
        if self._running:
            found = self._advance(frame)
        for segment in self._starts.get(frame, ()):
            self._running[segment.object_id] = (segment, self._start(segment))
        self._running = {k: v for k, v in self._running.items() if v[0].end != frame}
        if any(not chain.lost for _, chain in self._running.values()):
            self._motions.expect(frame + self._step, frame)
        return found

    def _advance(self, frame: int) -> dict[int, Estimate]:
        views, before = self._views, frame - self._step
        if all(chain.lost for _, chain in self._running.values()):
            return {k: chain.skip() for k, (_, chain) in self._running.items()}
        view = views.view(frame)
        motion = self._motions.between(frame, before)
        if any(segment.end != frame for segment, _ in self._running.values()):
            self._motions.expect(frame + self._step, frame)
        found = resolve(self._step_all(view, motion))
        for object_id, estimate in found.items():
            self._running[object_id][1].settle(view, estimate)
        return found

    def _step_all(self, view: View, motion: Motion) -> dict[int, Estimate]:
        steps = {k: partial(chain.step, view, motion) for k, (_, chain) in self._running.items()}
        if self._advisers is not None:
            # A network computes with all cores: one object at a time.
            return {k: step() for k, step in steps.items()}
        return dict(zip(steps, self._pool.each(steps.values()), strict=True))

    def _start(self, segment: Segment) -> Chain:
        views, key = self._views, self._keys[segment.key]
        size = (views.size.width, views.size.height)
        prob = (key.label_map == segment.object_id).astype(np.float32)
        void = (key.label_map == VOID).astype(np.float32)
        if views.size != views.full:
            # Averaging may round to a trace above one, and thins out what is small.
            prob = cv2.resize(prob, size, interpolation=cv2.INTER_AREA).clip(0, 1)
            void = cv2.resize(void, size, interpolation=cv2.INTER_AREA).clip(0, 1)
            if 0 < prob.max() <= 0.5:
                prob.flat[prob.argmax()] = 1
        prob, weight = np.maximum(prob, 0.5 * void), 1 - void
        key_view = views.view(segment.key)
        scale, control = views.scale, views.control
        return Chain(
            key_view, prob, weight, scale, control, self._pool, self._advisers, self._tells
        )


Watch = Callable[[int, Estimate, Estimate | None, Estimate | None, Estimate | None], None]
"""Is shown each result before it is finished: frame, what came out, both sides, and what the
corrector made of it."""

Corrector = Callable[[View, Estimate, Estimate | None, Estimate | None], Estimate]
"""Improves a result, given both sides that it came from."""


class Engine:
    """One fill request.

    Args:
        watch: see `Watch`.
        advisers: whom every chain asks beside its own cues.
        corrector: is given every result before objects are told apart.
    """

    def __init__(
        self,
        reader: FrameReader,
        request: FillRequest,
        control: Control,
        watch: Watch = lambda *_: None,
        advisers: Advisers | None = None,
        corrector: Corrector | None = None,
    ) -> None:
        self._request, self._control, self._watch = request, control, watch
        self._advisers, self._corrector = advisers, corrector
        self._views = Views(reader, control, request.options.get("lines", LINES))
        self._keys = {key.frame: key for key in request.keys}
        self._wanted = frozenset(request.frames)
        self._finisher = Finisher(self._views, request.objects)

    def run(self) -> Iterator[FrameResult]:
        with WorkPool() as pool:
            yield from self._run(Motions(self._views, pool), pool)

    def _run(self, motions: Motions, pool: WorkPool) -> Iterator[FrameResult]:
        plan = make_plan(self._request)
        sweep = partial(self._sweep, motions, pool)
        forward = sweep(plan.forward, 1)
        ends = [s.end for s in plan.forward] + [high for _, high in plan.blocks]
        starts = [s.key for s in plan.forward] + [low for low, _ in plan.blocks]
        if not starts:
            return
        blocks = dict(plan.blocks)
        with EstimateStore() as store:
            for frame in range(min(starts), max(ends) + 1):
                self._control.checkpoint()
                if frame in blocks:
                    yield from self._descend(plan, frame, blocks[frame], store, sweep)
                found = forward.visit(frame)
                if frame in self._wanted:
                    yield from self._meet(frame, found, store)

    def _sweep(
        self, motions: Motions, pool: WorkPool, segments: Sequence[Segment], step: int
    ) -> Sweep:
        tells = self._corrector is not None
        return Sweep(self._views, motions, pool, self._keys, segments, step, self._advisers, tells)

    def _descend(
        self,
        plan: Plan,
        low: int,
        high: int,
        store: EstimateStore,
        make: Callable[[Sequence[Segment], int], Sweep],
    ) -> Iterator[FrameResult]:
        """Backward chains of one block. A frame that no forward chain will reach is done here."""
        segments = [s for s in plan.backward if low <= s.end and s.key <= high]
        sweep = make(segments, -1)
        for frame in range(high, low - 1, -1):
            self._control.checkpoint()
            found = sweep.visit(frame)
            if frame not in self._wanted:
                continue
            if plan.goes_forward(frame):
                for object_id, estimate in found.items():
                    store.put(frame, object_id, estimate)
            elif found:
                yield self._result(frame, found, {})

    def _meet(
        self, frame: int, found: Mapping[int, Estimate], store: EstimateStore
    ) -> Iterator[FrameResult]:
        other = {k: store.pop(frame, k) for k in self._request.objects}
        after = {k: e for k, e in other.items() if e is not None}
        if found or after:
            yield self._result(frame, found, after)

    def _result(
        self, frame: int, before: Mapping[int, Estimate], after: Mapping[int, Estimate]
    ) -> FrameResult:
        merged, quality = {}, {}
        for object_id in sorted({*before, *after}):
            a, b = before.get(object_id), after.get(object_id)
            if a is not None and b is not None:
                merged[object_id] = two_sided(a, b, self._views.view(frame))
                self._control.checkpoint()
            else:
                one = a if a is not None else b
                assert one is not None
                merged[object_id] = one
            found, corrected = merged[object_id], None
            if self._corrector is not None:
                corrected = self._corrector(self._views.view(frame), found, a, b)
                merged[object_id] = corrected
                self._control.checkpoint()
            quality[object_id] = predict(found, a, b, corrected)
            self._watch(frame, found, a, b, corrected)
        merged = resolve(merged)
        label_map = self._finisher.label_map(frame, merged, self._keys.get(frame))
        self._control.checkpoint()
        return FrameResult(frame, label_map, quality, self._finisher.soft_maps(merged, label_map))
