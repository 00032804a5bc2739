"""Warping, magnitude and resizing of optical flow."""

from __future__ import annotations

import pytest
import torch

from models.ops.flow import magnitude, resize_flow, warp
from models.ops.resize import pad_to_multiple, resize, unpad
from tests.models.parity import Fixture, gap


@pytest.mark.parametrize("case", ["small", "large", "sub", "shift"])
def test_warp_and_magnitude(case: str) -> None:
    z = Fixture("flow.npz")
    flow = z[f"{case}/flow"]
    before = flow.clone()
    assert gap(warp(z[f"{case}/label"], flow), z[f"{case}/warped"]) <= 1e-5
    if f"{case}/magnitude" in z.arrays:
        assert gap(magnitude(flow), z[f"{case}/magnitude"]) <= 1e-6
    assert torch.equal(flow, before)


def test_warp_takes_the_pixel_the_flow_points_to() -> None:
    label = torch.zeros(1, 1, 5, 7)
    label[0, 0, 3, 4] = 1
    flow = torch.zeros(1, 2, 5, 7)
    flow[0, 0], flow[0, 1] = 2, 1
    found = warp(label, flow)
    assert found[0, 0, 2, 2].item() == pytest.approx(1, abs=1e-5)
    assert found.sum().item() == pytest.approx(1, abs=1e-4)


def test_magnitude_does_not_change_with_the_size() -> None:
    flow = torch.zeros(1, 2, 8, 16)
    flow[0, 0], flow[0, 1] = 4, 2
    large = resize_flow(flow, (32, 32))
    assert gap(large[:, 0], torch.full((1, 32, 32), 8.0)) <= 1e-6
    assert magnitude(large).mean().item() == pytest.approx(magnitude(flow).mean().item())


@pytest.mark.parametrize("size", [(16, 32), (17, 33), (1, 5)])
def test_padding_comes_off_again(size: tuple[int, int]) -> None:
    x = torch.randn(1, 2, *size)
    padded, pad = pad_to_multiple(x, 16)
    assert padded.shape[-2] % 16 == padded.shape[-1] % 16 == 0
    assert torch.equal(unpad(padded, pad), x)
    assert padded.sum().item() == pytest.approx(x.sum().item(), abs=1e-4)


def test_resize_to_its_own_size_is_free() -> None:
    x = torch.randn(1, 2, 4, 5)
    assert resize(x, (4, 5)) is x
