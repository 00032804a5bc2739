"""Where in many projects a mask would help most: what is asked for, and what comes back.

What a mask takes away is counted in frames: every frame of a data set weighs the same, so a mask
that mends ten frames of a long clip is worth as much as one that mends ten of a short one.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from annotator.core.errors import RequestError
from annotator.services.runs.suggest import Suggestion

TASK = "annotator.services.runs.survey_task:survey"


@dataclass(frozen=True, slots=True)
class SurveyOrder:
    """Order to look at many projects; nothing of them is changed.

    Attributes:
        projects: their folders.
        count: how many places are wanted.
        also_done: True looks at projects that are marked done, too.
    """

    projects: tuple[str, ...]
    count: int
    also_done: bool = False

    def check(self) -> None:
        """Raises RequestError for what cannot be meant."""
        if not self.projects:
            raise RequestError("No project was chosen.", "Choose at least one.")
        if self.count < 1:
            raise RequestError("At least one place must be asked for.")


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A project that was looked at, or was not.

    Attributes:
        project: its folder.
        frames: of its media; 0 where it could not be opened.
        annotated: frames on which a person's masks say where every object is.
        expected: mean J that is expected of its masks over all frames, in [0, 1].
        stage: annotation, review or done.
        reason: why it was left out; "" for those that count.
        hint: what to do about that.
        notes: what is under way in it, see `projects.under_way`: it may look otherwise soon.
    """

    project: str
    frames: int = 0
    annotated: int = 0
    expected: float = 0.0
    stage: str = ""
    reason: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A frame worth annotating; `gain` is the expected rise of the mean J over all frames of all
    projects that count."""

    project: str
    frame: int
    gain: float


@dataclass(frozen=True, slots=True)
class Survey:
    """What many projects look like, in the order they were named, and where to go next, the most
    worthwhile place first."""

    projects: tuple[Surveyed, ...]
    places: tuple[Place, ...]

    @property
    def counted(self) -> tuple[Surveyed, ...]:
        return tuple(one for one in self.projects if not one.reason)

    @property
    def expected(self) -> float:
        """Mean J that is expected over all frames of the projects that count."""
        frames = sum(one.frames for one in self.counted)
        total = sum(one.expected * one.frames for one in self.counted)
        return total / frames if frames else 0.0


def rank(
    found: Mapping[str, Sequence[Suggestion]], frames: Mapping[str, int], count: int
) -> tuple[Place, ...]:
    """The best places of all projects.

    Args:
        found: by project, the suggestions of each in their order: each counts on those before it.
        frames: by project, the length of its media.
        count: how many at most.
    """
    total = sum(frames[project] for project in found)
    queues = {project: iter(suggestions) for project, suggestions in found.items()}
    heads: list[tuple[float, int, str, Suggestion]] = []

    def advance(project: str, queue: Iterator[Suggestion]) -> None:
        head = next(queue, None)
        if head is not None:
            heapq.heappush(heads, (-head.gain * frames[project], order[project], project, head))

    order = {project: number for number, project in enumerate(found)}
    for project, queue in queues.items():
        advance(project, queue)
    places: list[Place] = []
    while heads and len(places) < count:
        _, _, project, head = heapq.heappop(heads)
        places.append(Place(project, head.frame, head.gain * frames[project] / total))
        advance(project, queues[project])
    return tuple(places)
