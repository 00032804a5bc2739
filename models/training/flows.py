"""Optical flow between neighbouring frames of the training videos, computed once."""

from __future__ import annotations

import zlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.flow import create
from models.npmca.evidence import COARSE
from models.training.data import Video, read_image

Float = NDArray[np.float32]


def scaled_size(frame: NDArray[np.uint8], lines: int) -> tuple[int, int]:
    """(height, width) with `lines` on the shorter side, of the frame's proportions."""
    h, w = frame.shape[:2]
    factor = lines / min(h, w)
    return round(h * factor), round(w * factor)


def scaled(frame: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """RGB at (height, width)."""
    if frame.shape[:2] == size:
        return frame
    shrinks = frame.shape[0] > size[0]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(frame, size[::-1], interpolation=how), np.uint8)


class Flows:
    """Flow of videos whose shorter side is scaled to `lines`.

    Kept at 1/COARSE of the size in half precision, a file per video in `folder`, or not at all.
    """

    def __init__(self, lines: int, folder: Path | None) -> None:
        self._lines, self._folder = lines, folder
        self._estimate = create("dis")
        self._whole: dict[str, NDArray[np.float16]] = {}

    def between(self, video: Video, frame: int, to: int) -> Float:
        """From `frame` to its neighbour `to`, float32 [H / COARSE, W / COARSE, 2], full pixels."""
        if self._folder is None:
            return self._compute(video, frame, to).astype(np.float32)
        where = str(video.frames[0].parent)
        if where not in self._whole:
            self._whole[where] = self._open(video, zlib.crc32(where.encode()))
        return self._whole[where][min(frame, to), int(to > frame)].astype(np.float32)

    def made(self, image: NDArray[np.uint8], before: NDArray[np.uint8]) -> Float:
        """The same of two pictures at hand, float32."""
        flow = self._estimate(image, before)
        size = (flow.shape[1] // COARSE, flow.shape[0] // COARSE)
        return np.asarray(cv2.resize(flow, size, interpolation=cv2.INTER_AREA))

    def _compute(self, video: Video, frame: int, to: int) -> NDArray[np.float16]:
        a, b = (read_image(video.frames[i]) for i in (frame, to))
        size = scaled_size(a, self._lines)
        return self.made(scaled(a, size), scaled(b, size)).astype(np.float16)

    def _open(self, video: Video, number: int) -> NDArray[np.float16]:
        """[frames - 1, 2, h, w, 2]: from the later frame to the earlier one, and the other way."""
        assert self._folder is not None
        count = len(video.frames)
        path = self._folder / f"{video.name}-{number:08x}-{count}-{self._lines}.npy"
        if not path.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            pairs = range(len(video.frames) - 1)
            flows = [
                (self._compute(video, i + 1, i), self._compute(video, i, i + 1)) for i in pairs
            ]
            part = path.with_suffix(".part")
            with part.open("wb") as stream:
                np.save(stream, np.array(flows))
            part.replace(path)
        return np.asarray(np.load(path, mmap_mode="r"))
