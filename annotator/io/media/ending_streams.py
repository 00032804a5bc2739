"""Whether a stream (MPEG, Ogg, GIF) ends in the middle of something.

Streams may be cut at many places and are whole then: what was recorded from a broadcast begins and
ends anywhere. So only that is told which no program ends a file with: a packet, page or block that
goes on behind the end, or a missing mark of the end where every writer puts one.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import BinaryIO

_TAIL = 1 << 18
"""Bytes at the end that are looked at; the largest page or packet has 64 KiB."""
_SYNC = 0x47
_TS_PACKETS = ((188, 0), (192, 4), (204, 0))
"""Size of a transport packet, and where in it the sync byte is: plain, with times, with parity."""
_PACK, _PROGRAM_END, _FIRST_PACKET = 0xBA, 0xB9, 0xBB
_LAST_PAGE = 4
_GIF_IMAGE, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, 0x3B


def stream_ends_early(file: BinaryIO, length: int, head: bytes) -> bool:
    """True if a stream is certainly cut off; `head` holds its first 16 bytes. Raises OSError."""
    if head.startswith(b"OggS"):
        return _ogg(_tail(file, length))
    if head.startswith((b"GIF87a", b"GIF89a")):
        return _gif(file, length)
    if head.startswith(b"\0\0\1\xba"):
        return _program(_tail(file, length))
    return any(_transport(file, length, *kind) for kind in _TS_PACKETS)


def _tail(file: BinaryIO, length: int) -> bytes:
    file.seek(max(length - _TAIL, 0))
    return file.read(_TAIL)


def _transport(file: BinaryIO, length: int, size: int, sync: int) -> bool:
    """MPEG-TS: its last packet is not all there. At the border of a packet it may end anywhere."""
    whole, rest = divmod(length, size)
    if whole < 3 or rest <= sync:
        return False

    def begins(packet: int) -> bool:
        file.seek(packet * size + sync)
        return file.read(1) == bytes([_SYNC])

    # What was put behind the last packet is no packet.
    return all(begins(n) for n in (0, 1, whole // 2, whole - 1, whole))


def _program(tail: bytes) -> bool:
    """MPEG-PS: its last packet says that it goes on."""
    at = tail.find(b"\0\0\1\xba")
    while at >= 0:
        ends = list(_packets(tail, at))
        # By chance these bytes may stand in sound: a pack is followed by packets.
        if len(ends) > 1:
            return ends[-1] > len(tail)
        at = tail.find(b"\0\0\1\xba", at + 1)
    return False


def _packets(data: bytes, at: int) -> Iterator[int]:
    """Where the packets of a program stream end, up to the last one or to what is none."""
    while data[at : at + 3] == b"\0\0\1" and at + 14 <= len(data):
        code = data[at + 3]
        if code == _PACK:
            later = data[at + 4] >> 6 == 1  # MPEG-2; else MPEG-1
            at += 14 + (data[at + 13] & 7) if later else 12
        elif code >= _FIRST_PACKET:
            at += 6 + int.from_bytes(data[at + 4 : at + 6], "big")
        else:
            return
        yield at


def _ogg(tail: bytes) -> bool:
    """Ogg: its last page is not all there, or does not say that it is the last one of its track.

    A page whose end lies before the end of the file is one before other data: nothing is known.
    """
    at = tail.rfind(b"OggS")
    page = tail[at:]
    if at < 0:
        return False
    if len(page) < 27 or len(page) < 27 + page[26]:
        return True
    end = 27 + page[26] + sum(page[27 : 27 + page[26]])
    return end > len(page) or (end == len(page) and not page[5] & _LAST_PAGE)


def _gif(file: BinaryIO, length: int) -> bool:
    """GIF: it ends before its trailer."""
    if _tail(file, length)[-2:] == bytes([0, _GIF_END]):
        return False
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _without_trailer(data, length)


def _without_trailer(data: mmap.mmap, length: int) -> bool:
    at = 13 + _colors(data[10:11])
    while at < length:
        kind = data[at]
        if kind == _GIF_IMAGE:
            at = _blocks(data, at + 11 + _colors(data[at + 9 : at + 10]))
        elif kind == _GIF_EXTENSION:
            at = _blocks(data, at + 2)
        else:
            return False  # the trailer; or damage, which is none of ours
    return True


def _colors(flags: bytes) -> int:
    """Bytes of the table of colours that these flags announce."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _blocks(data: mmap.mmap, at: int) -> int:
    """Where a chain of blocks ends; behind the end of the data where that is missing."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1
