"""The way of a project from hand to hand: its stage, who has it, and who accepted what."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

import numpy as np

from annotator.core.changes import SetStage
from annotator.core.document import ChangeSet, Document
from annotator.core.errors import RequestError
from annotator.core.review import STAGES, StageChange
from annotator.core.types import Provenance
from annotator.services.project import records
from annotator.services.project.session import Session
from annotator.services.review.people import clean_name


@dataclass(frozen=True, slots=True)
class Left:
    """What is still to be done in a project.

    Attributes:
        empty: frames without a mask.
        unaccepted: frames with a model's mask that nobody accepted.
        remarks: open remarks.
    """

    empty: int
    unaccepted: int
    remarks: int

    def words(self) -> str:
        """In one sentence."""
        counted = (
            (self.empty, "without a mask"),
            (self.unaccepted, "not accepted"),
        )
        parts = [f"{n} {'frame' if n == 1 else 'frames'} {what}" for n, what in counted if n]
        if self.remarks:
            parts.append(f"{self.remarks} open {'remark' if self.remarks == 1 else 'remarks'}")
        return f"Still left: {', '.join(parts)}." if parts else "Nothing is left."


def left_to_do(document: Document) -> Left:
    """What is left, whatever the stage."""
    model, known = frames_known(document)
    return Left(int((~known).sum()), int(model.sum()), document.remarks.counts()[0])


def frames_known(document: Document) -> tuple[np.ndarray, np.ndarray]:
    """bool [n_frames] twice: frames with a model's mask, and frames with any mask."""
    model, known = np.zeros((2, document.n_frames), bool)
    for object_id in document.objects:
        provenance = document.cells.provenance(object_id)
        model |= provenance == Provenance.MODEL
        known |= provenance != Provenance.NONE
    return model, known


def set_stage(session: Session, stage: str | None = None, assignee: str | None = None) -> ChangeSet:
    """Move the project to another stage, or give it to somebody, or both; one undo step.

    Args:
        stage: one of `STAGES`, None leaves it.
        assignee: who has it now, "" for nobody, None leaves it.

    Nothing of what is left to do forbids it. Raises RequestError for an unknown stage and for a
    name that is too long.
    """
    document, now = session.document, session.document.stage
    if stage is not None and stage not in STAGES:
        raise RequestError(f"There is no stage '{stage}'.", f"There are: {', '.join(STAGES)}.")
    wanted = now.stage if stage is None else stage
    given = now.assignee if assignee is None else clean_name(assignee)
    if (wanted, given) == (now.stage, now.assignee):
        return ChangeSet()
    number = max(document.stages, default=0) + 1
    change = StageChange(wanted, given, session.person, time.time())
    return session.apply(_title(now, change), [SetStage(number, change)])


def _title(before: StageChange, after: StageChange) -> str:
    if before.stage == after.stage:
        return f"Assign to {after.assignee}" if after.assignee else "Assign to nobody"
    if STAGES.index(after.stage) < STAGES.index(before.stage):
        return f"Send back to {after.stage}"
    return "Mark as done" if after.stage == "done" else "Hand over to review"


def accepted_by(session: Session) -> dict[str, int]:
    """How many frames each person accepted last, of those that have masks and none by a model;
    the busiest first. Sees what is on disk."""
    model, known = frames_known(session.document)
    sure = known & ~model
    counted = Counter(
        records.decode_accepted(data).author
        for frame, data in session.store.rows("accepted")
        if 0 <= frame < len(sure) and sure[frame]
    )
    return dict(counted.most_common())
