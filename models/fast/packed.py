"""Convolutions in oneDNN's own weight layout, with ReLU and residual sum in the same pass (CPU)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.backbones.resnet import Bottleneck
from models.fast.head import FusedHead
from models.layers.conv import ConvBNReLU
from models.layers.refinement import BottleneckSkip

LAYOUTS = 2
"""Layouts that are kept of each convolution's weights."""


def can_pack() -> bool:
    """Whether this build of PyTorch has the fused operators (those its compiler uses)."""
    return torch.backends.mkldnn.is_available() and hasattr(
        torch.ops.mkldnn, "_convolution_pointwise"
    )


class PackedConv(nn.Module):
    """A 2-D convolution and, if `relu`, the ReLU after it; float32, no gradient.

    Which layout is best depends on the size of the input, and a wrong one is slower than none. So
    the weights are laid out for the input at hand. The last layouts are kept: the refiner looks at
    each window at two sizes by turns.
    """

    def __init__(self, conv: nn.Conv2d, relu: bool) -> None:
        super().__init__()
        if isinstance(conv.padding, str):
            raise ValueError("padding by name cannot be packed")
        self.geometry = (list(conv.padding), list(conv.stride), list(conv.dilation), conv.groups)
        self.activation = "relu" if relu else "none"
        self.weight = conv.weight.detach()
        self.bias = None if conv.bias is None else conv.bias.detach()
        self._packed: dict[torch.Size, Tensor] = {}

    def _laid_out(self, x: Tensor) -> Tensor:
        packed = self._packed.pop(x.shape, None)
        if packed is None:
            packed = torch.ops.mkldnn._reorder_convolution_weight(
                self.weight, *self.geometry, list(x.shape)
            )
        self._packed[x.shape] = packed
        for oldest in list(self._packed)[:-LAYOUTS]:
            self._packed.pop(oldest, None)
        return packed

    def forward(self, x: Tensor) -> Tensor:
        """[B, Ci, H, W] -> [B, Co, H', W'], channels last."""
        return torch.ops.mkldnn._convolution_pointwise(
            x, self._laid_out(x), self.bias, *self.geometry, self.activation, [], ""
        )

    def add_relu(self, x: Tensor, other: Tensor) -> Tensor:
        """ReLU(conv(x) + other)."""
        return torch.ops.mkldnn._convolution_pointwise.binary(
            x,
            other,
            self._laid_out(x),
            self.bias,
            *self.geometry,
            "add",
            1.0,
            "relu",
            [],
            "",
        )


class PackedBottleneck(nn.Module):
    """A folded `Bottleneck`."""

    def __init__(self, block: Bottleneck) -> None:
        super().__init__()
        self.conv1 = PackedConv(block.conv1, relu=True)
        self.conv2 = PackedConv(block.conv2, relu=True)
        self.conv3 = PackedConv(block.conv3, relu=False)
        self.downsample = pack(block.downsample) if block.downsample is not None else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.conv3.add_relu(self.conv2(self.conv1(x)), self.downsample(x))


class PackedSkip(nn.Module):
    """A folded `BottleneckSkip`."""

    def __init__(self, block: BottleneckSkip) -> None:
        super().__init__()
        self.inner = nn.Sequential(pack(block.reduce), pack(block.spatial))
        expand = block.expand[0]
        assert isinstance(expand, nn.Conv2d)
        self.expand = PackedConv(expand, relu=False)
        self.shortcut = pack(block.shortcut)

    def forward(self, x: Tensor) -> Tensor:
        return self.expand.add_relu(self.inner(x), self.shortcut(x))


def pack(module: nn.Module) -> nn.Module:
    """`module` with every folded block below it packed; changes it and returns its replacement."""
    if isinstance(module, FusedHead):
        # Its own convolutions it reads itself; the published order stays as it is.
        module.taps = pack(module.taps)
        return module
    if isinstance(module, nn.Conv2d):
        return PackedConv(module, relu=False)
    if isinstance(module, ConvBNReLU):
        return PackedConv(module.conv, relu=True)
    if isinstance(module, Bottleneck):
        return PackedBottleneck(module)
    if isinstance(module, BottleneckSkip):
        return PackedSkip(module)
    if isinstance(module, nn.Sequential):
        return _pack_sequence(module)
    for name, child in list(module.named_children()):
        setattr(module, name, pack(child))
    return module


def _pack_sequence(module: nn.Sequential) -> nn.Sequential:
    """The steps packed, a ReLU after a convolution taken into it."""
    steps = [m for m in module if not isinstance(m, nn.Identity)]
    packed: list[nn.Module] = []
    while steps:
        step = steps.pop(0)
        if isinstance(step, nn.Conv2d):
            relu = bool(steps) and isinstance(steps[0], nn.ReLU)
            packed.append(PackedConv(step, relu))
            del steps[: int(relu)]
        else:
            packed.append(pack(step))
    return nn.Sequential(*packed)
