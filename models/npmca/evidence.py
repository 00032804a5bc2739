"""What optical flow and colour say about an object in a frame, beside the frame itself.

The guided form of NPMCA-net (`NpmcaConfig.guide`) sees the object through a square window. Next to
the mask of the frame before, moved along the flow, it reads five maps of that window. Training and
propagation make them with the same code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

Float = NDArray[np.float32]
Byte = NDArray[np.uint8]

NAMES = ("colour", "shape", "match", "same", "apart")
"""Maps [side, side] of `evidence`:

* colour: log ratio of the object's and the surroundings' colours on the reference, in [-1, 1];
* shape: mask of the reference along the flow since then, -1 outside, 1 inside;
* match: how well the colours at both ends of that flow agree, in (0, 1];
* same: how well the colours agree along the flow to the frame before, in (0, 1];
* apart: does a pixel move like the object (1) or like what is around it (-1)? 0 if both move alike.
"""

ODDS = 4.0
"""Log odds that stand for certainty."""
COARSE = 2
"""Flows since the reference are kept at 1/COARSE of the size."""
ROOM = 0.4
"""Part of the object's extent that a window leaves around it."""
LEAST = 32
"""Smallest side of a window in pixels of the frame."""


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a frame: rows y0..y1 and columns x0..x1, in pixels, ends excluded."""

    y0: int
    x0: int
    y1: int
    x1: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width)"""
        return self.y1 - self.y0, self.x1 - self.x0

    def grid(self, side: int) -> Float:
        """Pixels of the frame [side, side, 2], (x, y), under the pixels of the resized window."""
        x = self.x0 - 0.5 + (np.arange(side) + 0.5) * (self.size[1] / side)
        y = self.y0 - 0.5 + (np.arange(side) + 0.5) * (self.size[0] / side)
        return np.stack(np.meshgrid(x, y), -1).astype(np.float32)

    def place(self, points: Float, side: int) -> Float:
        """Pixels of the resized window under pixels (x, y) of the frame; inverse of `grid`."""
        scale = np.array([side / self.size[1], side / self.size[0]], np.float32)
        corner = np.array([self.x0 - 0.5, self.y0 - 0.5], np.float32)
        return (points - corner) * scale - np.float32(0.5)


def around(mask: Float, room: float = ROOM) -> Window | None:
    """The window of a mask [H, W] with `room` times its extent on each side; None if it is empty.

    At most three times as long as wide, so that the square it becomes is not too distorted.
    """
    hit = mask > 0.3
    rows, columns = np.flatnonzero(hit.any(1)), np.flatnonzero(hit.any(0))
    if not len(rows):
        return None
    spans = []
    extent = max(int(rows[-1] - rows[0]), int(columns[-1] - columns[0])) + 1
    for found, limit in ((rows, mask.shape[0]), (columns, mask.shape[1])):
        low, high = int(found[0]), int(found[-1]) + 1
        want = max((high - low) * (1 + 2 * room), extent * (1 + 2 * room) / 3, LEAST)
        middle = (low + high) / 2
        start = int(max(0, min(middle - want / 2, limit - want)))
        spans.append((start, int(min(limit, start + np.ceil(want)))))
    return Window(spans[0][0], spans[1][0], spans[0][1], spans[1][1])


def cut(picture: NDArray[Any], window: Window, side: int) -> NDArray[Any]:
    """The window of a picture [H, W] or [H, W, C], resized to [side, side, ...]."""
    part = np.ascontiguousarray(picture[window.slices])
    shrinks = min(window.size) > side
    return cv2.resize(
        part, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )


