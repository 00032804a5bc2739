"""What is told of an import that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.core.errors import DiskError
from annotator.jobs.base import Job, JobState
from annotator.services.exchange.transfer import ImportRun
from annotator.ui.i18n import tr
from annotator.ui.words.phrases import localized, localized_error

if TYPE_CHECKING:
    from annotator.ui.workspace import Workspace


def tell_import(workspace: Workspace, done: ImportRun, job: Job, refused: DiskError | None) -> None:
    """What came of an import, once that is on disk or `refused`; why it failed was told before."""
    if refused is not None and done.frames + done.strokes:
        said = tr("{title}: not saved.").format(title=localized(done.title))
        workspace.noticed.emit("error", said, localized_error(refused))
    elif job.state is JobState.DONE:
        kept = tr("{count} cells were yours already and stayed.")
        replaced = tr("{count} cells were replaced.")
        told = (
            *map(localized, done.notes),
            replaced.format(count=len(done.replaced)) if done.replaced else "",
            kept.format(count=len(done.kept)) if done.kept else "",
        )
        workspace.noticed.emit(
            "good",
            tr("Imported {frames} frames and {strokes} strokes.").format(
                frames=done.frames, strokes=done.strokes
            ),
            " ".join(part for part in told if part),
        )
    elif done.frames + done.strokes:
        workspace.noticed.emit(
            "info",
            tr("The import stopped halfway; what came before stayed."),
            tr("You went on working meanwhile. The history lists it as a step."),
        )
