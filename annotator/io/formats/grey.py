"""8-bit grey PNGs, which two formats write."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

from annotator.core.errors import FormatError
from annotator.core.types import Mask
from annotator.io.formats.base import ImportTarget
from annotator.io.formats.framemap import FrameMap, find_map
from annotator.io.formats.matching import match_files
from annotator.io.formats.reading import check_size, in_threads, read_mask

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


def encode_grey(values: NDArray[np.uint8]) -> bytes:
    """uint8 [H, W] -> the bytes of a grey PNG."""
    out = io.BytesIO()
    PilImage.fromarray(np.ascontiguousarray(values)).save(out, "PNG", compress_level=1)
    return out.getvalue()


def encode_mask(mask: Mask) -> bytes:
    """bool [H, W] -> the bytes of a grey PNG with 0 and 255.

    Put together here, because Pillow tries five filters on each row of a grey picture; flat masks
    need none, and run lengths pack them best and several times faster.
    """
    height, width = mask.shape
    rows = np.zeros((height, width + 1), np.uint8)  # each row starts with its filter: 0, none
    np.multiply(mask, np.uint8(255), out=rows[:, 1:])
    packer = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    data = packer.compress(rows.tobytes()) + packer.flush()
    shape = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)  # 8 bits, grey
    chunks = ((b"IHDR", shape), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(body, zlib.crc32(name))
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)


def match_masks(
    files: list[Path], target: ImportTarget, top: Path
) -> tuple[dict[int, Path], FrameMap | None]:
    """Match the files of one folder to frames, check all headers, and decode the wanted ones once.

    Returns the wanted frames, ascending, and the frame map if it is what told; it lies beside the
    files, in `top` or above it. Raises FormatError.
    """
    matched, frame_map = match_files(files, target, *find_map(top, files[0].parent))
    for file in matched.values():
        check_size(file, target)
    wanted = {frame: file for frame, file in matched.items() if target.wants(frame)}

    def check(file: Path) -> None:
        read_mask(file, target)

    for _ in in_threads(check, [*wanted.values()], target.control):
        pass
    return wanted, frame_map


def refuse_nothing_wanted(wanted: object, src: Path) -> None:
    """Raises FormatError if `wanted` is empty."""
    if not wanted:
        raise FormatError(
            f"None of the masks in {src} belongs to the chosen frames.", "Choose other frames."
        )
