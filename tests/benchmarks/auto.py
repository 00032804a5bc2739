"""`run auto` on clips with known masks, against the conventional motion contrast alone.

    python -m tests.benchmarks.auto --data DIR [--sequences a b]

DIR holds SEQUENCE/frames and SEQUENCE/masks. Mean J over all frames of the whole way from the media
to the last mask; seconds per frame by the clock, and those that the processor worked.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import FillRequest
from annotator.backends.embedded import salient
from annotator.backends.saliency.classical import SmallFlow
from annotator.backends.saliency.sampling import small
from annotator.backends.saliency.steps import motion_contrast
from annotator.core.types import FrameReader, Mask
from annotator.evaluation.scores import score_frame
from annotator.evaluation.truth import FolderTruth
from annotator.io.codec import decode_label_map
from annotator.io.media import CachedReader, open_media
from annotator.services.runs.auto import DRAFT_LINES
from annotator.services.runs.auto_tasks import auto
from annotator.services.runs.requests import AutoTask, Gear, ProposeTask
from tests.backends.clip import Watch
from tests.benchmarks.quality import DEV_VAL

_CACHE = 256 << 20


class Silent(Watch):
    """A task's control that nobody listens to."""

    def progress(self, done: int, total: int) -> None:
        pass


def contrast_alone(reader: FrameReader, frame: int) -> Mask:
    """Eq. 4 on the flow to the next frame (the last: from the one before), by Otsu's threshold."""
    beside = frame + 1 if frame + 1 < len(reader) else frame - 1
    flow = SmallFlow()(small(reader, frame), small(reader, beside))
    full = cv2.resize(motion_contrast(flow), tuple(reader.size))
    _, mask = cv2.threshold(np.rint(full * 255).astype(np.uint8), 0, 1, cv2.THRESH_OTSU)
    return np.asarray(mask, bool)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sequences", nargs="+", default=DEV_VAL)
    parser.add_argument(
        "--only-auto", action="store_true", help="leave out what it is held against"
    )
    asked = parser.parse_args()
    print("| sequence | auto | first masks | motion contrast | s/frame | processor s/frame |")
    print("|---|---|---|---|---|---|", flush=True)
    table = []
    for sequence in asked.sequences:
        row = measure(asked.data / sequence, asked.only_auto)
        table.append(row)
        print(f"| {sequence} | {cells(row)} |", flush=True)
    print(f"| **mean** | {cells(np.mean(table, axis=0))} |")


def measure(place: Path, only_auto: bool) -> NDArray[np.float64]:
    """J of `auto`, of motion and colour frame by frame, of the contrast; both seconds a frame."""
    media = open_media(place / "frames")
    reader, truth = CachedReader(media, _CACHE), FolderTruth(place / "masks", media)
    frames = tuple(range(len(reader)))

    def score(frame: int, mask: Mask) -> float:
        labels = truth.labels(frame)
        assert labels is not None
        one = score_frame(str(frame), mask.astype(np.uint8), (labels > 0).astype(np.uint8), [1])
        return float(one[1].J or 0)

    gear = Gear("annotator.backends.embedded:propagator", {"lines": DRAFT_LINES})
    task = AutoTask(ProposeTask(media.ref), gear, frames, 1)
    clock, work = time.perf_counter(), time.process_time()
    found = list(auto(task, Silent()))
    spent = np.array([time.perf_counter() - clock, time.process_time() - work]) / len(frames)
    ours = [score(r.frame, decode_label_map(r.label_map) > 0) for r in found]
    if only_auto:
        return np.array([np.mean(ours), np.nan, np.nan, *spent])
    request = FillRequest(frames, (), (1,))
    each = [score(r.frame, r.label_map > 0) for r in salient().fill(reader, request, Silent())]
    alone = [score(frame, contrast_alone(reader, frame)) for frame in frames]
    return np.array([np.mean(ours), np.mean(each), np.mean(alone), *spent])


def cells(row: NDArray[np.float64]) -> str:
    return " | ".join([*(f"{j:.3f}" for j in row[:3]), *(f"{s:.2f}" for s in row[3:])])


if __name__ == "__main__":
    main()
