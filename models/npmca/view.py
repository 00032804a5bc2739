"""Where the network found what it sees: the matching as maps to look at (thesis, figure 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.flow.base import FlowEstimator
from models.npmca import evidence as ev
from models.npmca.guided import GuidedSetting, scaled, scaled_masks
from models.npmca.matching import similarity
from models.npmca.net import STRIDE, Npmca
from models.npmca.propagate import Setting, image_tensor
from models.ops.images import device_of
from models.ops.resize import pad_to_multiple, resize, unpad

Map = NDArray[np.float32]
Frame = NDArray[np.uint8]

_MOST_POSITIONS = 512
"""Of a query; more would only sharpen what is an average anyway."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame uint8 [H, W, 3] and the object's mask [H, W] in [0, 1] there."""

    frame: Frame
    mask: Map


@torch.inference_mode()
def matched(
    net: Npmca,
    frame: Frame,
    previous: Seen,
    references: Sequence[Seen],
    query: Map,
    setting: Setting | GuidedSetting,
    flow: FlowEstimator,
) -> list[Map]:
    """For every reference how much of the query was matched to each of its pixels.

    Args:
        frame: uint8 [H, W, 3], in which the query lies.
        previous: the frame before it; the network needs its mask.
        query: weight of each pixel [H, W], at least one of them positive.
        flow: for guided networks.

    Returns:
        Maps float32 [H, W] in [0, 1], the largest value 1.
    """
    size = setting.size
    whole = ev.Window(0, 0, *size)
    small = Seen(scaled(previous.frame, size), scaled_masks(previous.mask[None], size)[0])
    weights = scaled_masks(query[None].astype(np.float32), size)[0]
    if isinstance(setting, GuidedSetting):
        side: int | None = setting.window
        key, window = _guided(net, scaled(frame, size), small, setting, flow)
    else:
        side, window = None, whole
        device = device_of(net)
        mask = torch.from_numpy(small.mask)[None, None].to(device)
        key = net.target(image_tensor(frame, size, device), mask).key.flatten(2)
    positions, share = _positions(weights, window, side, key)
    maps = []
    for seen in references:
        mask = scaled_masks(seen.mask[None], size)[0]
        place = whole if side is None else ev.around(mask) or whole
        found = _heat(net, scaled(seen.frame, size), mask, place, side, key[..., positions], share)
        full = np.zeros(size, np.float32)
        full[place.slices] = resize(found, place.size)[0, 0].cpu().numpy()
        shape = (seen.frame.shape[0], seen.frame.shape[1])
        heat = scaled_masks(full[None], shape)[0].clip(0)
        maps.append(heat / max(float(heat.max()), 1e-12))
    return maps


def _guided(
    net: Npmca, frame: Frame, previous: Seen, setting: GuidedSetting, flow: FlowEstimator
) -> tuple[Tensor, ev.Window]:
    """Features of the object's window, told what the frame before can tell."""
    side, device = setting.window, device_of(net)
    lab, before = ev.lab_of(frame), ev.lab_of(previous.frame)
    back = flow(frame, previous.frame)
    guide = ev.look_up(previous.mask, ev.pixels(*setting.size) + back)
    window = ev.around(guide) or ev.Window(0, 0, *setting.size)
    reference = ev.Reference(before, previous.mask)
    reference.follow(back)
    maps = ev.evidence(lab, before, back, guide, reference, window, side)
    told = np.concatenate([ev.log_odds(ev.cut(guide, window, side))[None], maps])[None]
    image = torch.from_numpy(ev.cut(frame, window, side)).permute(2, 0, 1)[None].float() / 255
    return net.target(image.to(device), torch.from_numpy(told).to(device)).key.flatten(2), window


def _positions(
    weights: Map, window: ev.Window, side: int | None, key: Tensor
) -> tuple[Tensor, Tensor]:
    """Numbers of the target's positions that the query covers, and their shares [M], sum 1."""
    cut = torch.from_numpy(np.ascontiguousarray(weights[window.slices]))[None, None]
    if side is not None:
        cut = resize(cut, (side, side))
    padded, _ = pad_to_multiple(cut, STRIDE)
    cells = torch.nn.functional.avg_pool2d(padded, STRIDE).flatten().to(key.device)
    if float(cells.max()) <= 0:
        cells = torch.ones_like(cells)
    found = cells.topk(min(_MOST_POSITIONS, int((cells > 0).sum())))
    return found.indices, found.values / found.values.sum()


def _heat(
    net: Npmca,
    frame: Frame,
    mask: Map,
    window: ev.Window,
    side: int | None,
    query: Tensor,
    share: Tensor,
) -> Tensor:
    """[1, 1, h, w] over the window of a reference; `query` [1, C, M]."""
    device = query.device
    shape = window.size if side is None else (side, side)
    image = torch.from_numpy(np.ascontiguousarray(frame[window.slices]))
    picture = image.permute(2, 0, 1)[None].to(device).float() / 255
    inside = torch.from_numpy(np.ascontiguousarray(mask[window.slices]))[None, None].to(device)
    if side is not None:
        picture, inside = resize(picture, shape), resize(inside, shape)
    features = net.reference(picture, inside)
    padded, edges = pad_to_multiple(inside, STRIDE)
    rows, columns = padded.shape[-2] // STRIDE, padded.shape[-1] // STRIDE
    found = similarity(features.float(), query.float())[0] @ share
    grid = found.view(1, 1, rows, columns)
    return unpad(resize(grid, padded.shape[-2:]), edges)
