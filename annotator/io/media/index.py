"""The exact list of a video's frames and the places where decoding can start.

The index comes from the packets alone, without decoding, wherever the container states
presentation times. Where it does not (AVI and raw streams with reordered frames), the frames are
decoded once and counted.
"""

from __future__ import annotations

import zipfile
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

from annotator.core.errors import DiskError
from annotator.io.atomic import atomic_file
from annotator.io.media.base import Stop, heeding, never
from annotator.io.media.fingerprint import digest, samples

_FORMAT = 3
_NO_TIME = np.iinfo(np.int64).min
_FALLBACK_RATE = Fraction(25)


@dataclass(frozen=True, slots=True, eq=False)
class VideoIndex:
    """Frames and key packets of a video.

    Attributes:
        pts: int64 [N], strictly ascending presentation times in `time_base`, N >= 1.
        key_frame: int64 [K], ascending: the first frame that decoding from key packet k shows
            undamaged.
        key_pts, key_dts: int64 [K], times of the key packets as the container states them, and
            where to seek to.
        time_base: seconds per unit.
        counted: True if the decoder's times mean nothing and frames are counted from a key packet.
        damaged: True if the file ends early or a packet was broken.
        cut_off: True if the file ends early.
        rate: average frames per second, as the container says or as measured.
    """

    pts: NDArray[np.int64]
    key_frame: NDArray[np.int64]
    key_pts: NDArray[np.int64]
    key_dts: NDArray[np.int64]
    time_base: Fraction
    counted: bool
    damaged: bool
    cut_off: bool
    rate: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class _Packets:
    """Times and flags of all packets in decoding order; `_NO_TIME` where a time is missing."""

    pts: NDArray[np.int64]
    dts: NDArray[np.int64]
    key: NDArray[np.bool_]
    shown: NDArray[np.bool_]
    damaged: bool
    cut_off: bool


def build_index(
    container: InputContainer, stream: VideoStream, stop: Stop = never
) -> VideoIndex | None:
    """Index `stream` by reading its packets once; None if a decoding pass is needed instead.

    The container must have been opened afresh; it is at its end afterwards. An index without a
    frame has `len(pts) == 0`. Raises Cancelled soon after `stop()` is true.
    """
    packets = _read_packets(container, stream, stop)
    reordered = bool(stream.codec_context.has_b_frames)
    pts = packets.pts
    if reordered and "avi" in container.format.name.split(","):
        # AVI stores decoding times only; what libavformat makes of them can be out of order.
        return None
    if (pts == _NO_TIME).any():
        if reordered or (packets.dts == _NO_TIME).any():
            return None
        pts = packets.dts
    key_pts = pts[packets.key]
    shown = packets.shown.copy()
    if len(key_pts):
        # Frames before the first place where decoding can start do not come out of any decoder.
        shown &= pts >= key_pts[0]
    times = np.unique(pts[shown])
    time_base = Fraction(stream.time_base or 1)
    key_dts = np.where(packets.dts == _NO_TIME, pts, packets.dts)[packets.key]
    order = np.argsort(key_pts, kind="stable")
    return VideoIndex(
        pts=times,
        key_frame=np.searchsorted(times, key_pts[order]),
        key_pts=key_pts[order],
        key_dts=key_dts[order],
        time_base=time_base,
        counted=False,
        damaged=packets.damaged,
        cut_off=packets.cut_off,
        rate=_average_rate(times, time_base, stream.average_rate),
    )


def count_frames(container: InputContainer, stream: VideoStream, stop: Stop = never) -> VideoIndex:
    """Index `stream` by decoding all of it, for containers that state no presentation times.

    The container must have been opened afresh; it is at its end afterwards. Raises Cancelled soon
    after `stop()` is true.
    """
    key_dts: list[int] = []
    packet_dts: list[int] = []
    key_frame: list[int] = []
    frames = 0
    damaged = cut_off = False
    try:
        for packet in heeding(stop, container.demux(stream)):
            cut_off = packet.is_corrupt if packet.size else cut_off
            if packet.size and packet.dts is not None:
                packet_dts.append(packet.dts)
                if packet.is_keyframe:
                    key_dts.append(packet.dts)
            try:
                for frame in packet.decode():
                    if frame.key_frame:
                        key_frame.append(frames)
                    frames += 1
            except av.FFmpegError:
                damaged = True
    except av.FFmpegError:
        damaged = True
    if len(key_dts) != len(key_frame):
        # Which packet made which key frame is unknown: decode from the start every time.
        key_dts, key_frame = [], []
    time_base = Fraction(stream.time_base or 1)
    times = np.unique(np.array(packet_dts, np.int64))[:frames]
    if len(times) < frames:
        # No times at all (a raw stream): the rate is all there is.
        rate = stream.average_rate or stream.guessed_rate or _FALLBACK_RATE
        time_base = 1 / Fraction(rate)
        times = np.arange(frames, dtype=np.int64)
    keys = np.array(key_dts, np.int64)
    return VideoIndex(
        pts=times,
        key_frame=np.array(key_frame, np.int64),
        key_pts=keys,
        key_dts=keys,
        time_base=time_base,
        counted=True,
        damaged=damaged or cut_off,
        cut_off=cut_off,
        rate=_average_rate(times, time_base, stream.average_rate),
    )


