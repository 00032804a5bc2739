"""The parity fixtures: deterministic weights and what the authors' code gives with them."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import numpy as np
import torch
from torch import Tensor, nn

from models.loading import from_official, load
from tests.shared import shared

KEYS = {
    "scwssod": "scwssod",
    "dcfm": "dcfm",
    "rcrnet": "rcrnet_image",
    "fgplg": "rcrnet_fgplg",
    "ner": "rcrnet_video",
}
"""Name of the key list of each method."""

HEAVY = r"backbone\.classifier|\.fc\.|^flownet"
"""Entries that no network uses, 130 million numbers in all."""


@cache
def _filler() -> ModuleType:
    spec = importlib.util.spec_from_file_location("parity_fill", shared("parity", "fill.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def official_state(method: str) -> dict[str, Tensor]:
    """A state dict as the authors would publish it, without the heavy unused entries."""
    path = shared("parity", f"{KEYS[method]}.keys.json")
    return {k: torch.from_numpy(a) for k, a in _filler().fill_all(path, skip=HEAVY).items()}


def network(method: str) -> nn.Module:
    """The network with the fixtures' weights, in evaluation mode."""
    return load(method, from_official(method, official_state(method))).eval()


class Fixture:
    """One npz file: arrays as tensors, float32 unless asked for otherwise."""

    def __init__(self, name: str) -> None:
        with np.load(shared("parity", name)) as file:
            self.arrays = {key: file[key] for key in file.files}

    def __getitem__(self, key: str) -> Tensor:
        return torch.from_numpy(np.array(self.arrays[key]))

    def image(self, key: str) -> Tensor:
        """As float32."""
        return self[key].float()

    def under(self, prefix: str) -> Iterator[tuple[str, Tensor]]:
        """(rest of the key, value) of all keys that start with `prefix`."""
        for key in self.arrays:
            if key.startswith(prefix):
                yield key.removeprefix(prefix), self[key]


def gap(ours: Tensor, theirs: Tensor) -> float:
    """Largest absolute difference."""
    assert ours.shape == theirs.shape
    return float((ours.double() - theirs.double()).abs().max())


def relative_gap(ours: Tensor, theirs: Tensor) -> float:
    """Largest difference over the largest value."""
    return gap(ours, theirs) / max(float(theirs.abs().max()), 1e-30)
