"""Flow-guided pseudo-label generator (Yan et al., ICCV 2019, section 3.2).

An RCRNet whose input has four channels more: the two nearest labels warped to the frame, and how
far the flow carried them. Where the flow comes from is left to the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from models.ops.flow import magnitude, warp

from .net import RCRNet, RCRNetConfig

DEFAULT_CONFIG = RCRNetConfig(in_channels=7)


def assemble_input(frame: Tensor, labels: Tensor, flows: Tensor) -> Tensor:
    """The 7 channels: R, G, B, previous label warped, next label warped, |flow| to each of them.

    `frame` [B, 3, H, W] normalised; `labels` [B, 2, H, W] in [0, 1] of the previous and the next
    labelled frame; `flows` [B, 2, 2, H, W] in pixels from the frame to the previous and to the next
    labelled frame. Returns [B, 7, H, W].
    """
    warped = [warp(labels[:, i : i + 1], flows[:, i]) for i in range(2)]
    lengths = [magnitude(flows[:, i]) for i in range(2)]
    return torch.cat([frame, *warped, *lengths], dim=1)


class FGPLG(nn.Module):
    """Frame, two labels and two flows -> logits [B, 1, H, W]; shapes as for `assemble_input`."""

    def __init__(self, config: RCRNetConfig | None = None) -> None:
        super().__init__()
        self.config = replace(config or DEFAULT_CONFIG, in_channels=7)
        self.rcrnet = RCRNet(self.config)

    def forward(self, frame: Tensor, labels: Tensor, flows: Tensor) -> Tensor:
        return self.rcrnet(assemble_input(frame, labels, flows))


def state_from_image_model(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """First weights of an `FGPLG` from a trained `RCRNet`, as published: its state dict, widened.

    The first convolution keeps its three colour channels; those of the labels and flows are Kaiming
    normal.
    """
    widened = {f"rcrnet.{name}": value for name, value in state.items()}
    name = "rcrnet.backbone.conv1.weight"
    colour = widened[name]
    extra = colour.new_empty(colour.shape[0], 7 - colour.shape[1], *colour.shape[2:])
    nn.init.kaiming_normal_(extra, mode="fan_out", nonlinearity="relu")
    widened[name] = torch.cat([colour, extra], dim=1)
    return widened
