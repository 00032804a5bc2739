"""The window: docks and wiring, nothing else. What happens lives in the workspace."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QDockWidget,
    QFrame,
    QMessageBox,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from annotator.core.document import ChangeSet
from annotator.core.errors import StrokeflowError
from annotator.core.review import STAGES
from annotator.services.project.projects import forget_copies
from annotator.ui.canvas.canvas import Canvas
from annotator.ui.canvas.compare import ComparePane
from annotator.ui.canvas.display import DisplaySettings
from annotator.ui.canvas.frames import FrameLoader
from annotator.ui.canvas.matching import MatchingView
from annotator.ui.commands.actions import ActionTable
from annotator.ui.commands.help import help_texts
from annotator.ui.commands.masks import MaskCommands
from annotator.ui.commands.objects import ObjectCommands
from annotator.ui.commands.table import window_actions
from annotator.ui.commands.toolbars import make_toolbars, mark_more
from annotator.ui.customize import Customizer
from annotator.ui.dialogs import Dialogs
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.icons import draw_icon
from annotator.ui.notices import NoticeBar
from annotator.ui.opening import is_packed_project
from annotator.ui.panels.display_panel import DisplayPanel
from annotator.ui.panels.history_panel import HistoryPanel
from annotator.ui.panels.object_panel import ObjectPanel
from annotator.ui.place_keeper import PlaceKeeper
from annotator.ui.project_switcher import ProjectSwitcher
from annotator.ui.review.drafts import Drafts
from annotator.ui.review.remark_panel import RemarkPanel
from annotator.ui.review.review_panel import ReviewPanel
from annotator.ui.runs.carry import Carry
from annotator.ui.runs.job_panel import JobPanel
from annotator.ui.runs.run_panel import RunPanel
from annotator.ui.runs.survey_desk import SurveyDesk
from annotator.ui.settings import Settings
from annotator.ui.status_line import StatusLine
from annotator.ui.timeline.player import Player
from annotator.ui.timeline.timeline import Timeline
from annotator.ui.timeline.transport import Transport
from annotator.ui.welcome import Pages, Welcome
from annotator.ui.window_layout import PanelWindow, WindowLayout
from annotator.ui.words.phrases import localized, localized_error
from annotator.ui.words.remark_words import stage_name
from annotator.ui.workspace import Workspace


class MainWindow(PanelWindow):
    """Strokeflow's window."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        super().__init__()
        self.workspace = workspace
        self.settings = settings
        self.setWindowTitle("Strokeflow")
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self._build()
        self._connect()
        self.custom = Customizer(self)
        self._icons_in = ""
        self.table = ActionTable(self, window_actions(self), self._used)
        self.custom.apply_keys()
        menus = self.table.fill_menus(self.menuBar())
        menus[tr("&File")].insertMenu(self.table.actions["locate"], self.switcher.recent)
        self.toolbars = make_toolbars(self, self.table, workspace)
        self.transport.fill(self.table.actions)
        self.review_panel.fill(self.table.actions)
        geometry, state = settings.window() or (QByteArray(), QByteArray())
        self.arrangement = WindowLayout(self, self.docks, self.toolbars, state)
        menus[tr("&View")].addMenu(self.arrangement.menu)
        self.keeper = PlaceKeeper(self)
        self.keeper.take_tool()
        self._tool_changed()
        self._project_changed()
        self.restoreGeometry(geometry)

    # -- building

    def _build(self) -> None:
        self.dialogs = Dialogs(self)
        self.switcher = ProjectSwitcher(self, self.workspace, self.settings)
        self.loader = FrameLoader()
        self.player = Player(self.workspace)
        self.look = DisplaySettings()
        self.canvas = Canvas(self.workspace, self.look)
        self.timeline = Timeline(self.workspace)
        self.transport = Transport(self.workspace)
        self.masks = MaskCommands(self.workspace)
        self.object_commands = ObjectCommands(self.workspace)
        self.carry = Carry(self.workspace)
        self.objects = ObjectPanel(self.workspace, self.object_commands)
        self.run_panel = RunPanel(self.workspace)
        self.run_panel.more.clicked.connect(self.dialogs.ask_run)
        self.run_panel.auto.clicked.connect(lambda: self.table.actions["auto"].trigger())
        self.review_panel = ReviewPanel(self.workspace)
        self.remarks = RemarkPanel(self.workspace, Drafts(self.settings, self.workspace))
        self.history = HistoryPanel(self.workspace)
        self.job_panel = JobPanel(self.workspace)
        self.welcome = Welcome(self.switcher)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.compare = ComparePane(self.workspace, self.canvas, self.look)
        self.matching = MatchingView(self, self.workspace, self.canvas)
        side_by_side = QSplitter()
        for view in (self.canvas, self.compare):
            side_by_side.addWidget(view)
        column.addWidget(side_by_side, 1)
        column.addWidget(self.transport)
        column.addWidget(self.timeline)
        self.pages = Pages()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(page)
        self.setCentralWidget(self.pages)
        self.notices = NoticeBar(self.pages, below=[self.transport, self.timeline])
        self.docks = [
            self._dock(QT_TR_NOOP("Objects"), self.objects),
            self._dock(QT_TR_NOOP("Runs"), self.run_panel),
            self._dock(QT_TR_NOOP("Review"), self.review_panel),
            self._dock(QT_TR_NOOP("View"), DisplayPanel(self.look)),
            self._dock(QT_TR_NOOP("Remarks"), self.remarks),
            self._dock(QT_TR_NOOP("History"), self.history),
            self._dock(QT_TR_NOOP("Jobs"), self.job_panel),
        ]
        for upper, lower in ((0, 4), (0, 5), (1, 6), (1, 2), (1, 3)):
            self.tabifyDockWidget(self.docks[upper], self.docks[lower])
        for dock in self.docks[:2]:
            dock.raise_()
        self.status = StatusLine(self.statusBar(), self.workspace, self.canvas, self.notices)
        self.switcher.connect(self.canvas, self.player, self.notices)
        self.survey = SurveyDesk(self)
        for widget, about in help_texts().items():
            getattr(self, widget).setWhatsThis(about)

    def _dock(self, title: str, widget: QWidget) -> QDockWidget:
        dock = QDockWidget(tr(title))
        dock.setObjectName(title)
        dock.setWidget(_scrolled(widget))
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        return dock

    def _connect(self) -> None:
        workspace = self.workspace
        workspace.projectChanged.connect(self._project_changed)
        workspace.frameChanged.connect(self._frame_changed)
        workspace.toolChanged.connect(lambda _: self._tool_changed())
        # In a turn of its own: other views show what became of a run in this one.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._enable)
        workspace.runsChanged.connect(self._later.start)
        workspace.objectChanged.connect(lambda _: self._enable())
        workspace.changed.connect(self._document_changed)
        desk = workspace.review.remarks
        desk.opened.connect(self._show_remarks)
        desk.writing.connect(self._write_remark)
        workspace.noticed.connect(self.notices.tell)
        workspace.offered.connect(self.notices.tell)
        self.look.changed.connect(self._enable)
        self.loader.ready.connect(self._frame_ready)
        self.loader.preview.connect(self._preview_ready)
        self.loader.failed.connect(self._frame_failed)
        self.workspace.closing.connect(self.loader.forget)
        self.canvas.previewPainted.connect(self.loader.preview_painted)
        self.player.playingChanged.connect(lambda _: self._paint_play())

    # -- reactions

    def _project_changed(self) -> None:
        workspace = self.workspace
        bench = workspace.bench
        if bench is not None:
            # First of all: buttons without icons show text and would push the window wider.
            self.paint_icons()
        self.pages.setCurrentIndex(0 if bench is None else 1)
        self.arrangement.show(bench is not None)
        self._enable()
        self.status.show_saved()
        self.status.show_where()
        if bench is None:
            self.setWindowTitle("Strokeflow")
            self.welcome.show_recent(self.settings.recent())
            self.canvas.clear()
            return
        session = bench.session
        self._show_title()
        for project in self.settings.add_recent(session.folder.resolve()):
            # Those of many clips would fill the disk; a file of gigabytes is not gone at once.
            workspace.background.start(partial(forget_copies, project))
        problem = bench.project.media_problem
        if problem is not None:
            self.canvas.clear()
            self.notices.tell(
                "error", problem.message, tr("Use File > Locate media to show where it is.")
            )
        elif session.read_only:
            self.notices.tell("info", tr("Opened read-only."), session.store.read_only_reason)
        elif bench.project.media is not None and bench.project.media.notes:
            note, *more = bench.project.media.notes
            self.notices.tell("info", localized(note), "\n".join(map(localized, more[:1])))
        elif session.document.stage.stage == "done":
            self.notices.tell("info", tr("This project is marked done."), "")
        self._offer_resume()

    def _show_title(self) -> None:
        """The project, with its stage once it has left the hands of the annotators."""
        bench = self.workspace.bench
        assert bench is not None
        stem, stage = bench.session.folder.stem, bench.document.stage.stage
        if stage == STAGES[0]:
            self.setWindowTitle(tr("{stem} - Strokeflow").format(stem=stem))
        else:
            titled = tr("{stem} ({stage}) - Strokeflow")
            self.setWindowTitle(titled.format(stem=stem, stage=stage_name(stage)))

    def _document_changed(self, changed: ChangeSet) -> None:
        self._enable()
        if changed.stage:
            self._show_title()

    def _offer_resume(self) -> None:
        bench = self.workspace.bench
        if bench is None or bench.project.media is None or bench.session.read_only:
            return
        if bench.inference.interrupted():
            self.notices.tell(
                "info",
                tr("A run was cut off last time; its finished frames are here."),
                tr("Run > Resume interrupted run goes on from there."),
            )

    def _enable(self) -> None:
        if not hasattr(self, "table"):
            return
        workspace, bench = self.workspace, self.workspace.bench
        writable = bench is not None and not bench.session.read_only
        going = workspace.running is not None or workspace.long.cancellable is not None
        self.table.enable(project=bench is not None, writable=writable, running=going)
        for name, step in (
            ("undo", None if bench is None else bench.session.undo_step),
            ("redo", None if bench is None else bench.session.redo_step),
        ):
            action = self.table.actions[name]
            live = name == "undo" and self.workspace.live.busy
            action.setEnabled(writable and (step is not None or live))
            title = "" if step is None else f" {localized(step.title)}"
            action.setText(next(s.text for s in self.table.specs if s.id == name) + title)

    def _tool_changed(self) -> None:
        self.table.actions[self.workspace.tool.value].setChecked(True)

    def _frame_changed(self, frame: int) -> None:
        reader = self.workspace.reader
        if reader is not None:
            # While it plays, pictures of other frames in between would only flicker.
            previews = None if self.player.playing else self.workspace.previews
            self.loader.request(reader, frame, previews)

    def _frame_ready(self, frame: int, image: np.ndarray) -> None:
        if frame == self.workspace.frame and self.workspace.bench is not None:
            self.canvas.show_frame(frame, image)

    def _preview_ready(self, frame: int, shows: int, image: np.ndarray) -> None:
        if frame == self.workspace.frame and self.workspace.bench is not None:
            self.canvas.show_preview(frame, shows, image)

    def _frame_failed(self, frame: int, message: str) -> None:
        if frame == self.workspace.frame:
            self.canvas.show_nothing()
            self.notices.tell(
                "error", tr("Frame {frame} cannot be shown.").format(frame=frame), message
            )

    # -- commands

    def _used(self, _action: str) -> None:
        self.workspace.note_effort(commands=1)

    def _show_remarks(self) -> None:
        self.docks[4].show()
        self.docks[4].raise_()

    def _write_remark(self) -> None:
        self._show_remarks()
        self.remarks.text.setFocus()

    def clear_strokes(self) -> None:
        bench = self.workspace.bench
        if bench is not None:
            self.workspace.attempt(lambda: bench.edit.clear_strokes(self.workspace.frame))

    def paint_icons(self) -> None:
        """In the colour of the theme."""
        color = self.custom.icon_color
        if self._icons_in != color:
            self._icons_in = color
            self.table.paint_icons(color)
            mark_more(self.toolbars, color)
            self._paint_play()

    def _paint_play(self) -> None:
        name = "mdi6.pause" if self.player.playing else "mdi6.play"
        self.table.actions["play"].setIcon(draw_icon(name, self.custom.icon_color))

    # -- events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Whoever has the keyboard lets Ctrl pass; it turns what a click would do.
        if event.key() == Qt.Key.Key_Control:
            self.canvas.hover.turned(True)
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Control:
            self.canvas.hover.turned(False)
        super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.canvas.hover.drop()
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if len(paths) == 1:
            packed = is_packed_project(paths[0])
            if packed or not self.dialogs.ask_dropped(paths[0]):
                self.switcher.open_path(paths[0])
        else:
            self.notices.tell(
                "error",
                tr("Drop one video, folder or project."),
                tr("{count} came at once.").format(count=len(paths))
                if paths
                else tr("What came is no file on this machine."),
            )

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.switcher.wait_to_close():
            event.ignore()
            return
        self.keeper.keep()
        self.survey.cancel()
        self.switcher.close()
        self.player.stop()
        self.hide()  # what is still to be written is nothing to look at
        try:
            self.workspace.shut_down()
        except StrokeflowError as error:
            QMessageBox.critical(self, "Strokeflow", localized_error(error))
        self.loader.close()
        self.compare.close_loader()
        event.accept()


def _scrolled(panel: QWidget) -> QScrollArea:
    """A panel that scrolls where the window is low: it must neither be cut nor push the window
    larger when it has more to say."""
    area = QScrollArea()
    for part in panel.findChildren(QAbstractScrollArea):
        # It scrolls by itself, so that what is below it stays in sight.
        part.setMinimumHeight(part.minimumSizeHint().height())
        part.setSizePolicy(part.sizePolicy().horizontalPolicy(), QSizePolicy.Policy.Ignored)
    area.setWidget(panel)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    bar = area.verticalScrollBar().sizeHint().width()
    area.setMinimumWidth(max(240, panel.minimumSizeHint().width() + bar))
    return area
