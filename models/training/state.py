"""The state of a training on disk: everything to go on exactly, in one safetensors file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from models.training.errors import TrainingError


def write(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Atomic: a reader sees the old file or the new one, also after a power cut."""
    part = path.with_name(path.name + ".part")
    whole = {k: t.detach().cpu().contiguous().clone() for k, t in tensors.items()}
    save_file(whole, part, dict(metadata))
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())
    part.replace(path)


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata. Raises TrainingError for a file that is damaged."""
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
        return load_file(path), metadata
    except (SafetensorError, OSError) as error:
        raise TrainingError(
            f"{path} cannot be read: {error}.", "Start without --resume."
        ) from error


def flatten(optimiser: torch.optim.Optimizer) -> tuple[dict[str, Tensor], str]:
    """Tensors of an optimiser by name, and its groups as JSON."""
    state: dict[str, Any] = optimiser.state_dict()
    tensors = {
        f"optimiser/{i}/{name}": torch.as_tensor(value)
        for i, entry in state["state"].items()
        for name, value in entry.items()
        if value is not None
    }
    return tensors, json.dumps(state["param_groups"])


def unflatten(tensors: Mapping[str, Tensor], groups: str) -> dict[str, Any]:
    """The state dict that `flatten` took apart."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in part(tensors, "optimiser/").items():
        index, _, field = name.partition("/")
        state.setdefault(int(index), {})[field] = tensor
    return {"state": state, "param_groups": json.loads(groups)}


def part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors whose names begin with `prefix`, without it."""
    return {k.removeprefix(prefix): t for k, t in tensors.items() if k.startswith(prefix)}
