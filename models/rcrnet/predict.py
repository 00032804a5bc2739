"""Frames to saliency maps with RCRNet, FGPLG and RCRNet+NER."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from models.ops.flow import resize_flow
from models.ops.images import (
    Size,
    check_frames,
    device_of,
    imagenet_input,
    resize_map,
    to_maps,
    truncate_to_uint8,
)
from models.ops.resize import resize
from models.rcrnet.fgplg import FGPLG
from models.rcrnet.ner import NER
from models.rcrnet.net import RCRNet
from models.rcrnet.recipe import CLIP_LENGTH, INPUT_SIZE

Maps = NDArray[np.float32]
Frames = NDArray[np.uint8]


@torch.inference_mode()
def predict(net: RCRNet, frames: Frames, size: Size = INPUT_SIZE) -> Maps:
    """Saliency float32 [N, H, W] in [0, 1] of RGB frames uint8 [N, H, W, 3], in one batch."""
    full = check_frames(frames)
    return _finish(net(imagenet_input(frames, size).to(device_of(net))), full)


def prepare_labels(labels: NDArray[np.float32], size: Size) -> Tensor:
    """Labels [N, L, H, W] in [0, 1] -> float32 [N, L, h, w]; resized bilinearly, so soft."""
    resized = [[resize_map(label, size) for label in row] for row in labels]
    return torch.from_numpy(np.array(resized, dtype=np.float32))


@torch.inference_mode()
def predict_between(
    net: FGPLG,
    frames: Frames,
    labels: NDArray[np.float32],
    flows: NDArray[np.float32],
    size: Size = INPUT_SIZE,
) -> Maps:
    """Saliency float32 [N, H, W] in [0, 1] of frames that lie between two labelled ones.

    `frames` uint8 [N, H, W, 3]. `labels` float32 [N, 2, H, W] in [0, 1], of the previous and of the
    next labelled frame. `flows` float32 [N, 2, 2, h, w] in pixels of their own size, (dx, dy), from
    each frame to the previous and to the next labelled one; h, w may differ from the frames' size.
    Raises ValueError if the shapes do not fit.
    """
    full = check_frames(frames)
    n = len(frames)
    if labels.shape != (n, 2, *full):
        raise ValueError(f"labels are [{n}, 2, {full[0]}, {full[1]}], not {list(labels.shape)}")
    if flows.ndim != 5 or flows.shape[:3] != (n, 2, 2):
        raise ValueError(f"flows are [{n}, 2, 2, h, w], not {list(flows.shape)}")
    device = device_of(net)
    fields = torch.from_numpy(np.ascontiguousarray(flows, dtype=np.float32)).flatten(0, 1)
    logits = net(
        imagenet_input(frames, size).to(device),
        prepare_labels(labels, size).to(device),
        resize_flow(fields.to(device), size).unflatten(0, (n, 2)),
    )
    return _finish(logits, full)


@torch.inference_mode()
def predict_clip(net: NER, frames: Frames, size: Size = INPUT_SIZE) -> Maps:
    """Saliency float32 [T, H, W] in [0, 1] of consecutive frames uint8 [T, H, W, 3]."""
    full = check_frames(frames)
    clip = imagenet_input(frames, size)[None].to(device_of(net))
    return _finish(net(clip)[0], full)


def predict_video(
    net: NER,
    frames: Iterable[Frames],
    length: int = CLIP_LENGTH,
    overlap: int = CLIP_LENGTH // 2,
    size: Size = INPUT_SIZE,
) -> Iterator[Maps]:
    """Saliency [H, W] of every frame uint8 [H, W, 3] of a video of any length, in order.

    Clips of `length` frames that share `overlap` frames; where they share, the maps are faded from
    one clip into the next. The last clip is aligned to the end. Holds at most one clip of frames.
    Raises ValueError unless 0 <= overlap < length.
    """
    if not 0 <= overlap < length:
        raise ValueError(f"the overlap is 0 to {length - 1}, not {overlap}")
    clip: deque[Frames] = deque(maxlen=length)
    # Maps of the frames at the end of `clip` that were predicted and not yet given out.
    pending: list[Maps] = []
    fresh = 0
    for frame in frames:
        clip.append(frame)
        fresh += 1
        if len(clip) == length and fresh >= length - len(pending):
            maps = _fade(pending, list(predict_clip(net, np.stack(clip), size)))
            yield from maps[: length - overlap]
            pending, fresh = maps[length - overlap :], 0
    if fresh:
        maps = list(predict_clip(net, np.stack(clip), size))
        shared = len(clip) - fresh
        # Of the frames before the fresh ones only the pending are still to be given out.
        maps = maps[shared - len(pending) :]
        pending = _fade(pending, maps)
    yield from pending


def _fade(before: list[Maps], after: list[Maps]) -> list[Maps]:
    """`after`, whose first maps are mixed with `before`, more of `after` from map to map."""
    mixed = list(after)
    for i, old in enumerate(before):
        share = np.float32((i + 1) / (len(before) + 1))
        mixed[i] = (1 - share) * old + share * after[i]
    return mixed


def _finish(logits: Tensor, size: Size) -> Maps:
    return to_maps(resize(logits.float().sigmoid(), size))


def published_uint8(
    probability: Maps, size: Size, resample: Image.Resampling = Image.Resampling.NEAREST
) -> NDArray[np.uint8]:
    """The 8-bit map [H, W] as the authors save it, from the map at the network's size.

    Truncated, then resized: their Pillow took the nearest pixel by default, today's is bicubic.
    """
    height, width = size
    image = Image.fromarray(truncate_to_uint8(probability))
    return np.asarray(image.resize((width, height), resample))
