"""Running the networks fast: device, precision, and an equal copy of a network that takes less."""

from __future__ import annotations

import copy
from contextlib import AbstractContextManager
from typing import Literal

import torch
from torch import nn

from models.fast.blocks import SharedConvGRU, pool_votes
from models.fast.fold import fold_batch_norm
from models.fast.head import FusedHead
from models.fast.packed import can_pack, pack
from models.layers.conv_gru import ConvGRU
from models.rcrnet.net import Head
from models.scwssod.net import Aggregation

Device = Literal["auto", "cpu", "cuda", "mps"]


def choose_device(wanted: Device = "auto") -> torch.device:
    """The device of that name; `auto` takes CUDA, then Apple's, then the CPU.

    Raises ValueError if this machine or this build of PyTorch does not have it.
    """
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return torch.device(next(name for name, there in present.items() if there))
    if not present.get(wanted):
        raise ValueError(f"there is no device {wanted!r} here")
    return torch.device(wanted)


def autocast(device: torch.device, half: bool = True) -> AbstractContextManager[object]:
    """Half precision where it pays: bfloat16 or float16 on CUDA, float16 on MPS, not on the CPU."""
    if not half or device.type == "cpu":
        return torch.autocast("cpu", enabled=False)
    bfloat = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return torch.autocast(device.type, torch.bfloat16 if bfloat else torch.float16)


def optimise(module: nn.Module, device: torch.device | str = "cpu") -> nn.Module:
    """A copy of a network for inference on `device`, equal within 1e-4 in float32.

    Batch normalisation folded, channels last, the blocks of `models.fast`; on the CPU also weights
    in oneDNN's layout. The copy has no gradients and no state dict worth saving, and stays on its
    device; `module` is unchanged.
    """
    device = torch.device(device)
    net = copy.deepcopy(module).eval().requires_grad_(False).cpu().float()
    with torch.no_grad():
        fold_batch_norm(net)
        _replace(net)
        net = net.to(device)
        for parameter in net.parameters():
            if parameter.dim() == 4:
                parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
        if device.type == "cpu" and can_pack():
            net = pack(net)
    return net.eval()


def _replace(module: nn.Module) -> None:
    for name, child in list(module.named_children()):
        if isinstance(child, Head):
            setattr(module, name, FusedHead(child))
        elif isinstance(child, ConvGRU):
            setattr(module, name, SharedConvGRU(child))
        else:
            if isinstance(child, Aggregation):
                pool_votes(child)
            _replace(child)
