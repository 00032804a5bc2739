"""Making a report as a job, from a read-only view of the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.core.errors import RequestError
from annotator.io.atomic import atomic_file
from annotator.io.media import spoils
from annotator.io.store import refuse_project_files
from annotator.jobs.base import TaskControl
from annotator.services.project.projects import open_project, under_way

TASK = "annotator.services.review.report_task:report"


@dataclass(frozen=True, slots=True)
class ReportTask:
    """Order to write a report; `truth` is a folder of label images, "" for none.

    `words` are those of `report_html.render`.
    """

    project: str
    out: str
    truth: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


def report(task: ReportTask, control: TaskControl) -> Iterator[dict[str, Any]]:
    """Write the page, whole or not at all; yields its facts once."""
    # Imported here, where it is carried out: the window needs the order only.
    from annotator.services.review.report import collect
    from annotator.services.review.report_html import render

    refuse_project_files(Path(task.out))
    project = open_project(Path(task.project), writable=False, need_media=False)
    try:
        if spoils(Path(task.out), Path(project.session.meta.media)):
            raise RequestError(
                f"{task.out} belongs to the media of the project.", "Choose another name."
            )
        facts = collect(project, Path(task.truth) if task.truth else None, control)
        notes = under_way(project.session)
    finally:
        project.close()
    with atomic_file(Path(task.out)) as part:
        part.write_text(render(facts, task.words), encoding="utf-8")
    yield {**facts.to_json(), "notes": list(notes)}
