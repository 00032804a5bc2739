"""The window's state that is not a widget: open project, current frame, object and tool, runs.

Widgets read from here and subscribe to its signals; none of them knows another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from annotator.core.document import ChangeSet, Document
from annotator.core.errors import RequestError, StrokeflowError
from annotator.io.media import CachedReader
from annotator.services.project.projects import take_media
from annotator.services.review.effort import EffortLog
from annotator.ui.closing import Background
from annotator.ui.exchange.exchange import Exchange
from annotator.ui.host import Bench, Host
from annotator.ui.i18n import tr
from annotator.ui.long_desk import LongDesk
from annotator.ui.review.review import Review
from annotator.ui.runs.jobs import JobList
from annotator.ui.runs.live import LiveScribbles
from annotator.ui.runs.prelabel import PrelabelDesk
from annotator.ui.runs.run_desk import RunDesk
from annotator.ui.saving import Saving
from annotator.ui.tools.tool import Tool

if TYPE_CHECKING:
    from annotator.io.media import Media
    from annotator.io.media.previews import Previews
    from annotator.services.runs.runs import Run

FRAME_CACHE_BYTES = 384 << 20
POLL_MS = 50
_PATIENCE_S = 0.3


class Workspace(QObject):
    """One window's work. All on the UI thread.

    Signals:
        projectChanged: another project is open (or none).
        changed(ChangeSet): the document changed.
        frameChanged(int), objectChanged(int), toolChanged(Tool), radiusChanged(float).
        runsChanged: a run began, advanced or ended.
        closing: the project is about to be closed; who holds anything back stores it now.
        savedChanged: the state of saving changed.
        noticed(level, title, detail): something to tell; level is "info", "good" or "error".
        offered(level, title, detail, (words, call)): the same, with what can be done about it.
        strokePreview: strokes not stored yet changed (live scribble).
        spanChanged: the range of frames that runs and review keep to.
        stored: all changes so far are on disk.
        mediaMoved(Path): the media of the project are to be found there from now on.
        thumbnailStored(int): a small copy of this frame is there now.
    """

    projectChanged = Signal()
    changed = Signal(object)
    frameChanged = Signal(int)
    objectChanged = Signal(int)
    toolChanged = Signal(object)
    radiusChanged = Signal(float)
    runsChanged = Signal()
    closing = Signal()
    savedChanged = Signal()
    noticed = Signal(str, str, str)
    offered = Signal(str, str, str, object)
    strokePreview = Signal()
    spanChanged = Signal()
    thumbnailStored = Signal(int)
    stored = Signal()
    mediaMoved = Signal(object)
    _woken = Signal()

    def __init__(self, host: Callable[[Callable[[], None]], Host], fallback: Path) -> None:
        super().__init__()
        self.fallback = fallback  # where projects go whose media lie where nobody may write
        # By way of a timer, so that input comes in between, however fast a run delivers.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._poll)
        self._woken.connect(self._soon.start, Qt.ConnectionType.QueuedConnection)
        self.host = host(self._woken.emit)
        self.bench: Bench | None = None
        self.reader: CachedReader | None = None
        self.previews: Previews | None = None
        self.effort: EffortLog | None = None  # what the open project costs; None if read-only
        self.frame = 0
        self.span: range | None = None  # that runs, review and export keep to; None for all
        self.object_id = 0
        self.tool = Tool.SCRIBBLE
        self.radius = 6.0
        self.device = "auto"  # where runs compute
        self.frame_cache_bytes = FRAME_CACHE_BYTES
        self.protect = False  # the pen and the shapes leave the pixels of other objects alone
        self.live = LiveScribbles(self)
        self.saving = Saving(self)
        self.long = LongDesk(self)
        self.background = Background()
        self.background.failed.connect(self._tell_failed)
        self.jobs = JobList(self)
        self.desk = RunDesk(self)
        self.exchange = Exchange(self)
        self.review = Review(self)
        self.changed.connect(self._keep_choice)
        self.prelabel = PrelabelDesk(self)
        self.frameChanged.connect(lambda _: self._note_place())
        self.objectChanged.connect(lambda _: self._note_place())
        self._deaf: Callable[[], None] = lambda: None  # to changes of the open project
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    # -- project

    @property
    def document(self) -> Document | None:
        return None if self.bench is None else self.bench.document

    @property
    def n_frames(self) -> int:
        return 0 if self.document is None else self.document.n_frames

    def open_bench(self, folder: Path) -> Bench:
        """Open a project, on any thread; what is open stays so. Raises StrokeflowError."""
        self.background.wait()  # it may be the one that is being closed
        return self.host.open(folder, need_media=False)

    def take(self, bench: Bench) -> None:
        """Work on this project from now on, in place of the one that is open."""
        self.close_project()
        self.bench = bench
        self._deaf = bench.session.subscribe(self.changed.emit)
        bench.session.store.on_saved = self._woken.emit
        self._take_media()
        self.frame = 0
        self.span = None
        self.object_id = min(bench.document.objects, default=0)
        self.effort = None if bench.session.read_only else EffortLog(bench.session.store)
        self._timer.start()
        self.projectChanged.emit()
        self.objectChanged.emit(self.object_id)
        self.frameChanged.emit(self.frame)

    def _take_media(self) -> None:
        assert self.bench is not None
        media = self.bench.project.media
        if media is not None:
            from annotator.io.media.previews import Previews  # OpenCV: not before it is needed

            self.reader = CachedReader(media, self.frame_cache_bytes)
            cache = self.bench.session.folder / "cache"
            self.previews = Previews(media, cache, self.thumbnailStored.emit)

    def _drop_media(self) -> list[Callable[[], object]]:
        """Show nothing of the media any more; what closes their readers."""
        held: list[Callable[[], object]] = []
        held += (part.close for part in (self.previews, self.reader) if part is not None)
        self.previews = self.reader = None
        return held

    def take_media(self, media: Media) -> None:
        """These are the media of the project, found at another place."""
        if self.bench is not None:
            close_others = take_media(self.bench.project, media)
            self.bench.media_moved()
            self.background.start(*self._drop_media(), close_others)  # they may be read right now
            self._take_media()
            self.projectChanged.emit()
            self.frameChanged.emit(self.frame)

    def close_project(self) -> None:
        """Cancel its runs and let go; what waits is written in the background."""
        bench = self.bench
        if bench is None:
            return
        self.closing.emit()
        if self.desk.at_work:
            self.desk.leave()
            self._wait_while(lambda: self.desk.at_work, 10.0)
        self._let_go(bench)

    def shut_down(self) -> None:
        """The window closes: as `close_project`, but a job that does not answer is ended, and what
        waits is written before it returns. Raises DiskError if the disk refuses."""
        bench, told = self.bench, len(self.background.errors)
        try:
            if bench is not None:
                self.closing.emit()
                self.desk.cancel()
                self._wait_while(lambda: self.desk.at_work or self.exchange.jobs, _PATIENCE_S)
        finally:
            # The runner ends what is left; after that nothing writes to the session any more.
            self.host.close()
            if bench is not None:
                self._let_go(bench)
            self.background.wait()
        for error in self.background.errors[told:]:
            raise error

    def _wait_while(self, busy: Callable[[], object], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while busy() and time.monotonic() < deadline:
            self.host.runner.poll(0.02)

    def _let_go(self, bench: Bench) -> None:
        # What a run takes back that was cancelled just now: views must hear of it here, not on the
        # thread that closes the project.
        self.attempt(bench.session.finish)
        self.live.store_all()
        self._deaf()
        if self.effort is not None:
            self.effort.flush()
            self.effort = None
        self.bench = None
        self.desk.clear()
        self.saving.forget()
        if not self.exchange.jobs:
            self._timer.stop()
        # The last frames may be read right now, and the last changes wait for the disk.
        self.background.start(*self._drop_media(), bench.close)

    def set_frame_cache(self, max_bytes: int) -> None:
        """Memory for decoded frames, now and for projects opened later."""
        self.frame_cache_bytes = max_bytes
        if self.reader is not None:
            self.reader.resize(max_bytes)

    # -- where the person is

    def go_to(self, frame: int) -> None:
        """Show a frame (clipped to the clip)."""
        if self.document is None:
            return
        frame = min(max(frame, 0), self.document.n_frames - 1)
        if frame != self.frame:
            self.frame = frame
            if self.previews is not None:
                self.previews.touch(frame)
            self.frameChanged.emit(frame)

    def walk(self, frames: Sequence[int]) -> None:
        """Show the first of these frames; the others are those that the person may go to next."""
        self.go_to(int(frames[0]))
        if self.previews is not None:
            self.previews.expect(map(int, frames[1:]))

    def note_effort(self, *, clicks: int = 0, strokes: int = 0, commands: int = 0) -> None:
        """The person did something to the current object on the current frame."""
        if self.effort is not None:
            self.effort.note(clicks=clicks, strokes=strokes, commands=commands)

    def _note_place(self) -> None:
        if self.effort is not None:
            self.effort.go(self.object_id, self.frame)

    def set_span(self, first: int, last: int) -> None:
        """Keep to the frames from `first` to `last`, both included, in either order."""
        low, high = sorted(min(max(f, 0), self.n_frames - 1) for f in (first, last))
        self._set_span(range(low, high + 1))

    def set_span_start(self) -> None:
        """The range begins at the current frame."""
        last = self.n_frames - 1 if self.span is None else self.span.stop - 1
        self.set_span(self.frame, max(last, self.frame))

    def set_span_end(self) -> None:
        """The range ends with the current frame."""
        self.set_span(0 if self.span is None else min(self.span.start, self.frame), self.frame)

    def clear_span(self) -> None:
        self._set_span(None)

    def _set_span(self, span: range | None) -> None:
        if span != self.span:
            self.span = span
            self.spanChanged.emit()

    def _keep_choice(self, changed: ChangeSet) -> None:
        """The chosen object is one that is there: the next lower one where it was taken away, the
        first one of a project also where a run made it."""
        document = self.document
        if changed.objects and document is not None and self.object_id not in document.objects:
            ids = sorted(document.objects)
            lower = [o for o in ids if o < self.object_id]
            self.choose_object((lower[-1:] or ids[:1] or [0])[0])

    def choose_object(self, object_id: int) -> None:
        if object_id != self.object_id:
            self.object_id = object_id
            self.objectChanged.emit(object_id)

    def choose_tool(self, tool: Tool) -> None:
        if tool is not self.tool:
            self.tool = tool
            self.toolChanged.emit(tool)

    def set_radius(self, radius: float) -> None:
        self.radius = min(max(radius, 0.5), 200.0)
        self.radiusChanged.emit(self.radius)

    def need_object(self, *, to_erase: bool = False) -> int:
        """The current object, made when a person just starts drawing. Raises RequestError, also
        where there is none `to_erase` anything of."""
        assert self.bench is not None
        self.bench.session.refuse_busy()
        if self.object_id not in self.bench.document.objects:
            if to_erase:
                raise RequestError(tr("There is nothing to erase."), tr("Draw an object first."))
            self.choose_object(self.bench.edit.add_object().id)
        self.bench.document.refuse_locked_object(self.object_id)
        return self.object_id

    # -- doing things that may be refused

    def _tell_failed(self, error: StrokeflowError) -> None:
        self.noticed.emit("error", error.message, error.hint)

    def attempt(self, action: Callable[[], object]) -> bool:
        """Carry out an action; an expected error becomes a notice. True if it worked."""
        try:
            action()
        except StrokeflowError as error:
            self._tell_failed(error)
            return False
        return True

    def undo(self) -> None:
        """Take back the newest step; scribbles still on their way go first."""
        if not self.live.drop(self.frame) and self.bench is not None:
            self.bench.session.undo()

    def redo(self) -> None:
        if self.bench is not None:
            self.bench.session.redo()

    # -- runs

    def cancel(self) -> None:
        """Stop what is on its way: runs keep what they finished, a long edit is taken back."""
        self.desk.cancel()
        self.long.cancel()

    def run(self, task: str, **asked: object) -> None:
        """Start a run now or when its turn comes; see `RunDesk.run`. Raises RequestError."""
        self.desk.run(task, **asked)

    @property
    def running(self) -> Run | None:
        """The run under way (or waiting), None if there is none."""
        return self.desk.running

    # -- the clock

    def watch(self) -> None:
        """Something runs although no project is open: look after it."""
        self._timer.start()

    def _poll(self) -> None:
        active = self.running is not None or self.live.busy or bool(self.exchange.jobs)
        if active or self.live.click_preview.busy:
            if self.previews is not None:
                self.previews.touch()
            if self.bench is None or not self.bench.session.pressed:
                self.host.runner.poll()
        if active:
            self.runsChanged.emit()
        if self.bench is None or self.bench.session.long is None:  # which refuses runs
            self.jobs.go_on()
            self.desk.go_on()
        if self.effort is not None:
            self.effort.flush(due_only=True)
        self.saving.look()
