"""The video with the objects coloured in: H.264 in MP4, every frame at its own time."""

from __future__ import annotations

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

from annotator.core.errors import FormatError
from annotator.core.types import VOID, Image, LabelMap
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
from annotator.io.formats.writing import file_target

_VOID_COLOR = (224, 224, 192)
_CODECS = ("libx264", "h264", "mpeg4")
_BT709 = 1
_LIMITED = 1


class OverlayExporter:
    """Writes an MP4, and NAME.frames.json beside it."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        opacity = options["opacity"]
        out = file_target(out, "overlay.mp4")
        if out.suffix.lower() != ".mp4":
            raise FormatError(f"{out.name} is no name for an MP4 video.", "Use the ending .mp4.")
        sidecar = out.with_suffix(".frames.json")
        # The video is put in place last: if it fails, neither of the two has changed.
        with (
            atomic_file(sidecar) as map_part,
            atomic_file(out) as part,
            MapWriter(map_part, source, "overlay") as frame_map,
        ):
            try:
                _write_video(source, part, control, opacity, frame_map, out.name)
            except av.FFmpegError as error:
                if isinstance(error, OSError) and error.errno:
                    raise OSError(error.errno, error.strerror) from error
                raise FormatError(
                    f"The video {out} cannot be written: {error.strerror}.", "Try another size."
                ) from error
        odd = source.media.size.width % 2 or source.media.size.height % 2
        notes = ("The picture was padded to an even size, as MP4 players need it.",) if odd else ()
        return ExportReport((out, sidecar), len(source.frames), notes)


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
    opacity: float,
    frame_map: MapWriter,
    name: str,
) -> None:
    media = source.media
    # The temporary name does not end in .mp4, so the container has to be named.
    with av.open(str(part), "w", format="mp4") as container:
        stream = _add_stream(container, media)
        for done, frame in enumerate(source.frames, start=1):
            control.checkpoint()
            image = draw_overlay(
                source.reader.read(frame), source.label_map(frame), source.objects, opacity
            )
            picture = _to_picture(image)
            picture.pts = int(media.ticks[frame] - media.ticks[source.frames[0]])
            picture.duration = ticks_shown(media, frame)
            picture.time_base = media.time_base
            for packet in stream.encode(picture):
                container.mux(packet)
            frame_map.add(frame, [name])
            control.progress(done, len(source.frames))
        for packet in stream.encode(None):
            container.mux(packet)


def _add_stream(container: Any, media: MediaInfo) -> VideoStream:
    width, height = (side + side % 2 for side in media.size)
    for codec in _CODECS:
        try:
            stream: VideoStream = container.add_stream(codec, rate=Fraction(media.fps))
            break
        except (ValueError, av.FFmpegError):
            continue
    else:
        raise FormatError("This installation cannot write H.264 video.", "Reinstall PyAV.")
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    # The clock of the source, so that frames at uneven distances keep their exact times.
    stream.time_base = stream.codec_context.time_base = media.time_base
    stream.codec_context.colorspace = stream.codec_context.color_primaries = _BT709
    stream.codec_context.color_trc = _BT709
    stream.codec_context.color_range = _LIMITED
    if stream.codec_context.name.startswith("libx264"):
        stream.options = {"crf": "18", "preset": "veryfast"}
    return stream


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


def ticks_shown(media: MediaInfo, frame: int) -> int:
    """How long a frame is shown, in ticks of the media."""
    if frame + 1 < media.count:
        return int(media.ticks[frame + 1] - media.ticks[frame])
    return max(1, round(1 / media.fps / media.time_base))
