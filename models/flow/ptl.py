"""Any network of ptlflow (Morimitsu) as a `FlowEstimator`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import ptlflow
import torch
from numpy.typing import NDArray
from ptlflow.utils.io_adapter import IOAdapter
from safetensors import safe_open

HYPER_PARAMETERS = "hyper_parameters"
"""Metadata entry of a stored checkpoint: JSON of what ptlflow keeps beside the parameters."""


def build(name: str) -> torch.nn.Module:
    """A network of ptlflow with random parameters. Raises ValueError for an unknown name."""
    if name not in ptlflow.get_model_names():
        raise ValueError(f"ptlflow has no model '{name}'")
    network: torch.nn.Module = ptlflow.get_model(name)
    return network.eval()


def checkpoint_urls(name: str) -> dict[str, str]:
    """Published checkpoints of a model: name of the training set -> address."""
    reference: Any = ptlflow.get_model_reference(name)
    return dict(getattr(reference, "pretrained_checkpoints", {}))


class PtlFlow:
    """One network, kept on its device.

    Args:
        name: as in `ptlflow.get_model_names()`.
        weights: safetensors file with its state dict; None leaves the parameters random.
        device: "cpu", "cuda" or "mps".
    """

    def __init__(self, name: str, weights: Path | None, device: str) -> None:
        network: Any = build(name)
        if weights is not None:
            load_parameters(network, weights)
        self.network = network.to(device).requires_grad_(False)
        self.device = device
        self._stride = int(network.output_stride)

    @torch.inference_mode()
    def __call__(
        self, image: NDArray[np.uint8], reference: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        adapter = IOAdapter(self._stride, image.shape[:2])
        # ptlflow reads pictures as OpenCV does, in BGR order.
        inputs = adapter.prepare_inputs([image[..., ::-1].copy(), reference[..., ::-1].copy()])
        given = {
            name: value.to(self.device) if isinstance(value, torch.Tensor) else value
            for name, value in inputs.items()
        }
        flows = adapter.unscale(self.network(given))["flows"]
        # [1, 1, 2, H, W] -> [H, W, 2]; some networks pad on their own and give more.
        height, width = image.shape[:2]
        flow = flows[0, 0, :, :height, :width].permute(1, 2, 0)
        return np.ascontiguousarray(flow.float().cpu().numpy())


def load_parameters(network: Any, weights: Path) -> None:
    """Fill a ptlflow network from a stored checkpoint. Raises ValueError where it does not fit."""
    with safe_open(weights, framework="pt") as stored:
        # safetensors' reader offers no iteration
        state = {key: stored.get_tensor(key) for key in stored.keys()}  # noqa: SIM118
        more = json.loads((stored.metadata() or {}).get(HYPER_PARAMETERS, "{}"))
    for name, value in more.get("extra_params", {}).items():
        network.add_extra_param(name, value)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
