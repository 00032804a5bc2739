"""How well a box says where an object is: the tool "Box hint" on pictures with known masks.

    python -m tests.benchmarks.boxes --data DIR [--sets a b] [--count 20]

DIR holds SET/img and SET/mask. Prints mean J per set of the box itself, filled, and of the mask
that the embedded backend makes from the scribbles that stand for the box.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from annotator.backends.base import ScribbleBackend, ScribbleRequest
from annotator.backends.cards import default_registry
from annotator.backends.registry import create
from annotator.core.types import VOID, Size
from annotator.io.formats.base import NoControl
from annotator.io.media.images import read_image
from annotator.ui.tools.clicks import box_strokes
from models.metrics.davis import region_similarity

SETS = ("weizmann_horses", "feral_cats", "human_seg", "msrc_cow", "ccp_people")


class _Still:
    """One picture as a clip."""

    def __init__(self, image: np.ndarray) -> None:
        self._image = image
        self.size = Size(image.shape[1], image.shape[0])

    def __len__(self) -> int:
        return 1

    def read(self, frame: int) -> np.ndarray:
        return self._image


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--count", type=int, default=20)
    asked = parser.parse_args()
    card = default_registry().resolve("saliency", "embedded")
    backend = create(card.factories["saliency"])
    print("| set | pictures | box, filled | box hint |\n|---|---|---|---|", flush=True)
    means = []
    for name in asked.sets:
        files = sorted((asked.data / name / "mask").glob("*.png"))
        chosen = np.random.default_rng(0).permutation(len(files))[: asked.count]
        scores = [_score(backend, files[i]) for i in sorted(chosen)]
        known = np.array([pair for pair in scores if pair is not None])
        means.append(known.mean(axis=0))
        print(f"| {name} | {len(known)} | {means[-1][0]:.3f} | {means[-1][1]:.3f} |", flush=True)
    total = np.mean(means, axis=0)
    print(f"| **mean** | | {total[0]:.3f} | {total[1]:.3f} |")


def _score(backend: ScribbleBackend, file: Path) -> tuple[float, float] | None:
    """J of the filled box and of the hint for the largest object; None without a picture of the
    same size."""
    labels = np.asarray(Image.open(file)).astype(np.uint8)
    image = read_image(next((file.parents[1] / "img").glob(f"{file.stem}.*")))
    ids, areas = np.unique(labels[(labels > 0) & (labels < VOID)], return_counts=True)
    if image.shape[:2] != labels.shape or not len(ids):
        return None
    truth = labels == ids[areas.argmax()]
    ys, xs = np.nonzero(truth)
    ends = np.array([[xs.min(), ys.min()], [xs.max(), ys.max()]], np.float32)
    strokes = box_strokes(ends, 1, np.zeros(truth.shape, bool))
    request = ScribbleRequest(0, tuple(strokes), (1,), np.zeros(truth.shape, np.uint8))
    found = backend.segment(_Still(image), request, NoControl()).label_map == 1
    box = np.zeros_like(truth)
    box[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] = True
    return region_similarity(box, truth), region_similarity(found, truth)


if __name__ == "__main__":
    main()
