"""Live masks: while a person scribbles, they follow the pen, and before a click they show what it
would do. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotator.core.types import Stroke
from annotator.jobs.base import Job
from annotator.services.runs.planning import scribble_frame
from annotator.services.runs.requests import (
    Gear,
    Prospect,
    ScribbleFrame,
    ScribbleTask,
    StoredResult,
)
from annotator.services.runs.runs import Setup

if TYPE_CHECKING:
    from annotator.services.runs.inference import InferenceService

_CODE = "annotator.services.runs.tasks:segment"
_FORESEE = "annotator.services.runs.tasks:foresee"


class LiveMasks:
    """Masks for scribbles that are not stored yet, in the quick lane of the worker."""

    def __init__(self, inference: InferenceService) -> None:
        self._inference = inference

    def warm_up(self) -> None:
        """Start the worker, its scribble backend and its reader, so that the first mask is quick.

        An order without frames does it; there is nothing to tell, whatever becomes of it.
        """
        self._inference.runner.submit(
            "Warm up",
            _CODE,
            ScribbleTask(self._inference.media, self._gear(), (), better=self._better_gear()),
            on_result=lambda _result: None,
            on_end=lambda _job: None,
            quick=True,
        )

    def order(self, frame: int, strokes: tuple[Stroke, ...], object_id: int) -> ScribbleFrame:
        """What to ask for: masks for strokes that are not stored yet, as the frame is now.

        `object_id` may be that of the object that would be made next.
        """
        document = self._inference.session.document
        touched = {object_id, *(s.object_id for s in (*strokes, *document.strokes(frame)))}
        touched &= {*document.objects, document.next_object_id}
        objects = [o for o in sorted(touched) if not document.is_locked(frame, o)]
        return scribble_frame(document, frame, objects, strokes)

    def scribble(
        self,
        order: ScribbleFrame,
        on_result: Callable[[StoredResult], None],
        on_end: Callable[[Job], None],
        *,
        known: bool = False,
    ) -> Job:
        """Masks for strokes that are not stored yet; they are only handed to `on_result`.

        The caller decides what becomes of them (`EditService.scribble`). They come at once without
        a network, and where one that turns scribbles into masks has weights here, a second time,
        better (`EditService.improve_scribble`). `known`: the caller has the first ones already.
        """
        task = ScribbleTask(
            self._inference.media, self._gear(), (order,), better=self._better_gear(), known=known
        )
        return self._inference.runner.submit(
            "Scribble",
            _CODE,
            task,
            on_result=on_result,
            on_end=on_end,
            quick=True,
        )

    def foresee(
        self,
        order: ScribbleFrame,
        on_result: Callable[[Prospect], None],
        on_end: Callable[[Job], None],
    ) -> Job:
        """The masks that `scribble` would give first for the same order, to be shown only."""
        return self._inference.runner.submit(
            "Preview",
            _FORESEE,
            ScribbleTask(self._inference.media, self._gear(), (order,)),
            on_result=on_result,
            on_end=on_end,
            quick=True,
        )

    def _gear(self) -> Gear:
        """Live masks come from the best backend that needs no weights: they follow the pen."""
        card = self._inference.registry.resolve(
            "saliency", None, lambda c: "saliency" in c.factories and not c.model
        )
        return self._inference.gear(card, "saliency", Setup())

    def _better_gear(self) -> Gear | None:
        """The best backend for what a live mask becomes, if it is another one."""
        card = self._inference.registry.resolve(
            "saliency",
            None,
            lambda c: (
                "saliency" in c.factories and not c.fits and self._inference.equipment.usable(c)
            ),
        )
        return self._inference.gear(card, "saliency", Setup()) if card.model else None
