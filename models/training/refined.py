"""Training of `refiner` and `strokes` on what the embedded backends found; the truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from models.npmca.losses import iou_loss
from models.ops.resize import resize
from models.refine.look import STEPS
from models.training import motion
from models.training.errors import TrainingError
from models.training.task import Answers, Batch, Rng, Task, tensor

Arrays = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]


class Refined(Task):
    """Windows of `tools/refine_samples.py`, `tools/stroke_samples.py`: cropped, flipped, toned;
    half of them enlarged up to `zoom` times."""

    def prepare(self) -> int:
        self._clips = [_open(folder) for folder in self.data.samples]
        size = self.recipe.size[0]
        for folder, (_, _, truth) in zip(self.data.samples, self._clips, strict=True):
            if min(truth.shape[1:]) < size:
                raise TrainingError(
                    f"The samples of {folder} are smaller than the {size} pixels of the recipe.",
                    "Leave them out, or set a smaller 'size' in the recipe.",
                )
        return sum(len(truth) for _, _, truth in self._clips)

    def sample(self, rng: Rng) -> Batch:
        """From a clip at random, so that long ones do not count more."""
        pictures, maps, truth = self._clips[int(rng.integers(len(self._clips)))]
        index = int(rng.integers(len(truth)))
        size = self.recipe.size[0]
        most = float(self.sampling.get("zoom", 1.0))
        cut = round(size / rng.uniform(1, most)) if rng.random() < 0.5 else size
        y, x = (int(rng.integers(0, side - cut + 1)) for side in truth.shape[1:])
        part = np.s_[y : y + cut, x : x + cut]
        picture = np.array(pictures[index][part])
        known = np.array(maps[index][:, *part])
        exact = np.array(truth[index][part])
        if rng.random() < 0.5:
            picture, known, exact = picture[:, ::-1], known[..., ::-1], exact[:, ::-1]
        picture = motion.tone(picture, rng, float(self.sampling.get("tone", 0.1)))
        found = {
            "frame": tensor(picture),
            "maps": torch.from_numpy(np.ascontiguousarray(known)).float() / STEPS,
            "truth": torch.from_numpy(np.ascontiguousarray(exact)).float()[None] / 255,
        }
        if cut != size:
            found = {name: resize(plane[None], (size, size))[0] for name, plane in found.items()}
        return found

    def forward(self, batch: Batch) -> Tensor:
        logits = self._logits(batch)
        loss = F.binary_cross_entropy_with_logits(logits, batch["truth"])
        return loss + iou_loss(logits.sigmoid(), batch["truth"])

    def answers(self, batch: Batch) -> Answers:
        return Answers(batch["frame"], batch["truth"], self._logits(batch).sigmoid())

    def _logits(self, batch: Batch) -> Tensor:
        found: Tensor = self.net(batch["frame"], batch["maps"])
        return found


_NAMES = ("pictures", "maps", "truth")


def is_whole(folder: Path) -> bool:
    """Did `store_samples` get to its end there?"""
    return (folder / f"{_NAMES[-1]}.npy").is_file()


def store_samples(folder: Path, rows: Sequence[Arrays]) -> None:
    """Write samples, one row each: the picture in the window uint8 [S, S, 3], the maps int8
    [n, S, S] and the truth uint8 [S, S] in 0..255."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in zip(_NAMES, zip(*rows, strict=True), strict=True):
        part = folder / f"{name}.part"
        with part.open("wb") as stream:
            np.save(stream, np.stack(values))
        part.replace(folder / f"{name}.npy")


def _open(folder: Path) -> Arrays:
    pictures, maps, truth = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in _NAMES)
    return pictures, maps, truth
