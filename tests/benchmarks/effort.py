"""How many frames must be annotated: suggested ones against evenly spaced ones.

    python -m tests.benchmarks.effort --data DIR [--robot] [--sequences a b] [--goal 0.9]
        [--backend embedded]

True masks are given on the chosen frames, or with `--robot` they are scribbled on until they are
right; the rest is filled by the default backends, or by `--backend`. Counted is how many frames it
takes until the mean J over all frames reaches the goal.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from annotator.cli.verbs.measure import simulated
from tests.benchmarks.quality import DEV_VAL


def spaced(place: Path, goal: float, most: int, backend: str | None, by: str) -> int:
    """The least number of evenly spaced frames that reaches the goal; one more than `most` if none
    does. Each number is tried: more frames may lie worse than fewer."""
    for count in range(1, most + 1):
        told = simulated(place / "frames", place / "masks", f"spaced{by}:{count}", backend)
        if float(np.mean([frame.J for frame in told.per_frame])) >= goal:
            return count
    return most + 1


def suggested(
    place: Path, goal: float, most: int, backend: str | None, by: str
) -> tuple[int, list[int]]:
    """Rounds until the goal is reached, and the frames that were suggested."""
    told = simulated(place / "frames", place / "masks", f"suggest{by}:{most}", backend)
    frames = [turn.frame for turn in told.rounds]
    enough = [turn.round for turn in told.rounds if goal <= turn.J]
    count = enough[0] if enough else most + 1
    return count, frames[:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sequences", nargs="+", default=DEV_VAL)
    parser.add_argument("--goal", type=float, default=0.9)
    parser.add_argument("--most", type=int, default=12)
    parser.add_argument("--backend")
    parser.add_argument("--robot", dest="by", action="store_const", const="-robot", default="")
    asked = parser.parse_args()
    print("| sequence | evenly spaced | suggested | which |\n|---|---|---|---|", flush=True)
    table = []
    for sequence in asked.sequences:
        place = asked.data / sequence
        count, frames = suggested(place, asked.goal, asked.most, asked.backend, asked.by)
        even = spaced(place, asked.goal, asked.most, asked.backend, asked.by)
        table.append((even, count))
        print(f"| {sequence} | {even} | {count} | {', '.join(map(str, frames))} |", flush=True)
    even, count = np.mean(table, axis=0)
    print(f"| **mean** | {even:.2f} | {count:.2f} | {1 - count / even:.0%} fewer |")


if __name__ == "__main__":
    main()
