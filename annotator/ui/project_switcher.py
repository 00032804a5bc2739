"""How projects come into the window and leave it: asked for, dropped, recent, demo."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from annotator.core.errors import StrokeflowError
from annotator.io.media import Media
from annotator.io.store.unfinished import CutOff
from annotator.jobs.base import Job
from annotator.services.project.projects import find_media
from annotator.ui import mouse
from annotator.ui.canvas.canvas import Canvas
from annotator.ui.closing import ProjectClosing
from annotator.ui.host import Bench
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.icons import IconLoader
from annotator.ui.notices import NoticeBar
from annotator.ui.opening import Opener, is_packed_project
from annotator.ui.settings import Place, Settings
from annotator.ui.timeline.player import Player
from annotator.ui.words.phrases import localized
from annotator.ui.workspace import Workspace

_MEDIA_FILTER = QT_TR_NOOP(
    "Videos and images (*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.mpg *.mpeg *.wmv *.ts *.ogv *.gif "
    "*.png *.jpg *.jpeg *.bmp *.tif *.tiff *.webp *.exr project.db *.strokeflowz);;All files (*)"
)

_WAIT_MS = 200


class ProjectSwitcher:
    """Opens and closes projects for a window.

    Attributes:
        opener: prepares what is to be opened, on a thread.
        icons: loads what the window of an open project draws its signs with.
        recent: menu of the projects opened last.
    """

    def __init__(self, parent: QWidget, workspace: Workspace, settings: Settings) -> None:
        self._parent = parent
        self._workspace = workspace
        self._settings = settings
        self.opener = Opener()
        self._finder = Opener()
        """Of media: what is being opened meanwhile is opened all the same."""
        self.icons = IconLoader()
        self._opening = ""
        self._frame: int | None = None
        """To be shown in what is being opened; None for the one where the person was last."""
        self._asked = 0
        """How often something was to be opened."""
        self._ready: Path | Bench | None = None
        """What is opened, or moved into, as soon as nothing is in the way."""
        self._departure = ProjectClosing(workspace)
        self._closing = False
        """The window is closed as soon as the project can be left."""
        self._followed: Bench | None = None
        """The project whose folder was told to be elsewhere."""
        self.recent = QMenu(tr("Open &recent"), parent)
        self.recent.aboutToShow.connect(self._fill_recent)

    def connect(self, canvas: Canvas, player: Player, notices: NoticeBar) -> None:
        """Tell it of the widgets that it stops, focuses and speaks through."""
        self._canvas = canvas
        self._player = player
        self._notices = notices
        self.opener.progress.connect(self._tell_progress)
        self.opener.ready.connect(self._prepared)
        self.opener.failed.connect(self._failed)
        self._finder.failed.connect(self._failed)
        self._workspace.stored.connect(self._tell_moved)
        self._workspace.mediaMoved.connect(self.locate)

    @property
    def busy(self) -> bool:
        """Something is about to be opened."""
        opening = self.opener.busy or self._finder.busy or self._ready is not None
        return opening or self._departure.waiting

    def close(self) -> None:
        """Open nothing more."""
        self._turn_away()
        self.opener.close()
        self._finder.close()

    def wait_to_close(self) -> bool:
        """Whether the window has to stay for a moment, until a long edit is done; it is closed
        then. Who asks once more meanwhile has it at once."""
        bench = self._workspace.bench
        if self._closing or bench is None or bench.session.long is None:
            return False
        # What is being opened must not come in, in place of leaving.
        self._turn_away()
        self.opener.forget()
        self._closing = True
        self._departure.begin(self._parent.close)
        return self._departure.waiting

    def open_path(self, path: Path, frame: int | None = None) -> None:
        """Open anything, at a frame if one is given; what is open stays open until then, and if
        that fails."""
        if path.name == "project.db":
            path = path.parent
        if is_packed_project(path):
            self.ask_unpack(path)
            return
        self._player.stop()
        self._opening = path.name
        self._wish(frame)
        self._notices.tell("busy", tr("Opening {name} …").format(name=path.name))
        self.icons.start()
        self.opener.start(path, self._workspace.fallback)

    def go_to(self, folder: Path, frame: int) -> None:
        """Show a frame of a project: of the one that is open, or it is opened there."""
        bench = self._workspace.bench
        if bench is None or bench.session.store.moved or not _same(folder, bench):
            self.open_path(folder, frame)
            return
        self._player.stop()
        self.opener.forget()
        self._wish(frame)
        self._prepared(folder)

    def _wish(self, frame: int | None) -> None:
        """Something else is to be opened from now on, at this frame."""
        self._turn_away()
        self._asked += 1
        self._frame = frame

    def close_project(self) -> None:
        """Leave the project; a long edit that is on its way comes to its end first."""
        self._player.stop()
        self._closing = False
        if self._ready is None or not self._departure.waiting:  # else it is being left already
            self._departure.begin(self._leave)

    def _leave(self) -> None:
        self.remember_place()
        self._workspace.close_project()
        self._workspace.projectChanged.emit()

    def remember_place(self) -> None:
        """So that the project opens again where it was."""
        bench = self._workspace.bench
        if bench is not None:
            at = Place(self._workspace.frame, self._workspace.object_id, self._canvas.sight)
            session = bench.session
            moved = session.store.where if session.store.moved else None
            self._settings.set_place(moved or session.folder, at)

    def _take_place(self, folder: Path) -> None:
        """Go where the person was when the project was left."""
        place, document = self._settings.place(folder), self._workspace.document
        self._workspace.go_to(place.frame if self._frame is None else self._frame)
        if document is not None and place.object_id in document.objects:
            self._workspace.choose_object(place.object_id)
        self._canvas.see(place.sight)

    # -- asking

    def ask_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._parent, tr("Open a video or a project"), "", tr(_MEDIA_FILTER)
        )
        if name:
            self.open_path(Path(name))

    def ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self._parent, tr("Open a folder of images or a project")
        )
        if name:
            self.open_path(Path(name))

    def ask_media(self) -> None:
        """Where media that moved are now: a file, or the folder of a project of images."""
        bench, title = self._workspace.bench, tr("Where are the media now?")
        if bench is not None and bench.session.meta.kind == "images":
            name = QFileDialog.getExistingDirectory(self._parent, title)
        else:
            name, _ = QFileDialog.getOpenFileName(self._parent, title, "", tr(_MEDIA_FILTER))
        if name:
            self.locate(Path(name))

    def locate(self, place: Path) -> None:
        """Look there for the media of the project, and take them up if they are the same."""
        bench = self._workspace.bench
        if bench is not None:
            self._notices.tell("busy", tr("Looking for the media …"))
            find = partial(find_media, bench.project, place)
            self._finder.open(place, find, partial(self._located, bench))

    def _located(self, bench: Bench, media: Media) -> None:
        if bench is not self._workspace.bench:
            self._workspace.background.start(media.close)
            return
        self._notices.end_busy()
        self._workspace.attempt(lambda: self._workspace.take_media(media))

    def ask_unpack(self, file: Path) -> None:
        """Where a packed project is to become a folder; it is opened then, unless something else
        was opened until it is there."""
        from annotator.ui.exchange.pack_dialogs import UnpackDialog

        dialog = UnpackDialog(self._parent, file)

        def start() -> None:
            asked, order = self._asked, dialog.order()

            def made(folder: Path) -> None:
                if self._asked == asked:
                    self.open_path(folder)
                else:
                    self._notices.tell("good", tr("Unpacked."), str(folder))

            self._workspace.exchange.unpack(order, made, partial(self._tell_unpacking, file))

        dialog.accepted.connect(lambda: self._workspace.attempt(start))
        dialog.open()

    def try_demo(self) -> None:
        """Make the demo clip where projects may be written, and open it, unless something else was
        opened until it is there."""
        asked = self._asked

        def made(clip: Path) -> None:
            if self._asked == asked:
                self.open_path(clip)

        self._workspace.exchange.render_demo(self._workspace.fallback / "demo.mp4", made)

    # -- inner

    def _tell_progress(self, share: float) -> None:
        if self._workspace.previews is not None:
            self._workspace.previews.touch()  # what is still open leaves the cores to what comes
        self._notices.tell(
            "busy",
            tr("Opening {name}: {share:.0%} of its frames are ready").format(
                name=self._opening, share=share
            ),
            tr("When all are, any frame that you go to is shown at once."),
            (tr("Open now"), self.opener.hurry),
        )

    def _tell_unpacking(self, file: Path, job: Job) -> None:
        share = job.done / max(job.total, 1)
        said = tr("Unpacking {name}: {share:.0%}").format(name=file.name, share=share)
        stop = partial(self._workspace.host.runner.cancel, job)
        self._notices.tell("busy", said, "", (tr("Cancel"), stop))

    def _prepared(self, what: Path | Bench) -> None:
        """A folder that can be opened, then its open project."""
        self._ready = what
        self._go_on_when_free(what)

    def _go_on_when_free(self, what: Path | Bench) -> None:
        """Not while the person does something with the project that is open: it must not meet
        another one."""
        if what is not self._ready:
            return  # something else was opened meanwhile
        if _is_occupied() or not self.icons.done:
            wait = _WAIT_MS if self.icons.done else 0
            QTimer.singleShot(wait, partial(self._go_on_when_free, what))
        elif isinstance(what, Path):
            self._ready = None
            self._open_now(what)
        else:
            self._departure.begin(partial(self._move_in, what))

    def _open_now(self, folder: Path) -> None:
        bench = self._workspace.bench
        if bench is not None and bench.session.store.moved:
            # It may be the one that comes, which is locked by us, or have left it its name.
            self._departure.begin(partial(self._leave_for, folder))
        elif bench is not None and _same(folder, bench):
            self._notices.end_busy()
            if self._frame is not None:
                self._workspace.go_to(self._frame)
        else:
            self._open_folder(folder)

    def _leave_for(self, folder: Path) -> None:
        self._leave()
        self._open_folder(folder)

    def _open_folder(self, folder: Path) -> None:
        self.opener.open(folder, partial(self._workspace.open_bench, folder), self._prepared)

    def _move_in(self, bench: Bench) -> None:
        if bench is not self._ready:
            return
        self._ready = None
        self._notices.end_busy()
        self.remember_place()
        self._workspace.take(bench)
        self._take_place(bench.session.folder)
        self._canvas.setFocus()
        self._tell_cut_off(bench.session.store.cut_off)

    def _turn_away(self) -> None:
        """What was opened last is not wanted any more."""
        bench, self._ready = self._ready, None
        self._closing = False
        self._departure.forget()
        if bench is not None and not isinstance(bench, Path):
            self._workspace.background.start(bench.close)

    def _tell_moved(self) -> None:
        """Somebody renamed or moved the folder of the project that is open."""
        bench = self._workspace.bench
        if bench is None or bench is self._followed or not bench.session.store.moved:
            return
        self._followed = bench
        place, folder = bench.session.store.where, bench.session.folder
        said = tr("The folder '{folder}' was moved or renamed.").format(folder=folder)
        if place is None:
            hint = tr("What you do is saved in it. Close it, and open it where it is now.")
            self._notices.tell("error", said, hint)
            return
        hint = tr("What you do is saved in '{place}'. Open it there to go on with everything.")
        offer = tr("Open it there"), partial(self.open_path, place)
        self._notices.tell("busy", said, hint.format(place=place), offer)

    def _tell_cut_off(self, steps: tuple[CutOff, ...]) -> None:
        """What became of steps that a killed window left halfway."""
        if steps:
            said = " ".join(localized(step.message) for step in steps)
            self._notices.tell("info", said, steps[-1].hint)

    def _failed(self, error: StrokeflowError) -> None:
        self._notices.tell("error", error.message, error.hint)

    def _fill_recent(self) -> None:
        self.recent.clear()
        for folder in self._settings.recent():
            name = f"{folder.stem}    {folder.parent}".replace("&", "&&")
            self.recent.addAction(name, partial(self.open_path, folder))
        if self.recent.isEmpty():
            self.recent.addAction(tr("No projects yet")).setEnabled(False)


def _same(folder: Path, bench: Bench) -> bool:
    return folder.resolve() == bench.session.folder.resolve()


def _is_occupied() -> bool:
    """Whether there is a dialog, a menu, or a stroke under the pen."""
    return (
        QApplication.activeModalWidget() is not None
        or QApplication.activePopupWidget() is not None
        or mouse.is_pressed()
    )