def pixels(height: int, width: int, step: int = 1) -> Float:
    """Centres (x, y) of blocks of `step` pixels, [height / step, width / step, 2]."""
    x, y = (np.arange(n // step) * step + (step - 1) / 2 for n in (width, height))
    return np.stack(np.meshgrid(x, y), -1).astype(np.float32)


def look_up(values: NDArray[Any], at: NDArray[np.floating]) -> Float:
    """Bilinear values of a map [H, W(, C)] at pixels (x, y) [h, w, 2]; beyond it, its border."""
    x, y = (np.ascontiguousarray(at[..., i], np.float32) for i in range(2))
    found = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def lab_of(frame: Byte) -> Byte:
    """RGB uint8 [H, W, 3] -> CIE Lab in 8 bits."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2LAB), np.uint8)


class Reference:
    """A frame with a known mask, and the flow from the present frame back to it.

    Args:
        lab: uint8 [H, W, 3], see `lab_of`.
        mask: float32 [H, W] in [0, 1].
    """

    _BITS = 5

    def __init__(self, lab: Byte, mask: Float) -> None:
        self._lab, self._mask = lab, mask
        height, width = mask.shape
        self._coarse = pixels(height, width, COARSE)
        self._origin = self._coarse
        near = around(mask, 1.0) or Window(0, 0, height, width)
        inside = mask[near.slices].ravel()
        index = self._bins(lab[near.slices]).ravel()
        size = 1 << self._BITS
        densities = []
        for weight in (inside, 1 - inside):
            mass = np.bincount(index, weight, size**3).astype(np.float32)
            smooth = gaussian_filter(mass.reshape(size, size, size), 1.0, mode="constant")
            densities.append(smooth / max(float(smooth.sum()), 1e-6) + 1e-5)
        ratio = np.log(densities[0] / densities[1]).ravel() / 3
        self._ratio = ratio.clip(-1, 1).astype(np.float32)

    def _bins(self, lab: Byte) -> NDArray[np.intp]:
        q = (lab >> (8 - self._BITS)).astype(np.intp)
        return np.asarray((q[..., 0] << 2 * self._BITS) | (q[..., 1] << self._BITS) | q[..., 2])

    def follow(self, flow: Float) -> None:
        """One frame further: `flow` [H, W, 2] in pixels, or coarser, leads to the frame before."""
        height, width = self._coarse.shape[:2]
        if flow.shape[:2] != (height, width):
            flow = cv2.resize(flow, (width, height), interpolation=cv2.INTER_AREA)
        before = (self._coarse + flow - (COARSE - 1) / 2) / COARSE
        self._origin = look_up(self._origin, before)

    def seen(self, lab: Byte, window: Window, side: int) -> list[Float]:
        """`colour`, `shape` and `match` of `NAMES`, for the window resized to `side`.

        `lab`: uint8 [side, side, 3] of that window.
        """
        colour = self._ratio[self._bins(lab)]
        at = (window.grid(side) - (COARSE - 1) / 2) / COARSE
        origin = look_up(self._origin, at)
        shape = 2 * look_up(self._mask, origin) - 1
        return [colour, shape, _agreement(look_up(self._lab, origin), lab)]


def _agreement(a: Float, b: NDArray[Any]) -> Float:
    off = np.abs(a - b.astype(np.float32)).sum(-1)
    return np.exp(-cv2.blur(off, (5, 5)) / 20).astype(np.float32)


def surroundings(flow: Float, guide: Float) -> Float:
    """The flow [H, W, 2] as it would be if all were background.

    A motion field of second order in the position, fitted to the flow outside the guide's mask
    [H, W]; what does not fit counts less and less (Cauchy's weights).
    """
    height, width = guide.shape
    step = max(height // 24, 1)
    pick = np.s_[step // 2 :: step, step // 2 :: step]
    free = guide[pick] < 0.1
    vectors = flow[pick][free].astype(np.float64)
    if len(vectors) < 30:
        return flow
    place = pixels(height, width) / np.float32(width) - np.float32(0.5)
    x, y = place[..., 0], place[..., 1]
    basis = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)
    known = basis[pick][free].astype(np.float64)
    weight = np.ones(len(vectors))
    for _ in range(6):
        heavy = known * weight[:, None]
        fitted = np.linalg.solve(heavy.T @ known + 1e-6 * np.eye(6), heavy.T @ vectors)
        off = np.hypot(*(vectors - known @ fitted).T)
        weight = 1 / (1 + (off / max(float(np.median(off)), 0.1)) ** 2)
    return np.asarray(basis @ fitted.astype(np.float32), np.float32)


def apart(flow: Float, guide: Float) -> Float:
    """`apart` of `NAMES`, [H, W]: from the flow [H, W, 2] and the mask moved along it."""
    off = np.linalg.norm(flow - surroundings(flow, guide), axis=-1)
    inside = off[guide > 0.7]
    if not len(inside):
        return np.zeros_like(guide)
    typical = float(np.median(inside))
    scale = guide.shape[0] / 480
    sign = np.clip((off - 0.5 * typical) / (0.5 * typical + scale), -1, 1)
    return np.asarray(sign * (typical / (typical + 2 * scale)), np.float32)


def evidence(
    lab: Byte,
    before: Byte,
    flow: Float,
    guide: Float,
    reference: Reference,
    window: Window,
    side: int,
) -> Float:
    """The maps of `NAMES` in a window, float32 [5, side, side].

    Args:
        lab, before: this frame and the one before, uint8 [H, W, 3].
        flow: from this frame to the one before, [H, W, 2] in pixels.
        guide: mask of the frame before, moved along the flow, [H, W].
        reference: with which `follow` has been called for `flow`.
    """
    here = cut(lab, window, side)
    moved = window.grid(side) + cut(flow, window, side)
    same = _agreement(look_up(before, moved), here)
    own = cut(apart(flow, guide), window, side)
    return np.stack([*reference.seen(here, window, side), same, own])


def log_odds(probability: Float) -> Float:
    """Log odds / `ODDS` of probabilities, in [-1, 1]."""
    clipped = np.clip(probability, 0.02, 0.98)
    return np.asarray((np.log(clipped / (1 - clipped)) / ODDS).clip(-1, 1), np.float32)
