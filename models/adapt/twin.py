"""Step 5 of the scheme: a twin of the colour network learns the key frames of one video."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models.adapt.losses import euclidean_loss
from models.adapt.networks import IMAGE_NETWORKS
from models.adapt.recipe import MOMENTUM, RATE_RATIO, WEIGHT_DECAY
from models.ops.images import Size, device_of, resize_map


def fine_tune(
    method: str,
    twin: nn.Module,
    pictures: Sequence[NDArray[np.uint8]],
    targets: Sequence[NDArray[np.float32]],
    steps: int,
    size: Size,
    seed: int = 0,
) -> Iterator[float]:
    """Train `twin` in place; yields eq. 8 of each step, one key frame a step.

    Args:
        twin: on its device; its batch statistics stay as they are, for a batch of one has none.
        pictures: key frames, RGB uint8 [H, W, 3].
        targets: their low-level saliency, float32 [H, W] in [0, 1].
        steps: iterations; the key frames come round by round in random order.
        size: (height, width) that the network sees.

    The gradient of eq. 8 is a sum over pixels while the rates of `IMAGE_NETWORKS` are for means:
    hence the divided rate and the multiplied decay. Who closes the iterator early has what was
    learnt until then.
    """
    plug, device = IMAGE_NETWORKS[method], device_of(twin)
    pixels = size[0] * size[1]
    twin.eval().requires_grad_(True)
    optimizer = torch.optim.SGD(
        twin.parameters(),
        lr=RATE_RATIO * plug.rate / pixels,
        momentum=MOMENTUM,
        weight_decay=WEIGHT_DECAY * pixels,
    )
    rng, order = np.random.default_rng(seed), np.zeros(0, int)
    for _ in range(steps):
        if not len(order):
            order = rng.permutation(len(pictures))
        chosen, order = int(order[0]), order[1:]
        x = plug.prepare(pictures[chosen][None], size).to(device)
        target = torch.tensor(resize_map(targets[chosen], size), device=device)
        optimizer.zero_grad()
        loss = euclidean_loss(plug.outputs(twin, x)[0].float().sigmoid(), target[None, None])
        loss.backward()
        optimizer.step()
        yield loss.item()
