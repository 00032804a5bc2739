"""Import and export as the window does them: in the worker, told when done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from annotator.core.errors import StrokeflowError
from annotator.core.options import Value
from annotator.io.formats.base import ExportReport
from annotator.jobs.base import Job, JobState
from annotator.services.exchange.dataset import TASK as TASK_OF_DATASET
from annotator.services.exchange.dataset import DatasetOrder
from annotator.services.exchange.mapping import Incoming
from annotator.services.exchange.pictures import PicturesReport
from annotator.services.exchange.transfer import ImportRun
from annotator.services.project.embedding import TASK as EMBED
from annotator.services.project.embedding import EmbedOrder
from annotator.services.project.projects import note_place
from annotator.services.review.report_task import TASK, ReportTask
from annotator.ui.exchange.import_notice import tell_import
from annotator.ui.i18n import tr
from annotator.ui.runs.jobs import JobEntry
from annotator.ui.words.phrases import localized
from annotator.ui.words.report_words import report_words
from annotator.ui.words.words import bytes_text

if TYPE_CHECKING:
    from annotator.services.exchange.dataset_report import DatasetReport
    from annotator.services.project.packing import Packed, PackOrder, UnpackOrder
    from annotator.ui.workspace import Workspace


class Exchange:
    """Imports and exports under way."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.jobs: list[Job] = []
        self._demo: Job | None = None

    def render_demo(self, place: Path, then: Callable[[Path], None]) -> None:
        """Make the demo clip in the worker, beside what else runs there; `then` gets its path."""
        workspace = self._workspace
        workspace.noticed.emit(
            "busy", tr("Rendering the demo clip …"), tr("It takes some seconds.")
        )
        if self._demo is not None and not self._demo.state.over:
            return
        self._demo = workspace.host.runner.submit(
            "Render the demo clip",
            "annotator.services.demo.task:render",
            str(place),
            on_result=lambda made: then(Path(made)),
            on_end=lambda job: self._ended(job, tr("Rendering the demo clip")),
            quick=True,
        )
        self.jobs.append(self._demo)
        workspace.watch()

    def export(
        self, format_id: str, out: Path, frames: range, options: Mapping[str, Value]
    ) -> None:
        """Write labels in the worker; tells where they are when done."""
        workspace = self._workspace
        bench = workspace.bench
        if bench is None:
            return

        def report(done: ExportReport) -> None:
            notes = " ".join(map(localized, done.notes))
            workspace.noticed.emit(
                "good",
                tr("Exported {frames} frames.").format(frames=done.frames),
                f"{done.paths[0]} {notes}".strip(),
            )

        def start() -> None:
            job = bench.transfer.export(
                format_id, out, frames, on_report=report, options=options,
                on_end=lambda job: self._ended(job, tr("The export")),
            )  # fmt: skip
            self.jobs.append(job)
            again = partial(self.export, format_id, out, frames, options)
            workspace.jobs.watch(tr("Export to {place}").format(place=out.name), job, again)

        workspace.attempt(start)

    def import_labels(
        self,
        format_id: str,
        src: Path,
        frames: frozenset[int],
        options: Mapping[str, Value],
        mapping: Mapping[int, int],
        overwrite: bool,
    ) -> None:
        """Read labels in the worker; one undo step."""
        workspace = self._workspace
        bench = workspace.bench
        if bench is None:
            return

        def ended(done: ImportRun) -> None:
            assert done.job is not None
            self._ended(done.job, tr("The import"))
            workspace.saving.after(partial(tell_import, workspace, done, done.job))

        def start() -> None:
            run = bench.transfer.import_labels(
                format_id, src, frames, on_end=ended, options=options, mapping=mapping,
                overwrite=overwrite,
            )  # fmt: skip
            assert run.job is not None
            self.jobs.append(run.job)
            again = partial(self.import_labels, format_id, src, frames, options, mapping, overwrite)
            workspace.jobs.watch(tr("Import of {place}").format(place=src.name), run.job, again)

        workspace.attempt(start)

    def look(
        self,
        format_id: str,
        src: Path,
        frames: frozenset[int],
        options: Mapping[str, Value],
        found: Callable[[tuple[Incoming, ...]], None],
        ended: Callable[[Job], None],
    ) -> Job | None:
        """See what a label file holds, in the worker; None if that was refused, which is told."""
        workspace = self._workspace
        bench = workspace.bench
        if bench is None:
            return None
        made: list[Job] = []

        def over(job: Job) -> None:
            self._ended(job, tr("Reading the labels"))
            ended(job)

        def start() -> None:
            job = bench.transfer.look(
                format_id, src, frames, on_found=found, on_end=over, options=options
            )
            self.jobs.append(job)
            made.append(job)

        workspace.attempt(start)
        return made[0] if made else None

    def dataset(self, order: DatasetOrder) -> None:
        """Make a data set of many projects in the worker."""
        workspace = self._workspace

        def told(report: DatasetReport) -> None:
            workspace.noticed.emit(
                "good",
                tr("Made a data set of {clips} clips and {frames} frames.").format(
                    clips=len(report.clips), frames=report.frames
                ),
                f"{report.out} " + " ".join(map(localized, report.findings[:3])),
            )

        def start() -> None:
            bench = workspace.bench
            if bench is not None and not bench.session.read_only:
                bench.session.flush()
            job = workspace.host.runner.submit(
                "Data set", TASK_OF_DATASET, order, on_result=told,
                on_end=lambda job: self._ended(job, tr("The data set")),
            )  # fmt: skip
            self.jobs.append(job)
            place = Path(order.out).name
            title = tr("Data set to {place}").format(place=place)
            workspace.jobs.watch(title, job, partial(self.dataset, order), free=True)
            workspace.watch()

        workspace.attempt(start)

    def embed(self, order: EmbedOrder) -> None:
        """Copy the media into the project folder in the worker, and go on with the copy."""
        workspace = self._workspace
        bench, title = workspace.bench, tr("Media into the project")

        def located(place: str) -> None:
            if bench is not None and workspace.bench is bench:
                # Now: somebody may leave the project before the window has opened them there.
                note_place(bench.project, Path(place))
                workspace.mediaMoved.emit(Path(place))
                said = tr("The media are in the project folder now.")
                workspace.noticed.emit("good", said, order.folder)

        def start() -> None:
            job = workspace.host.runner.submit(
                title, EMBED, order, on_result=located, on_end=lambda job: self._ended(job, title)
            )
            self.jobs.append(job)
            workspace.jobs.watch(title, job, partial(self.embed, order), download=True)

        workspace.attempt(start)

    def pack(self, order: PackOrder) -> None:
        """Write a copy of the project as one file in the worker."""
        from annotator.services.project.packing import PACK

        workspace = self._workspace
        bench, title = workspace.bench, tr("Copy as one file")

        def told(packed: Packed) -> None:
            said = tr("Saved a copy as one file ({size}).")
            workspace.noticed.emit("good", said.format(size=bytes_text(packed.size)), packed.file)

        def start() -> None:
            if workspace.effort is not None:
                workspace.effort.flush()
            if bench is not None and not bench.session.read_only:
                bench.session.flush()
            job = workspace.host.runner.submit(
                title, PACK, order, on_result=told, on_end=lambda job: self._ended(job, title)
            )
            self.jobs.append(job)
            workspace.jobs.watch(title, job, partial(self.pack, order), download=True)

        workspace.attempt(start)

    def unpack(
        self,
        order: UnpackOrder,
        then: Callable[[Path], None],
        advanced: Callable[[Job], None],
    ) -> None:
        """Make a project of a packed one in the worker; `then` gets its folder, and `advanced`
        hears how far it is."""
        from annotator.services.project.packing import UNPACK

        workspace, title = self._workspace, tr("Unpacking")

        def start() -> None:
            job = workspace.host.runner.submit(
                title, UNPACK, order, on_result=lambda made: then(Path(made)),
                on_end=lambda job: self._ended(job, title),
            )  # fmt: skip
            job.on_advance = advanced
            self.jobs.append(job)
            again = partial(self.unpack, order, then, advanced)
            workspace.jobs.watch(title, job, again, download=True, free=True)
            workspace.watch()

        workspace.attempt(start)

    def report(self, out: Path, truth: Path | None) -> None:
        """Write the report page in the worker and show it."""
        workspace = self._workspace
        bench = workspace.bench
        if bench is None:
            return

        def told(_facts: object) -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(out)))
            workspace.noticed.emit("good", tr("The report is written."), str(out))

        def start() -> None:
            if workspace.effort is not None:
                workspace.effort.flush()
            if not bench.session.read_only:
                bench.session.flush()
            gt = "" if truth is None else str(truth)
            job = workspace.host.runner.submit(
                "Report",
                TASK,
                ReportTask(bench.session.home, str(out), gt, report_words()),
                on_result=told,
                on_end=lambda job: self._ended(job, tr("The report")),
            )
            self.jobs.append(job)
            again = partial(self.report, out, truth)
            workspace.jobs.watch(tr("Report to {place}").format(place=out.name), job, again)

        workspace.attempt(start)

    def cosaliency(self, folder: Path, out: Path) -> None:
        """Write maps of what the pictures of a folder have in common."""
        workspace = self._workspace
        title = tr("Co-saliency of {place}").format(place=folder.name)

        def told(done: PicturesReport) -> None:
            said = tr("{count} maps are written.").format(count=done.pictures)
            workspace.noticed.emit("good", said, str(done.out))

        def start() -> None:
            job = workspace.host.pictures.cosaliency(
                folder, out, on_report=told, on_end=lambda job: self._ended(job, title)
            )
            self.jobs.append(job)
            workspace.jobs.watch(title, job, partial(self.cosaliency, folder, out), free=True)
            workspace.watch()

        workspace.attempt(start)

    def examine(
        self,
        title: str,
        submit: Callable[..., Job | None],
        again: Callable[[], object],
        *,
        free: bool = False,
    ) -> None:
        """Run a job that only reads the clip, or (`free`) other projects as well: `submit(on_end)`
        hands it to the runner, or gives None where there is nothing to do."""

        def start() -> None:
            job = submit(lambda job: self._ended(job, title))
            if job is not None:
                self.jobs.append(job)
                self._workspace.jobs.watch(title, job, again, free=free, frames=not free)
                self._workspace.watch()

        self._workspace.attempt(start)

    def question(self, submit: Callable[..., Job]) -> None:
        """Put a question to the worker, whose answer and end only the asker tells: `submit(on_end)`
        hands it to the runner."""

        def start() -> None:
            job = submit(self._forget)
            if not job.state.over:
                self.jobs.append(job)

        self._workspace.attempt(start)

    def model(
        self, title: str, submit: Callable[..., Job], ended: Callable[[], None], *, download: bool
    ) -> JobEntry | None:
        """Run an order for weights: `submit(on_end, on_result)` hands it to the runner, `ended` is
        called when it is over. None if it was refused, which is told."""
        workspace = self._workspace
        made: list[JobEntry] = []

        def over(job: Job) -> None:
            self._ended(job, title)
            ended()

        def start() -> None:
            job = submit(on_end=over, on_result=lambda _report: None)
            self.jobs.append(job)
            again = partial(self.model, title, submit, ended, download=download)
            made.append(workspace.jobs.watch(title, job, again, download=download, free=True))
            workspace.watch()

        workspace.attempt(start)
        return made[0] if made else None

    def _forget(self, job: Job) -> None:
        self.jobs = [other for other in self.jobs if other is not job]

    def _ended(self, job: Job, word: str) -> None:
        workspace = self._workspace
        self._forget(job)
        if isinstance(job.error, StrokeflowError):
            workspace.noticed.emit(
                "error",
                tr("{word} failed. {message}").format(
                    word=word, message=localized(job.error.message)
                ),
                job.error.hint,
            )
        elif job.state is JobState.CANCELLED:
            workspace.noticed.emit(
                "info",
                tr("{word} was cancelled.").format(word=word),
                tr("Nothing half-written was left behind."),
            )
        workspace.runsChanged.emit()
        workspace.jobs.ended(job)