def cache_file(path: Path, cache_dir: Path) -> Path:
    """Where the index of the video at `path` is kept. Raises OSError."""
    stamp = f"{_FORMAT} {path.stat().st_mtime_ns}"
    return cache_dir / f"{digest([stamp, samples(path)])}.npz"


def load_index(file: Path) -> VideoIndex | None:
    """The index saved in `file`, or None if there is none that can be used."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as data:
            pts, key_frame, key_pts, key_dts, meta = (
                np.asarray(data[name], np.int64)
                for name in ("pts", "key_frame", "key_pts", "key_dts", "meta")
            )
    except (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    if meta.shape != (8,) or meta[0] != _FORMAT or len(pts) == 0 or (np.diff(pts) <= 0).any():
        return None
    if not len(key_frame) == len(key_pts) == len(key_dts) or min(meta[1:5]) <= 0:
        return None
    _, num, den, rate_num, rate_den, counted, damaged, cut_off = (int(value) for value in meta)
    return VideoIndex(
        pts=pts,
        key_frame=key_frame,
        key_pts=key_pts,
        key_dts=key_dts,
        time_base=Fraction(num, den),
        counted=bool(counted),
        damaged=bool(damaged),
        cut_off=bool(cut_off),
        rate=Fraction(rate_num, rate_den),
    )


def save_index(index: VideoIndex, file: Path) -> None:
    """Keep `index` in `file`. A disk that refuses is no failure: the index is built again."""
    meta = [
        _FORMAT,
        *index.time_base.as_integer_ratio(),
        *index.rate.as_integer_ratio(),
        int(index.counted),
        int(index.damaged),
        int(index.cut_off),
    ]
    with suppress(DiskError), atomic_file(file, file.parent.parent) as part, part.open("wb") as out:
        np.savez(
            out,
            pts=index.pts,
            key_frame=index.key_frame,
            key_pts=index.key_pts,
            key_dts=index.key_dts,
            meta=np.array(meta, np.int64),
        )


def _read_packets(container: InputContainer, stream: VideoStream, stop: Stop) -> _Packets:
    pts: list[int] = []
    dts: list[int] = []
    key: list[bool] = []
    shown: list[bool] = []
    damaged = cut_off = False
    is_vp8 = stream.codec_context.name == "vp8"
    try:
        for packet in heeding(stop, container.demux(stream)):
            if packet.size == 0:  # the mark at the end
                continue
            # A broken packet with nothing behind it was cut off by the end of the file.
            cut_off = packet.is_corrupt
            if packet.is_corrupt:
                damaged = True
                continue
            pts.append(_NO_TIME if packet.pts is None else packet.pts)
            dts.append(_NO_TIME if packet.dts is None else packet.dts)
            key.append(packet.is_keyframe)
            shown.append(not packet.is_discard and not (is_vp8 and _is_hidden_vp8(packet)))
    except av.FFmpegError:
        damaged = True
    cut_off = cut_off or _is_cut_off(container, stream)
    return _Packets(
        np.array(pts, np.int64),
        np.array(dts, np.int64),
        np.array(key, np.bool_),
        np.array(shown, np.bool_),
        damaged or cut_off,
        cut_off,
    )


def _is_cut_off(container: InputContainer, stream: VideoStream) -> bool:
    # A table of contents at the head of the file still lists what was behind the cut.
    entries = stream.index_entries
    tail = range(max(len(entries) - 64, 0), len(entries))
    return any(entries[i].pos + entries[i].size > container.size > 0 for i in tail)


def _is_hidden_vp8(packet: Packet[VideoStream]) -> bool:
    # VP8 keeps frames that serve as references only in packets of their own; bit 4 of the frame
    # tag says whether the frame is shown (RFC 6386, 9.1).
    return not memoryview(packet)[0] >> 4 & 1


def _average_rate(
    times: NDArray[np.int64], time_base: Fraction, stated: Fraction | None
) -> Fraction:
    if len(times) < 2:
        return Fraction(stated or _FALLBACK_RATE)
    measured = (len(times) - 1) / (int(times[-1] - times[0]) * time_base)
    # Containers with coarse clocks blur 30000/1001; where the header agrees, it is the exact one.
    if stated and abs(float(measured / stated) - 1) < 2e-3:
        return Fraction(stated)
    return measured.limit_denominator(1_000_000)
