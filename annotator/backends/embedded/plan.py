"""Which chain runs where: from which key frame, over which frames, in which direction."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotator.backends.base import FillRequest


@dataclass(frozen=True, slots=True)
class Segment:
    """One object, from the key frame `key` to the frame `end` (after it or before it)."""

    object_id: int
    key: int
    end: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Segments of both directions and the blocks in which backward segments run.

    A block (lo, hi) is a range of frames that no backward segment leaves: its backward chains run
    first, from hi down to lo, and are then met by the forward chains.
    """

    forward: tuple[Segment, ...]
    backward: tuple[Segment, ...]
    blocks: tuple[tuple[int, int], ...]
    spans: tuple[tuple[int, int], ...]

    def goes_forward(self, frame: int) -> bool:
        """True if a forward chain reaches `frame`: (key, end] of `spans`, the merged segments."""
        index = bisect_left(self.spans, (frame, 0)) - 1
        return index >= 0 and self.spans[index][0] < frame <= self.spans[index][1]


def known_frames(request: FillRequest, object_id: int) -> list[int]:
    return [key.frame for key in request.keys if object_id in key.objects]


def _gaps(keys: Sequence[int]) -> Iterable[tuple[int | None, int | None]]:
    yield from zip((None, *keys), (*keys, None), strict=True)


def _merge(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ascending ranges that share no more than an end."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def make_plan(request: FillRequest, overlap: int | None = None) -> Plan:
    """Every requested frame is reached from the nearest key of each object, per direction.

    `overlap`: chains from both sides of a gap end this many frames beyond its middle; by default
    each goes through the whole gap.
    """
    forward, backward = [], []
    frames = request.frames
    for object_id in request.objects:
        for before, after in _gaps(known_frames(request, object_id)):
            first = 0 if before is None else bisect_right(frames, before)
            last = len(frames) if after is None else bisect_left(frames, after)
            if first >= last:
                continue
            ahead, back = last, first
            meet = overlap is not None and request.direction == "both"
            if meet and before is not None and after is not None:
                assert overlap is not None
                ahead = min(last, bisect_right(frames, (before + after) // 2 + overlap))
                back = max(first, bisect_left(frames, (before + after) // 2 - overlap))
            if before is not None and request.direction != "backward" and first < ahead:
                forward.append(Segment(object_id, before, frames[ahead - 1]))
            if after is not None and request.direction != "forward" and back < last:
                backward.append(Segment(object_id, after, frames[back]))
    return Plan(
        tuple(forward),
        tuple(backward),
        _merge((s.end, s.key) for s in backward),
        _merge((s.key, s.end) for s in forward),
    )
