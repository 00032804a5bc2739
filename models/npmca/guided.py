"""The guided form of NPMCA-net from frame to frame: it corrects masks moved along optical flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.flow.base import FlowEstimator
from models.npmca import evidence as ev
from models.npmca.net import Npmca
from models.npmca.propagate import TRUSTED, Anchor, expected_overlap
from models.ops.images import device_of
from models.ops.multi_object import soft_aggregate
from models.ops.resize import resize

Maps = NDArray[np.float32]
Frame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class GuidedSetting:
    """How frames are looked at.

    Attributes:
        size: (height, width) that frames and masks are resized to; flow is estimated there.
        window: side of the square that an object's surroundings are resized to.
        trusted: see `propagate.Setting`.
    """

    size: tuple[int, int]
    window: int = 192
    trusted: float = TRUSTED


def scaled(frame: Frame, size: tuple[int, int]) -> Frame:
    """RGB uint8 at (height, width)."""
    if frame.shape[:2] == size:
        return np.ascontiguousarray(frame)
    how = cv2.INTER_AREA if frame.shape[0] > size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(frame, size[::-1], interpolation=how), np.uint8)


def scaled_masks(masks: Maps, size: tuple[int, int]) -> Maps:
    """[K, H, W] at (height, width)."""
    return resize(torch.from_numpy(np.ascontiguousarray(masks))[:, None], size)[:, 0].numpy()


def anchor(net: Npmca, frame: Frame, masks: Maps, setting: GuidedSetting) -> Anchor:
    """Features of a frame uint8 [H, W, 3] with masks [K, H, W]: each object in its window."""
    with torch.inference_mode():
        known = scaled_masks(masks, setting.size)
        return Anchor((_features(net, scaled(frame, setting.size), known, setting.window),))


def _features(net: Npmca, frame: Frame, masks: Maps, side: int) -> Tensor:
    """[K, C, N] of references at the setting's size."""
    device = device_of(net)
    pictures, inside = [], []
    for mask in masks:
        window = ev.around(mask) or ev.Window(0, 0, *mask.shape)
        pictures.append(ev.cut(frame, window, side))
        inside.append(ev.cut(mask, window, side))
    return net.reference(_pictures(pictures, device), _maps(np.stack(inside)[:, None], device))


def _pictures(frames: Sequence[NDArray[np.uint8]], device: torch.device) -> Tensor:
    return torch.from_numpy(np.stack(frames)).to(device).permute(0, 3, 1, 2).float() / 255


def _maps(maps: NDArray[np.float32], device: torch.device) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(maps, dtype=np.float32)).to(device)


class GuidedPropagator:
    """Masks of K objects, frame after frame; as `propagate.Propagator`, for guided networks.

    Args:
        net: in evaluation mode, or its optimised copy.
        frame: uint8 [H, W, 3], where it begins.
        masks: [K, H, W] in [0, 1], known there.
        anchors: see `propagate.Propagator`; made by `anchor` of this module.
        flow: estimator; the networks here were trained with "dis".
    """

    def __init__(
        self,
        net: Npmca,
        frame: Frame,
        masks: Maps,
        anchors: Sequence[Anchor],
        setting: GuidedSetting,
        flow: FlowEstimator,
    ) -> None:
        self._net, self._setting, self._flow = net, setting, flow
        size = setting.size
        self._frame = scaled(frame, size)
        self._lab = ev.lab_of(self._frame)
        self._masks = scaled_masks(masks, size)
        self._references = [ev.Reference(self._lab, mask) for mask in self._masks]
        self._windows = [ev.around(mask) or ev.Window(0, 0, *size) for mask in self._masks]
        self._first = torch.cat([a.features[0] for a in anchors], 2)
        self._trust = np.ones(len(masks), bool)
        self._previous: Tensor | None = None

    @torch.inference_mode()
    def step(self, frame: Frame) -> Maps:
        """Probabilities [K, H, W] of each object against everything else in the next frame."""
        net, side, size = self._net, self._setting.window, self._setting.size
        device = device_of(net)
        self._refresh()
        picture = scaled(frame, size)
        lab = ev.lab_of(picture)
        flow = self._flow(picture, self._frame)
        coords = ev.pixels(*size) + flow
        guides, told, pictures = [], [], []
        for index, reference in enumerate(self._references):
            guide = ev.look_up(self._masks[index], coords)
            window = ev.around(guide) or _wider(self._windows[index], size)
            self._windows[index] = window
            reference.follow(flow)
            maps = ev.evidence(lab, self._lab, flow, guide, reference, window, side)
            told.append(np.concatenate([ev.log_odds(ev.cut(guide, window, side))[None], maps]))
            pictures.append(ev.cut(picture, window, side))
            guides.append(guide)
        knowledge = _maps(np.stack(told), device)
        target = net.target(_pictures(pictures, device), knowledge)
        assert self._previous is not None
        logits = net.corrected(net.segment(target, self._first, self._previous), knowledge)
        alone = np.zeros_like(self._masks)
        found = logits.sigmoid()
        for mask, window, part in zip(alone, self._windows, found, strict=True):
            mask[window.slices] = resize(part[None], window.size)[0, 0].cpu().numpy()
        together = torch.from_numpy(alone)
        if len(alone) > 1:
            together = soft_aggregate(together)[1:]
        self._trust = (expected_overlap(together[:, None]) >= self._setting.trusted).numpy()
        self._masks, self._frame, self._lab = together.numpy(), picture, lab
        return scaled_masks(alone, (frame.shape[0], frame.shape[1])).clip(0, 1)

    def _refresh(self) -> None:
        """Features of the frame before, but of the last good one where its mask is not trusted."""
        if self._previous is not None and not self._trust.any():
            return
        fresh = _features(self._net, self._frame, self._masks, self._setting.window)
        keep = torch.from_numpy(~self._trust).to(fresh.device)[:, None, None]
        old = fresh if self._previous is None else self._previous
        self._previous = torch.where(keep, old, fresh)


def _wider(window: ev.Window, size: tuple[int, int]) -> ev.Window:
    """Where to look for what was lost: half as much again on every side."""
    dy, dx = window.size[0] // 2, window.size[1] // 2
    return ev.Window(
        max(window.y0 - dy, 0),
        max(window.x0 - dx, 0),
        min(window.y1 + dy, size[0]),
        min(window.x1 + dx, size[1]),
    )
