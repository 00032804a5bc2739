"""How many frames must be annotated until a whole data set is good: suggested ones against evenly
spaced ones.

    python -m tests.benchmarks.effort_together --data DIR [--robot] [--after-first]
        [--sequences a b] [--goal 0.9] [--most 4] [--backend embedded]

The clips are one data set. Counted are frames, of whichever clips, until the mean J of the clips
reaches the goal (each clip's J is the mean over all its frames). *Suggested*: one after the other
the place that `strokeflow suggest` puts first over all clips. *Evenly spaced*: as many in each
clip, or shared out by the lengths of the clips, in two layouts each (see `effort`). In no clip more
than `--most` are tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from annotator.evaluation.outcome import Simulation
from annotator.io.media import open_media
from annotator.services.runs.suggest import Suggestion
from annotator.services.runs.survey import rank
from tests.benchmarks.effort import Effort, Layout, parse

Counts = Mapping[str, int]
"""How many frames are annotated in each sequence."""


class DataSet:
    """The clips, and what became of each of them after so many frames."""

    def __init__(self, places: Sequence[Path], effort: Effort) -> None:
        self.places = {place.name: place for place in places}
        self.effort = effort
        self.lengths: dict[str, int] = {}
        for sequence, place in self.places.items():
            with open_media(place / "frames") as media:
                self.lengths[sequence] = len(media)
        self.spaced = cache(self._spaced)

    @cached_property
    def chains(self) -> dict[str, Simulation]:
        """Each clip, one suggested frame after the other."""
        return {s: self.effort.chain(place) for s, place in self.places.items()}

    def suggested(self) -> Iterator[tuple[str, float]]:
        """What was annotated, and the mean J of the clips after it; the start first."""
        chains = self.chains
        first = 1 if self.effort.after_first else 0
        found = {s: _suggestions(chain, first) for s, chain in chains.items()}
        now = {s: chain.rounds[0].J if first else 0.0 for s, chain in chains.items()}
        yield "", float(np.mean([*now.values()]))
        done = dict.fromkeys(chains, first)
        for place in rank(found, self.lengths, self.effort.most * len(chains)):
            turn = chains[place.project].rounds[done[place.project]]
            now[place.project] = turn.J
            done[place.project] += 1
            yield f"{place.project} {turn.frame}", float(np.mean([*now.values()]))
            if done[place.project] == len(chains[place.project].rounds):
                return  # what would come next in this clip is not known

    def evenly(self, layout: Layout, counts: Counts) -> float:
        return float(np.mean([self.spaced(s, layout, count) for s, count in counts.items()]))

    def _spaced(self, sequence: str, layout: Layout, count: int) -> float:
        if count == 0 and not self.effort.after_first:
            return 0.0
        frames = layout(count, self.lengths[sequence]) if count else []
        told = self.effort.on_frames(self.places[sequence], frames)
        return float(np.mean([frame.J for frame in told.per_frame]))

    def as_many_in_each(self) -> Iterator[Counts]:
        for count in range(self.effort.most + 1):
            yield dict.fromkeys(self.places, count)

    def by_length(self) -> Iterator[Counts]:
        """One more frame each time, so that the numbers keep to the lengths of the clips."""
        total = sum(self.lengths.values())
        for count in range(self.effort.most * len(self.places) + 1):
            shares = {s: count * length / total for s, length in self.lengths.items()}
            counts = {s: int(share) for s, share in shares.items()}
            rest = sorted(shares, key=lambda s: counts[s] - shares[s])
            for sequence in rest[: count - sum(counts.values())]:
                counts[sequence] += 1
            if max(counts.values()) > self.effort.most:
                return
            yield counts


def _suggestions(chain: Simulation, first: int) -> list[Suggestion]:
    return [Suggestion(turn.frame, turn.gain or 0.0) for turn in chain.rounds[first:]]


def main() -> None:
    effort, places = parse(__doc__, 4)
    clips = DataSet(places, effort)
    needed = None
    print("suggested in each clip:", flush=True)
    for sequence, chain in clips.chains.items():
        told = ", ".join(f"{turn.frame} ({turn.J:.4f})" for turn in chain.rounds)
        print(f"  {sequence}: {told}", flush=True)
    print("suggested over all clips:", flush=True)
    for number, (what, j) in enumerate(clips.suggested()):
        print(f"  {number}: {what or 'before'}, J {j:.4f}", flush=True)
        if needed is None and j >= effort.goal:
            needed = number
    for name, layout in effort.layouts.items():
        for shared, sharings in (
            ("as many in each clip", clips.as_many_in_each()),
            ("by length", clips.by_length()),
        ):
            _tell(f"{name}, {shared}", clips, layout, sharings, effort.goal, needed)


def _tell(
    title: str,
    clips: DataSet,
    layout: Layout,
    sharings: Iterator[Counts],
    goal: float,
    needed: int | None,
) -> None:
    print(f"{title}:", flush=True)
    for counts in sharings:
        j, number = clips.evenly(layout, counts), sum(counts.values())
        print(f"  {number}: {' '.join(map(str, counts.values()))}, J {j:.4f}", flush=True)
        if j >= goal:
            if needed is not None:
                print(f"  suggested: {1 - needed / number:.0%} fewer")
            return
    print("  not reached")


if __name__ == "__main__":
    main()
