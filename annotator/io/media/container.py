"""Containers of videos, opened with nothing but their picture, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from annotator.core.errors import MediaError
from annotator.io.media.base import MAX_PIXELS, Stop, never
from annotator.io.media.ending import ends_early
from annotator.io.media.index import (
    VideoIndex,
    build_index,
    cache_file,
    count_frames,
    load_index,
    save_index,
)

REPAIR_HINT = "Play it in a video player to check it, or convert it (for example to MP4)."
_NO_VIDEO_FORMATS = frozenset({"tty", "concat", "hls", "dash", "lavfi", "image2"})


def open_container(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a container with only its video stream enabled. Raises MediaError."""
    try:
        # Only this one file: a playlist must not reach for others, nor for the network.
        container = av.open(str(path), options={"protocol_whitelist": "file"})
    except (av.FFmpegError, OSError, UnicodeError) as error:
        raise MediaError(
            f"{path} cannot be opened as a video: {plain(error)}.", REPAIR_HINT
        ) from error
    try:
        stream = video_stream(container, path)
        check_pixels(stream.codec_context.width, stream.codec_context.height, path)
    except BaseException:
        container.close()
        raise
    for other in container.streams:
        if other.index != stream.index:
            other.discard = av.stream.Discard.all
    stream.thread_type = "AUTO"
    return container, stream


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    if not _NO_VIDEO_FORMATS.intersection(container.format.name.split(",")):
        for stream in container.streams.video:
            is_cover = bool(stream.disposition & av.stream.Disposition.attached_pic)
            if not is_cover and stream.codec_context is not None:
                return stream
    raise MediaError(f"{path} holds no video.", "Choose a video file or a folder of images.")


def check_pixels(width: int, height: int, path: Path) -> None:
    if width * height > MAX_PIXELS:
        raise MediaError(
            f"{path} claims frames of {width}x{height}, more than can be handled.",
            "Scale the video down first.",
        )


def index_of(path: Path, cache_dir: Path | None, stop: Stop = never) -> VideoIndex:
    """The index of the video, from `cache_dir` if it is there.

    Raises MediaError, OSError, and Cancelled soon after `stop()` is true.
    """
    file = cache_file(path, cache_dir) if cache_dir is not None else None
    index = load_index(file) if file is not None else None
    if index is not None:
        return index
    try:
        container, stream = open_container(path)
    except MediaError as error:
        if ends_early(path):
            raise nothing_left(path) from error
        raise
    with container:
        index = build_index(container, stream, stop)
    if index is None:
        container, stream = open_container(path)
        with container:
            index = count_frames(container, stream, stop)
    if ends_early(path):
        index = replace(index, damaged=True, cut_off=True)
    if file is not None and len(index.pts):
        save_index(index, file)
    return index


def nothing_left(path: Path) -> MediaError:
    """What is told of a file whose better part is missing."""
    return MediaError(
        f"{path} seems to be cut off, and no frame of it can be read.", "Copy or record it again."
    )


def plain(error: Exception) -> str:
    """What FFmpeg or the system says, without numbers and paths."""
    return str(getattr(error, "strerror", None) or error).lower()
