"""Pictures as bytes and back, bit by bit the same: FFmpeg's MagicYUV, quick to decode.

Each plane is predicted by its gradient and Huffman coded. Where a picture can be rebuilt of the
planes that were decoded, those are kept; else red, green and blue (green taken off the others).
What else was measured stands in docs/performance.md.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.codec.context import ThreadType
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from annotator.core.types import Image
from annotator.io.media.picture import Orientation, Picture, to_rgb

_CODEC = "magicyuv"
_RGB = "gbrp"
_AS_DECODED = frozenset({"yuv420p", "yuv422p", "yuv444p"})
"""Formats whose planes the codec takes as they are."""
_HEAD = struct.Struct("<BBBB")
"""Whether planes as decoded, colour matrix and range as FFmpeg numbers them, orientation."""


@dataclass(frozen=True, slots=True)
class Lossless:
    """A packing of copies (`proxy.Packing`)."""

    def pack(self, image: Image | Picture) -> bytes | None:
        """The picture as it is shown as bytes; None for one that the codec does not take."""
        try:
            if isinstance(image, Picture):
                return _planes(image) or _red_green_blue(image.rgb())
            return _red_green_blue(image)
        except (av.FFmpegError, ValueError):
            return None

    def unpack(self, data: bytes) -> Image | None:
        """Inverse of `pack`, uint8 [H, W, 3] RGB; None if these are not its bytes."""
        try:
            decoded, matrix, color_range, turned = _HEAD.unpack_from(data)
            decoder = cast(VideoCodecContext, av.CodecContext.create(_CODEC, "r"))
            decoder.thread_type = ThreadType.NONE
            (planes,) = decoder.decode(Packet(data[_HEAD.size :]))
            if not decoded:
                return cast(Image, planes.to_ndarray(format="rgb24", threads=1))
            planes.colorspace, planes.color_range = matrix, color_range
            return Orientation.from_number(turned).apply(to_rgb(planes))
        except (av.FFmpegError, ValueError, struct.error):
            return None


def _red_green_blue(image: Image) -> bytes:
    """uint8 [H, W, 3] RGB."""
    picture = VideoFrame.from_ndarray(image, format="rgb24").reformat(format=_RGB, threads=1)
    return _HEAD.pack(0, 0, 0, 0) + _coded(picture, _RGB)


def _planes(picture: Picture) -> bytes | None:
    """The planes as decoded; None where the picture cannot be rebuilt of them.

    That is tried with the first picture of each nature that a video has, since what RGB becomes of
    planes depends on nothing else.
    """
    frame, nature = picture.frame, picture.nature
    if frame.format.name not in _AS_DECODED or picture.proofs.get(nature) is False:
        return None
    head = _HEAD.pack(1, frame.colorspace, frame.color_range, picture.orientation.number)
    data = head + _coded(frame, frame.format.name)
    if nature not in picture.proofs:
        rebuilt = Lossless().unpack(data)
        picture.proofs[nature] = rebuilt is not None and np.array_equal(rebuilt, picture.rgb())
    return data if picture.proofs[nature] else None


def _coded(frame: VideoFrame, pix_fmt: str) -> bytes:
    encoder = cast(VideoCodecContext, av.CodecContext.create(_CODEC, "w"))
    encoder.width, encoder.height = frame.width, frame.height
    encoder.pix_fmt = pix_fmt
    encoder.time_base = Fraction(1)
    encoder.options = {"pred": "gradient"}
    encoder.thread_count = 1
    return b"".join(bytes(p) for p in (*encoder.encode(frame), *encoder.encode(None)))
