"""A file with the authors' keys goes the way a user's file goes, and gives the authors' outputs."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from annotator.backends.networks.checkpoints import load_network
from annotator.io.weights import WeightFolders
from annotator.jobs.inline import InlineRunner
from annotator.services.models.weights import ModelReport, ModelService
from models.inference import optimise
from tests.shared import shared

UNUSED = r"backbone\.classifier"
"""What DCFM's file holds and its network does not use: 120 million numbers, here one each."""


def official_state(method: str, keys: str) -> dict[str, torch.Tensor]:
    spec = importlib.util.spec_from_file_location("fill", shared("parity", "fill.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = shared("parity", keys)
    filled = (
        module.fill_all(str(path), skip=UNUSED) if method == "dcfm" else module.fill_all(str(path))
    )
    state = {key: torch.from_numpy(value) for key, value in filled.items()}
    for key, _shape, _dtype in json.loads(path.read_text()):
        state.setdefault(key, torch.zeros(1))
    return state


def as_published(method: str, state: Mapping[str, torch.Tensor]) -> Any:
    """The ways in which files of these methods come."""
    if method in ("ner", "fgplg"):
        return {"state_dict": {f"module.{key}": value for key, value in state.items()}}
    if method == "rcrnet":
        return {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
    return dict(state)


def outputs(method: str, net: torch.nn.Module, given: Any) -> tuple[torch.Tensor, np.ndarray]:
    def tensor(name: str) -> torch.Tensor:
        return torch.from_numpy(given[name])

    if method == "scwssod":
        return net(tensor("rect/x"))[0], given["rect/out2"]
    if method == "rcrnet":
        return net(tensor("rect/x")), given["rect/logits"]
    if method == "ner":
        return net(tensor("rect/clip")[None])[0], given["rect/logits"]
    if method == "dcfm":
        return net(tensor("rect/x")).logits[-1], given["rect/pred3"]
    frames, labels, flows = (tensor(f"rect/{name}") for name in ("frames", "labels", "flows"))
    return net(frames[1:2], labels.transpose(0, 1), flows[None]), given["rect/logits"]


@pytest.mark.parametrize(
    ("method", "keys", "fixture"),
    [
        ("scwssod", "scwssod.keys.json", "scwssod.npz"),
        ("rcrnet", "rcrnet_image.keys.json", "rcrnet_image.npz"),
        ("ner", "rcrnet_video.keys.json", "rcrnet_video.npz"),
        ("fgplg", "rcrnet_fgplg.keys.json", "rcrnet_fgplg.npz"),
        ("dcfm", "dcfm.keys.json", "dcfm.npz"),
    ],
    ids=lambda value: value if "." not in value else "",
)
def test_an_official_file_is_imported_and_gives_the_authors_outputs(
    tmp_path: Path, method: str, keys: str, fixture: str
) -> None:
    given = np.load(shared("parity", fixture))
    file = tmp_path / "published.pth"
    torch.save(as_published(method, official_state(method, keys)), file)
    runner = InlineRunner()
    service = ModelService(WeightFolders(tmp_path / "models"), runner)
    reports: list[ModelReport] = []
    job = service.import_file(file, method, lambda _job: None, reports.append)
    while not job.state.over:
        runner.poll(0.01)
    assert job.error is None
    file.unlink()
    net = load_network(Path(reports[0].path), method).eval()
    with torch.no_grad():
        found, expected = outputs(method, net, given)
        assert np.abs(found.numpy() - expected).max() <= 1e-4
        fast, _ = outputs(method, optimise(net), given)
    assert np.abs(fast.numpy() - expected).max() <= 1e-3
