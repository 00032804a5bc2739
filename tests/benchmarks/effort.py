"""How many frames must be annotated: suggested ones against evenly spaced ones.

    python -m tests.benchmarks.effort --data DIR [--robot] [--after-first] [--sequences a b]
        [--goal 0.9] [--backend embedded]

True masks are given on the chosen frames, or with `--robot` they are scribbled on until they are
right; the rest is filled by the default backends, or by `--backend`. Counted is how many frames it
takes until the mean J over all frames reaches the goal. With `--after-first` the true mask of the
first frame is there and propagated before, and does not count.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotator.cli.verbs.measure import simulated
from annotator.evaluation.outcome import Simulation
from annotator.evaluation.protocols import evenly
from annotator.io.media import open_media
from tests.benchmarks.quality import DEV_VAL

Layout = Callable[[int, int], list[int]]
"""So many frames of a clip of that length."""


def beside_the_first(count: int, length: int) -> list[int]:
    """Frames that part a clip evenly, its first one known."""
    return [round(i * length / (count + 1)) for i in range(1, count + 1)]


def up_to_the_last(count: int, length: int) -> list[int]:
    """The same, with the last frame for one of them."""
    return [round(i * (length - 1) / count) for i in range(1, count + 1)]


def from_first_to_last(count: int, length: int) -> list[int]:
    """The frames of the protocol `every:N` for the N that makes about so many: the first one and
    the last one for two of them."""
    return [0] if count == 1 else [round(i * (length - 1) / (count - 1)) for i in range(count)]


@dataclass(frozen=True)
class Effort:
    """What is asked for; see the module's text."""

    goal: float
    most: int
    backend: str | None
    robot: bool
    after_first: bool

    @property
    def layouts(self) -> dict[str, Layout]:
        if self.after_first:
            return {"evenly spaced": beside_the_first, "up to the last": up_to_the_last}
        return {"evenly spaced": evenly, "first to last": from_first_to_last}

    def play(self, place: Path, protocol: str) -> Simulation:
        return simulated(place / "frames", place / "masks", protocol, self.backend)

    def spaced(self, place: Path, layout: Layout) -> int:
        """The least number of frames of a layout that reaches the goal; one more than `most` if
        none does. Each number is tried: more frames may lie worse than fewer."""
        with open_media(place / "frames") as media:
            length = len(media)
        for count in range(0 if self.after_first else 1, self.most + 1):
            told = self.on_frames(place, layout(count, length) if count else [])
            if float(np.mean([frame.J for frame in told.per_frame])) >= self.goal:
                return count
        return self.most + 1

    def on_frames(self, place: Path, frames: list[int]) -> Simulation:
        """These frames are annotated, after the first one or alone."""
        named = "+".join(map(str, frames))
        if self.robot and frames:
            return self.play(place, "first+" * self.after_first + f"frames-robot:{named}")
        return self.play(place, "frames:" + "+".join(map(str, [0] * self.after_first + frames)))

    def chain(self, place: Path) -> Simulation:
        """One suggested frame after the other is annotated, as many as are tried."""
        name = "first+" * self.after_first + "suggest" + "-robot" * self.robot
        return self.play(place, f"{name}:{self.most}")

    def suggested(self, place: Path) -> tuple[int, str]:
        """Frames until the goal is reached, and which they were, with J after each."""
        named = []
        for turn in self.chain(place).rounds:
            named.append(f"{turn.frame} ({turn.J:.4f})")
            if self.goal <= turn.J:
                return turn.round, ", ".join(named)
        return self.most + 1, ", ".join(named)


def parse(about: str | None, most: int) -> tuple[Effort, list[Path]]:
    """What the command line asks for, and the sequences; `most` frames of each unless it says
    otherwise."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sequences", nargs="+", default=DEV_VAL)
    parser.add_argument("--goal", type=float, default=0.9)
    parser.add_argument("--most", type=int, default=most)
    parser.add_argument("--backend")
    parser.add_argument("--robot", action="store_true")
    parser.add_argument("--after-first", action="store_true")
    asked = parser.parse_args()
    effort = Effort(asked.goal, asked.most, asked.backend, asked.robot, asked.after_first)
    return effort, [asked.data / sequence for sequence in asked.sequences]


def main() -> None:
    effort, places = parse(__doc__, 12)
    heads = [*effort.layouts, "suggested"]
    print(f"| sequence | {' | '.join(heads)} | which |\n|{'---|' * (len(heads) + 2)}", flush=True)
    table = []
    for place in places:
        count, named = effort.suggested(place)
        row = [*(effort.spaced(place, layout) for layout in effort.layouts.values()), count]
        table.append(row)
        print(f"| {place.name} | {' | '.join(map(str, row))} | {named} |", flush=True)
    *spaced, count = np.mean(table, axis=0)
    means = " | ".join(f"{value:.2f}" for value in (*spaced, count))
    fewer = ", ".join(
        f"{1 - count / value:.0%} fewer than {name}"
        for name, value in zip(heads, spaced, strict=False)
    )
    print(f"| **mean** | {means} | {fewer} |")


if __name__ == "__main__":
    main()
