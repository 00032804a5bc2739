"""Whether a video file is all there, by what its container says about its own length.

Numbers of frames and durations in headers are often estimates; sizes of the parts that a file is
made of are not, since readers find their way by them. Recordings that nobody ended leave them open:
nothing is said of those here. Streams are told in `ending_streams`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from annotator.io.media.ending_streams import stream_ends_early

_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_EBML = b"\x1aE\xdf\xa3"
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_FIRST_BOXES = frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})


def ends_early(path: Path) -> bool:
    """True if a part of the file should go on behind its end. Raises OSError."""
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(0)
        head = file.read(16)
        if head.startswith(_EBML):
            ends = _ends_of_elements(file, length)
        elif head[4:8] in _FIRST_BOXES:
            ends = _ends_of_boxes(file, length)
        elif head == _ASF:
            ends = _ends_of_objects(file, length)
        else:
            return stream_ends_early(file, length, head)
        return any(end > length for end in ends)


def _ends_of_elements(file: BinaryIO, length: int) -> Iterator[int]:
    """Matroska and WebM: where the outermost elements of known size end."""
    at = 0
    while at < length:
        file.seek(at)
        head = file.read(12)
        name_length = _width(head)
        size_length = _width(head[name_length:])
        if not 1 <= name_length <= 4:
            return  # no element: something else was put behind the last one
        if name_length + max(size_length, 1) > len(head):
            yield length + 1  # cut off in the middle of this head
            return
        if not size_length:
            return
        body = at + name_length + size_length
        all_ones = (1 << 7 * size_length) - 1
        size = int.from_bytes(head[name_length : body - at], "big") & all_ones
        if size != all_ones:
            at = body + size
            yield at
        elif int.from_bytes(head[:name_length], "big") in (_SEGMENT, _CLUSTER):
            at = body  # written as it was recorded: its parts have sizes
        else:
            return


def _width(data: bytes) -> int:
    """How many bytes a number of EBML has that begins here, 0 if none does."""
    return 9 - data[0].bit_length() if data[:1].strip(b"\0") else 0


def _ends_of_boxes(file: BinaryIO, length: int) -> Iterator[int]:
    """MP4 and MOV: where the outermost boxes end."""
    at = 0
    while at + 8 <= length:
        file.seek(at)
        head = file.read(16)
        size, least = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, least = int.from_bytes(head[8:], "big"), 16
        if size < least or not head[4:8].isascii():
            return  # up to the end, wherever that is; or no box
        at += size
        yield at


def _ends_of_objects(file: BinaryIO, length: int) -> Iterator[int]:
    """ASF (WMV): where the outermost objects end."""
    at = 0
    while at + 24 <= length:
        file.seek(at)
        size = int.from_bytes(file.read(24)[16:], "little")
        if size < 24:
            return  # a live recording
        at += size
        yield at
