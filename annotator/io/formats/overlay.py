"""The video with the objects coloured in, every frame at its own time.

H.264 in MP4, VP9 in WebM, or GIF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image as PilImage

from annotator.core.errors import FormatError
from annotator.core.types import VOID, Image, LabelMap, Size
from annotator.io.atomic import atomic_file
from annotator.io.formats.base import (
    ExportReport,
    IoControl,
    LabelSource,
    MediaInfo,
    ObjectInfo,
    Options,
)
from annotator.io.formats.framemap import MapWriter
from annotator.io.formats.webm_shape import state_pixel_aspect
from annotator.io.formats.writing import file_target

_VOID_COLOR = (224, 224, 192)
BT709 = 1
_LIMITED = 1
_GIF_CLOCK = Fraction(1, 100)
_GIF_LEAST = 2
"""Hundredths of a second: browsers show shorter frames for a tenth of a second."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A container, and codecs for it with their options: the first that is there is taken."""

    container: str
    codecs: Mapping[str, Mapping[str, str]]
    pixels: str = "yuv420p"


_KINDS = {
    ".mp4": _Kind("mp4", {"libx264": {"crf": "18", "preset": "veryfast"}, "h264": {}, "mpeg4": {}}),
    ".webm": _Kind(
        "webm",
        {"libvpx-vp9": {"crf": "24", "b": "0", "deadline": "realtime", "cpu-used": "6"}},
    ),
    ".gif": _Kind("gif", {"gif": {}}, "pal8"),
}


