"""What the scheme needs to know of an image saliency network to plug it in.

As motion branch a network sees colour-coded flow in place of a picture and gives the mean of its
side outputs; as colour branch it gives its prediction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.ops.images import Size, check_frames, device_of, imagenet_input, to_maps
from models.ops.resize import resize
from models.scwssod.net import Predictions
from models.scwssod.predict import prepare as scwssod_input

Frames = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ImageNetwork:
    """How to use one kind of network.

    Attributes:
        prepare: RGB frames uint8 [N, H, W, 3] and a size -> input [N, 3, h, w].
        outputs: network, input -> logits [N, 1, h, w] of the prediction and of the side outputs,
            the prediction first.
        rate: learning rate of SGD for a mean over pixels that such a network is trained with.
    """

    prepare: Callable[[Frames, Size], Tensor]
    outputs: Callable[[nn.Module, Tensor], Sequence[Tensor]]
    rate: float


def _scwssod(net: nn.Module, x: Tensor) -> Sequence[Tensor]:
    return tuple(logits[:, :1] for logits in cast(Predictions, net(x)))


def _rcrnet(net: nn.Module, x: Tensor) -> Sequence[Tensor]:
    return (net(x),)


def _ner(net: nn.Module, x: Tensor) -> Sequence[Tensor]:
    """Every picture is a clip of one frame."""
    return (net(x[:, None])[:, 0],)


IMAGE_NETWORKS: Mapping[str, ImageNetwork] = {
    "scwssod": ImageNetwork(scwssod_input, _scwssod, 1e-2),
    "rcrnet": ImageNetwork(imagenet_input, _rcrnet, 1e-2),
    "ner": ImageNetwork(imagenet_input, _ner, 1e-2),
}
"""By method, those that a clip is served best with first. The rate of RCRNet and NER is ours: they
were trained with Adam, the scheme learns with SGD."""


@torch.inference_mode()
def colour_saliency(method: str, net: nn.Module, frames: Frames, size: Size) -> NDArray[np.float32]:
    """The prediction, float32 [N, H, W] in [0, 1], of RGB frames uint8 [N, H, W, 3]."""
    return _enlarged(_probabilities(method, net, frames, size)[0], check_frames(frames))


@torch.inference_mode()
def motion_saliency(method: str, net: nn.Module, coded: Frames, size: Size) -> NDArray[np.float32]:
    """Mean of all outputs (section IV-C), float32 [N, H, W], of coded flow uint8 [N, H, W, 3]."""
    maps = _probabilities(method, net, coded, size)
    return _enlarged(torch.stack(list(maps)).mean(0), check_frames(coded))


def _probabilities(method: str, net: nn.Module, frames: Frames, size: Size) -> list[Tensor]:
    plug = IMAGE_NETWORKS[method]
    x = plug.prepare(frames, size).to(device_of(net))
    return [logits.float().sigmoid() for logits in plug.outputs(net, x)]


def _enlarged(maps: Tensor, size: Size) -> NDArray[np.float32]:
    return to_maps(resize(maps, size))
