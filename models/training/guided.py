"""Training of the guided NPMCA-net: it learns to correct masks that were carried too far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from models.npmca import evidence as ev
from models.npmca.losses import iou_loss
from models.npmca.net import Npmca
from models.training import motion
from models.training.data import VOID, read_image, read_mask
from models.training.flows import Float, Flows, scaled, scaled_size
from models.training.task import Answers, Batch, Image, Rng, Task, one_object, tensor


@dataclass(frozen=True, slots=True)
class _Strip:
    """A reference, the way from it to the first of the frames to be segmented, and these.

    Attributes:
        reference: frame [H, W, 3] and mask [H, W] where the way begins.
        way: flows of the steps from there to `frames[0]`, each to the frame before.
        start: mask that is known of `frames[0]`, more or less right.
        frames, masks: one more than `flows`, which lead from each of them to the one before.
    """

    reference: tuple[Image, Float]
    way: list[Float]
    start: Float
    frames: list[Image]
    masks: list[Image]
    flows: list[Float]


class Guided(Task):
    """Some frames of a video after a start mask with typical faults, each predicted in turn.

    `sampling`: `lines` of the shorter side of the frames; `length` frames to predict; the start
    mask has been carried along the flow over up to `drift` frames, and the reference lies up to
    `gap` frames before that; `static_share` of the clips are made of images; `bend` is how often a
    start mask is bent at random.
    """

    def prepare(self) -> int:
        get = self.sampling.get
        self._length, self._lines = int(get("length", 4)), int(get("lines", 270))
        self._static = float(get("static_share", 0.2))
        self._flows = Flows(self._lines, self.cache)
        self._runs = [
            (video, run)
            for video in self.data.videos
            for run in _runs(sorted(video.masks))
            if len(run) > self._length
        ]
        self._stills = [p for p in self.data.pictures if p.mask is not None]
        if not self._runs:
            self._static = 1.0
        elif not self._stills:
            self._static = 0.0
        return sum(len(run) for _, run in self._runs) or len(self._stills)

    def sample(self, rng: Rng) -> Batch:
        for _ in range(20):
            strip = self._made(rng) if rng.random() < self._static else self._filmed(rng)
            if strip.start.max() > 0.5 and strip.reference[1].any():
                break
        return self._seen(strip, rng)

    def _filmed(self, rng: Rng) -> _Strip:
        video, run = self._runs[int(rng.integers(len(self._runs)))]
        room = len(run) - 1 - self._length
        drift = 0
        if rng.random() < 0.7:
            drift = int(rng.integers(0, min(int(self.sampling.get("drift", 8)), room) + 1))
        gap = int(rng.integers(0, min(int(self.sampling.get("gap", 30)), room - drift) + 1))
        if rng.random() < 0.3:
            gap = 0
        first = int(rng.integers(0, room - drift - gap + 1))
        order = run[first : first + gap + drift + self._length + 1]
        if rng.random() < 0.5:
            order = order[::-1]
        begin = gap + drift
        size = scaled_size(read_image(video.frames[order[0]]), self._lines)
        known = read_mask(video.masks[order[0]])
        ids = [i for i in np.unique(known) if i not in (0, VOID)]
        chosen = ids[int(rng.integers(len(ids)))] if ids else 1

        def mask(index: int) -> Image:
            found = (read_mask(video.masks[order[index]]) == chosen).astype(np.uint8)
            return motion.fit(found, found, size)[1]

        def frame(index: int) -> Image:
            return scaled(read_image(video.frames[order[index]]), size)

        flows = [self._flows.between(video, b, a) for a, b in pairwise(order)]
        start = mask(gap).astype(np.float32)
        for flow in flows[gap:begin]:
            start = _carried(start, flow)
        return _Strip(
            (frame(0), mask(0).astype(np.float32)),
            flows[:begin],
            self._bent(start, rng),
            [frame(i) for i in range(begin, len(order))],
            [mask(i) for i in range(begin, len(order))],
            flows[begin:],
        )

    def _made(self, rng: Rng) -> _Strip:
        """An object cut out of one image that moves over another one or its own; so does that."""
        picture, behind = (self._stills[int(i)] for i in rng.integers(len(self._stills), size=2))
        assert picture.mask is not None
        image, mask = read_image(picture.image), one_object(read_mask(picture.mask), rng)
        size = scaled_size(image, self._lines)
        image, mask = motion.fit(image, mask, size)
        back = image
        if rng.random() > float(self.sampling.get("own_ground", 0.3)):
            back = motion.fit(read_image(behind.image), mask, size)[0]
        frames, masks = [], []
        place, drift = np.zeros(2), rng.normal(0, 0.02, 2)
        for _ in range(self._length + 1):
            top, inside = motion.move(image, mask, rng, 5, 0.05, 0.01, 0.02)
            under, _ = motion.move(back, mask, rng, 1, 0.01, 0.01, 0.005)
            shift = np.float32([[1, 0, place[0] * size[1]], [0, 1, place[1] * size[0]]])
            inside = cv2.warpAffine(inside, shift, size[::-1])
            top = cv2.warpAffine(top, shift, size[::-1], borderMode=cv2.BORDER_REFLECT)
            soft = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.8)[..., None]
            frames.append((soft * top + (1 - soft) * under).astype(np.uint8))
            masks.append(np.asarray(inside, np.uint8))
            place = place + drift
        flows = [self._flows.made(b, a) for a, b in pairwise(frames)]
        exact = masks[0].astype(np.float32)
        return _Strip((frames[0], exact), [], self._bent(exact, rng), frames, masks, flows)

    def _bent(self, mask: Float, rng: Rng) -> Float:
        if rng.random() >= float(self.sampling.get("bend", 0.3)):
            return mask
        x, y = motion.thin_plate((mask.shape[0], mask.shape[1]), rng, 0.03)
        return np.asarray(cv2.remap(mask, x, y, cv2.INTER_LINEAR), np.float32)

    def _seen(self, strip: _Strip, rng: Rng) -> Batch:
        """The strip through windows that go with the object."""
        side = self.recipe.size[0]
        frame, mask = strip.reference
        reference = ev.Reference(ev.lab_of(frame), mask)
        for flow in strip.way:
            reference.follow(flow)
        room = rng.uniform(0.25, 0.6, len(strip.frames))
        whole = ev.Window(0, 0, *mask.shape)
        windows = [ev.around(strip.start, room[0]) or whole]
        maps, grids = [], []
        labs = [ev.lab_of(f) for f in strip.frames]
        for t, coarse in enumerate(strip.flows, 1):
            flow = cv2.resize(coarse, mask.shape[::-1], interpolation=cv2.INTER_LINEAR)
            reference.follow(coarse)
            truth = strip.masks[t].astype(np.float32)
            window = ev.around(truth, room[t]) or windows[-1]
            seen = ev.evidence(labs[t], labs[t - 1], flow, truth, reference, window, side)
            before = window.grid(side) + ev.cut(flow, window, side)
            grids.append(windows[-1].place(before, side))
            maps.append(seen)
            windows.append(window)
        pairs = list(zip(strip.frames, windows, strict=True))
        own = ev.around(mask) or whole
        batch = {
            "frames": tensor(np.stack([ev.cut(f, w, side) for f, w in pairs])),
            "masks": _soft([ev.cut(m, w, side) for m, w in zip(strip.masks, windows, strict=True)]),
            "start": _soft([ev.cut(strip.start, windows[0], side)])[0],
            "reference": tensor(ev.cut(frame, own, side)),
            "known": _soft([ev.cut(mask, own, side)])[0],
            "evidence": torch.from_numpy(np.stack(maps)),
            "grid": torch.from_numpy(np.stack(grids)),
        }
        strength = float(self.sampling.get("tone", 0.1))
        gain, lift = rng.uniform(-strength, strength, 2)
        for name in ("frames", "reference"):
            batch[name] = (batch[name] * float(1 + gain) + float(lift)).clamp(0, 1)
        return _flipped(batch) if rng.random() < 0.5 else batch

    def forward(self, batch: Batch) -> Tensor:
        losses = [
            iou_loss(logits.sigmoid(), truth)
            + 0.5 * F.binary_cross_entropy_with_logits(logits, truth)
            for logits, truth in self._predicted(batch)
        ]
        return torch.stack(losses).mean()

    def answers(self, batch: Batch) -> Answers:
        logits, truth = zip(*self._predicted(batch), strict=True)
        shown = batch["frames"][:, 1:].transpose(0, 1).flatten(0, 1)
        return Answers(shown, torch.cat(truth), torch.cat(logits).sigmoid())

    def _predicted(self, batch: Batch) -> Iterator[tuple[Tensor, Tensor]]:
        """Logits and truth of each frame but the first, [B, 1, S, S]."""
        net, frames = self.net, batch["frames"]
        assert isinstance(net, Npmca)
        before = batch["start"]
        first = net.reference(batch["reference"], batch["known"])
        for t in range(1, frames.shape[1]):
            guide = _moved(before, batch["grid"][:, t - 1])
            odds = (guide.clamp(0.02, 0.98).logit() / ev.ODDS).clamp(-1, 1)
            told = torch.cat([odds, batch["evidence"][:, t - 1]], 1)
            previous = net.reference(frames[:, t - 1], before)
            found = net.segment(net.target(frames[:, t], told), first, previous)
            logits = net.corrected(found, told)
            yield logits, batch["masks"][:, t]
            before = logits.detach().sigmoid()


def _runs(labelled: list[int]) -> list[list[int]]:
    """Labelled frames without a gap."""
    runs: list[list[int]] = []
    for index in labelled:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _carried(mask: Float, flow: Float) -> Float:
    """The mask [H, W] one frame on; `flow` is coarse and leads back."""
    height, width = mask.shape
    full = cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR)
    return ev.look_up(mask, ev.pixels(height, width) + full)


def _soft(masks: list[Float] | list[Image]) -> Tensor:
    """Maps [H, W] in [0, 1] -> float32 [N, 1, H, W]."""
    return torch.from_numpy(np.stack(masks).astype(np.float32))[:, None]


def _flipped(batch: Batch) -> Batch:
    side = batch["frames"].shape[-1]
    grid = batch["grid"].flip(-2).clone()
    grid[..., 0] = side - 1 - grid[..., 0]
    return {k: grid if k == "grid" else v.flip(-1) for k, v in batch.items()}


def _moved(mask: Tensor, grid: Tensor) -> Tensor:
    """Mask [B, 1, S, S] looked up at pixels (x, y) [B, S, S, 2]; outside is nothing."""
    at = grid.float() * (2 / (mask.shape[-1] - 1)) - 1
    return F.grid_sample(mask.float(), at, align_corners=True)
