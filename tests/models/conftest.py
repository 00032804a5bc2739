"""Networks with the fixtures' weights, made once per file and never changed by a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from models.inference import optimise
from tests.models import parity


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    # Test processes share the cores; threads that wait for each other's turn would stall.
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def published() -> Iterator[dict[str, nn.Module]]:
    """Networks by method, filled on first use."""

    class Networks(dict[str, nn.Module]):
        def __missing__(self, method: str) -> nn.Module:
            name, _, fast = method.partition("/")
            net = optimise(self[name]) if fast else parity.network(name)
            self[method] = net
            return net

    nets = Networks()
    yield nets
    nets.clear()
