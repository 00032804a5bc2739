"""OpenEXR files: float channels by name, as film and rendering keep pictures and mattes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
from numpy.typing import NDArray

from annotator.core.types import Size

_MAGIC = b"\x76\x2f\x31\x01"
MAX_BYTES = 1 << 31
"""All channels of a file, decoded: they cannot be read one by one."""
Channel = NDArray[Any]
"""[H, W] of float16, float32 or uint32."""


@dataclass(frozen=True, slots=True, eq=False)
class ExrHeader:
    """What a file says of itself.

    Attributes:
        size: of the display window, which is the picture as it is meant to be shown.
        channels: names in the order of the file, those of all parts; of later parts with the name
            of the part before those that name no layer, e.g. "depth.Z".
        attributes: text by name, those of all parts.
    """

    size: Size
    channels: tuple[str, ...]
    attributes: Mapping[str, str]


def read_header(path: Path) -> ExrHeader:
    """Without any pixels. Raises ValueError, OSError."""
    with _opened(path, header_only=True) as file:
        headers = [part.header for part in file.parts]
        if not headers:
            raise ValueError("it holds no picture")
        names = tuple(_name(i, h, c.name) for i, h in enumerate(headers) for c in h["channels"])
        texts = {k: v for header in headers for k, v in header.items() if isinstance(v, str)}
        return ExrHeader(_size(headers[0]["displayWindow"]), names, texts)


def read_channels(path: Path) -> dict[str, Channel]:
    """Every channel on the display window, zero where the file has no pixels.

    Raises ValueError for a damaged file, for deep or subsampled pixels, and where the channels
    take more than `MAX_BYTES`; OSError.
    """
    with _opened(path, header_only=True) as file:
        for part in file.parts:
            header = part.header
            if header["type"] not in (OpenEXR.scanlineimage, OpenEXR.tiledimage):
                raise ValueError("it has deep pixels")
            if any(c.xSampling != 1 or c.ySampling != 1 for c in header["channels"]):
                raise ValueError("its colours are subsampled")
        needed = sum(_bytes(part.header) for part in file.parts)
    if needed > MAX_BYTES:
        raise ValueError(f"its channels take {needed >> 20} MiB; save the picture by itself")
    found: dict[str, Channel] = {}
    with _opened(path) as file:
        for place, part in enumerate(file.parts):
            header = part.header
            if len(part.channels) != len(header["channels"]):
                raise ValueError("its pixels are damaged")
            for name, channel in part.channels.items():
                if channel.pixels is None:
                    raise ValueError("its pixels are damaged")
                pixels = _placed(channel.pixels, header["dataWindow"], header["displayWindow"])
                found[_name(place, header, name)] = pixels
    if not found:
        raise ValueError("its pixels are damaged")
    return found


def write_channels(
    channels: Mapping[str, NDArray[np.float32]], attributes: Mapping[str, str]
) -> bytes:
    """A scanline file with lossless compression."""
    header = {
        "compression": OpenEXR.ZIP_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        **attributes,
    }
    parts = {name: OpenEXR.Channel(np.ascontiguousarray(c)) for name, c in channels.items()}
    target = io.BytesIO()
    OpenEXR.File(header, parts).write(target)
    return target.getvalue()


def _name(part: int, header: Mapping[str, Any], channel: str) -> str:
    layer = header.get("name", "")
    return f"{layer}.{channel}" if part and layer and "." not in channel else channel


def _opened(path: Path, *, header_only: bool = False) -> OpenEXR.File:
    # Asked first, because the library prints what it stumbles over, and calls everything one error.
    with path.open("rb") as file:
        if file.read(4) != _MAGIC:
            raise ValueError("it is no OpenEXR file")
    try:
        return OpenEXR.File(str(path), separate_channels=True, header_only=header_only)
    except (RuntimeError, TypeError) as error:
        raise ValueError("its header is damaged") from error


def _size(window: tuple[NDArray[np.int32], NDArray[np.int32]]) -> Size:
    (left, top), (right, bottom) = (corner.tolist() for corner in window)
    return Size(right - left + 1, bottom - top + 1)


def _bytes(header: Mapping[str, Any]) -> int:
    size = _size(header["dataWindow"])
    return len(header["channels"]) * size.width * size.height * 4


def _placed(
    pixels: Channel,
    data: tuple[NDArray[np.int32], NDArray[np.int32]],
    display: tuple[NDArray[np.int32], NDArray[np.int32]],
) -> Channel:
    """The pixels of the data window as they lie on the display window."""
    size, inner = _size(display), _size(data)
    if pixels.shape != inner.shape:
        raise ValueError("its pixels are damaged")
    left, top = (int(d - w) for d, w in zip(data[0], display[0], strict=True))
    if (left, top) == (0, 0) and inner == size:
        return pixels
    placed = np.zeros(size.shape, pixels.dtype)
    x0, x1 = max(left, 0), min(left + inner.width, size.width)
    y0, y1 = max(top, 0), min(top + inner.height, size.height)
    if x0 < x1 and y0 < y1:
        placed[y0:y1, x0:x1] = pixels[y0 - top : y1 - top, x0 - left : x1 - left]
    return placed
