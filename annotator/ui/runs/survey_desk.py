"""Many projects in the window: where a mask would help the whole data set most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from annotator.core.document import ChangeSet
from annotator.core.errors import RequestError
from annotator.jobs.base import Job, JobState
from annotator.services.project.projects import project_names, projects_within
from annotator.services.runs.survey import TASK, Place, Survey, SurveyOrder
from annotator.ui import mouse
from annotator.ui.i18n import tr
from annotator.ui.words.phrases import localized

if TYPE_CHECKING:
    from annotator.ui.main_window import MainWindow

COUNT = 20
"""Places that are listed."""

_LOOK_MS = 20
_TEXT = QLineEdit, QTextEdit, QPlainTextEdit

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
        self._due = QTimer(self)
        """Runs while a look waits for what is on its way in the open project."""
        self._due.setInterval(_LOOK_MS)
        self._due.timeout.connect(self._begin_when_ready)
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
        return self._due.isActive() or (self.job is not None and not self.job.state.over)

    def look(self) -> None:
        """Look at the projects in the worker, unless that is under way: as soon as all that was
        done in the open one is on disk, also what is on its way."""
        if not self.looking and self._workspace.attempt(self._order().check):
            self._due.start()
            self._begin_when_ready()
            self.changed.emit()

    def _order(self) -> SurveyOrder:
        return SurveyOrder(self.projects, COUNT, self.also_done)

    def _begin_when_ready(self) -> None:
        if self._is_behind:
            return
        self._due.stop()
        title = tr("Look at the data set")
        self._workspace.exchange.examine(title, self._submit, self.look, free=True)
        if not self.looking:
            self._from = None  # it was refused, and told
        self.changed.emit()

    @property
    def _is_behind(self) -> bool:
        """Whether who reads the open project from disk would miss something of it."""
        bench = self._workspace.bench
        if bench is None or bench.session.read_only:
            return False
        workspace, store = self._workspace, bench.session.store
        runs = workspace.desk.at_work or workspace.jobs.waiting
        going = runs or bench.session.long is not None or workspace.live.busy
        return store.trouble is None and (bool(going) or store.saved < store.issued)

    def _submit(self, ended: Callable[[Job], None]) -> Job:
        """Raises RequestError, and DiskError where the open project cannot be saved."""
        order, bench = self._order(), self._workspace.bench
        order.check()
        if bench is not None and bench.session.store.trouble is not None:
            raise bench.session.store.trouble
        self._touched = False
        self.job = self._workspace.host.runner.submit(
            "Look at the data set", TASK, order, on_result=self._take,
            on_end=partial(self._over, ended),
        )  # fmt: skip
        self.job.on_advance = self._advanced
        return self.job

    def cancel(self) -> None:
        """Look no further."""
        if self._due.isActive():
            self._due.stop()
            self._from = None
            said = tr("{word} was cancelled.").format(word=tr("Look at the data set"))
            self._workspace.noticed.emit("info", said, "")
            self.changed.emit()
        elif self.job is not None:
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
        stranger = self._stranger()
        if stranger is not None:
            said = tr("{name} is not among the projects of the data set.")
            offer = tr("Add it"), partial(self._take_in, stranger)
            self._window.notices.tell("info", said.format(name=stranger.stem), "", offer)
            self._window.dialogs.ask_survey()
            return
        self._window.player.stop()
        self._from = self._here()
        self.look()
        self._tell_waiting()

    def _stranger(self) -> Path | None:
        """The project that is open, if it is not one of those that are looked at: a list of another
        data set would lead away from this one."""
        bench = self._workspace.bench
        if bench is None:
            return None
        folder = bench.session.folder.resolve()
        known = str(folder) in self.projects
        return None if known or folder in [Path(p).resolve() for p in self.projects] else folder

    def _take_in(self, folder: Path) -> None:
        self.choose([*self.projects, str(folder)], self.also_done)
        self._window.notices.hide()

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
        best, here = left[0], self._here()
        if here == (best.project, best.frame):
            return  # the key was pressed twice
        if here == start and self._may_leave(best):
            self.go(best)
            return
        # The person went on meanwhile, and is not to be pulled away.
        name = project_names(one.project for one in survey.projects)[best.project]
        said = tr("Best place in the data set: {name}, frame {frame}.")
        offer = tr("Go there"), partial(self.go, best)
        self._window.notices.tell("busy", said.format(name=name, frame=best.frame), "", offer)

    def _may_leave(self, place: Place) -> bool:
        """Whether nobody does anything here that going to the place would disturb or end."""
        workspace, bench = self._workspace, self._workspace.bench
        text = isinstance(QApplication.focusWidget(), _TEXT)
        busy = QApplication.activeModalWidget() is not None or mouse.is_pressed()
        if text or busy or self._touched or self._window.switcher.busy:
            return False
        if bench is None or place.project == self._here()[0]:
            return True
        return not workspace.desk.at_work and bench.session.long is None

    @property
    def before(self) -> str:
        """What is to end before the look that is under way begins; "" if it waits for nothing."""
        jobs, bench = self._workspace.jobs, self._workspace.bench
        if not self._due.isActive():
            return "" if self.job is None else jobs.title_before(self.job)
        if bench is not None and bench.session.long is not None:
            return localized(bench.session.long.title)
        going = (entry for entry in jobs.entries if entry.bench is not None and not entry.over)
        return next((entry.title for entry in going), "")

    @property
    def progress(self) -> tuple[int, int]:
        """(projects that were looked at, all) of the look under way."""
        job = None if self._due.isActive() else self.job
        done, total = (0, 0) if job is None else (job.done, job.total)
        return done, total or len(self.projects)

    def waiting_words(self) -> str:
        """What the look under way waits for, else how far it is."""
        if self.before:
            return tr("The data set is looked at when '{title}' is done.").format(title=self.before)
        done, total = self.progress
        said = tr("Looking at the data set: {done} of {total} projects")
        return said.format(done=done, total=total)

    def _tell_waiting(self) -> None:
        if self._from is not None:
            offer = tr("Cancel"), self.cancel
            self._window.notices.tell("busy", self.waiting_words(), "", offer)
