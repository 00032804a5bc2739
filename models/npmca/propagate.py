"""From a frame with masks to the masks of the frames after it, one step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.npmca.net import STRIDE, Npmca
from models.ops.images import device_of, resize_antialiased
from models.ops.multi_object import soft_aggregate
from models.ops.resize import pad_to_multiple, resize, unpad

Maps = NDArray[np.float32]
Frame = NDArray[np.uint8]

TRUSTED = 0.6
"""A prediction whose expected overlap is lower is no reference for the next frame."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How frames are looked at.

    Attributes:
        size: (height, width) that frames and masks are resized to.
        scales: sizes relative to that whose maps are averaged; the thesis (after RGMP) takes 0.5,
            0.75 and 1.
        trusted: a prediction below this expected overlap does not become the previous reference;
            the last one that did stays. 0 trusts all, as published.
    """

    size: tuple[int, int]
    scales: Sequence[float] = (1.0,)
    trusted: float = TRUSTED

    @property
    def sizes(self) -> list[tuple[int, int]]:
        h, w = self.size
        return [(max(round(h * s), STRIDE), max(round(w * s), STRIDE)) for s in self.scales]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Features of a frame with known masks, computed once: [K, C, N] per scale."""

    features: tuple[Tensor, ...]


def image_tensor(frame: Frame, size: tuple[int, int], device: torch.device) -> Tensor:
    """RGB uint8 [H, W, 3] -> float32 [1, 3, h, w] in [0, 1]."""
    small = np.array(resize_antialiased(frame, size))
    return torch.from_numpy(small).to(device).permute(2, 0, 1)[None].float() / 255


def expected_overlap(probability: Tensor) -> Tensor:
    """Region similarity J to be expected of maps [K, 1, H, W], [K]; 0 where nothing is found."""
    p = probability.flatten(1)
    inside = torch.where(p > 0.5, p, 0)
    outside = (p - inside).sum(1)
    return inside.sum(1) / ((inside > 0).sum(1) + outside).clamp(min=1)


def anchor(net: Npmca, frame: Frame, masks: Maps, setting: Setting) -> Anchor:
    """Features of a frame uint8 [H, W, 3] with masks [K, H, W] in [0, 1], at every scale."""
    device = device_of(net)
    with torch.inference_mode():
        known = torch.from_numpy(masks)[:, None].to(device)
        features = [
            net.reference(image_tensor(frame, size, device), resize(known, size))
            for size in setting.sizes
        ]
    return Anchor(tuple(features))


class Propagator:
    """Masks of K objects, frame after frame, in either direction of time.

    Begins on a frame with known masks. Every step computes the features of the frame before once
    and takes those of the anchors as they are. Memory does not grow with the number of steps.

    Args:
        net: in evaluation mode, or its optimised copy.
        frame: uint8 [H, W, 3], where it begins.
        masks: [K, H, W] in [0, 1], known there.
        anchors: frames with known masks that every step is matched to, of the same K objects: that
            where it begins, as in the thesis, and perhaps others.
    """

    def __init__(
        self,
        net: Npmca,
        frame: Frame,
        masks: Maps,
        anchors: Sequence[Anchor],
        setting: Setting,
    ) -> None:
        self._net, self._setting = net, setting
        self._device = device_of(net)
        self._first = [
            torch.cat(parts, 2) for parts in zip(*(a.features for a in anchors), strict=True)
        ]
        self._mask = torch.from_numpy(masks)[:, None].to(self._device)
        self._frame = frame
        # Any answer is better than an anchor's copy, so the begin is trusted.
        self._trust = torch.ones(len(masks), dtype=torch.bool, device=self._device)
        self._previous: list[Tensor] = []

    @torch.inference_mode()
    def step(self, frame: Frame) -> Maps:
        """Probabilities [K, H, W] of each object against everything else in the next frame.

        What goes on to the frame after is aggregated over the objects (eq. 3.8).
        """
        full = (frame.shape[0], frame.shape[1])
        self._refresh()
        total = torch.zeros(len(self._mask), 1, *self._setting.size, device=self._device)
        for size, first, previous in zip(
            self._setting.sizes, self._first, self._previous, strict=True
        ):
            image = image_tensor(frame, size, self._device).expand(len(self._mask), -1, -1, -1)
            target = self._net.target(image, resize(self._mask, size))
            logits = self._net.segment(target, first, previous)
            found = unpad(logits, pad_to_multiple(image, STRIDE)[1]).float().sigmoid()
            total += resize(found, self._setting.size)
        alone = total / len(self._setting.sizes)
        together = alone if len(alone) == 1 else soft_aggregate(alone[:, 0])[1:, None]
        self._mask, self._frame = together, frame
        self._trust = expected_overlap(together) >= self._setting.trusted
        return resize(alone, full)[:, 0].clamp(0, 1).cpu().numpy()

    def _refresh(self) -> None:
        """Features of the frame before, but of the last good one where its mask is not trusted."""
        if self._previous and not bool(self._trust.any()):
            return
        fresh = [
            self._net.reference(
                image_tensor(self._frame, size, self._device), resize(self._mask, size)
            )
            for size in self._setting.sizes
        ]
        keep = ~self._trust[:, None, None]
        self._previous = [
            torch.where(keep, old, new)
            for old, new in zip(self._previous or fresh, fresh, strict=True)
        ]
