"""From decoded pictures to upright 8-bit RGB."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import Any, cast

import av
import numpy as np
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from annotator.core.types import Image, Size

# From AVColorSpace (MatrixCoefficients of ITU-T H.273) to the coefficients of swscale.
_COLORSPACES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}

_VERSIONS = {name: av.library_versions[name] for name in ("libavcodec", "libswscale")}
DECODER = f"PyAV {av.__version__} {_VERSIONS} {platform.machine()}"
"""What decodes and converts; another one may round otherwise."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a stored picture must be turned to be seen upright: transpose first, then flip."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @classmethod
    def of(cls, frame: VideoFrame) -> Orientation:
        """Read the display matrix of a frame; only quarter turns and mirrorings are followed."""
        data = cast(SideData | None, frame.side_data.get("DISPLAYMATRIX"))
        if data is None:
            return cls()
        # Row vectors: (x', y') = (a x + c y, b x + d y) with y pointing down.
        (a, b, _), (c, d, _), _ = np.frombuffer(memoryview(data), np.int32).reshape(3, 3).tolist()
        if abs(b) > abs(a):
            return cls(True, c < 0, b < 0)
        return cls(False, a < 0, d < 0)

    def apply(self, image: Image) -> Image:
        """uint8 [H, W, 3] as stored -> uint8 as shown, contiguous."""
        if self.transpose:
            image = image.swapaxes(0, 1)
        if self.flip_x:
            image = image[:, ::-1]
        if self.flip_y:
            image = image[::-1]
        return np.ascontiguousarray(image)

    def apply_to_size(self, size: Size) -> Size:
        return Size(size.height, size.width) if self.transpose else size

    @property
    def number(self) -> int:
        """0 to 7, for `from_number`."""
        return self.transpose | self.flip_x << 1 | self.flip_y << 2

    @classmethod
    def from_number(cls, number: int) -> Orientation:
        return cls(bool(number & 1), bool(number & 2), bool(number & 4))


class Picture:
    """A frame as it was decoded, which can become RGB.

    Attributes:
        frame: of FFmpeg, as stored.
        orientation: how it is turned to be shown.
        proofs: shared by all pictures of one video: whether pictures of a `nature`, rebuilt of
            their planes, gave the very same RGB.
    """

    __slots__ = ("frame", "orientation", "proofs")

    def __init__(
        self, frame: VideoFrame, orientation: Orientation, proofs: dict[tuple[object, ...], bool]
    ) -> None:
        self.frame = frame
        self.orientation = orientation
        self.proofs = proofs

    @property
    def nature(self) -> tuple[object, ...]:
        """All that its frame says of what its planes mean."""
        f = self.frame
        means = (f.colorspace, f.color_range, f.color_primaries, f.color_trc)
        return (f.format.name, f.width, f.height, bool(f.interlaced_frame), *map(int, means))

    def rgb(self) -> Image:
        """uint8 [H, W, 3], as it is shown."""
        return self.orientation.apply(to_rgb(self.frame))

    def shrunk(self, longest: int) -> Image:
        """The same with the longest side at most `longest` px, for the eye."""
        size = within(Size(self.frame.width, self.frame.height), longest)
        return self.orientation.apply(to_rgb(self.frame, size))


def within(size: Size, longest: int) -> Size:
    """The size scaled down so that its longest side is at most `longest` px."""
    factor = min(longest / max(size), 1.0)
    return Size(max(round(size.width * factor), 1), max(round(size.height * factor), 1))


def to_rgb(frame: VideoFrame, size: Size | None = None) -> Image:
    """uint8 [H, W, 3] RGB, full range, honouring the colour matrix and range of the video.

    Where the video does not say which matrix it uses, players agree on BT.709 for high definition
    and BT.601 below. `size`: another one to scale it to, for the eye.
    """
    scaled: dict[str, Any] = {}
    if size is not None and size != (frame.width, frame.height):
        scaled = {"width": size.width, "height": size.height, "interpolation": Interpolation.AREA}
    if frame.format.is_rgb:
        return _rgb24(frame, **scaled)
    is_hd = frame.width >= 1280 or frame.height > 576
    unstated = Colorspace.ITU709 if is_hd else Colorspace.ITU601
    matrix = _COLORSPACES.get(frame.colorspace, unstated)
    is_full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    return _rgb24(
        frame,
        src_colorspace=matrix,
        dst_colorspace=matrix,
        src_color_range=ColorRange.JPEG if is_full else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        **scaled,
    )


def _rgb24(frame: VideoFrame, **how: Any) -> Image:
    # One thread: decoding already uses the others. BILINEAR has a fast path that others lack.
    how.setdefault("interpolation", Interpolation.BILINEAR)
    rgb = frame.to_ndarray(format="rgb24", threads=1, **how)
    return cast(Image, rgb)
