"""Whether the suggested frame is the one where a true mask helps most.

    python -m tests.benchmarks.gains --data DIR --sequences a b [--keys 3] [--backend embedded]

After each of the first suggested key frames, true masks are tried on nine frames spread over the
clip and on the one that is suggested next: by how much does the mean J over all frames rise? Prints
that for the suggested one, the best and the mean of all that were tried. The constants of
`annotator.services.runs.suggest` were chosen by it, on training sequences.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from annotator.cli.verbs.measure import simulated

_TRIED = 9


def mean_j(place: Path, keys: list[int], backend: str) -> float:
    """Over all frames, with true masks on `keys`."""
    protocol = f"frames:{'+'.join(map(str, sorted(keys)))}"
    told = simulated(place / "frames", place / "masks", protocol, backend)
    return float(np.mean([frame.J for frame in told.per_frame]))


def rises(place: Path, keys: list[int], asked: int, backend: str) -> dict[int, float]:
    """What a mask on each tried frame adds to the mean J."""
    count = len(list((place / "frames").iterdir()))
    spread = {int((i + 0.5) * count / _TRIED) for i in range(_TRIED)} - set(keys)
    before = mean_j(place, keys, backend)
    return {f: mean_j(place, [*keys, f], backend) - before for f in sorted({*spread, asked})}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sequences", nargs="+", required=True)
    parser.add_argument("--keys", type=int, default=3)
    parser.add_argument("--backend", default="embedded")
    asked = parser.parse_args()
    print(
        "| sequence | keys | suggested: rise | best: rise | mean |\n|---|---|---|---|---|",
        flush=True,
    )
    table = []
    for sequence in asked.sequences:
        place = asked.data / sequence
        protocol = f"suggest:{asked.keys + 1}"
        told = simulated(place / "frames", place / "masks", protocol, asked.backend)
        order = [turn.frame for turn in told.rounds]
        for known in range(1, len(order)):
            keys, frame = order[:known], order[known]
            found = rises(place, keys, frame, asked.backend)
            best = max(found, key=found.__getitem__)
            row = found[frame], found[best], float(np.mean(list(found.values())))
            table.append(row)
            named = ", ".join(map(str, sorted(keys)))
            print(
                f"| {sequence} | {named} | {frame}: {row[0]:.3f} | {best}: {row[1]:.3f} "
                f"| {row[2]:.3f} |",
                flush=True,
            )
    means = np.mean(table, axis=0)
    print(f"| **mean** | | {means[0]:.4f} | {means[1]:.4f} | {means[2]:.4f} |")


if __name__ == "__main__":
    main()
