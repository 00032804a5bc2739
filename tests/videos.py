"""Small videos made on the spot, each frame different from all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from annotator.io.media.picture import Orientation, to_rgb


def picture(frame: int, width: int, height: int) -> NDArray[np.uint8]:
    """uint8 [H, W, 3]: a gradient that drifts, and the frame's number as bright bars."""
    y, x = np.mgrid[0:height, 0:width]
    image = np.stack([(x * 3 + frame * 7) % 256, (y * 4 + frame * 3) % 256, (x + y) % 256], axis=2)
    for bit in range(6):
        left = bit * width // 6
        image[height // 3 : height // 2, left : left + width // 8] = 235 if frame >> bit & 1 else 20
    return image.astype(np.uint8)


def write_video(
    path: Path,
    *,
    codec: str = "libx264",
    frames: int = 24,
    size: tuple[int, int] = (96, 64),
    pix_fmt: str = "yuv420p",
    options: Mapping[str, str] | None = None,
    ticks: Iterable[int] | None = None,
    time_base: Fraction = Fraction(1, 25),
    shift: int = 0,
    rotation: int | None = None,
    aspect: Fraction | None = None,
    audio: bool = False,
    b_frames: int | None = None,
    container_options: Mapping[str, str] | None = None,
    matrix: tuple[int, int] | None = None,
    images: Iterable[NDArray[np.uint8]] | None = None,
) -> Path:
    """Write a video. `shift` moves all packets by that many ticks, past the encoder."""
    width, height = size
    pictures = list(images) if images is not None else None
    count = len(pictures) if pictures is not None else frames
    times = list(ticks) if ticks is not None else list(range(count))
    with av.open(str(path), "w", container_options=dict(container_options or {})) as out:
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        stream.options = dict(options or {})
        stream.time_base = stream.codec_context.time_base = time_base
        if b_frames is not None:
            stream.codec_context.max_b_frames = b_frames
            stream.codec_context.gop_size = 8
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if rotation is not None:
            stream.set_display_rotation(rotation)
        kwargs = {}
        if matrix is not None:
            space, color_range = matrix
            stream.codec_context.colorspace = space
            stream.codec_context.color_range = color_range
            kwargs = {"dst_colorspace": space, "dst_color_range": color_range, "src_color_range": 2}
        sound = out.add_stream("aac", rate=44100) if audio else None
        for i in range(count):
            image = pictures[i] if pictures is not None else picture(i, width, height)
            frame = av.VideoFrame.from_ndarray(image, "rgb24").reformat(format=pix_fmt, **kwargs)
            frame.pts, frame.time_base = times[i], time_base
            for packet in stream.encode(frame):
                _mux(out, packet, shift)
            if sound is not None:
                _add_sound(out, sound, i)
        for packet in stream.encode(None):
            _mux(out, packet, shift)
        if sound is not None:
            for packet in sound.encode(None):
                out.mux(packet)
    return path


def decode_plainly(path: Path) -> tuple[list[NDArray[np.uint8]], list[int | None]]:
    """All frames and their times, as one plain pass over the file gives them."""
    with av.open(str(path)) as container:
        images, times = [], []
        for frame in container.decode(container.streams.video[0]):
            images.append(Orientation.of(frame).apply(to_rgb(frame)))
            times.append(frame.pts)
    return images, times


def _mux(out: av.container.OutputContainer, packet: av.Packet, shift: int) -> None:
    if shift:
        packet.pts += shift
        packet.dts += shift
    out.mux(packet)


def _add_sound(out: av.container.OutputContainer, stream: av.AudioStream, i: int) -> None:
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 1764), np.float32), "fltp", "mono")
    frame.sample_rate, frame.pts = 44100, i * 1764
    for packet in stream.encode(frame):
        out.mux(packet)
