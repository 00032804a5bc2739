"""Looking at many projects, as it runs in the worker; each is only read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from annotator.core.errors import Cancelled, StrokeflowError
from annotator.jobs.base import TaskControl
from annotator.services.project.projects import open_project, under_way
from annotator.services.runs.auto_tasks import course_of
from annotator.services.runs.suggest import Expectation, Suggestion, next_frames
from annotator.services.runs.survey import Survey, Surveyed, SurveyOrder, rank

DONE = "done"


def survey(order: SurveyOrder, control: TaskControl) -> Iterator[Survey]:
    """Yield the survey, once. A project that cannot be read is told in it; the others count.

    Raises RequestError for an order without projects, Cancelled.
    """
    order.check()
    folders = list(dict.fromkeys(str(Path(p).resolve()) for p in order.projects))
    seen: dict[str, _Seen] = {}
    for done, folder in enumerate(folders):
        control.progress(done, len(folders))
        control.note(Path(folder).stem)
        control.checkpoint()
        try:
            seen[folder] = _look(folder, order, control)
        except Cancelled:
            raise
        except StrokeflowError as error:
            seen[folder] = _Seen(Surveyed(folder, reason=error.message, hint=error.hint))
    control.progress(len(folders), len(folders))
    counted = {folder: one for folder, one in seen.items() if not one.state.reason}
    places = rank(
        {folder: one.suggestions for folder, one in counted.items()},
        {folder: one.state.frames for folder, one in counted.items()},
        order.count,
    )
    yield Survey(tuple(one.state for one in seen.values()), places)


@dataclass(frozen=True, slots=True)
class _Seen:
    state: Surveyed
    suggestions: tuple[Suggestion, ...] = ()


def _look(folder: str, order: SurveyOrder, control: TaskControl) -> _Seen:
    project = open_project(Path(folder), writable=False)
    try:
        assert project.media is not None
        document = project.session.document
        expected = Expectation(document)
        error, keys = expected.error, expected.keys
        stage = document.stage.stage
        state = Surveyed(
            folder,
            frames=document.n_frames,
            annotated=len(keys),
            expected=float(1 - error.mean()),
            stage=stage,
            reason="It is marked done." if stage == DONE and not order.also_done else "",
            notes=under_way(project.session),
        )
        if state.reason:
            return _Seen(state)
        course = course_of(project.media.ref, project.media, control)
        renewed = expected.renewed(course.place)
        found = next_frames(error, keys, course.place, order.count, course.unclear, renewed)
        return _Seen(state, tuple(found))
    finally:
        project.close()
