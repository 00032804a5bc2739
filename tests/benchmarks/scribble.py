"""Time of scribbles to masks on real frames: three objects at 854x480, everything included.

    python -m tests.benchmarks.scribble --data DIR [--sequences a b] [--repeats 20]

DIR holds SEQUENCE/frames. The strokes are drawn at fixed places; only the time matters here.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from annotator.backends.base import ScribbleRequest
from annotator.backends.cards import default_registry
from annotator.backends.registry import create
from annotator.core.types import Stroke
from annotator.io.media import open_media


class _Quiet:
    def checkpoint(self) -> None:
        """Nobody cancels."""

    def note(self, text: str) -> None:
        """Nobody reads along."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sequences", nargs="+", default=["blackswan", "dog", "car-shadow"])
    parser.add_argument("--repeats", type=int, default=20)
    asked = parser.parse_args()
    card = default_registry().resolve("saliency", "embedded")
    backend = create(card.factories["saliency"])
    wall, cpu = [], []
    for sequence in asked.sequences:
        with open_media(asked.data / sequence / "frames") as media:
            width, height = media.size
            across = np.linspace(0.2, 0.8, 4)
            strokes = [
                Stroke(
                    i,
                    np.array([[x * width, 0.4 * height], [x * width + 30, 0.5 * height]]),  # type: ignore[arg-type]
                    4.0,
                )
                for i, x in enumerate(across)
            ]
            request = ScribbleRequest(
                0, tuple(strokes), (1, 2, 3), np.zeros(media.size.shape, np.uint8)
            )
            media.read(0)
            for _ in range(asked.repeats):
                began, spent = time.perf_counter(), time.process_time()
                backend.segment(media, request, _Quiet())
                wall.append(1e3 * (time.perf_counter() - began))
                cpu.append(1e3 * (time.process_time() - spent))
    for name, taken in (("wall", wall), ("processor", cpu)):
        print(
            f"{name}: median {np.median(taken):.0f} ms, p95 {np.percentile(taken, 95):.0f} ms "
            f"({len(taken)} calls, 3 objects, {width}x{height}, backend {card.id})"
        )


if __name__ == "__main__":
    main()
