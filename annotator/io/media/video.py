"""Videos through PyAV: any frame by its number, exactly, decoding no more than needed."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from annotator.core.errors import MediaError
from annotator.core.types import Image, Size
from annotator.io.media.base import Media, Stop, Timing, never
from annotator.io.media.container import (
    REPAIR_HINT,
    check_pixels,
    index_of,
    nothing_left,
    open_container,
    plain,
    video_stream,
)
from annotator.io.media.copies import ExactCopies
from annotator.io.media.fingerprint import digest, samples
from annotator.io.media.index import VideoIndex, cache_file, save_index
from annotator.io.media.picture import DECODER, Orientation, Picture, to_rgb

_BY_PTS = frozenset({"matroska", "webm", "mp4", "mov"})
_NEVER = int(np.iinfo(np.int64).min)
_Steps = Iterator[VideoFrame | None]
"""Decoded pictures, and None for each packet that gave none: a place to stop at."""
_WALK = 16
"""Frames ahead that are reached by decoding on, even where a key frame lies in between."""


class VideoFile(Media):
    """A video file."""

    kind = "video"

    def __init__(self, path: Path, cache_dir: Path | None = None, stop: Stop = never) -> None:
        """Open and index the video. Raises MediaError, Cancelled (soon after `stop()` is true)."""
        self.path = path
        try:
            found = path.stat()
            if found.st_size == 0:
                raise MediaError(f"{path} is empty (0 bytes).", "Copy or record it again.")
            self._changed = found.st_mtime_ns
            self._index = index_of(path, cache_dir, stop)
        except OSError as error:
            raise MediaError(f"Cannot read {path}: {error.strerror or error}.") from error
        if len(self._index.pts) == 0:
            if self._index.cut_off:
                raise nothing_left(path)
            raise MediaError(f"{path} holds no video frame.", REPAIR_HINT)
        self._index.pts.flags.writeable = False
        self._known_keys = frozenset(self._index.key_pts.tolist())
        self._container: InputContainer | None = None
        self._frames: _Steps = iter(())
        self._format = ""
        self._position = -1
        self._wanted_pts: int | None = None
        self._proofs: dict[tuple[object, ...], bool] = {}
        try:
            first = self._first_frame()
        except MediaError:
            self._release()
            raise
        self._orientation = Orientation.of(first)
        self._aspect = self._pixel_aspect()
        stored = Size(first.width, first.height)
        self._stored = stored
        timing = Timing(self._index.pts, self._index.time_base, self._index.rate)
        super().__init__(path, self._orientation.apply_to_size(stored), timing, cache_dir)
        self.notes = self._find_damage()
        self._sample = zlib.crc32(self._orientation.apply(to_rgb(first)).data)
        self._copies = None if cache_dir is None else ExactCopies(cache_dir, self.pixel_source)

    def name(self, frame: int) -> str:
        return f"{self._checked(frame):05d}"

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.path,)

    @cached_property
    def fingerprint(self) -> str:
        try:
            content = samples(self.path)
        except OSError as error:
            raise MediaError(f"Cannot read {self.path}: {error.strerror or error}.") from error
        shape = f"video {self._size} {self.time_base}"
        return digest([shape, self._index.pts.astype("<i8").tobytes(), content])

    @cached_property
    def pixel_source(self) -> str:
        # Other media, another version of the decoder, or, as a sample shows, another conversion.
        return digest([self.fingerprint, DECODER, f"{self._sample:08x}"])

    def keep_findings(self, cache_dir: Path) -> None:
        with suppress(OSError):
            # Not what is known of one file under the name of another that has taken its place.
            if self.path.stat().st_mtime_ns == self._changed:
                save_index(self._index, cache_file(self.path, cache_dir))

    def close(self) -> None:
        super().close()
        if self._copies is not None:
            self._copies.close()

    def _copy(self, frame: int) -> Image | None:
        """The lossless copy of the frame in the cache folder.

        The very next frame comes from the decoder sooner, which has threads and is there already.
        """
        if self._copies is None or frame == self._position + 1 > 0:
            return None
        return self._copies.read(frame)

    def picture_unless(self, frame: int, stop: Stop) -> Picture | None:
        """Decode a frame without making RGB of it; None soon after `stop()` has become true.

        Raises MediaError, IndexError.
        """
        frame = self._checked(frame)
        with self._lock:
            self._check_open()
            return None if stop() else self._picture(frame, stop)

    def _decode(self, frame: int, stop: Stop) -> Image | None:
        picture = self._picture(frame, stop)
        return None if picture is None else picture.rgb()

    def _picture(self, frame: int, stop: Stop) -> Picture | None:
        try:
            found = self._find(frame, stop)
        except (av.FFmpegError, OSError) as error:
            self._release()
            raise MediaError(
                f"Frame {frame} of {self.path} cannot be decoded: {plain(error)}.", REPAIR_HINT
            ) from error
        if found is None:
            return None
        if (found.width, found.height) != self._stored:
            raise MediaError(
                f"Frame {frame} of {self.path} is {found.width}x{found.height}, "
                f"while the video is {self._stored}.",
                "Convert the video to one size first.",
            )
        return Picture(found, self._orientation, self._proofs)

    def _find(self, frame: int, stop: Stop) -> VideoFrame | None:
        """Decode up to `frame`, from where the decoder stands if that is nearer than a key frame.

        A place that turns out not to be a clean start (as in streams that refresh their picture
        little by little) is followed by an earlier one, and at last by the start of the file.
        """
        index = self._index
        key = int(np.searchsorted(index.key_frame, frame, side="right")) - 1
        ahead = frame - self._position
        started = self._container is not None and self._position >= 0
        must_seek = not started or ahead <= 0
        if not must_seek and ahead > _WALK and key >= 0:
            must_seek = int(index.key_frame[key]) > self._position
        if not must_seek:
            picture = self._walk(frame, stop)
            if picture is not None or stop():
                return picture
        for start in self._starts(key):
            self._seek(start)
            picture = self._walk(frame, stop)
            if picture is not None or stop():
                return picture
        raise MediaError(
            f"Frame {frame} of {self.path} cannot be decoded: the file is damaged there.",
            REPAIR_HINT,
        )

    def _starts(self, key: int) -> list[int]:
        """Key packets to start from, best first; -1 is the start of the file."""
        if self._index.counted:
            return [key, -1] if key > 0 else [-1]
        earlier = [k for k in (key, key - 1, key - 5) if k >= 0]
        return earlier if len(earlier) == 3 else [*earlier, -1]

    def _walk(self, frame: int, stop: Stop) -> VideoFrame | None:
        """Decode on until `frame` comes; None if it does not come, or `stop()` turned true."""
        pts = self._index.pts
        counted = self._index.counted
        self._wanted_pts = None if counted else int(pts[frame])
        while not stop():
            try:
                picture = next(self._frames)
            except StopIteration:
                self._position = -1
                return None
            if picture is None:
                continue
            if counted:
                self._position += 1
            elif picture.pts is None:
                continue
            else:
                # A frame before the first one of the index maps to -1, and is passed over.
                self._position = int(np.searchsorted(pts, picture.pts, side="right")) - 1
                if self._position == frame and picture.pts != pts[frame]:
                    continue
            if self._position >= frame:
                return picture if self._position == frame else None
        return None

    def _seek(self, key: int) -> None:
        """Make the decoder start at key packet `key`, or at the start of the file if that is -1."""
        index = self._index
        if key < 0 or (index.counted and key == 0):
            self._reopen()
            return
        if self._container is None:
            self._reopen()
        assert self._container is not None
        stream = video_stream(self._container, self.path)
        try:
            self._container.seek(self.seek_target(key), stream=stream)
        except av.FFmpegError:
            self._reopen()
            return
        self._position = -1
        self._frames = (
            self._count_from_key(self._container, stream)
            if index.counted
            else self._from_key(self._container, stream)
        )

    def seek_target(self, key: int) -> int:
        """The time to seek to for key packet `key`, in the stream's units.

        Matroska and MP4 find their way by presentation times, all others by decoding times: an MP4
        asked for a decoding time lands one group of pictures too early.
        """
        by_pts = not _BY_PTS.isdisjoint(self._format.split(","))
        return int(self._index.key_pts[key] if by_pts else self._index.key_dts[key])

    def second_decoder(self) -> tuple[InputContainer, VideoStream]:
        """Another decoder of the same video, single-threaded; the caller closes the container."""
        container, stream = open_container(self.path)
        stream.thread_type = "NONE"
        return container, stream

    @property
    def index(self) -> VideoIndex:
        return self._index

    def upright(self, image: Image) -> Image:
        """A picture as stored, uint8 [H, W, 3], as it is shown. Raises MediaError for a size that
        is not the video's."""
        if image.shape[:2] != self._stored.shape:
            raise MediaError(f"{self.path} holds frames of several sizes.", REPAIR_HINT)
        return self._orientation.apply(image)

    def _reopen(self) -> None:
        self._release()
        self._container, stream = open_container(self.path)
        self._format = self._container.format.name
        self._frames = self._decoded(self._container.demux(stream), stream)
        self._position = -1

    def _decoded(self, packets: Iterable[Packet[VideoStream]], stream: VideoStream) -> _Steps:
        """The frames from here to the end, leaving out broken ones and, on the way to the wanted
        frame, those that nothing depends on."""
        context = stream.codec_context
        for packet in packets:
            if packet.is_corrupt:
                # Not in the index either; it can make the decoder drop its neighbours as well.
                continue
            wanted = self._wanted_pts
            passing = wanted is not None and packet.pts is not None and packet.pts < wanted
            context.skip_frame = "NONREF" if passing else "DEFAULT"
            try:
                pictures = packet.decode()
            except av.FFmpegError:
                continue
            yield from pictures or (None,)

    def _from_key(self, container: InputContainer, stream: VideoStream) -> _Steps:
        """The undamaged frames after a seek, which may have landed anywhere in a stream.

        In program streams even the times of the first packets can be wrong: only a key packet
        that the index knows is trusted.
        """
        known = self._known_keys
        packets = container.demux(stream)
        for packet in packets:
            if packet.is_keyframe and packet.pts in known:
                start = int(packet.pts or 0)
                break
        else:
            return
        for picture in self._decoded(itertools.chain([packet], packets), stream):
            # Frames that come before the key frame lean on others that were not decoded.
            clean = picture is not None and picture.pts is not None and picture.pts >= start
            yield picture if clean else None

    def _count_from_key(self, container: InputContainer, stream: VideoStream) -> _Steps:
        """The frames from the key packet on at which the container landed, setting `_position`."""
        landed: int | None = None
        started = False
        for packet in container.demux(stream):
            if landed is None:
                dts = _NEVER if packet.dts is None else packet.dts
                landed = int(np.searchsorted(self._index.key_dts, dts))
                if landed >= len(self._index.key_dts) or self._index.key_dts[landed] != dts:
                    return  # not at a known key packet: the caller tries an earlier one
            try:
                pictures = packet.decode()
            except av.FFmpegError:
                continue
            for picture in pictures:
                if not started and picture.key_frame:
                    started = True
                    self._position = int(self._index.key_frame[landed]) - 1
                yield picture if started else None

    def _first_frame(self) -> VideoFrame:
        """Decode one frame, to learn the true size and orientation."""
        self._reopen()
        try:
            first = next(filter(None, self._frames), None)
        except (av.FFmpegError, OSError) as error:
            raise MediaError(
                f"{self.path} cannot be decoded: {plain(error)}.", REPAIR_HINT
            ) from error
        if first is None:
            raise MediaError(f"No frame of {self.path} can be decoded.", REPAIR_HINT)
        check_pixels(first.width, first.height, self.path)
        return first

    @property
    def pixel_aspect(self) -> Fraction:
        return self._aspect

    def _pixel_aspect(self) -> Fraction:
        assert self._container is not None
        stored = video_stream(self._container, self.path).sample_aspect_ratio or Fraction(1)
        return 1 / stored if self._orientation.transpose else stored

    def _find_damage(self) -> tuple[str, ...]:
        name, count = self.path.name, len(self)
        if self._index.cut_off:
            return (f"{name} seems to be cut off: only its first {count} frames can be read.",)
        if self._index.damaged:
            return (f"{name} is damaged: {count} frames of it can be read.",)
        return ()

    def _release(self) -> None:
        self._frames = iter(())
        if self._container is not None:
            self._container.close()
            self._container = None
