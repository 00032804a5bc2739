"""Start runs and watch them: progress, time left, cancel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.jobs.base import JobState
from annotator.services.runs.runs import Run
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.panels.progress import ProgressBar
from annotator.ui.words.phrases import localized
from annotator.ui.words.words import filled_text, seconds_text
from annotator.ui.workspace import Workspace

_DIRECTIONS = (
    ("backward", QT_TR_NOOP("◀ Back"), QT_TR_NOOP("Propagate to earlier frames only.")),
    ("both", QT_TR_NOOP("◀ Both ▶"), QT_TR_NOOP("Propagate to both sides.")),
    ("forward", QT_TR_NOOP("Forward ▶"), QT_TR_NOOP("Propagate to later frames only.")),
)

_HINTS = (
    QT_TR_NOOP("Draw a line inside an object to begin, or let the clip be labelled without one."),
    QT_TR_NOOP(
        "One key frame. Draw on another frame and fill between them, or propagate this one."
    ),
    QT_TR_NOOP("Frames that you drew, accepted or locked never change."),
)


class RunPanel(QWidget):
    """Buttons for the runs, and the one that is going."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.interpolate = QPushButton(tr("Fill between key frames"))
        self.interpolate.setToolTip(
            tr(
                "Fill the frames between two drawn frames from both sides.\n"
                "Frames you drew, imported, accepted or locked are never changed."
            )
        )
        self.propagate = QPushButton(tr("Propagate"))
        self.propagate.setToolTip(
            tr(
                "Carry the drawn masks to all other frames.\n"
                "Frames you drew, imported, accepted or locked are never changed."
            )
        )
        self.saliency = QPushButton(tr("Masks from scribbles"))
        self.saliency.setToolTip(
            tr("Compute masks on every frame that has scribbles but no mask yet.")
        )
        self.auto = QPushButton(tr("Label without a label …"))
        self.auto.setToolTip(
            tr("Shows objects that move or stand out; the chosen one is carried over the clip.")
        )
        self.more = QPushButton(tr("More …"))
        self.more.setToolTip(
            tr("Choose task, backend, frames, a fit, and what else the backend offers.")
        )
        self.only_selected = QCheckBox(tr("Only this object"))
        self.only_selected.setToolTip(tr("Runs fill the selected object and leave the others."))
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setToolTip(tr("Stop now; finished frames are kept (one undo step)."))
        self.bar = ProgressBar()
        self.bar.setAccessibleName(tr("Progress of the run"))
        self.status = QLabel()
        self.hint = QLabel()
        for label in (self.hint, self.status):
            label.setWordWrap(True)
            # A wrapped label asks for one line only; its text would be cut in a low window.
            label.setMinimumHeight(3 * label.fontMetrics().lineSpacing())
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._build()
        self.interpolate.clicked.connect(lambda: self.start("interpolate"))
        self.propagate.clicked.connect(lambda: self.start("propagate"))
        self.saliency.clicked.connect(lambda: self.start("saliency"))
        self.cancel.clicked.connect(workspace.desk.cancel)
        workspace.runsChanged.connect(self.refresh)
        workspace.projectChanged.connect(self.refresh)
        workspace.spanChanged.connect(self._show_hint)
        workspace.changed.connect(lambda changed: self._show_hint() if changed.cells else None)
        self.refresh()

    def _build(self) -> None:
        self.directions = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(2)
        for value, text, about in _DIRECTIONS:
            button = QPushButton(tr(text))
            button.setCheckable(True)
            button.setChecked(value == "both")
            button.setProperty("direction", value)
            button.setToolTip(tr(about))
            self.directions.addButton(button)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setSpacing(3)  # all of it has room on a screen of 700 lines
        column.addWidget(self.hint)
        column.addWidget(self.interpolate)
        column.addWidget(self.saliency)
        column.addSpacing(6)
        column.addWidget(self.propagate)
        column.addLayout(row)
        column.addSpacing(6)
        column.addWidget(self.auto)
        last = QHBoxLayout()
        last.addWidget(self.only_selected, 1)
        last.addWidget(self.more)
        column.addLayout(last)
        column.addWidget(self.bar)
        column.addWidget(self.status)
        column.addWidget(self.cancel)
        column.addStretch(1)

    def start(self, task: str) -> None:
        """Start a run as the panel is set."""
        asked: dict[str, object] = {}
        if self.only_selected.isChecked():
            asked["objects"] = [self.workspace.object_id]
        if self.workspace.span is not None:
            asked["frames"] = self.workspace.span
        if task == "propagate":
            chosen = self.directions.checkedButton()
            asked["direction"] = "both" if chosen is None else chosen.property("direction")
        self.workspace.attempt(lambda: self.workspace.run(task, **asked))

    def refresh(self) -> None:
        workspace = self.workspace
        run = workspace.running
        ready = workspace.bench is not None and not workspace.bench.session.read_only
        self._show_hint()
        for button in (self.interpolate, self.propagate, self.saliency, self.auto, self.more):
            button.setEnabled(ready)
        self.cancel.setVisible(run is not None)
        self.bar.setVisible(run is not None)
        if run is None:
            self.status.setText(self._last_words())
        else:
            self._show(run)

    def _show(self, run: Run) -> None:
        job = run.job
        assert job is not None
        total = job.total or run.frames
        self.bar.tell(job.done, total)
        if job.state is JobState.QUEUED:
            self.status.setText(localized(run.title) + "\n" + tr("Starting …"))
            return
        if not job.done:
            doing = localized(job.message) or tr("Reading the key frames …")
            self.status.setText(f"{localized(run.title)}\n{doing}")
            return
        progress = tr("{done} of {total}").format(done=job.done, total=total)
        if job.eta_s is not None:
            progress += ", " + tr("about {time} left").format(time=seconds_text(job.eta_s))
        lines = [localized(run.title), progress]
        if run.backend:
            lines.append(tr("Backend: {backend}").format(backend=run.backend))
        self.status.setText("\n".join(lines))

    def _show_hint(self) -> None:
        """What to do next, while there is nothing to show for it."""
        document = self.workspace.document
        self.hint.setVisible(document is not None and self.workspace.running is None)
        if document is None or self.hint.isHidden():
            return
        keys = max((int(document.references(o).sum()) for o in document.objects), default=0)
        span = self.workspace.span
        parts = [tr(_HINTS[min(keys, 2)])]
        if span is not None:
            only = tr("Runs keep to frames {first} to {last}.")
            parts.append(only.format(first=span.start, last=span.stop - 1))
        self.hint.setText(" ".join(parts))

    def _last_words(self) -> str:
        if not self.workspace.desk.runs:
            return ""
        run = self.workspace.desk.runs[-1]
        words = {
            JobState.DONE: tr("Done."),
            JobState.CANCELLED: tr("Cancelled."),
            JobState.FAILED: tr("Failed."),
        }
        return f"{words.get(run.state, '')} {filled_text(run)}".strip()
