"""The table of docs/quality.md: a simulated annotator on sequences with known masks.

    python -m tests.benchmarks.quality --data DIR [--sequences a b] [--protocols first every:10]

DIR holds SEQUENCE/frames and SEQUENCE/masks. Prints a Markdown table of mean J, and frames/s.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from annotator.cli.verbs.measure import simulated

PROTOCOLS = ("every:5", "every:10", "every:20", "first", "robot:8")
DEV_VAL = ("blackswan", "car-shadow", "dance-twirl", "dog")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sequences", nargs="+", default=DEV_VAL)
    parser.add_argument("--protocols", nargs="+", default=PROTOCOLS)
    parser.add_argument("--backend", default=None)
    asked = parser.parse_args()
    print(f"| sequence | {' | '.join(asked.protocols)} |")
    print(f"|---|{'---|' * len(asked.protocols)}", flush=True)
    table = []
    for sequence in asked.sequences:
        place = asked.data / sequence
        row = []
        for protocol in asked.protocols:
            found = simulated(place / "frames", place / "masks", protocol, asked.backend)
            over_rounds = [r.J for r in found.rounds]
            row.append((found.J or 0.0, float(np.mean(over_rounds or [np.nan])), found))
        table.append(row)
        cells = [
            f"{j:.3f}" + ("" if np.isnan(mean) else f" (rounds {mean:.3f})") for j, mean, _ in row
        ]
        print(f"| {sequence} | {' | '.join(cells)} |", flush=True)
    means = [f"{np.mean([row[i][0] for row in table]):.3f}" for i in range(len(asked.protocols))]
    pace = [
        f"{np.mean([row[i][2].frames_per_second for row in table]):.2f}"
        for i in range(len(asked.protocols))
    ]
    print(f"| **mean** | {' | '.join(means)} |")
    print(f"| frames/s | {' | '.join(pace)} |")


if __name__ == "__main__":
    main()
