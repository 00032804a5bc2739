"""The parts of plug-and-play adaptation that see networks: eq. 8, both branches, the twin."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.adapt.losses import euclidean_loss
from models.adapt.networks import IMAGE_NETWORKS, colour_saliency, motion_saliency
from models.adapt.twin import fine_tune
from tests.models.small import small_network

SIZE = (64, 64)


def pictures(count: int = 2) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 255, (count, 40, 56, 3), dtype=np.uint8)


def test_euclidean_loss_by_hand() -> None:
    estimate = torch.tensor([[0.5, 0.0], [1.0, 1.0]]).reshape(2, 1, 1, 2)
    target = torch.tensor([[0.0, 0.0], [1.0, 0.4]]).reshape(2, 1, 1, 2)
    # (0.5^2 + 0.6^2) / (2 * 2)
    assert euclidean_loss(estimate, target).item() == pytest.approx(0.61 / 4)


@pytest.mark.parametrize("method", IMAGE_NETWORKS)
def test_both_branches_of_every_image_network(method: str) -> None:
    net = small_network(method)
    frames = pictures()
    with torch.inference_mode():
        x = IMAGE_NETWORKS[method].prepare(frames, SIZE)
        outputs = [o.sigmoid() for o in IMAGE_NETWORKS[method].outputs(net, x)]
    colour = colour_saliency(method, net, frames, (40, 56))
    motion = motion_saliency(method, net, frames, SIZE)
    assert colour.shape == motion.shape == (2, 40, 56)
    assert 0 <= motion.min() <= motion.max() <= 1
    assert len(outputs) == (4 if method == "scwssod" else 1)
    mean = torch.stack(outputs).mean(0)
    # Enlarging keeps the mean of a map to within its rim.
    assert motion.mean() == pytest.approx(mean.mean().item(), abs=0.02)


@pytest.mark.parametrize("method", IMAGE_NETWORKS)
def test_the_twin_comes_nearer_to_the_key_frames(method: str) -> None:
    twin = small_network(method)
    for name, parameter in twin.named_parameters():
        if ".vote." in name:  # random votes may sum up to 0, by which is divided
            torch.nn.init.constant_(parameter, float(name.endswith("bias")))
    shown = list(pictures(2))
    targets = [np.zeros((40, 56), np.float32) for _ in shown]
    for target in targets:
        target[10:30, 10:40] = 0.9
    before = {name: t.clone() for name, t in twin.state_dict().items()}
    losses = list(fine_tune(method, twin, shown, targets, 60, SIZE))
    assert len(losses) == 60
    assert np.mean(losses[-10:]) < 0.99 * np.mean(losses[:10])
    after = twin.state_dict()
    statistics = [name for name in after if "running_" in name]
    assert statistics
    assert all(torch.equal(after[name], before[name]) for name in statistics)


def test_one_step_is_the_papers_step() -> None:
    """By hand: w - rate / pixels * (gradient of eq. 8 + decay * pixels * w), no momentum yet."""
    twin, same = small_network("rcrnet"), small_network("rcrnet")
    target = np.full((40, 56), 0.7, np.float32)
    next(fine_tune("rcrnet", twin, [pictures()[0]], [target], 1, SIZE))
    x = IMAGE_NETWORKS["rcrnet"].prepare(pictures()[:1], SIZE)
    loss = 0.5 * (same.eval()(x).sigmoid() - 0.7).square().sum()
    loss.backward()
    pixels = SIZE[0] * SIZE[1]
    for moved, start in zip(twin.parameters(), same.parameters(), strict=True):
        assert start.grad is not None
        step = 0.1 * 1e-2 * (start.grad / pixels + 5e-4 * start)
        torch.testing.assert_close(moved, start - step, atol=1e-6, rtol=1e-4)
