"""A simulated annotator: how good is the result for a given amount of human work?

What it does is told in `protocols`. Seconds are those spent in the backends, not in scoring or in
the robot.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Protocol

import numpy as np

from annotator.backends.base import (
    Control,
    FillBackend,
    FillRequest,
    KeyFrame,
    ScribbleBackend,
    ScribbleRequest,
)
from annotator.backends.saliency.change import course
from annotator.backends.saliency.clip_course import Course
from annotator.core.errors import RequestError
from annotator.core.types import BACKGROUND, VOID, FrameReader, LabelMap, Mask, Stroke
from annotator.evaluation.masks import CompressedMasks
from annotator.evaluation.outcome import FrameOutcome, RoundOutcome, Simulation
from annotator.evaluation.protocols import Play, frames_of, parse_protocol
from annotator.evaluation.robot import robot_scribbles
from annotator.evaluation.saliency import measured
from annotator.evaluation.scores import mean, score_frame
from annotator.services.runs.suggest import next_frames

GLANCES = 8
"""How often the robot looks at a frame that it corrects as a whole."""
IN_VIEW = 0.7
"""Share of the largest area from which a first frame is good enough to scribble on."""


class Truth(Protocol):
    """True masks of a clip."""

    def labels(self, frame: int) -> LabelMap | None:
        """uint8 [H, W], 255 void; None for a frame whose truth is not known."""
        ...


@dataclass(frozen=True, slots=True)
class Backends:
    """What the annotator works with; `name` is how the result calls it."""

    name: str
    scribble: ScribbleBackend
    propagate: FillBackend
    interpolate: FillBackend


def simulate(
    reader: FrameReader,
    truth: Truth,
    protocol: str,
    backends: Backends,
    control: Control,
    measures: Sequence[str] = (),
) -> Simulation:
    """Play a protocol on a clip.

    `measures`: names of `evaluation.saliency.METRICS`, to be taken of all objects as one on the
    frames that were not given. Raises RequestError for an unknown protocol or a truth without any
    object, Cancelled through `control`, and what the backends raise.
    """
    play = parse_protocol(protocol)
    desk = _Desk(reader, truth, backends, control)
    rounds: list[RoundOutcome] = []
    if play.after_first:
        rounds.append(desk.first_round())
    if play.in_rounds:
        rounds.extend(desk.play(play))
    else:
        first = play.name == "first"
        desk.give([desk.first_frame()] if first else frames_of(play, len(reader)))
        desk.find_only_what_is_known()
        desk.refill(range(len(reader)))
    return desk.report(protocol, tuple(rounds), measures)


@dataclass
class _Desk:
    """The annotator's desk: key frames, strokes and masks of all frames."""

    reader: FrameReader
    truth: Truth
    backends: Backends
    control: Control
    keys: dict[int, LabelMap] = field(default_factory=dict)
    strokes: dict[int, list[Stroke]] = field(default_factory=dict)
    given: set[int] = field(default_factory=set)
    seconds: float = 0.0
    made: int = 0

    def __post_init__(self) -> None:
        self.masks = CompressedMasks(self.reader.size)
        self.scores: dict[int, tuple[float, float]] = {}
        self.estimates: dict[int, float] = {}
        self._course: Course | None = None
        self.areas: dict[int, tuple[int, int]] = {}
        ids: set[int] = set()
        for frame in range(len(self.reader)):
            labels = self.truth.labels(frame)
            if labels is not None:
                shown = set(np.unique(labels).tolist()) - {BACKGROUND, VOID}
                objects = (labels != BACKGROUND) & (labels != VOID)
                self.areas[frame] = len(shown), int(objects.sum())
                ids |= shown
        if not ids:
            raise RequestError("The truth shows no object on any frame.")
        self.objects: tuple[int, ...] = tuple(sorted(ids))

    def first_frame(self) -> int:
        return next(frame for frame, (count, _) in sorted(self.areas.items()) if count)

    def best_frame(self) -> int:
        """Where a person would start; see the module's text."""
        most = max(count for count, _ in self.areas.values())
        areas = {frame: area for frame, (count, area) in self.areas.items() if count == most}
        enough = IN_VIEW * max(areas.values())
        middle = (len(self.reader) - 1) / 2
        return min((abs(f - middle), f) for f, area in areas.items() if area >= enough)[1]

    def give(self, frames: Iterable[int]) -> None:
        """Hand out the true masks of these frames, where they are known."""
        for frame in frames:
            labels = self.truth.labels(frame)
            if labels is not None:
                self.keys[frame] = labels
                self.masks.put(frame, labels)
                self.given.add(frame)
        if not self.keys:
            raise RequestError("None of the frames to be given has a truth.")

    def find_only_what_is_known(self) -> None:
        """An object that no key frame shows cannot be found by anyone."""
        shown = {int(i) for labels in self.keys.values() for i in np.unique(labels)}
        self.objects = tuple(o for o in self.objects if o in shown) or self.objects

    def refill(self, frames: range) -> None:
        """Fill `frames` from the key frames: bridge the gaps, propagate beyond the ends."""
        known = sorted(self.keys)
        first, last = known[0], known[-1]
        open_ = [frame for frame in frames if frame not in self.keys]
        self._fill(self.backends.propagate, [f for f in open_ if f < first], [first], "backward")
        for before, after in pairwise(known):
            between = [f for f in open_ if before < f < after]
            self._fill(self.backends.interpolate, between, [before, after], "both")
        self._fill(self.backends.propagate, [f for f in open_ if f > last], [last], "forward")

    def first_round(self) -> RoundOutcome:
        """The true masks of the first frame that shows an object, propagated."""
        frame = self.first_frame()
        self.give([frame])
        return self._after(0, frame, self.seconds, 0)

    def play(self, play: Play) -> Iterator[RoundOutcome]:
        """The rounds of a protocol that has some."""
        if play.name == "frames-robot":
            for turn, frame in enumerate(frames_of(play, len(self.reader)), 1):
                yield self.corrected_round(turn, frame)
            return
        for turn in range(1, play.numbers[0] + 1):
            if play.name == "robot":
                outcome = self.scribble_round(turn)
            else:
                outcome = self.suggested_round(turn, by_robot=play.name == "suggest-robot")
            if outcome is None:
                return
            yield outcome

    def scribble_round(self, turn: int) -> RoundOutcome | None:
        """Strokes on one frame, masks from them, and what its key governs filled again.

        None if no frame has an error that is large enough for a stroke.
        """
        started = self.seconds
        choice = self._choose(turn)
        if choice is None:
            return None
        frame, drawn = choice
        self._scribble(frame, drawn)
        return self._after(turn, frame, started, len(drawn))

    def corrected_round(self, turn: int, frame: int) -> RoundOutcome:
        """The robot corrects a frame as a whole, and what it governs is filled again."""
        started, strokes = self.seconds, 0
        labels = self._known(frame)
        for _ in range(GLANCES):
            drawn = robot_scribbles(labels, self.masks.get(frame), self.objects)
            if not drawn:
                break
            strokes += len(drawn)
            self._scribble(frame, drawn)
        self.keys[frame] = self.masks.get(frame)
        return self._after(turn, frame, started, strokes)

    def suggested_round(self, turn: int, by_robot: bool) -> RoundOutcome | None:
        """The frame that is suggested gets its true masks, or the robot corrects it; what it
        governs is filled again.

        None if no frame is worth it.
        """
        started = self.seconds
        if self._course is None:
            self._course = course(self.reader, self.control)
        error = np.ones(len(self.reader))
        for frame, estimate in self.estimates.items():
            error[frame] = 1 - estimate
        asked = next_frames(error, self.keys, self._course.place, 1, self._course.unclear)
        if not asked:
            return None
        frame = asked[0].frame
        if by_robot:
            outcome = self.corrected_round(turn, frame)
        else:
            self.keys[frame] = self._known(frame)
            self.given.add(frame)
            self._store(frame, self.keys[frame])
            outcome = self._after(turn, frame, started, 0)
        return replace(outcome, gain=asked[0].gain)

    def _known(self, frame: int) -> LabelMap:
        """The true masks of a frame that a protocol chose. Raises RequestError."""
        labels = self.truth.labels(frame)
        if labels is None:
            raise RequestError(f"Frame {frame} has no truth, and it is the one to be annotated.")
        return labels

    def _scribble(self, frame: int, drawn: Sequence[Stroke]) -> None:
        """The masks of a frame from these strokes and all that were drawn on it before."""
        strokes = self.strokes.setdefault(frame, [])
        strokes += drawn
        now = self.masks.get(frame)
        request = ScribbleRequest(
            frame,
            tuple(strokes),
            self.objects,
            now,
            prior=frozenset(o for o in self.objects if (now == o).any()),
        )
        clock = time.perf_counter()
        result = self.backends.scribble.segment(self.reader, request, self.control)
        self.seconds += time.perf_counter() - clock
        self.made += 1
        self.keys[frame] = result.label_map
        self._store(frame, result.label_map)

    def _after(self, turn: int, frame: int, started: float, strokes: int) -> RoundOutcome:
        """Fill again what a new key frame governs, and score everything."""
        others = sorted(set(self.keys) - {frame})
        start = max((f + 1 for f in others if f < frame), default=0)
        stop = min((f for f in others if f > frame), default=len(self.reader))
        self.refill(range(start, stop))
        scores = self._all_scores()
        j, f = (float(np.mean(column)) for column in zip(*scores.values(), strict=True))
        return RoundOutcome(turn, frame, j, f, (j + f) / 2, self.seconds - started, strokes)

    def report(
        self, protocol: str, rounds: tuple[RoundOutcome, ...], measures: Sequence[str]
    ) -> Simulation:
        scores = self._all_scores()
        frames = tuple(
            FrameOutcome(frame, j, f, (j + f) / 2, frame in self.given, self.estimates.get(frame))
            for frame, (j, f) in sorted(scores.items())
        )
        counted = [entry for entry in frames if not entry.given]
        return Simulation(
            protocol,
            self.backends.name,
            mean([entry.J for entry in counted]),
            mean([entry.F for entry in counted]),
            mean([entry.JF for entry in counted]),
            len(self.reader),
            self.seconds,
            self.made / self.seconds if self.seconds else 0.0,
            frames,
            rounds,
            len(self.objects),
            measured(self._pairs(entry.frame for entry in counted), measures),
        )

    def _pairs(self, frames: Iterable[int]) -> Iterator[tuple[Mask, Mask]]:
        """Found and true, all objects as one."""
        for frame in frames:
            self.control.checkpoint()
            labels = self.truth.labels(frame)
            if labels is not None:
                yield np.isin(self.masks.get(frame), self.objects), np.isin(labels, self.objects)

    def _choose(self, turn: int) -> tuple[int, list[Stroke]] | None:
        """The frame to scribble on and the strokes: the worst one that needs any."""
        scores = self._all_scores() if turn > 1 else {}
        order: Sequence[int] = sorted(scores, key=lambda frame: (scores[frame][0], frame))
        for frame in order if turn > 1 else [self.best_frame()]:
            self.control.checkpoint()
            labels = self.truth.labels(frame)
            if labels is not None:
                drawn = robot_scribbles(labels, self.masks.get(frame), self.objects)
                if drawn:
                    return frame, drawn
        return None

    def _fill(
        self, backend: FillBackend, frames: list[int], known: list[int], direction: str
    ) -> None:
        if not frames:
            return
        keys = tuple(KeyFrame(f, self.keys[f], frozenset(self.objects)) for f in known)
        request = FillRequest(tuple(frames), keys, self.objects, direction)
        results = backend.fill(self.reader, request, self.control)
        while True:
            clock = time.perf_counter()
            result = next(results, None)
            self.seconds += time.perf_counter() - clock
            if result is None:
                return
            self.made += 1
            self._store(result.frame, result.label_map)
            self.estimates[result.frame] = float(np.mean([*result.quality.values()] or [0.0]))

    def _store(self, frame: int, labels: LabelMap) -> None:
        self.masks.put(frame, labels)
        self.scores.pop(frame, None)

    def _all_scores(self) -> dict[int, tuple[float, float]]:
        """(J, F), means over the objects, of every frame with a truth."""
        for frame in self.areas:
            if frame not in self.scores:
                self.control.checkpoint()
                labels = self.truth.labels(frame)
                if labels is None:
                    continue
                entries = score_frame(str(frame), self.masks.get(frame), labels, self.objects)
                j = mean([entry.J for entry in entries.values()])
                f = mean([entry.F for entry in entries.values()])
                self.scores[frame] = (j or 0.0, f or 0.0)
        return self.scores
