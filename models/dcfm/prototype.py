"""Democratic prototype generation (DPG), Yu et al., CVPR 2022, section 3.2."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ModuleT = TypeVar("ModuleT", bound=nn.Module)
ResultT = TypeVar("ResultT")

CHUNK_BYTES = 64 * 2**20
"""Most memory for one block of the similarity of a group with itself."""


class Democracy(NamedTuple):
    """What DPG makes of the features [B, C, H, W] of a group.

    `features` [B, C, H, W] weighted by prototype and response; `prototype` [1, C, 1, 1];
    `seeds` [B, 1, H, W] bool, the pixels that represent their image; `response` [B, 1, H, W] in
    [0, 1].
    """

    features: Tensor
    prototype: Tensor
    seeds: Tensor
    response: Tensor


def group_agreement(query: Tensor, key: Tensor, chunk_bytes: int = CHUNK_BYTES) -> Tensor:
    """How well every pixel is matched by the whole group.

    `query`, `key` [B, C, N]; returns [B, N]: of the similarities to all B N pixels the maximum over
    the pixels of each image, averaged over the images. Works in blocks of rows, so memory does not
    grow with the square of the group.
    """
    b, c, n = query.shape
    rows = query.transpose(1, 2).reshape(b * n, c)
    columns = key.transpose(0, 1).reshape(c, b * n)
    step = max(1, chunk_bytes // (b * n * query.element_size()))
    means = [(block @ columns).view(-1, b, n).amax(dim=2).mean(dim=1) for block in rows.split(step)]
    return torch.cat(means).view(b, n)


def seed_mask(agreement: Tensor) -> Tensor:
    """Pixels [B, N] bool with the largest agreement of their image; ties are all chosen."""
    weight = agreement.softmax(dim=1)
    return weight == weight.amax(dim=1, keepdim=True)


def democratic_response(
    normalised: Tensor, seeds: Tensor, rectify: bool, chunk_bytes: int = CHUNK_BYTES
) -> Tensor:
    """Response [B, N] in [0, 1]: mean over the seeds of the cosine, stretched per image.

    `normalised` [B, C, N] has unit columns; `seeds` [S, C]. `rectify` cuts negative cosines off, as
    the published code does outside training.
    """
    b, _, n = normalised.shape
    step = max(1, chunk_bytes // (b * n * normalised.element_size()))
    total = normalised.new_zeros(b, n)
    for block in seeds.split(step):
        cosine = block @ normalised
        total = total + (cosine.relu() if rectify else cosine).sum(dim=1)
    mean = total / len(seeds)
    low = mean.amin(dim=1, keepdim=True)
    return (mean - low) / (mean.amax(dim=1, keepdim=True) - low + 1e-12)


def full_precision(
    forward: Callable[[ModuleT, Tensor], ResultT],
) -> Callable[[ModuleT, Tensor], ResultT]:
    """A forward method that autocast leaves alone: (self, x) with x as float32.

    Similarities of unnormalised features and cubes of ranks exceed what half precision can hold.
    """

    @wraps(forward)
    def wrapped(self: ModuleT, x: Tensor) -> ResultT:
        kind = x.device.type
        if not torch.is_autocast_enabled(kind):
            return forward(self, x)
        with torch.autocast(kind, enabled=False):
            return forward(self, x.float())

    return wrapped


class PrototypeGeneration(nn.Module):
    """DPG: features of a group [B, C, H, W] -> `Democracy`.

    Which pixel is a seed is a comparison, so no gradient reaches `query` and `key`: they keep their
    random first values for ever, in the published weights as well.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.residual = nn.Conv2d(channels, channels, 1)
        self.query = nn.Conv2d(channels, channels, 1)
        self.key = nn.Conv2d(channels, channels, 1)
        self.scale = 1 / math.sqrt(channels)

    @full_precision
    def forward(self, x: Tensor) -> Democracy:
        x = self.residual(x) + x
        b, _, h, w = x.shape
        with torch.no_grad():
            agreement = group_agreement(self.query(x).flatten(2), self.key(x).flatten(2))
            mask = seed_mask(agreement * self.scale)
        normalised = F.normalize(x, dim=1).flatten(2)
        seeds = (normalised * mask.unsqueeze(1)).sum(dim=2)
        response = democratic_response(normalised, seeds, rectify=not self.training)
        response = response.view(b, 1, h, w)
        answered = x * response
        prototype = answered.mean((0, 2, 3), keepdim=True)
        features = x * prototype + answered
        return Democracy(features, prototype, mask.view(b, 1, h, w), response)
