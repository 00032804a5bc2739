"""Opening without a pause: it is done on a thread, as is whatever takes long about a clip.

A clip whose frames can all be made ready for scrubbing in a few seconds is opened when they are, or
when the person does not want to wait. Longer ones are opened at once, and made ready meanwhile.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import Cancelled, MediaError, ProjectError, StrokeflowError
from annotator.io.media.base import Media
from annotator.services.project.projects import open_media_of, open_or_create

_PATIENCE_S = 15.0
"""How long a clip is made ready for at most before it opens."""
_TRIAL_S = 1.0
"""How long its pace is watched before it is judged."""
_TELL_S = 0.1


def is_project(path: Path) -> bool:
    """Whether the path is a project folder (also one that is not there any more)."""
    try:
        return path.suffix == ".strokeflow" or (path / "project.db").is_file()
    except OSError:  # a folder that nobody may look into, a name that is too long
        return False


def is_packed_project(path: Path) -> bool:
    """Whether the path is a project in one file."""
    return path.suffix.lower() == ".strokeflowz" and not is_project(path)


class Open(Protocol):
    """A project, or media."""

    def close(self) -> None: ...


class Opener(QObject):
    """Finds or makes the project of a path. Indexing a long video and reading a large folder
    happen here, and what they leave in the project's cache makes the opening itself quick.

    Signals:
        progress(share): so much of the frames is ready, 0 to 1; more is being made ready.
        ready(folder): the project can be opened now.
        failed(error): a StrokeflowError; nothing was made.
    """

    progress = Signal(float)
    ready = Signal(object)
    failed = Signal(object)
    _told = Signal(int, float)
    _done = Signal(int, object, object)

    def __init__(self) -> None:
        super().__init__()
        self._wish = 0
        self._state = threading.Lock()
        self._made: Open | None = None
        """Opened, and nobody was told yet."""
        self._path = Path()
        """Of what was opened last."""
        self._then: Callable[[Any], object] = lambda _made: None
        self._enough = threading.Event()
        self._threads: list[threading.Thread] = []
        self._holders: list[tuple[Path, threading.Thread]] = []
        """Those of them that open or close something, with its path."""
        self.busy = False
        self._told.connect(self._tell)
        self._done.connect(self._deliver)

    def start(self, path: Path, fallback: Path) -> None:
        """Prepare a path; an earlier one that is not ready yet is forgotten."""
        self.forget()
        self.busy = True
        self._begin(self._prepare, self._wish, self._enough, path, fallback)

    def open(self, path: Path, how: Callable[[], Open], then: Callable[[Any], object]) -> None:
        """Open what `how` opens, on a thread; `then` is given it, and has to close it, unless
        something else was wished for meanwhile."""
        self.forget()
        self.busy = True
        self._then = then
        self._path = path.resolve()
        self._hold(self._open, self._wish, path, how)

    def _begin(self, work: Callable[..., None], *given: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=given, name="opener", daemon=True)
        self._threads = [*(t for t in self._threads if t.is_alive()), thread]
        thread.start()
        return thread

    def _hold(self, work: Callable[..., None], *given: object) -> None:
        """After what is done at the same place: a project that nobody waits for any more, and which
        is not closed yet, would keep its lock."""
        path, known = self._path, [(p, t) for p, t in self._holders if t.is_alive()]

        def in_turn() -> None:
            for place, thread in known:
                if place == path:
                    thread.join()
            work(*given)

        self._holders = [*known, (path, self._begin(in_turn))]

    def forget(self) -> None:
        """What was wished for until now is not wanted any more."""
        self.busy = False
        self._enough.set()
        self._enough = threading.Event()
        with self._state:
            self._wish += 1
            made, self._made = self._made, None
        if made is not None:
            self._hold(_close, made)

    def hurry(self) -> None:
        """Open with as many frames ready as there are now."""
        self._enough.set()

    def close(self) -> None:
        """Prepare nothing more."""
        self.forget()
        for thread in self._threads:
            thread.join(_PATIENCE_S)

    def _prepare(self, wish: int, enough: threading.Event, path: Path, fallback: Path) -> None:
        def stop() -> bool:
            return wish != self._wish

        try:
            folder = path if is_project(path) else open_or_create(path, fallback, stop)
        except Cancelled:
            return
        except StrokeflowError as error:
            self._done.emit(wish, None, error)
            return
        except Exception as bug:  # noqa: BLE001 - nobody else would tell of what ends this thread
            self._done.emit(
                wish, None, MediaError(f"Cannot read {path}: {bug}.", "Check the path.")
            )
            return
        # What is wrong with the project or its media is told when it is really opened.
        with contextlib.suppress(Exception), open_media_of(folder, stop) as media:
            self._make_ready(wish, enough, media, folder / "cache")
        self._done.emit(wish, folder, None)

    def _open(self, wish: int, path: Path, how: Callable[[], Open]) -> None:
        if wish != self._wish:
            return
        try:
            made = how()
        except StrokeflowError as error:
            self._done.emit(wish, None, error)
            return
        except Exception as bug:  # noqa: BLE001 - as above
            said = f"Cannot open {path}: {bug}."
            self._done.emit(wish, None, ProjectError(said, "Restore it from a backup."))
            return
        with self._state:
            wanted = wish == self._wish
            if wanted:
                self._made = made
        if wanted:
            self._done.emit(wish, None, None)
        else:
            _close(made)

    def _make_ready(self, wish: int, enough: threading.Event, media: Media, cache: Path) -> None:
        """Make lossless copies while that is a matter of seconds."""
        from annotator.io.media.previews import Previews  # OpenCV: not before it is needed

        with contextlib.closing(Previews(media, cache, lambda _: None)) as previews:
            total = previews.awaited
            pace = _Pace(total)
            previews.hurry()
            while (left := previews.awaited) and not enough.wait(_TELL_S):
                if pace.too_slow(left):
                    break
                self._told.emit(wish, 1 - left / total)

    def _tell(self, wish: int, share: float) -> None:
        if wish == self._wish:
            self.progress.emit(share)

    def _deliver(self, wish: int, folder: object, error: object) -> None:
        if wish != self._wish:
            return
        self.busy = False
        made, self._made = self._made, None
        if error is not None:
            self.failed.emit(error)
        elif made is not None:
            self._then(made)
        else:
            self.ready.emit(folder)


def _close(made: Open) -> None:
    """What nobody wants any more, and nobody changed."""
    with contextlib.suppress(StrokeflowError):
        made.close()


class _Pace:
    """Tells how long a piece of work will take from how it gets on.

    The clock of the pace runs from the first result on: libraries are loaded before it.
    """

    def __init__(self, total: int) -> None:
        self._began = time.monotonic()
        self._total = total
        self._first: tuple[float, int] | None = None

    def too_slow(self, left: int) -> bool:
        """Whether it will take longer in all than anybody waits; False until that can be told."""
        now = time.monotonic()
        if self._first is None:
            if left < self._total:
                self._first = now, left
            return now - self._began > _PATIENCE_S / 2
        since, at_first = self._first
        if now - since < _TRIAL_S:
            return False
        done = at_first - left
        return now - self._began + left * (now - since) / max(done, 1) > _PATIENCE_S
