"""Compact bytes of label maps and soft maps, bounded when decoded."""

from __future__ import annotations

import struct
import threading

import numpy as np
import zstandard

from annotator.core.errors import ProjectError
from annotator.core.types import LabelMap, SoftMap

_HEADER = struct.Struct("<4sII")
_LABEL = b"SFL1"
_SOFT = b"SFS1"
MAX_PIXELS = 1 << 28
_local = threading.local()


def encode_label_map(label_map: LabelMap) -> bytes:
    """uint8 [H, W] to bytes (header + zstd); about 3 KB for a 1080p map with a few objects."""
    return _encode(_LABEL, label_map)


def decode_label_map(data: bytes) -> LabelMap:
    """Inverse of `encode_label_map`. Raises ProjectError if the bytes are damaged."""
    return _decode(_LABEL, data)


def encode_soft_map(soft: SoftMap) -> bytes:
    """float32 [H, W] in [0, 1] to bytes, quantised to 1/255."""
    return _encode(_SOFT, np.rint(np.clip(soft, 0, 1) * 255).astype(np.uint8))


def decode_soft_map(data: bytes) -> SoftMap:
    """Inverse of `encode_soft_map`, float32 [H, W] in [0, 1]."""
    return _decode(_SOFT, data).astype(np.float32) / np.float32(255)


def _encode(magic: bytes, array: LabelMap) -> bytes:
    if not hasattr(_local, "compress"):
        _local.compress = zstandard.ZstdCompressor(level=1)
    height, width = array.shape
    return _HEADER.pack(magic, height, width) + _local.compress.compress(
        np.ascontiguousarray(array).data
    )


def _decode(magic: bytes, data: bytes) -> LabelMap:
    try:
        found, height, width = _HEADER.unpack_from(data)
        if found != magic or not 0 < height * width <= MAX_PIXELS:
            raise ValueError("bad header")
        if not hasattr(_local, "decompress"):
            _local.decompress = zstandard.ZstdDecompressor()
        # The bound comes from our header, not from the stream's own claim.
        raw = _local.decompress.decompress(
            data[_HEADER.size :], max_output_size=height * width, allow_extra_data=False
        )
        return np.frombuffer(bytearray(raw), np.uint8).reshape(height, width)
    except (struct.error, ValueError, zstandard.ZstdError) as error:
        raise ProjectError(
            "A stored mask is damaged.",
            "Restore the project from a backup, or undo past this frame and fill it again.",
        ) from error
