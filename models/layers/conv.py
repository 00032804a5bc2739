"""Convolutions with batch normalisation."""

from __future__ import annotations

from torch import Tensor, nn


class ConvBNReLU(nn.Module):
    """Convolution that keeps the size, batch norm, ReLU: [B, Ci, H, W] -> [B, Co, H, W]."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        dilation: int = 1,
        bias: bool = False,
    ) -> None:
        super().__init__()
        padding = dilation * (kernel // 2)
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel, padding=padding, dilation=dilation, bias=bias
        )
        self.bn = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv(x)))


def conv3x3(in_channels: int, out_channels: int) -> nn.Conv2d:
    """3x3 convolution with bias that keeps the size."""
    return nn.Conv2d(in_channels, out_channels, 3, padding=1)


def rectified(in_channels: int, out_channels: int, normalised: bool) -> list[nn.Module]:
    """Layers: 3x3 convolution, batch norm if `normalised`, ReLU."""
    norm = [nn.BatchNorm2d(out_channels)] if normalised else []
    return [conv3x3(in_channels, out_channels), *norm, nn.ReLU(inplace=True)]


def bias_of(conv: nn.Conv2d) -> Tensor:
    """The bias [C] of a convolution, zeros if it has none."""
    return conv.weight.new_zeros(conv.out_channels) if conv.bias is None else conv.bias


def init_kaiming(module: nn.Module) -> None:
    """Kaiming normal (fan in) for every convolution, zero bias, batch normalisation 1 and 0."""
    for m in module.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode="fan_in", nonlinearity="relu")
            if m.bias is not None:
                nn.init.zeros_(m.bias)
        elif isinstance(m, nn.BatchNorm2d):
            nn.init.ones_(m.weight)
            nn.init.zeros_(m.bias)
