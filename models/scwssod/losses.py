"""Losses of SCWSSOD (Yu et al., AAAI 2021): scribbles, local coherence, structure consistency.

Saliency maps are probabilities in [0, 1]. Where the published code and the thesis differ, both are
here; our own training takes the thesis' form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from models.scwssod.net import Predictions

UNLABELLED = 255
"""Value of a target pixel that no scribble covers."""

HEAD_WEIGHTS = (1.0, 0.8, 0.6, 0.4)
"""Weights of the levels 2, 3, 4 and 5."""

LSC_WEIGHT = 0.3
LSC_SCALE = 0.25
"""Size at which coherence is measured, relative to the input."""

SSC_SCALE = 0.3
"""Size of the second forward pass, relative to the input."""

SSC_ALPHA = 0.85
"""Share of SSIM in the structure consistency; the rest is the absolute difference."""


@dataclass(frozen=True, slots=True)
class CoherenceKernel:
    """exp(-|dP|^2 / (2 xy^2) - |dI|^2 / (2 rgb^2)) of positions in pixels and colours.

    Without `rgb` only the distance counts.
    """

    xy: float
    rgb: float | None = None
    weight: float = 1.0


LSC_KERNELS = (CoherenceKernel(xy=6.0, rgb=0.1),)
LSC_RADIUS = 5


def scribble_target(scribbles: Tensor) -> Tensor:
    """Targets as published from scribbles that were resized bilinearly.

    `scribbles` float: 0 none, 1 object, 2 background and values between them. Returns int64 of the
    same shape: 1 object, 0 background, 255 unlabelled. Only exact 0 is unlabelled; (0, 1) becomes
    background and [1, 2) object, so the rims of strokes get the wrong label. A nearest resize
    avoids that: it leaves no values between.
    """
    target = scribbles.clone()
    target[scribbles == 0] = UNLABELLED
    target[scribbles == 2] = 0
    return target.long()


def partial_cross_entropy(
    saliency: Tensor, target: Tensor, as_published: bool = False
) -> tuple[Tensor, Tensor]:
    """Cross entropy over the scribbles: (object, background), each a mean over its pixels.

    `saliency` [B, 1, H, W] in [0, 1]; `target` [B, 1, H, W] int64 as from `scribble_target`. The
    thesis (eq. 4.7) takes -log p. The published code takes [1 - p, p] for logits, so that even a
    perfect pixel costs log(1 + 1/e). Without any object (background) pixel its loss is 0; the
    published code gives NaN.
    """
    if as_published:
        cost_object = F.softplus(1 - 2 * saliency)
        cost_background = F.softplus(2 * saliency - 1)
    else:
        # -log p and -log(1 - p), but finite where the sigmoid has saturated, and so are the
        # gradients, which a clamped logarithm would turn into 0 x inf. Not in half precision.
        with torch.autocast(saliency.device.type, enabled=False):
            p = saliency if saliency.dtype == torch.float64 else saliency.float()
            cost_object = F.binary_cross_entropy(p, torch.ones_like(p), reduction="none")
            cost_background = F.binary_cross_entropy(p, torch.zeros_like(p), reduction="none")
    return _mean_where(cost_object, target == 1), _mean_where(cost_background, target == 0)


def _mean_where(cost: Tensor, mask: Tensor) -> Tensor:
    # torch.where, not a product: 0 x inf outside the mask would be NaN in the gradient.
    chosen = torch.where(mask, cost, torch.zeros_like(cost))
    return chosen.sum() / mask.sum().clamp(min=1)


def local_saliency_coherence(
    saliency: Tensor,
    rgb: Tensor,
    kernels: Sequence[CoherenceKernel] = LSC_KERNELS,
    radius: int = LSC_RADIUS,
) -> Tensor:
    """LSC (eq. 4.8): neighbours of similar colour should have similar saliency.

    `saliency` [B, 1, H, W], `rgb` [B, 3, H, W] normalised, of the same size. The sum over the
    window of the kernel times |p_i - p_j|, averaged over the pixels (the thesis sums). As
    published, what lies outside the image counts as a neighbour at (0, 0), black and not salient.
    """
    return _coherence(saliency, _affinity(rgb, kernels, radius), radius)


def _coherence(saliency: Tensor, affinity: Tensor, radius: int) -> Tensor:
    b, _, h, w = saliency.shape
    neighbours = _neighbours(saliency, radius)
    difference = (saliency.unsqueeze(2) - neighbours).abs()
    return (affinity * difference).sum() / (b * h * w)


def _neighbours(x: Tensor, radius: int) -> Tensor:
    """[B, C, H, W] -> [B, C, (2 radius + 1)^2, H, W], zeros outside."""
    b, c, h, w = x.shape
    side = 2 * radius + 1
    return F.unfold(x, side, padding=radius).view(b, c, side * side, h, w)


def _affinity(rgb: Tensor, kernels: Sequence[CoherenceKernel], radius: int) -> Tensor:
    """Sum of the kernels, [B, 1, (2 radius + 1)^2, H, W]; constant for the gradient."""
    h, w = rgb.shape[-2:]
    with torch.no_grad():
        y, x = torch.meshgrid(
            torch.arange(h, dtype=rgb.dtype, device=rgb.device),
            torch.arange(w, dtype=rgb.dtype, device=rgb.device),
            indexing="ij",
        )
        place = torch.stack([x, y])[None]
        apart = _squared_distance(place, radius)
        colour = _squared_distance(rgb, radius)
        total = torch.zeros_like(colour)
        for kernel in kernels:
            exponent = apart / kernel.xy**2
            if kernel.rgb is not None:
                exponent = exponent + colour / kernel.rgb**2
            total += kernel.weight * torch.exp(-0.5 * exponent)
    return total


def _squared_distance(x: Tensor, radius: int) -> Tensor:
    return (x.unsqueeze(2) - _neighbours(x, radius)).square().sum(dim=1, keepdim=True)


def published_kernels(call: int) -> tuple[CoherenceKernel, ...]:
    """The kernels that the published code has at its `call`-th use (0, 1, ...) on one image.

    It divides the image by the colour bandwidth in place, so the bandwidth shrinks from call to
    call (0.1, 0.01, ...) and the auxiliary heads have practically no coherence term.
    """
    return tuple(
        CoherenceKernel(k.xy, None if k.rgb is None else k.rgb ** (call + 1), k.weight)
        for k in LSC_KERNELS
    )


def ssim(x: Tensor, y: Tensor) -> Tensor:
    """Structural similarity of two maps [B, 1, H, W] in 3x3 windows; zeros outside count."""
    c1, c2 = 0.01**2, 0.03**2

    def mean(t: Tensor) -> Tensor:
        return F.avg_pool2d(t, 3, 1, 1)

    mx, my = mean(x), mean(y)
    var_x = mean(x * x) - mx * mx
    var_y = mean(y * y) - my * my
    cov = mean(x * y) - mx * my
    return ((2 * mx * my + c1) * (2 * cov + c2)) / ((mx * mx + my * my + c1) * (var_x + var_y + c2))


def structure_consistency(x: Tensor, y: Tensor) -> Tensor:
    """SSC (eq. 4.10) of two predictions [B, 1, H, W] of one image at two sizes, brought to one."""
    structure = ((1 - ssim(x, y)) / 2).clamp(0, 1).mean()
    return SSC_ALPHA * structure + (1 - SSC_ALPHA) * (x - y).abs().mean()


class HeadLoss(NamedTuple):
    """Terms of one level; `total` includes the structure consistency for level 2."""

    lsc: Tensor
    object: Tensor
    background: Tensor
    total: Tensor


class ScribbleLoss(NamedTuple):
    """Loss of one step: `total`, `ssc` of the dominant level, and the terms of the levels 2..5."""

    total: Tensor
    ssc: Tensor
    heads: tuple[HeadLoss, ...]
    saliency: Tensor
    """Level 2 in [0, 1], [B, 1, H, W]."""
    saliency_small: Tensor
    """Level 2 of the second pass."""


def scale_by(x: Tensor, factor: float) -> Tensor:
    """Bilinear resize with aligned corners, as the training code does for its smaller copies."""
    return F.interpolate(
        x, scale_factor=factor, mode="bilinear", align_corners=True, recompute_scale_factor=False
    )


def scribble_loss(
    net: Callable[[Tensor], Predictions],
    image: Tensor,
    target: Tensor,
    as_published: bool = False,
) -> ScribbleLoss:
    """Loss of one training step; runs `net` twice, on the image and on a copy of 0.3 of its size.

    `net` maps [B, 3, H, W] to `Predictions`; `image` normalised; `target` [B, 1, H, W] int64.
    `as_published` reproduces the code (see `partial_cross_entropy` and `published_kernels`), else
    the losses are the thesis'.
    """
    maps = [level.sigmoid() for level in net(image)]
    small = net(scale_by(image, SSC_SCALE))[0].sigmoid()
    ssc = structure_consistency(small, scale_by(maps[0], SSC_SCALE))
    rgb = scale_by(image, LSC_SCALE)
    affinity = _affinity(rgb, LSC_KERNELS, LSC_RADIUS)
    heads = []
    for i, p in enumerate(maps):
        if as_published and i:
            affinity = _affinity(rgb, published_kernels(i), LSC_RADIUS)
        lsc = _coherence(scale_by(p, LSC_SCALE), affinity, LSC_RADIUS)
        fg, bg = partial_cross_entropy(p, target, as_published)
        total = fg + bg + LSC_WEIGHT * lsc + (ssc if i == 0 else 0.0)
        heads.append(HeadLoss(lsc, fg, bg, total))
    total = torch.stack([w * h.total for w, h in zip(HEAD_WEIGHTS, heads, strict=True)]).sum()
    return ScribbleLoss(total, ssc, tuple(heads), maps[0], small)
