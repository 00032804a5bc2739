"""Odd and damaged checkpoints are refused in plain words, whatever they hold."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from annotator.backends.networks.checkpoints import convert
from annotator.core.errors import RequestError
from annotator.io.weights import shipped_weights

REFINER = shipped_weights() / "refiner.safetensors"
NPMCA = shipped_weights() / "npmca.safetensors"


def metadata() -> dict[str, str]:
    with safe_open(REFINER, "pt") as file:
        return dict(file.metadata())


def refused(file: Path, model: str = "refiner") -> str:
    out = file.parent / "out.safetensors"
    with pytest.raises(RequestError) as caught:
        convert(file, model, out, "test")
    assert not out.exists()
    return str(caught.value)


@pytest.mark.parametrize("config", [[1], "x", {"width": "abc"}, {"widths": 3}, {"width": -1}])
def test_settings_of_no_network(tmp_path: Path, config: object) -> None:
    file = tmp_path / "odd.safetensors"
    save_file(load_file(REFINER), file, {**metadata(), "config": json.dumps(config)})
    assert "does not fit 'refiner'" in refused(file)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.to(torch.int8), "values of torch.int8"),
        (lambda t: torch.full_like(t, float("nan")) if t.is_floating_point() else t, "NaN"),
    ],
    ids=["int8", "nan"],
)
def test_values_that_no_network_computes_with(tmp_path: Path, change: Any, told: str) -> None:
    file = tmp_path / "odd.safetensors"
    save_file({k: change(t) for k, t in load_file(REFINER).items()}, file, metadata())
    assert told in refused(file)


@pytest.mark.filterwarnings("ignore")  # of ptlflow, about its own libraries
@pytest.mark.parametrize("model", ["scwssod", "ptlflow:raft_small"])
def test_entries_without_names(tmp_path: Path, model: str) -> None:
    torch.save({1: torch.zeros(2)}, tmp_path / "odd.pth")
    refused(tmp_path / "odd.pth", model)
    torch.save({"state_dict": {}, "hyper_parameters": [1]}, tmp_path / "odd.pth")
    refused(tmp_path / "odd.pth", model)


def test_damaged_bytes(tmp_path: Path) -> None:
    file, dice = tmp_path / "odd.pth", random.Random(1)
    torch.save({"a": torch.zeros(4, 4), "b": torch.ones(2)}, file)
    whole = file.read_bytes()
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(dice.choice([1, 3, 20])):
            damaged[dice.randrange(len(whole))] = dice.randrange(256)
        file.write_bytes(damaged)
        refused(file, "scwssod")


def test_a_motion_branch_is_an_image_network(tmp_path: Path) -> None:
    copy = tmp_path / "npmca.safetensors"
    copy.write_bytes(NPMCA.read_bytes())
    assert "npmca is no image saliency network" in refused(copy, "motion")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "no.pth")
    (tmp_path / "folder.pth").mkdir()
    assert "cannot be read" in refused(tmp_path / "folder.pth")
