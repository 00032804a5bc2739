"""Labelling a clip that has no label: proposals, `auto` runs, and which frames to annotate next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

import msgspec

from annotator.backends.registry import BackendCard
from annotator.backends.saliency.clip_course import Course
from annotator.core.errors import RequestError
from annotator.jobs.base import Job
from annotator.services.runs.planning import check_objects, plan_scan
from annotator.services.runs.requests import AutoTask, Gear, ProposeTask, StoredProposal
from annotator.services.runs.runs import Run, Setup
from annotator.services.runs.suggest import Expectation, Suggestion, next_frames

if TYPE_CHECKING:
    from annotator.services.runs.inference import InferenceService

DRAFT_LINES = 300
"""First masks are rough: what carries them may work at this height, in less than half the time."""
BACKEND = "auto"
"""What the provenance of the masks says: `model:auto`."""
_CODE = "annotator.services.runs.auto_tasks"
_ABILITIES = ("scan", "cosaliency")


class Prelabelling:
    """First masks without a person, and where a person's mask would help most."""

    def __init__(self, inference: InferenceService) -> None:
        self._inference = inference
        self._course: Course | None = None

    # -- masks

    def propose(
        self, on_result: Callable[[StoredProposal], None], on_end: Callable[[Job], None]
    ) -> Job:
        """Find first masks to choose from; they come the best first. Nothing is written."""
        return self._inference.runner.submit(
            "Look for objects",
            f"{_CODE}:propose",
            self._proposing(Setup()),
            on_result=on_result,
            on_end=on_end,
        )

    def auto(
        self,
        *,
        setup: Setup = Setup(),  # noqa: B008 - frozen
        frames: Collection[int] | None = None,
        objects: Iterable[int] | None = None,
        first: tuple[int, bytes] | None = None,
    ) -> Run:
        """Label `frames` (None = the whole clip) from the best proposal, or from `first`: the frame
        and label map of a `StoredProposal`.

        `setup.backend` names what propagates. Human work stays as it is. Raises RequestError before
        anything starts.
        """
        inference = self._inference
        card = inference.choose("propagate", setup)
        gear = inference.gear(card, "propagate", _draft(card, setup))
        (object_id,) = inference.salient_objects(objects, frames, several=False)
        plan = plan_scan(inference.session.document, frames, [object_id])
        order = AutoTask(self._proposing(setup), gear, plan.frames, object_id, first)
        return inference.launch("auto", BACKEND, plan, setup, f"{_CODE}:auto", order)

    def _proposing(self, setup: Setup) -> ProposeTask:
        """With every network that finds objects by itself and has weights here."""
        inference = self._inference
        sources: list[tuple[str, Gear]] = []
        for card in inference.registry.cards():
            ability = next((a for a in _ABILITIES if a in card.factories), None)
            if ability is None or not card.model or not inference.equipment.usable(card):
                continue
            device = setup.device if setup.device in card.devices else "auto"
            sources.append((card.id, inference.gear(card, ability, Setup(device=device))))
        return ProposeTask(inference.media, tuple(sources))

    # -- frames

    def watch_clip(self, on_end: Callable[[], None]) -> Job | None:
        """Have the clip looked at, once; `suggest` needs it. None if that was done before; then
        `on_end` was called at once."""
        if self._course is not None:
            on_end()
            return None

        def keep(course: Course) -> None:
            self._course = course

        return self._inference.runner.submit(
            "Look at the clip",
            f"{_CODE}:watch_clip",
            self._inference.media,
            on_result=keep,
            on_end=lambda _job: on_end(),
        )

    @property
    def looked(self) -> bool:
        """True once the clip was looked at."""
        return self._course is not None

    def suggest(self, count: int, objects: Iterable[int] | None = None) -> list[Suggestion]:
        """Frames to annotate next, the most worthwhile first; after `watch_clip`.

        For an unlabelled clip, where to draw the first masks. Raises RequestError where the clip
        was not looked at or an object does not exist.
        """
        return self.question(count, objects)()

    def question(
        self, count: int, objects: Iterable[int] | None = None
    ) -> Callable[[], list[Suggestion]]:
        """The same, to be called on any thread: what it is about is taken down now."""
        if self._course is None:
            raise RequestError("The clip was not looked at yet.", "Wait until that is done.")
        document = self._inference.session.document
        chosen = check_objects(document, objects) if objects is not None else None
        course, expected = self._course, Expectation(document, chosen)

        def answer() -> list[Suggestion]:
            renewed = expected.renewed(course.place)
            return next_frames(
                expected.error, expected.keys, course.place, count, course.unclear, renewed
            )

        return answer


def _draft(card: BackendCard, setup: Setup) -> Setup:
    """The setup with fewer lines, where the backend has that option and nobody chose a number."""
    if not any(option.name == "lines" for option in card.options):
        return setup
    return msgspec.structs.replace(setup, options={"lines": DRAFT_LINES, **setup.options})
