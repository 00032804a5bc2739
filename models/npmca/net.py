"""NPMCA-net (thesis, chapter 3): a frame segmented from two references with known masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.backbones.resnet import ResNet, ResNetConfig
from models.layers.conv import conv3x3
from models.npmca.evidence import NAMES, ODDS
from models.npmca.matching import ChannelAttention, match
from models.ops.images import IMAGENET_MEAN, IMAGENET_STD
from models.ops.resize import pad_to_multiple, resize, unpad

STRIDE = 16
"""Of the features that are matched; sizes of inputs are padded to its multiples."""


@dataclass(frozen=True, slots=True)
class NpmcaConfig:
    """Size of the network; the defaults are the thesis' where it says so.

    `blocks` and `width`: of both encoders up to res4, see `ResNetConfig`. `channels`: of the
    matched features, a quarter of res4's in the thesis. `decoder`: of every map of the decoder.
    `guide`: "" as in the thesis: the target encoder reads the mask of the frame before as it is.
    "flow": it reads log odds of that mask moved along the optical flow, and the maps of
    `evidence.NAMES`; the answer is a correction of a weighted sum of these. See `guided`.
    """

    blocks: Sequence[int] = (3, 4, 6)
    width: int = 64
    channels: int = 256
    decoder: int = 256
    guide: str = ""

    @property
    def told(self) -> int:
        """Channels that the target encoder reads beside the frame."""
        return 1 + (len(NAMES) if self.guide else 0)


COMPACT: Mapping[str, object] = {
    "blocks": (2, 2, 2),
    "width": 24,
    "channels": 96,
    "decoder": 48,
}
"""The same network, narrower and shallower: what a CPU trains in hours and runs in tenths."""


class Target(NamedTuple):
    """What the target encoder knows of a frame, per object.

    `key` [B, C, h, w] is matched; `r3` (stride 8) and `r2` (stride 4) are the decoder's skips.
    """

    key: Tensor
    r3: Tensor
    r2: Tensor


class ResidualBlock(nn.Module):
    """x + two convolutions with the activation in front: [B, C, H, W] -> same shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReLU(), conv3x3(channels, channels), nn.ReLU(), conv3x3(channels, channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class Refinement(nn.Module):
    """A finer skip [B, Cs, 2h, 2w] joined with a coarser map [B, C, h, w] -> [B, C, 2h, 2w]."""

    def __init__(self, skip: int, channels: int) -> None:
        super().__init__()
        self.project = conv3x3(skip, channels)
        self.before = ResidualBlock(channels)
        self.after = ResidualBlock(channels)

    def forward(self, skip: Tensor, coarse: Tensor) -> Tensor:
        fine = self.before(self.project(skip))
        return self.after(fine + resize(coarse, fine.shape[-2:]))


class Npmca(nn.Module):
    """Mask of an object in a frame, from the first and from the previous frame.

    Frames are RGB in [0, 1], masks probabilities in [0, 1]; a batch may hold frames, objects, or
    both. `forward` does everything; propagation calls its three parts, so that the features of
    references are computed once.
    """

    def __init__(self, config: NpmcaConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or NpmcaConfig()
        shape = ResNetConfig(config.blocks, config.width)
        c2, c3, c4, _ = shape.channels
        if config.guide not in ("", "flow"):
            raise ValueError(f"guide is '' or 'flow', not '{config.guide}'")
        # conv1(frame) + conv1_p(mask) of the literature is one convolution over four channels; the
        # bias of conv1_p is the batch normalisation's shift.
        self.target_encoder = ResNet(
            ResNetConfig(config.blocks, config.width, in_channels=3 + config.told)
        )
        self.reference_encoder = ResNet(shape)
        self.reduce_target = conv3x3(c4, config.channels)
        self.reduce_reference = conv3x3(c4, config.channels)
        self.attention = ChannelAttention()
        d = config.decoder
        self.fuse = conv3x3(2 * config.channels, d)
        self.coarse = ResidualBlock(d)
        self.refine3 = Refinement(c3, d)
        self.refine2 = Refinement(c2, d)
        self.predict = nn.Sequential(nn.ReLU(), conv3x3(d, 1))
        self.opinion: nn.Conv2d | None = None
        if config.guide:
            self.opinion = nn.Conv2d(config.told, 1, 1)
            self._begin_at_guide(self.opinion)
        self._soften_matching()

    def _soften_matching(self) -> None:
        """Features begin so small that similarities lie near 1: a softmax of unscaled products of
        usual features is one-hot, and passes hardly any gradient."""
        for conv in (self.reduce_target, self.reduce_reference):
            with torch.no_grad():
                conv.weight.mul_(self.config.channels**-0.25)

    def _begin_at_guide(self, opinion: nn.Conv2d) -> None:
        """A new network gives the guide back, whatever else it reads."""
        last = self.predict[-1]
        with torch.no_grad():
            for parameter in (*last.parameters(), *opinion.parameters()):
                parameter.zero_()
            opinion.weight[0, 0] = ODDS

    def reference(self, frame: Tensor, mask: Tensor) -> Tensor:
        """Features [B, C, N] of a reference [B, 3, H, W] with its mask [B, 1, H, W].

        What is outside the mask is black. H and W are padded with zeros to multiples of `STRIDE`.
        Features of several references can be joined along N: then the best of all is matched.
        """
        masked, _ = pad_to_multiple(frame * mask, STRIDE)
        features = self.reference_encoder(_normalise(masked))[-1]
        return self.reduce_reference(features).flatten(2)

    def target(self, frame: Tensor, mask: Tensor) -> Target:
        """Features of the frame [B, 3, H, W] with the mask [B, 1, H, W] of the frame before.

        With a guide, in place of the mask: its log odds / `ODDS` and the evidence, [B, 6, H, W].
        """
        padded, _ = pad_to_multiple(torch.cat([frame, mask], 1), STRIDE)
        frame, mask = padded.split([3, self.config.told], 1)
        r2, r3, r4 = self.target_encoder(torch.cat([_normalise(frame), mask], 1))
        return Target(self.reduce_target(r4), r3, r2)

    def segment(self, target: Target, first: Tensor, previous: Tensor) -> Tensor:
        """Logits [B, 1, H, W], of the padded size, from the references' features [B, C, N].

        With a guide these are what `corrected` adds to its sum.
        """
        matched = [self.attention(match(r, target.key)) for r in (first, previous)]
        x = self.coarse(self.fuse(torch.cat(matched, 1)))
        x = self.refine2(target.r2, self.refine3(target.r3, x))
        h, w = x.shape[-2:]
        return resize(self.predict(x), (4 * h, 4 * w))

    def corrected(self, logits: Tensor, told: Tensor) -> Tensor:
        """Logits of the guided network: those of `segment` and the sum of what it was told."""
        assert self.opinion is not None
        with torch.autocast(told.device.type, enabled=False):
            return logits.float() + self.opinion(told.float())

    def forward(
        self,
        frame: Tensor,
        previous_mask: Tensor,
        previous_frame: Tensor,
        first_frame: Tensor,
        first_mask: Tensor,
    ) -> Tensor:
        """Logits [B, 1, H, W] of the object in `frame`; frames [B, 3, H, W], masks [B, 1, H, W]."""
        logits = self.segment(
            self.target(frame, previous_mask),
            self.reference(first_frame, first_mask),
            self.reference(previous_frame, previous_mask),
        )
        return unpad(logits, pad_to_multiple(frame, STRIDE)[1])


def _normalise(frame: Tensor) -> Tensor:
    mean, std = (frame.new_tensor(v).view(1, 3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    return (frame - mean) / std


def state_from_image_model(net: Npmca, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The network's state with both encoders from a ResNet's (torchvision's names).

    The mask channel of the target encoder, and all that a ResNet lacks, stay as they are. Raises
    ValueError where the ResNet is of another shape.
    """
    full = net.state_dict()
    for encoder in (net.target_encoder, net.reference_encoder):
        prefix = "target_encoder." if encoder is net.target_encoder else "reference_encoder."
        for name, own in encoder.state_dict().items():
            source = state.get(name)
            if source is None and name.endswith("num_batches_tracked"):
                continue
            if source is None:
                raise ValueError(f"the image model has no {name}")
            colour = own[:, :3] if name == "conv1.weight" else own
            if source.shape != colour.shape:
                raise ValueError(f"{name} is {list(colour.shape)}, not {list(source.shape)}")
            more = [own[:, 3:]] if name == "conv1.weight" else []
            full[prefix + name] = torch.cat([source, *more], 1) if more else source.clone()
    return full
