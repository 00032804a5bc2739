"""Samples for the training of the refiner: what the embedded backends find between key frames.

    python tools/refine_samples.py VIDEOS OUT --every 20 8 --lines 320 --except blackswan,...

VIDEOS holds a folder per sequence with frames/ and masks/. Writes
OUT/SEQUENCE-every-N/{pictures,maps,truth}.npy: uint8 [n, S, S, 3], int8 [n, 6, S, S]
(`models.refine.look.MAPS`) and uint8 [n, S, S] in 0..255; folders that are whole are kept.
Every frame gives a sample with both sides, and one with one side only.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import FillRequest, KeyFrame
from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.engine import Engine
from annotator.backends.networks.refined import SIDE, whole
from annotator.core.types import Size
from annotator.io.formats.base import NoControl
from models.npmca import evidence as ev
from models.refine import look
from models.training.refined import Arrays, is_whole, store_samples


class Shrunk:
    """Frames of a folder at `lines` lines."""

    def __init__(self, folder: Path, lines: int) -> None:
        self._frames = sorted(folder.iterdir())
        height, width = self._read(0).shape[:2]
        factor = lines / min(height, width)
        self.size = Size(round(width * factor), round(height * factor))

    def __len__(self) -> int:
        return len(self._frames)

    def _read(self, index: int) -> NDArray[np.uint8]:
        picture = cv2.imread(str(self._frames[index]))
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)

    def read(self, index: int) -> NDArray[np.uint8]:
        size = (self.size.width, self.size.height)
        return np.asarray(cv2.resize(self._read(index), size, interpolation=cv2.INTER_AREA))


def samples(video: Path, every: int, lines: int) -> list[Arrays]:
    reader = Shrunk(video / "frames", lines)
    size = (reader.size.width, reader.size.height)
    files = sorted((video / "masks").iterdir())

    def truth(frame: int) -> NDArray[np.float32]:
        mask = cv2.imread(str(files[frame]), cv2.IMREAD_GRAYSCALE) > 0
        return cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)

    count = len(reader)
    known = sorted({*range(0, count, every), count - 1})
    keys = tuple(KeyFrame(k, (truth(k) > 0.5).astype(np.uint8), frozenset({1})) for k in known)
    frames = tuple(i for i in range(count) if i not in known)
    request = FillRequest(frames, keys, (1,), "both", {})
    out: list[Arrays] = []

    def keep(frame: int, merged: Estimate, before: Estimate | None, after: Estimate | None) -> None:
        odds = whole(merged, reader.size.shape)
        if odds is None:
            return
        cut = np.zeros(reader.size.shape, bool)
        assert merged.roi is not None
        cut[merged.roi] = merged.mask
        window = look.window_of(cut)
        if window is None:
            return
        sides = whole(before, odds.shape), whole(after, odds.shape)
        away = tuple(0 if e is None else e.distance for e in (before, after))
        picture = look.picture_in(window, SIDE, reader.read(frame))
        maps = look.maps_in(window, SIDE, (odds, *sides), cut, away)
        exact = ev.cut(truth(frame), window, SIDE)
        out.append((picture, maps, np.rint(exact * 255).astype(np.uint8)))

    def watch(
        frame: int,
        _object: int,
        merged: Estimate,
        before: Estimate | None,
        after: Estimate | None,
    ) -> None:
        keep(frame, merged, before, after)
        if before is not None and after is not None:
            if frame % 2:
                keep(frame, before, before, None)
            else:
                keep(frame, after, None, after)

    for _ in Engine(reader, request, NoControl(), watch).run():
        pass
    return out


def write_samples(
    videos: Path, out: Path, every: list[int], lines: int, left_out: set[str]
) -> None:
    """All of the above; what is there already is kept."""
    for n in every:
        for folder in sorted(videos.iterdir()):
            place = out / f"{folder.name}-every-{n}"
            if folder.name in left_out or not (folder / "masks").is_dir() or is_whole(place):
                continue
            found = samples(folder, n, lines)
            store_samples(place, found)
            print(place.name, len(found), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("videos", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, nargs="+", default=[20, 8])
    parser.add_argument("--lines", type=int, default=320)
    parser.add_argument("--except", dest="left_out", default="")
    given = parser.parse_args()
    write_samples(given.videos, given.out, given.every, given.lines, set(given.left_out.split(",")))
