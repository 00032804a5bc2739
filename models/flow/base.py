"""The protocol of flow estimators and the way to get one by its id."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

PTLFLOW = "ptlflow:"


class FlowEstimator(Protocol):
    """Where each pixel of one picture is found in another."""

    def __call__(
        self, image: NDArray[np.uint8], reference: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """Flow from `image` to `reference`.

        Args:
            image: uint8 [H, W, 3] RGB.
            reference: uint8 [H, W, 3] RGB.

        Returns:
            float32 [H, W, 2], (dx, dy) in pixels: what is at (x, y) in `image` is at
            (x + dx, y + dy) in `reference`.
        """
        ...


def create(flow_id: str, weights: Path | None = None, device: str = "cpu") -> FlowEstimator:
    """The estimator of an id: "dis", or "ptlflow:NAME" as in `ptlflow.get_model_names()`.

    Args:
        weights: safetensors file with the parameters of a ptlflow model; None leaves them random.
        device: "cpu", "cuda" or "mps", for ptlflow models.

    Raises ValueError for an unknown id or weights that do not fit.
    """
    if flow_id == "dis":
        from models.flow.dis import DisFlow

        return DisFlow()
    if flow_id.startswith(PTLFLOW):
        from models.flow.ptl import PtlFlow

        return PtlFlow(flow_id.removeprefix(PTLFLOW).partition("/")[0], weights, device)
    raise ValueError(f"there is no flow '{flow_id}': it is 'dis' or 'ptlflow:NAME'")
