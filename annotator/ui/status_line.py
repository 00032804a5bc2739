"""The right end of the status bar: where the pointer is, zoom, gauges, and whether all is saved."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QLabel, QStatusBar

from annotator.core.document import ChangeSet
from annotator.ui.canvas.canvas import Canvas
from annotator.ui.gauges import Gauges
from annotator.ui.i18n import tr
from annotator.ui.notices import NoticeBar
from annotator.ui.words.remark_words import by_whom, stage_words
from annotator.ui.workspace import Workspace

_WHERE_MS = 60
_STAGE_CHARS = 32
"""Average letters of stage and assignee that are shown; the tooltip has all."""


class StatusLine(QObject):
    """Fills a status bar and keeps it true."""

    def __init__(
        self, bar: QStatusBar, workspace: Workspace, canvas: Canvas, notices: NoticeBar
    ) -> None:
        super().__init__(bar)
        self._workspace = workspace
        self._canvas = canvas
        self._notices = notices
        self.gauges = Gauges(workspace)
        self.where = QLabel()
        self.saved = QLabel()
        self.stage = QLabel()
        self._told_done = False
        for label in (self.gauges, self.where, self.stage, self.saved):
            bar.addPermanentWidget(label)
        self._point: tuple[int, int] | None = None
        self._where_later = QTimer(self)
        self._where_later.setSingleShot(True)
        self._where_later.setInterval(_WHERE_MS)
        self._where_later.timeout.connect(self.show_where)
        canvas.pointed.connect(self._pointed)
        canvas.zoomed.connect(lambda _: self.show_where())
        workspace.frameChanged.connect(lambda _: self.show_where())
        workspace.changed.connect(self._document_changed)
        workspace.projectChanged.connect(self._project_changed)
        workspace.savedChanged.connect(self.show_saved)

    def show_where(self) -> None:
        """Point, size of the frames and zoom."""
        point, bench = self._point, self._workspace.bench
        if bench is None:
            self.where.setText("")
            return
        width, height = bench.document.size
        at = "" if point is None else f"x {point[0]}, y {point[1]}     "
        zoom = f"{self._canvas.view.scale * self._canvas.devicePixelRatioF():.0%}"
        self.where.setText(
            tr("{point}{width} × {height} at {zoom}     ").format(
                point=at, width=width, height=height, zoom=zoom
            )
        )

    def show_stage(self) -> None:
        """Annotation, review or done, and who has the project."""
        document = self._workspace.document
        if document is None:
            self.stage.setText("")
            return
        words, metrics = stage_words(document.stage), self.stage.fontMetrics()
        room = _STAGE_CHARS * metrics.averageCharWidth()  # a long name must not widen the window
        short = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        self.stage.setText(f" {short} ")
        about = [tr("Stage of the project")] + ([words] if short != words else [])
        if document.stages:
            about.append(by_whom(document.stage.author, document.stage.time))
        self.stage.setToolTip(": ".join(about))

    def _project_changed(self) -> None:
        self._told_done = False
        self.show_stage()

    def _document_changed(self, changed: ChangeSet) -> None:
        self.show_where()
        document = self._workspace.document
        if changed.stage:
            self._told_done = False
            self.show_stage()
        done = document is not None and document.stage.stage == "done"
        if done and not self._told_done and (changed.drawn or changed.objects):
            self._told_done = True
            self._notices.tell(
                "info",
                tr("This project is marked done."),
                tr("The change is kept, and so is the stage."),
            )

    def show_saved(self) -> None:
        """Whether all is on disk; what keeps it from there is a notice."""
        self.saved.setText(f" {self._workspace.saving.text} ")
        if trouble := self._workspace.saving.trouble:
            self._notices.tell("error", tr("Your work is not saved yet."), trouble)

    def _pointed(self, x: int, y: int) -> None:
        """Told with a delay: laying out the status bar costs as much as a dab of the pen."""
        self._point = (x, y) if x >= 0 else None
        if not self._where_later.isActive():
            self._where_later.start()
