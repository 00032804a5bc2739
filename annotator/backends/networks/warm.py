"""Networks that stay loaded between runs, as far as memory allows."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TypeVar

import psutil
import torch
from torch import nn

from annotator.backends.networks.checkpoints import load_network
from annotator.core.cache import ByteLRU
from annotator.core.errors import RequestError
from models.inference import optimise

T = TypeVar("T")

_SHARE = 8
"""Networks kept warm take at most this fraction (1 / n) of the machine's memory."""


class WarmNetworks:
    """Networks ready for inference by file, method and device; the oldest go first."""

    def __init__(self, limit: int) -> None:
        self._kept: ByteLRU[tuple[str, str, float, str], nn.Module] = ByteLRU(limit)
        self._lock = threading.Lock()

    def get(self, method: str, weights: str, device: torch.device) -> nn.Module:
        """The optimised network of a stored model. Raises RequestError where it cannot be loaded.

        A file that was written again counts as another one.
        """
        path = Path(weights)
        if not path.is_file():
            raise RequestError(f"The weights {path} are gone.", "Fetch, import or fit them again.")
        key = (method, weights, path.stat().st_mtime, str(device))
        with self._lock:
            network = self._kept.get(key)
            if network is None:
                source = load_network(path, method)
                network = optimise(source, device)
                self._kept.put(key, network, _bytes_of(source))
            return network


def _bytes_of(network: nn.Module) -> int:
    return sum(t.numel() * t.element_size() for t in network.state_dict().values())


networks = WarmNetworks(psutil.virtual_memory().total // _SHARE)
"""The networks of this process."""
