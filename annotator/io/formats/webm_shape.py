"""The shape of the pixels of a WebM file, stated after FFmpeg has written it.

WebM says it by the size that the picture is to be shown at. FFmpeg does so only for streams that
carry an aspect ratio of their own, which PyAV has no way to give them. The room is taken from the
empty element that FFmpeg leaves before the description of the tracks.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

_HEAD_BYTES = 1 << 16
_SEGMENT, _SEEK_HEAD, _SEEK = 0x18538067, 0x114D9B74, 0x4DBB
_SEEK_ID, _SEEK_POSITION = 0x53AB, 0x53AC
_INFO, _TRACKS, _TRACK, _VIDEO = 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
_SHOWN_WIDTH, _SHOWN_HEIGHT, _EMPTY = 0x54B0, 0x54BA, 0xEC


class _Element(NamedTuple):
    """What lies where: `start` of its id, `body` behind its size, `end`."""

    id: int
    start: int
    body: int
    end: int


def state_pixel_aspect(file: Path, width: int, height: int, aspect: Fraction) -> bool:
    """Note in a WebM file of one track how wide a pixel is for its height.

    `width` and `height` are those of its picture, px. False, and the file as it was, where it is
    not laid out as FFmpeg does it. Raises OSError.
    """
    with file.open("rb+") as opened:
        data = opened.read(_HEAD_BYTES)
        changed = _changed(data, max(1, round(width * aspect)), height)
        if changed is not None:
            opened.seek(0)
            opened.write(changed)
    return changed is not None


def _changed(data: bytes, width: int, height: int) -> bytes | None:
    """The head of the file with the size the picture is shown at, as long as it was."""
    segment = _first(data, 0, len(data), _SEGMENT)
    if segment is None:
        return None
    parts = {e.id: e for e in _elements(data, segment.body, len(data))}
    if not parts.keys() >= {_SEEK_HEAD, _EMPTY, _INFO, _TRACKS}:
        return None
    empty, info, tracks = parts[_EMPTY], parts[_INFO], parts[_TRACKS]
    track = _first(data, tracks.body, tracks.end, _TRACK)
    video = None if track is None else _first(data, track.body, track.end, _VIDEO)
    if track is None or video is None:
        return None
    shown = _made(_SHOWN_WIDTH, width.to_bytes(4, "big"))
    shown += _made(_SHOWN_HEIGHT, height.to_bytes(4, "big"))
    inner = _made(_VIDEO, data[video.body : video.end] + shown)
    inner = _made(_TRACK, data[track.body : video.start] + inner + data[video.end : track.end])
    after = _made(_TRACKS, data[tracks.body : track.start] + inner + data[track.end : tracks.end])
    more = len(after) - (tracks.end - tracks.start)
    left = empty.end - empty.start - more - 9
    in_order = parts[_SEEK_HEAD].end <= empty.start
    if not in_order or (empty.end, info.end) != (info.start, tracks.start) or left < 0:
        return None
    head = bytearray(data[: empty.start])
    if not _moved(head, parts[_SEEK_HEAD], more):
        return None
    head += _made(_EMPTY, bytes(left)) + data[info.start : info.end] + after
    return bytes(head)


def _moved(head: bytearray, seek_head: _Element, by: int) -> bool:
    """Note that info and tracks begin so many bytes earlier; False where that cannot be."""
    for seek in _elements(head, seek_head.body, seek_head.end):
        named = _first(head, seek.body, seek.end, _SEEK_ID)
        place = _first(head, seek.body, seek.end, _SEEK_POSITION)
        if seek.id == _SEEK and named is not None and place is not None:
            value = int.from_bytes(head[named.body : named.end], "big")
            if value in (_INFO, _TRACKS):
                moved = int.from_bytes(head[place.body : place.end], "big") - by
                if moved < 0:
                    return False
                head[place.body : place.end] = moved.to_bytes(place.end - place.body, "big")
    return True


def _elements(data: bytes | bytearray, at: int, end: int) -> Iterator[_Element]:
    """The elements in a range, up to one that is not all there; the segment never is."""
    while at < end:
        name_length = _width(data[at : at + 1])
        size_at = at + name_length
        body = size_at + _width(data[size_at : size_at + 1])
        if not at < size_at < body <= len(data):
            return
        size = int.from_bytes(data[size_at:body], "big") & (1 << 7 * (body - size_at)) - 1
        found = _Element(int.from_bytes(data[at:size_at], "big"), at, body, body + size)
        if found.end > end and found.id != _SEGMENT:
            return
        yield found
        at = body + size


def _first(data: bytes | bytearray, at: int, end: int, name: int) -> _Element | None:
    return next((e for e in _elements(data, at, end) if e.id == name), None)


def _width(first: bytes | bytearray) -> int:
    """How many bytes a number of EBML has that begins so."""
    return 9 - first[0].bit_length() if first and first[0] else 0


def _made(name: int, body: bytes) -> bytes:
    """An element; its size takes 8 bytes, however small it is."""
    head = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return head + (len(body) | 1 << 56).to_bytes(8, "big") + body
