"""The right end of the status bar: where the pointer is, zoom, gauges, and whether all is saved."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel, QStatusBar

from annotator.ui.canvas import Canvas
from annotator.ui.gauges import Gauges
from annotator.ui.i18n import tr
from annotator.ui.notices import NoticeBar
from annotator.ui.workspace import Workspace

_WHERE_MS = 60


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
        for label in (self.gauges, self.where, self.saved):
            bar.addPermanentWidget(label)
        self._point: tuple[int, int] | None = None
        self._where_later = QTimer(self)
        self._where_later.setSingleShot(True)
        self._where_later.setInterval(_WHERE_MS)
        self._where_later.timeout.connect(self.show_where)
        canvas.pointed.connect(self._pointed)
        canvas.zoomed.connect(lambda _: self.show_where())
        workspace.frameChanged.connect(lambda _: self.show_where())
        workspace.changed.connect(lambda _: self.show_where())
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

    def show_saved(self) -> None:
        """Whether all is on disk; what keeps it from there is a notice."""
        self.saved.setText(f" {self._workspace.saved_text} ")
        if self._workspace.trouble:
            self._notices.tell("error", tr("Your work is not saved yet."), self._workspace.trouble)

    def _pointed(self, x: int, y: int) -> None:
        """Told with a delay: laying out the status bar costs as much as a dab of the pen."""
        self._point = (x, y) if x >= 0 else None
        if not self._where_later.isActive():
            self._where_later.start()
