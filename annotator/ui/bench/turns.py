"""How long each command of the window keeps the event loop from turning."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from annotator.core.cells import CELL_DTYPE
from annotator.core.changes import Change, SetColumn, SetLabel
from annotator.core.types import Cell, Provenance, Size
from annotator.services.editing.steps import Sweep
from annotator.services.editing.sweeps import each
from annotator.ui.bench.clips import long_clip, render_clips
from annotator.ui.bench.driver import Hand
from annotator.ui.bench.measures import HD, LONG, Pulse
from annotator.ui.host import Bench

_OBJECTS = 5
_HD_FRAMES = 60
_HD_KEYS, _LONG_KEYS = 2, 100
"""Frames from one drawn mask to the next."""
_BEGIN_MS = 30
_LEAST_S = 0.2
_SETTLE_S = 1.1
"""Panels and what remembers places look again up to a second later."""
_DIALOG_MS = 400
_RUN_S = 1.5
"""Runs and playback are stopped after this time."""
_APART = ("close", "quit", "undo", "redo")


@dataclass(frozen=True, slots=True)
class Turn:
    """The longest turn of the event loop after a command.

    Attributes:
        clip: what was open.
        name: id in the table of commands, or what was done.
        work: what the window's thread computed in it, ms.
        pause: how long it took by the clock, ms, with what the thread waited for.
        until: seconds until all was done.
    """

    clip: str
    name: str
    work: float
    pause: float
    until: float


def turns(hand: Hand, folder: Path) -> Iterator[Turn]:
    """Each command on a clip of 1080p and on one of 100,000 frames, with masks of five objects on
    all of them."""
    hd = render_clips(folder, HD, _HD_FRAMES, (25,))[25]
    yield from Round(hand, f"1080p, {_HD_FRAMES} frames", hd, _HD_KEYS).all()
    many = long_clip(folder / "many.mp4", LONG)
    yield from Round(hand, f"{LONG:,} frames", many, _LONG_KEYS).all()


class Round:
    """All commands on one clip; every `keys`-th frame is drawn."""

    def __init__(self, hand: Hand, clip: str, path: Path, keys: int) -> None:
        self._hand, self._clip, self._path, self._keys = hand, clip, path, keys
        self._window, self._workspace = hand.window, hand.workspace
        self._began = 0.0
        self._dismissing = QTimer()
        self._dismissing.setInterval(_DIALOG_MS)
        self._dismissing.timeout.connect(_dismiss)

    @property
    def _bench(self) -> Bench:
        assert self._workspace.bench is not None
        return self._workspace.bench

    def all(self) -> Iterator[Turn]:
        """One after the other; what is a step is undone at once."""
        actions = self._window.table.actions
        self._hand.open(self._path)
        folder = self._bench.session.folder
        self._window.survey.choose([str(folder)], False)  # no command leaves the clip
        self._fill()
        self._dismissing.start()
        yield self._turn("close", actions["close"].trigger)
        yield self._turn("open the project", partial(self._window.switcher.open_path, folder))
        for name, action in actions.items():
            if action.isEnabled() and name not in _APART:
                yield from self._done_and_undone(name, action.trigger)
        yield from self._looks()
        yield from self._edits()
        self._dismissing.stop()

    def _looks(self) -> Iterator[Turn]:
        """What has no row in the table, and changes nothing."""
        workspace, panel = self._workspace, self._window.review_panel
        for object_id in (2, 1):
            yield self._turn("choose an object", partial(workspace.choose_object, object_id))
        for dock in self._window.docks:
            yield self._turn(f"show panel {dock.objectName()}", partial(_raise, dock))
        _raise(self._window.docks[2])
        for box in (panel.only_chosen, panel.with_remarks):
            for turned in ("on", "off"):
                yield self._turn(f"filter {turned}", box.click)
        yield self._turn("filter by estimate", partial(panel.threshold.setValue, 0.6))
        panel.threshold.setValue(1.0)

    def _edits(self) -> Iterator[Turn]:
        """Of all frames."""
        workspace, act = self._workspace, self._bench.edit
        frames = np.arange(workspace.n_frames)
        objects = list(self._bench.document.objects)
        workspace.set_span(0, workspace.n_frames - 1)
        workspace.go_to(0)
        for name, call in (
            ("merge", lambda: act.whole.merge(2, 3)),
            ("swap", lambda: act.whole.swap(2, 3, 0)),
            ("reject", lambda: act.reject(frames, objects)),
            ("lock", lambda: act.set_locked(frames, objects, True)),
            ("accept", workspace.review.accept_span),
        ):
            edit = partial(workspace.attempt, call)
            yield from self._done_and_undone(f"{name} on all frames", edit)
        redo = self._window.table.actions["redo"]
        yield from self._done_and_undone("accept on all frames: redo", redo.trigger)

    def _done_and_undone(self, name: str, act: Callable[[], object]) -> Iterator[Turn]:
        before = self._bench.session.undo_step
        yield self._turn(name, act)
        after = self._bench.session.undo_step
        if after is not None and (before is None or after.id != before.id):
            yield self._turn(f"{name}: undo", self._window.table.actions["undo"].trigger)

    def _turn(self, name: str, act: Callable[[], object]) -> Turn:
        hand = self._hand
        self._began = time.perf_counter()
        pulse = Pulse()
        QTimer.singleShot(_BEGIN_MS, act)
        hand.rest(self._began + _LEAST_S)
        hand.wait(self._settled)
        until = time.perf_counter() - self._began
        hand.rest(time.perf_counter() + _SETTLE_S)
        hand.wait(self._settled)
        pulse.stop()
        work, pause = pulse.worst
        return Turn(self._clip, name, round(work * 1e3, 1), round(pause * 1e3, 1), round(until, 1))

    def _settled(self) -> bool:
        """Nothing goes on any more. Runs and playback have their time, then they are stopped."""
        workspace, player = self._workspace, self._window.player
        if workspace.running is not None or workspace.exchange.jobs or player.playing:
            if time.perf_counter() - self._began > _RUN_S:
                player.stop()
                workspace.cancel()
            return False
        if _dialog() is not None or self._window.switcher.busy:
            return False
        bench = workspace.bench
        return bench is None or _at_rest(bench)

    def _fill(self) -> None:
        """Masks of a model on all frames, drawn ones now and then; on disk."""
        bench = self._bench
        document, session = bench.document, bench.session
        while len(document.objects) < _OBJECTS:
            bench.edit.add_object()
        rng = np.random.default_rng(3)
        maps = [_discs(document.size, rng) for _ in range(8)]
        model = document.cells.record(Cell(Provenance.MODEL, False, 0.5, "embedded"))

        def change(at: NDArray[np.int64]) -> list[Change]:
            changes: list[Change] = []
            for object_id in document.objects:
                cells = np.full(len(at), np.array(model, CELL_DTYPE))
                cells["quality"] = rng.uniform(0.3, 1, len(at))
                drawn = at % self._keys == 0
                cells["provenance"][drawn], cells["quality"][drawn] = Provenance.HUMAN, np.nan
                changes.append(SetColumn(object_id, at, cells))
            return changes + [SetLabel(f, maps[f % len(maps)]) for f in at.tolist()]

        session.sweep(Sweep("Masks", each(range(document.n_frames)), change, repaints=True))
        self._hand.wait(lambda: _at_rest(bench), 600.0)


def _at_rest(bench: Bench) -> bool:
    store = bench.session.store
    return bench.session.long is None and store.saved == store.issued


def _discs(size: Size, rng: np.random.Generator) -> NDArray[np.uint8]:
    """uint8 [H, W]: a disc of each object."""
    width, height = size
    y, x = np.ogrid[:height, :width]
    label_map = np.zeros((height, width), np.uint8)
    for object_id in range(1, _OBJECTS + 1):
        cx, cy = rng.uniform(0.1, 0.9, 2) * (width, height)
        label_map[(x - cx) ** 2 + (y - cy) ** 2 < (height / 6) ** 2] = object_id
    return label_map


def _raise(dock: QWidget) -> None:
    dock.show()
    dock.raise_()


def _dialog() -> QWidget | None:
    """A dialog or menu that is open."""
    known = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    shown = (w for w in QApplication.topLevelWidgets() if w.isVisible() and w.parent() is not None)
    return known or next((w for w in shown if not w.inherits("QTipLabel")), None)


def _dismiss() -> None:
    dialog = _dialog()
    if dialog is not None:
        dialog.close()
