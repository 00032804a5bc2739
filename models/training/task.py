"""What every kind of training shares: the base of the tasks, and tensors of pictures and masks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.ops.images import IMAGENET_MEAN, IMAGENET_STD
from models.training import motion
from models.training.data import VOID, Data
from models.training.errors import TrainingError
from models.training.recipe import Recipe

Batch = dict[str, Tensor]
Rng = np.random.Generator
Image = NDArray[np.uint8]


class Answers(NamedTuple):
    """What a network finds in a batch, to be looked at.

    `image` [N, 3, H, W] in [0, 1]; `truth` [N, 1, H, W] in [0, 1], -1 where it is not known;
    `found` [N, 1, H, W], probabilities.
    """

    image: Tensor
    truth: Tensor
    found: Tensor


class Task(nn.Module):
    """Base: a network, a recipe and data; `count` samples are one epoch.

    `cache`: folder for what is computed from the data once, or None.
    """

    def __init__(
        self, net: nn.Module, recipe: Recipe, data: Data, cache: Path | None = None
    ) -> None:
        super().__init__()
        self.cache = cache
        self.net = net
        self.recipe = recipe
        self.data = data
        self.sampling: Mapping[str, Any] = recipe.sampling
        self.count = self.prepare()
        if not self.count:
            raise TrainingError(
                f"The data hold no sample of '{recipe.samples}'.",
                "See docs/training.md for what each kind of training needs.",
            )

    def prepare(self) -> int:
        """Look through the data; returns the number of samples of an epoch."""
        raise NotImplementedError

    def sample(self, rng: Rng) -> Batch:
        """One sample, without the batch dimension."""
        raise NotImplementedError

    def answers(self, batch: Batch) -> Answers:
        """What the network finds in a batch."""
        raise NotImplementedError

    def train(self, mode: bool = True) -> Task:
        super().train(mode)
        if mode and self.recipe.freeze_statistics:
            for module in self.net.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        return self

    def augmented(self, image: Image, mask: Image, rng: Rng) -> tuple[Image, Image]:
        """Crop, flip and tone as the recipe's `sampling` says; else only resized."""
        size = self.recipe.size
        if self.sampling.get("crop", 0):
            image, mask = motion.crop(image, mask, size, rng, float(self.sampling["crop"]))
        else:
            image, mask = motion.fit(image, mask, size)
        if self.sampling.get("flip", False) and rng.random() < 0.5:
            image, mask = image[:, ::-1], mask[:, ::-1]
        if self.sampling.get("tone", 0):
            image = motion.tone(image, rng, float(self.sampling["tone"]))
        return image, mask


@contextmanager
def statistics_kept(net: nn.Module, kept: bool) -> Iterator[None]:
    """While `kept`, batch normalisation does not note the means and variances it meets."""
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)] if kept else []
    momenta = [m.momentum for m in norms]
    for norm in norms:
        norm.momentum = 0.0
    try:
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


def tensor(image: Image) -> Tensor:
    """uint8 [..., H, W, 3] -> float32 [..., 3, H, W] in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(image)).movedim(-1, -3).float() / 255


def normalised(image: Image) -> Tensor:
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    return (tensor(image) - mean) / std


def visible(image: Tensor) -> Tensor:
    """The inverse of `normalised`: [N, 3, H, W] in [0, 1]."""
    mean, std = (image.new_tensor(v).view(3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    return (image * std + mean).clamp(0, 1)


def binary(mask: Image) -> Tensor:
    """Object ids [..., H, W] -> float32 [..., 1, H, W]; void is background."""
    found = (mask > 0) & (mask != VOID)
    return torch.from_numpy(found.astype(np.float32)).unsqueeze(-3)


def one_object(mask: Image, rng: Rng) -> Image:
    """Mask of one of the objects, chosen at random; empty where there is none."""
    ids = [i for i in np.unique(mask) if i not in (0, VOID)]
    if not ids:
        return np.zeros_like(mask)
    return (mask == ids[int(rng.integers(len(ids)))]).astype(np.uint8)
