"""How well the embedded backends know where they are wrong; the table of docs/quality.md.

    python -m tests.benchmarks.calibration --data DIR [--sequences a b] [--protocols first every:20]

DIR holds SEQUENCE/frames and SEQUENCE/masks. Frames that were not given, all sequences together.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from annotator.cli.verbs.measure import simulated
from annotator.evaluation.calibration import measure
from tests.benchmarks.quality import DEV_VAL


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sequences", nargs="+", default=DEV_VAL)
    parser.add_argument("--protocols", nargs="+", default=("first", "every:20"))
    parser.add_argument("--backend", default="embedded")
    asked = parser.parse_args()
    print("| protocol | frames | Spearman | ECE | J < 0.5 | of them in the worst tenth |")
    print("|---|---|---|---|---|---|", flush=True)
    for protocol in asked.protocols:
        pairs = []
        for sequence in asked.sequences:
            place = asked.data / sequence
            found = simulated(place / "frames", place / "masks", protocol, asked.backend)
            pairs += [
                (frame.estimate, frame.J)
                for frame in found.per_frame
                if not frame.given and frame.estimate is not None
            ]
        estimate, truth = np.array(pairs).T
        told = measure(estimate, truth)
        hit = "-" if not told.bad else f"{told.found:.0%} (at most {told.findable:.0%})"
        print(
            f"| {protocol} | {told.frames} | {told.spearman:.3f} | {told.error:.3f} "
            f"| {told.bad} | {hit} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
