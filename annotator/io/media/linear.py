"""Pictures of scene light (OpenEXR) as they are shown: with the curve of sRGB, in 8 bits.

White is 1.0; what is brighter is white too. Primaries are taken to be those of sRGB.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.core.types import Image, Size
from annotator.io.exr import Channel, read_channels, read_header

_WORDS = {"RED": "R", "GREEN": "G", "BLUE": "B"}
_PREFERRED = ("", "rgba", "rgb", "beauty", "combined")
"""Layers that hold the picture rather than a pass of it, by the last word of their names."""


def exr_size(path: Path) -> Size:
    """Of the display window. Raises ValueError, also where there is no picture to show."""
    header = read_header(path)
    _shown(header.channels)
    return header.size


def read_exr(path: Path) -> Image:
    """uint8 [H, W, 3]; outside the data window black. Raises ValueError."""
    channels = read_channels(path)
    return np.dstack([_display(channels[name]) for name in _shown(channels)])


def _shown(names: Iterable[str]) -> tuple[str, str, str]:
    """The channels that are red, green and blue: of the main layer, else of the first one that has
    all three; else luminance, or the only channel, three times. Raises ValueError."""
    names = list(names)
    layers: dict[str, dict[str, str]] = {}
    for name in names:
        layer, _, last = name.rpartition(".")
        layers.setdefault(layer, {})[_WORDS.get(last.upper(), last.upper())] = name
    colored = [layer for layer, found in layers.items() if {"R", "G", "B"} <= found.keys()]
    colored = [layer for layer in colored if not _is_matte(layer)]
    if colored:
        best = min(colored, key=_rank)
        return layers[best]["R"], layers[best]["G"], layers[best]["B"]
    grey = layers.get("", {}).get("Y") or (names[0] if len(names) == 1 else None)
    if grey is None:
        listed = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
        raise ValueError(f"none of its channels are colours ({listed})")
    return grey, grey, grey


def _is_matte(layer: str) -> bool:
    """Whether a layer looks like Cryptomatte, whose channels are called like colours."""
    return layer[-2:].isdigit() and "crypto" in layer.lower()


def _rank(layer: str) -> int:
    word = layer.rpartition(".")[2].lower()
    return _PREFERRED.index(word) if word in _PREFERRED else len(_PREFERRED)


def _display(channel: Channel) -> NDArray[np.uint8]:
    if channel.dtype == np.uint32:
        raise ValueError("its channels are whole numbers, no light")
    if channel.dtype != np.float16:
        # 11 bits are enough for 8 on that curve; NaN stays.
        channel = np.clip(channel, 0, 1).astype(np.float16)
    return _curve()[channel.view(np.uint16)]


@cache
def _curve() -> NDArray[np.uint8]:
    """uint8 [65536]: what is shown for each float16 (IEC 61966-2-1); NaN is black."""
    light = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float64)
    light = np.clip(np.nan_to_num(light, nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
    bright = 1.055 * light ** (1 / 2.4) - 0.055
    return np.rint(255 * np.where(light <= 0.0031308, 12.92 * light, bright)).astype(np.uint8)
