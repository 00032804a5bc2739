"""Many projects in the window: where a mask would help the whole data set most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from annotator.core.document import ChangeSet
from annotator.core.errors import RequestError
from annotator.jobs.base import Job, JobState
from annotator.services.project.projects import project_names, projects_within
from annotator.services.runs.survey import TASK, Place, Survey, SurveyOrder
from annotator.ui.i18n import tr
from annotator.ui.words.phrases import localized

if TYPE_CHECKING:
    from annotator.ui.main_window import MainWindow

COUNT = 20
"""Places that are listed."""

Spot = tuple[str, int]
"""Folder of a project ("" for none) and a frame of it."""


class SurveyDesk(QObject):
    """The projects of a data set, what was seen of them, and the way to a place in one of them. On
    the UI thread.

    Signals:
        changed: of any of that, or that a look began, got on or ended.
    """

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = window.workspace
        self.projects, self.also_done = window.settings.data_set()
        self.survey: Survey | None = None
        self.outdated = False
        """Something was done, or other projects were chosen, since they were looked at."""
        self._touched = False
        """The same, since they are being looked at."""
        self.job: Job | None = None
        self._from: Spot | None = None
        """Where the person is who waits to be shown the best place."""
        window.workspace.changed.connect(self._document_changed)

    # -- what is looked at

    def choose(self, projects: Sequence[str], also_done: bool) -> None:
        """Look at these from now on, also after a restart."""
        self.projects, self.also_done = tuple(projects), also_done
        self._window.settings.set_data_set(self.projects, also_done)
        self._touch()
        self.changed.emit()

    def begin(self) -> None:
        """Where no project is chosen, choose those beside the one that is open."""
        bench = self._workspace.bench
        if bench is not None and not self.projects:
            beside = projects_within(bench.session.folder.resolve().parent)
            self.choose([str(folder) for folder in beside], self.also_done)

    def _document_changed(self, changed: ChangeSet) -> None:
        if changed.cells or changed.objects or changed.stage or changed.everything:
            told = self.outdated
            self._touch()
            if self.outdated != told:
                self.changed.emit()

    def _touch(self) -> None:
        self._touched = True
        self.outdated = self.survey is not None

    # -- looking

    @property
    def looking(self) -> bool:
        return self.job is not None and not self.job.state.over

    def look(self) -> None:
        """Look at the projects in the worker, unless that is under way."""
        if self.looking:
            return
        order = SurveyOrder(self.projects, COUNT, self.also_done)

        def submit(ended: Callable[[Job], None]) -> Job:
            order.check()
            bench = self._workspace.bench
            if bench is not None and not bench.session.read_only:
                bench.session.flush()
            self._touched = False
            self.job = self._workspace.host.runner.submit(
                "Look at the data set", TASK, order, on_result=self._take,
                on_end=partial(self._over, ended),
            )  # fmt: skip
            self.job.on_advance = self._advanced
            return self.job

        self._workspace.exchange.examine(tr("Look at the data set"), submit, self.look, free=True)
        self.changed.emit()

    def cancel(self) -> None:
        """Look no further."""
        if self.job is not None:
            self._workspace.host.runner.cancel(self.job)

    def _advanced(self, _job: Job) -> None:
        self._tell_waiting()
        self.changed.emit()

    def _take(self, survey: Survey) -> None:
        self.survey, self.outdated = survey, self._touched

    def _over(self, ended: Callable[[Job], None], job: Job) -> None:
        start, self._from = self._from, None
        if start is not None:
            self._window.notices.end_busy()
        ended(job)
        self.changed.emit()
        if start is not None and job.state is JobState.DONE:
            self._workspace.attempt(partial(self._go_on, start))

    # -- going there

    def go(self, place: Place) -> None:
        """Show a place; its project is opened if it is not open."""
        self._window.switcher.go_to(Path(place.project), place.frame)

    def go_to_best(self) -> None:
        """Look at the projects, and show the best place."""
        self.begin()
        if not self.projects:
            self._window.dialogs.ask_survey()
            return
        self._from = self._here()
        self.look()
        if self.looking:
            self._tell_waiting()
        else:
            self._from = None  # it was refused, and told

    def _here(self) -> Spot:
        bench = self._workspace.bench
        folder = "" if bench is None else str(bench.session.folder.resolve())
        return folder, self._workspace.frame

    def _go_on(self, start: Spot) -> None:
        """Raises RequestError where there is nowhere to go."""
        survey = self.survey
        assert survey is not None
        if not survey.counted:
            first = survey.projects[0]
            said = f"{Path(first.project).stem}: {localized(first.reason)}"
            raise RequestError(said, localized(first.hint))
        left = [place for place in survey.places if (place.project, place.frame) != start]
        if not left:
            raise RequestError(tr("No other frame of these projects is worth a mask now."))
        best = left[0]
        if self._here() == start and not self._window.switcher.busy:
            self.go(best)
            return
        # The person went on elsewhere meanwhile, and is not to be pulled away.
        name = project_names(one.project for one in survey.projects)[best.project]
        said = tr("Best place in the data set: {name}, frame {frame}.")
        offer = tr("Go there"), partial(self.go, best)
        self._window.notices.tell("busy", said.format(name=name, frame=best.frame), "", offer)

    def _tell_waiting(self) -> None:
        job = self.job
        if self._from is not None and job is not None:
            said = tr("Looking at the data set: {done} of {total} projects")
            total = job.total or len(self.projects)
            offer = tr("Cancel"), self.cancel
            self._window.notices.tell("busy", said.format(done=job.done, total=total), "", offer)
