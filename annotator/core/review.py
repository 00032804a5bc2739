"""What people tell each other about a project: remarks, who accepted a frame, and its stage.

Times are seconds since 1970 (UTC), 0 where nobody knows; a name is "" where nobody knows who.
"""

from __future__ import annotations

from dataclasses import dataclass

STAGES = ("annotation", "review", "done")
"""Stages of a project, in their order."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a remark."""

    author: str
    time: float
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be looked at, on a frame.

    Attributes:
        id: from 1 on, never given to another remark, even after this one is deleted.
        frame: that it is about.
        text: not empty.
        author, time: who wrote it, and when.
        place: (x, y) in pixels of the picture, None where it is about the frame as a whole.
        object_id: that it is about, 0 for none. The object may be gone by now.
        resolved: whether it is settled; by whom and when say the next two.
        replies: the oldest first.
    """

    id: int
    frame: int
    text: str
    author: str = ""
    time: float = 0.0
    place: tuple[float, float] | None = None
    object_id: int = 0
    resolved: bool = False
    resolved_by: str = ""
    resolved_at: float = 0.0
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who took over a model's masks on a frame last, and when."""

    author: str
    time: float


@dataclass(frozen=True, slots=True)
class StageChange:
    """A project's stage, one of `STAGES`, and who has it ("" for nobody), since someone said so."""

    stage: str = STAGES[0]
    assignee: str = ""
    author: str = ""
    time: float = 0.0


class RemarkTable:
    """The remarks of a project, by id and by frame."""

    def __init__(self) -> None:
        self._by_id: dict[int, Remark] = {}
        self._by_frame: dict[int, dict[int, Remark]] = {}
        self.next_id = 1

    def __len__(self) -> int:
        return len(self._by_id)

    def put(self, remark_id: int, remark: Remark | None) -> frozenset[int]:
        """Add or change a remark, or (None) remove it; the frames that this concerns."""
        self.next_id = max(self.next_id, remark_id + 1)
        old = self._by_id.pop(remark_id, None)
        if old is not None:
            held = self._by_frame[old.frame]
            del held[remark_id]
            if not held:
                del self._by_frame[old.frame]
        if remark is not None:
            self._by_id[remark_id] = remark
            self._by_frame.setdefault(remark.frame, {})[remark_id] = remark
        return frozenset(r.frame for r in (old, remark) if r is not None)

    def get(self, remark_id: int) -> Remark | None:
        return self._by_id.get(remark_id)

    def on(self, frame: int) -> list[Remark]:
        """Those of a frame, by id."""
        held = self._by_frame.get(frame, {})
        return [held[remark_id] for remark_id in sorted(held)]

    def all(self) -> list[Remark]:
        """By frame, then by id."""
        return [remark for frame in sorted(self._by_frame) for remark in self.on(frame)]

    def open_frames(self) -> list[int]:
        """Frames with a remark that is not resolved, ascending."""
        return sorted(
            frame
            for frame, held in self._by_frame.items()
            if not all(remark.resolved for remark in held.values())
        )

    def counts(self) -> tuple[int, int]:
        """How many are open, and how many resolved."""
        resolved = sum(remark.resolved for remark in self._by_id.values())
        return len(self._by_id) - resolved, resolved
