"""Samples for the training of the refiner: what the embedded backends find between key frames.

    python tools/refine_samples.py VIDEOS OUT --every 5 20 --except blackswan,...

VIDEOS holds a folder per sequence with frames/ and masks/. Writes
OUT/SEQUENCE-every-N/{pictures,maps,truth}.npy: uint8 [n, S, S, 3], int8 [n, 22, S, S]
(`models.refine.look.MAPS`) and uint8 [n, S, S], 0 or 255; folders that are whole are kept.
Every frame gives a square of S pixels of it with both sides, and every second one also with one
side only. Nothing is resized: an outline is learnt at the pixels that it will be drawn with.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

import numpy as np

from annotator.backends.base import FillRequest, KeyFrame
from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.engine import Engine
from annotator.backends.embedded.views import View
from annotator.backends.networks.refined import look_at, told_by
from annotator.core.types import Mask
from annotator.io.formats.base import NoControl
from annotator.io.media.images import ImageFolder
from models.refine import look
from models.training.data import read_mask
from models.training.refined import Arrays, is_whole, store_samples

SIDE = 256


def square(
    part: look.Part, shape: tuple[int, int], side: int, rng: np.random.Generator
) -> look.Part:
    """`side` pixels of both axes (fewer in a smaller frame) that hold `part`, or lie within it."""
    found = []
    for span, size in zip(part, shape, strict=True):
        ends = sorted((span.start, span.stop - side))
        low, high = (int(np.clip(end, 0, max(0, size - side))) for end in ends)
        start = int(rng.integers(low, high + 1))
        found.append(slice(start, min(size, start + side)))
    return found[0], found[1]


def samples(video: Path, every: int, side: int) -> list[Arrays]:
    reader = ImageFolder(video / "frames")
    files = sorted((video / "masks").iterdir())
    rng = np.random.default_rng([zlib.crc32(video.name.encode()), every])

    def truth(frame: int) -> Mask:
        return read_mask(files[frame]) > 0

    count = len(reader)
    known = sorted({*range(0, count, every), count - 1})
    keys = tuple(KeyFrame(k, truth(k).astype(np.uint8), frozenset({1})) for k in known)
    frames = tuple(i for i in range(count) if i not in known)
    out: list[Arrays] = []

    def keep(view: View, found: Estimate, before: Estimate | None, after: Estimate | None) -> None:
        seen = look_at(view, found, before, after)
        merged = told_by(found)
        if seen is None or merged is None:
            return
        part = square(seen[0], view.grey.shape, side, rng)
        maps = look.maps_in(part, merged, told_by(before), told_by(after))
        out.append(
            (view.rgb[part], maps, np.where(truth(view.frame)[part], 255, 0).astype(np.uint8))
        )

    def watch(
        view: View, found: Estimate, before: Estimate | None, after: Estimate | None
    ) -> Estimate:
        keep(view, found, before, after)
        if before is not None and after is not None:
            if view.frame % 4 == 1:
                keep(view, before, before, None)
            elif view.frame % 4 == 3:
                keep(view, after, None, after)
        return found

    request = FillRequest(frames, keys, (1,), "both", {})
    for _ in Engine(reader, request, NoControl(), corrector=watch).run():
        pass
    return out


def write_samples(
    videos: Path, out: Path, every: list[int], left_out: set[str], side: int = SIDE
) -> None:
    """All of the above; what is there already is kept."""
    for n in every:
        for folder in sorted(videos.iterdir()):
            place = out / f"{folder.name}-every-{n}"
            if folder.name in left_out or not (folder / "masks").is_dir() or is_whole(place):
                continue
            found = samples(folder, n, side)
            store_samples(place, found)
            print(place.name, len(found), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("videos", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, nargs="+", default=[5, 20])
    parser.add_argument("--except", dest="left_out", default="")
    given = parser.parse_args()
    write_samples(given.videos, given.out, given.every, set(given.left_out.split(",")))