class OverlayExporter:
    """Writes a video, and NAME.frames.json beside it; the ending chooses the kind."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        out = file_target(out, "overlay.mp4", source.media)
        kind = _KINDS[out.suffix.lower()]
        sidecar = out.with_suffix(".frames.json")
        # The video is put in place last: if it fails, neither of the two has changed.
        with (
            atomic_file(sidecar) as map_part,
            atomic_file(out) as part,
            MapWriter(map_part, source, "overlay") as frame_map,
        ):
            try:
                late = _write_video(source, part, control, options, frame_map, kind, out.name)
            except av.FFmpegError as error:
                if isinstance(error, OSError) and error.errno:
                    raise OSError(error.errno, error.strerror) from error
                raise FormatError(
                    f"The video {out} cannot be written: {error.strerror}.", "Try another size."
                ) from error
        notes = []
        size = _size(source.media.size, options["width"])
        if kind.pixels == "yuv420p" and (size.width % 2 or size.height % 2):
            notes.append("The picture was padded to an even size, as players need it.")
        if late:
            notes.append("GIF shows at most 50 frames per second: it runs slower than the video.")
        return ExportReport((out, sidecar), len(source.frames), tuple(notes))


def _size(size: Size, width: int) -> Size:
    """Of the picture in the video: as wide as asked for, but never enlarged."""
    if not 0 < width < size.width:
        return size
    return Size(width, max(1, round(size.height * width / size.width)))


def draw_overlay(
    image: Image, label_map: LabelMap, objects: tuple[ObjectInfo, ...], opacity: float
) -> Image:
    """Colour in and outline objects.

    Args:
        image: uint8 [H, W, 3] RGB.
        label_map: uint8 [H, W].
        objects: their colours; ids that are not listed stay as they are.
        opacity: 0 (outlines only) to 1 (solid).

    Returns uint8 [H, W, 3] RGB.
    """
    colors = np.zeros((256, 1, 3), np.uint8)
    shown = np.zeros(256, np.uint8)
    for item in objects:
        colors[item.id, 0] = item.color
        shown[item.id] = 1
    colors[VOID, 0], shown[VOID] = _VOID_COLOR, 1
    solid = cv2.LUT(cv2.merge([label_map] * 3), colors)
    mask = cv2.LUT(label_map, shown)
    result = image.copy()
    cv2.copyTo(cv2.addWeighted(solid, opacity, image, 1.0 - opacity, 0.0), mask, result)
    cv2.copyTo(solid, mask & _inner_edge(label_map), result)
    return result


def _inner_edge(label_map: LabelMap) -> NDArray[np.uint8]:
    """uint8 [H, W]: 1 on pixels of which one of the neighbours within a pixel or two differs."""
    reach = 3 if max(label_map.shape) < 1200 else 5
    kernel = np.ones((reach, reach), np.uint8)
    highest, lowest = cv2.dilate(label_map, kernel), cv2.erode(label_map, kernel)
    return (highest != lowest).view(np.uint8)


def _write_video(
    source: LabelSource,
    part: Path,
    control: IoControl,
    options: Options,
    frame_map: MapWriter,
    kind: _Kind,
    name: str,
) -> bool:
    """True if frames had to be shown later than they are in the media."""
    media = source.media
    size = _size(media.size, options["width"])
    clock = _Clock(media, source.frames[0], kind)
    # The temporary name has no ending, so the container has to be named.
    with av.open(str(part), "w", format=kind.container) as container:
        stream = _add_stream(container, media, size, clock.unit, kind)
        for done, frame in enumerate(source.frames, start=1):
            control.checkpoint()
            image = draw_overlay(
                source.reader.read(frame),
                source.label_map(frame),
                source.objects,
                options["opacity"],
            )
            if size != media.size:
                image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
            picture = _to_paletted(image) if kind.pixels == "pal8" else _to_picture(image)
            picture.pts, picture.duration = clock.of(frame)
            picture.time_base = clock.unit
            for packet in stream.encode(picture):
                container.mux(packet)
            frame_map.add(frame, [name])
            control.progress(done, len(source.frames))
        for packet in stream.encode(None):
            container.mux(packet)
    if kind.container == "webm" and media.pixel_aspect != 1:
        state_pixel_aspect(part, stream.width, stream.height, media.pixel_aspect)
    return clock.late


class _Clock:
    """When frames are shown, in ticks of the media; for GIF in hundredths of a second."""

    def __init__(self, media: MediaInfo, first: int, kind: _Kind) -> None:
        self._media = media
        self._first = first
        self._coarse = kind.container == "gif"
        self._next = 0
        self.unit = _GIF_CLOCK if self._coarse else media.time_base
        self.late = False

    def of(self, frame: int) -> tuple[int, int]:
        """Time since the first frame and how long it is shown."""
        since = int(self._media.ticks[frame] - self._media.ticks[self._first])
        shown = ticks_shown(self._media, frame)
        if not self._coarse:
            return since, shown
        due = round(since * self._media.time_base / _GIF_CLOCK)
        time = max(due, self._next)
        self.late = self.late or time > due + 1
        self._next = time + _GIF_LEAST
        return time, max(_GIF_LEAST, round(shown * self._media.time_base / _GIF_CLOCK))


def _add_stream(
    container: Any, media: MediaInfo, size: Size, clock: Fraction, kind: _Kind
) -> VideoStream:
    even = 2 if kind.pixels == "yuv420p" else 1
    for codec in kind.codecs:
        try:
            stream: VideoStream = container.add_stream(codec, rate=Fraction(media.fps))
            break
        except (ValueError, av.FFmpegError):
            continue
    else:
        raise FormatError(f"This installation cannot write {kind.container}.", "Reinstall PyAV.")
    stream.width, stream.height = (side + side % even for side in size)
    stream.pix_fmt = kind.pixels
    # MP4 states it; for WebM see `webm_shape`.
    stream.codec_context.sample_aspect_ratio = media.pixel_aspect
    # The clock of the source, so that frames at uneven distances keep their exact times.
    stream.time_base = stream.codec_context.time_base = clock
    if kind.pixels == "yuv420p":
        state_bt709(stream.codec_context)
    stream.options = dict(kind.codecs[codec])
    return stream


def state_bt709(codec: Any) -> None:
    """Say that the colours are those of BT.709, in the range of video: players guess otherwise."""
    codec.colorspace = codec.color_primaries = codec.color_trc = BT709
    codec.color_range = _LIMITED


def _to_picture(image: Image) -> VideoFrame:
    height, width = image.shape[:2]
    if width % 2 or height % 2:
        image = cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    picture = VideoFrame.from_ndarray(image, format="rgb24")
    return picture.reformat(
        format="yuv420p",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
    )


def _to_paletted(image: Image) -> VideoFrame:
    """With the 256 colours that fit this frame best."""
    paletted = PilImage.fromarray(image).quantize(256, PilImage.Quantize.FASTOCTREE)
    colors = np.full((256, 4), 255, np.uint8)
    known = np.array(paletted.getpalette(), np.uint8).reshape(-1, 3)
    colors[: len(known), 1:] = known
    # PyAV takes this pair; its type stubs do not know.
    pair: Any = (np.array(paletted), colors)
    return VideoFrame.from_ndarray(pair, format="pal8")


def ticks_shown(media: MediaInfo, frame: int) -> int:
    """How long a frame is shown, in ticks of the media."""
    if frame + 1 < media.count:
        return int(media.ticks[frame + 1] - media.ticks[frame])
    return max(1, round(1 / media.fps / media.time_base))
