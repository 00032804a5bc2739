"""Pictures as bytes and back, bit by bit the same: FFmpeg's MagicYUV, quick to decode.

Each plane is predicted by its gradient and Huffman coded, green taken off red and blue. What else
was measured stands in docs/performance.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
from av.codec.context import ThreadType
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from annotator.core.types import Image

_CODEC = "magicyuv"
_PLANES = "gbrp"


@dataclass(frozen=True, slots=True)
class Lossless:
    """A packing of copies (`proxy.Packing`)."""

    def pack(self, image: Image) -> bytes | None:
        """uint8 [H, W, 3] RGB as bytes; None for a picture that the codec does not take."""
        try:
            encoder = cast(VideoCodecContext, av.CodecContext.create(_CODEC, "w"))
            encoder.height, encoder.width = image.shape[:2]
            encoder.pix_fmt = _PLANES
            encoder.time_base = Fraction(1)
            encoder.options = {"pred": "gradient"}
            encoder.thread_count = 1
            picture = VideoFrame.from_ndarray(image, format="rgb24")
            planes = picture.reformat(format=_PLANES, threads=1)
            return b"".join(bytes(p) for p in (*encoder.encode(planes), *encoder.encode(None)))
        except (av.FFmpegError, ValueError):
            return None

    def unpack(self, data: bytes) -> Image | None:
        """Inverse of `pack`; None if FFmpeg refuses the bytes."""
        try:
            decoder = cast(VideoCodecContext, av.CodecContext.create(_CODEC, "r"))
            decoder.thread_type = ThreadType.NONE
            (planes,) = decoder.decode(Packet(data))
            return cast(Image, planes.to_ndarray(format="rgb24", threads=1))
        except (av.FFmpegError, ValueError):
            return None
