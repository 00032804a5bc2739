"""What is measured in the window, each against its target."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer

from annotator.core.cells import CELL_DTYPE
from annotator.core.changes import Change, SetCells, SetColumn, SetLabel
from annotator.core.types import Cell, Provenance, Size
from annotator.io.media.video import VideoFile
from annotator.ui.bench.clips import long_clip, render_clips
from annotator.ui.bench.driver import Figure, Hand, figure, turn_wheel
from annotator.ui.tools.tool import Tool

HD, UHD = Size(1920, 1080), Size(3840, 2160)
GOPS = (25, 250)
FRAMES = 500
LONG = 100_000
_OBJECTS = 10
_DABS = 200
_REPORT_S = 1 / 125
"""Seconds between two moves of a mouse; all at once would only tell of the moment after opening."""
_JUMPS = 40
_RUN_S = 30.0
_RUN_FRAMES = 30


def measure(hand: Hand, folder: Path) -> Iterator[Figure]:
    """All figures of a window, one after the other; clips are made in `folder`."""
    clips = render_clips(folder, HD, FRAMES, GOPS)
    large = render_clips(folder, UHD, 3, (1,))[1]
    yield from dabs(hand, clips[GOPS[0]], "1080p", 4.0)
    yield from dabs(hand, large, "4K", 8.0)
    for gop, path in clips.items():
        yield from scrub(hand, path, gop)
    yield playback(hand, clips[GOPS[0]])
    yield from gap(hand, clips[GOPS[0]])
    yield from timeline(hand, long_clip(folder / "long.mp4", LONG))
    yield from bulk(hand)


def dabs(hand: Hand, path: Path, name: str, limit: float) -> Iterator[Figure]:
    """The brush moves, with ten objects shown: from the event to repainted pixels."""
    hand.open(path)
    workspace, canvas = hand.workspace, hand.window.canvas
    _add_objects(hand, _OBJECTS)
    workspace.choose_tool(Tool.BRUSH)
    width, height = _size(hand)
    workspace.set_radius(width / 100)
    for zoom in ("fit", "1:1"):
        canvas.fit() if zoom == "fit" else canvas.zoom_actual()
        hand.until_painted(canvas.update)
        middle = canvas.view.to_screen(width / 2, height / 2)
        hand.mouse(QEvent.Type.MouseButtonPress, middle)
        taken = []
        for i in range(_DABS):
            due = time.perf_counter() + _REPORT_S
            turn = i / 15
            reach = 150 + 100 * np.sin(turn / 3)
            at = middle + QPointF(reach * np.cos(turn), 0.6 * reach * np.sin(turn))
            taken.append(hand.until_painted(partial(hand.mouse, QEvent.Type.MouseMove, at)))
            hand.rest(due)
        hand.mouse(QEvent.Type.MouseButtonRelease, middle)
        title = f"dab to pixels, {name}, {_OBJECTS} objects, {zoom}"
        yield figure(title, taken, limit=limit)


def _size(hand: Hand) -> Size:
    document = hand.workspace.document
    assert document is not None
    return document.size


def _add_objects(hand: Hand, count: int) -> None:
    """Objects with discs side by side on frame 0."""
    bench = hand.workspace.bench
    assert bench is not None
    while len(bench.document.objects) < count:
        bench.edit.add_object()
    width, height = bench.document.size
    y, x = np.ogrid[:height, :width]
    label_map = np.zeros((height, width), np.uint8)
    for i, object_id in enumerate(sorted(bench.document.objects)):
        cx, cy = width * (i % 5 + 0.5) / 5, height * (i // 5 + 0.5) / 2
        label_map[(x - cx) ** 2 + (y - cy) ** 2 < (height / 6) ** 2] = object_id
    cells = {o: Cell(Provenance.HUMAN) for o in bench.document.objects}
    changes: list[Change] = [SetLabel(0, label_map), SetCells(0, cells)]
    bench.session.apply("Discs", changes)
    hand.workspace.choose_object(min(bench.document.objects))


def scrub(hand: Hand, path: Path, gop: int) -> Iterator[Figure]:
    """Random frames of a clip that was just opened: the first picture of any kind, the first of the
    frame itself, the exact one. The same for who did not wait until the frames were ready."""
    name = f"1080p H.264, key frame every {gop}"
    fresh, another = (path.with_name(f"{when}-{path.name}") for when in ("waited", "at-once"))
    shutil.copy(path, fresh)
    shutil.copy(path, another)
    taken = hand.open(fresh)
    yield figure(f"opening for the first time, {name}, {FRAMES} frames", [taken], "s")
    first, own, exact = _jumps(hand, seed=gop)
    name = f"random scrub, {name}"
    yield figure(f"{name}: first picture", first, limit=60.0)
    yield figure(f"{name}: picture of that frame", own, limit=60.0)
    yield figure(f"{name}: exact frame", exact, limit=60.0)
    hand.open(another, at_once=True)
    first, own, exact = _jumps(hand, seed=gop)
    yield figure(f"{name}, opened at once: first picture", first, limit=60.0)
    yield figure(f"{name}, opened at once: picture of that frame", own, limit=60.0)
    there = figure(f"{name}, opened at once: exact frame", exact, limit=60.0)
    floor = figure(f"{name}: the decoder alone, without any window", _decoding(path, gop))
    yield there
    yield floor
    # A frame that has no copy yet must be decoded from its key frame: how much the window adds.
    p50, p95 = round(there.p50 / floor.p50, 2), round(there.p95 / floor.p95, 2)
    yield Figure(f"{name}, opened at once: exact frame over the decoder", p50, p95, "x")


def _order(count: int, seed: int) -> list[int]:
    """The frames to jump to."""
    order: list[int] = np.random.default_rng(seed).permutation(count)[:_JUMPS].tolist()
    return order


def _decoding(path: Path, seed: int) -> list[float]:
    """Seconds from the key frame before it to each frame, as FFmpeg gives it."""
    taken = []
    with VideoFile(path) as video:
        for frame in _order(len(video), seed):
            began = time.perf_counter()
            video.picture_unless(frame, lambda: False)
            taken.append(time.perf_counter() - began)
    return taken


def _jumps(hand: Hand, seed: int) -> tuple[list[float], ...]:
    workspace = hand.workspace
    stages: tuple[list[float], ...] = ([], [], [])
    for frame in _order(workspace.n_frames, seed):
        if workspace.reader is not None:
            workspace.reader.cache.clear()  # a person's random frame is rarely in memory
        began = time.perf_counter()
        hand.watch.seen.clear()
        workspace.go_to(frame)
        reached = (
            lambda seen, frame=frame: seen.standing_in >= 0 or seen.shown == frame,
            lambda seen, frame=frame: frame in seen,
            lambda seen, frame=frame: seen.shown == frame,
        )
        for taken, there in zip(stages, reached, strict=True):
            hand.wait(partial(hand.watch.any, there))
            taken.append(time.perf_counter() - began)
    return stages


def playback(hand: Hand, path: Path) -> Figure:
    """Plays three seconds: how far the frame on show is from the one that is due, in frames."""
    hand.open(path)
    workspace, canvas, player = hand.workspace, hand.window.canvas, hand.window.player
    workspace.go_to(0)
    hand.wait(lambda: canvas.shown == 0)
    assert workspace.reader is not None
    media = workspace.reader.media
    player.start()
    began = time.perf_counter()
    late: list[float] = []
    while (spent := time.perf_counter() - began) < 3:
        hand.until_painted(lambda: None)
        if spent > 0.5:
            due = media.frame_at(time.perf_counter() - began)
            late.append(abs(due - hand.watch.seen[-1].shown))
    player.stop()
    return figure("playback, 1080p at 25 fps: behind the clock", late, "frames", 2.0)


def gap(hand: Hand, path: Path) -> Iterator[Figure]:
    """The longest pauses of the event loop while propagation of ten objects goes on, and how long
    cancelling takes."""
    hand.open(path)
    workspace = hand.workspace
    _add_objects(hand, _OBJECTS)
    pulse = Pulse()
    # Started from the loop, as by a click: getting the worker going counts as well.
    ask = partial(workspace.run, "propagate", frames=range(0, _RUN_FRAMES * 4))
    QTimer.singleShot(50, ask)
    hand.wait(lambda: bool(workspace.desk.runs))
    began = time.perf_counter()
    run = workspace.desk.runs[-1]
    hand.wait(
        lambda: (
            workspace.running is None
            or run.filled >= _RUN_FRAMES
            or (run.filled > 2 and time.perf_counter() - began > _RUN_S)
        )
    )
    pulse.stop()
    name = f"event loop while {_OBJECTS} objects are propagated, 1080p ({run.filled} frames)"
    yield figure(f"{name}: a turn", pulse.gaps, limit=50.0)
    yield from pulse.longest(name)
    began = time.perf_counter()
    workspace.desk.cancel()
    hand.wait(lambda: workspace.running is None)
    yield figure("cancel of that run", [time.perf_counter() - began], limit=200.0)


class Pulse:
    """Feels the event loop from now on: when its turns come, and what the window computed between
    them."""

    def __init__(self) -> None:
        self._ticks: list[float] = []
        self._worked: list[float] = []
        self._timer = QTimer()
        # Not as often as it can: millions of ticks take memory in pieces that are pauses too.
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        self._ticks.append(time.perf_counter())
        self._worked.append(time.thread_time())

    def stop(self) -> None:
        self._timer.stop()

    @property
    def gaps(self) -> list[float]:
        """Seconds from each turn to the next."""
        gaps: list[float] = np.diff(self._ticks).tolist()
        return gaps

    @property
    def worst(self) -> tuple[float, float]:
        """The most work in a turn, and the longest turn, seconds."""
        return float(np.diff(self._worked).max()), max(self.gaps)

    def longest(self, name: str) -> Iterator[Figure]:
        """The longest pause, and the longest work."""
        yield figure(f"{name}: longest pause", [max(self.gaps)], limit=50.0)
        # What the window itself computed; the rest of a pause it waited for a core.
        worked = float(np.diff(self._worked).max())
        yield figure(f"{name}: longest work", [worked], limit=50.0)


def bulk(hand: Hand) -> Iterator[Figure]:
    """In the clip of `timeline`: all its masks are accepted, and that is undone."""
    workspace = hand.workspace
    bench = workspace.bench
    assert bench is not None
    session, cells = bench.session, bench.document.cells
    frames = np.arange(bench.document.n_frames)
    session.apply("Masks", [SetColumn(o, frames, cells.records(o, frames)) for o in range(1, 6)])
    hand.wait(lambda: session.store.saved == session.store.issued)
    workspace.set_span(0, len(frames) - 1)
    for name, act in (("accepting", workspace.review.accept_span), ("undoing", workspace.undo)):
        pulse = Pulse()
        QTimer.singleShot(50, act)
        hand.wait(lambda: session.long is not None)
        took = hand.wait(lambda: session.long is None)
        pulse.stop()
        title = f"{name} masks of {len(frames):,} frames, 5 objects"
        yield from pulse.longest(title)
        yield figure(f"{title}: until done", [took], "s")


def timeline(hand: Hand, path: Path) -> Iterator[Figure]:
    """A clip of 100,000 frames with five objects: zoom by the wheel, and a step of the playhead."""
    hand.open(path)
    workspace, widget = hand.workspace, hand.window.timeline
    bench = workspace.bench
    assert bench is not None
    while len(bench.document.objects) < 5:
        bench.edit.add_object()
    count = bench.document.n_frames
    rng = np.random.default_rng(3)
    objects = np.repeat(np.arange(1, 6, dtype=np.uint8), count)
    records = np.zeros(len(objects), CELL_DTYPE)
    records["provenance"] = Provenance.MODEL
    records["quality"] = rng.uniform(0.3, 1, len(objects))
    records["provenance"][rng.integers(0, len(objects), 1000)] = Provenance.HUMAN
    bench.document.cells.load(np.tile(np.arange(count), 5), objects, records, ["", "embedded"])
    at = QPointF(widget.width() / 2, widget.height() / 2)

    def repainted(act: Callable[[], object]) -> float:
        """Seconds from an event at the timeline to its pixels, other widgets left out."""
        began = time.perf_counter()
        act()
        widget.repaint()
        return time.perf_counter() - began

    turns = [1, 1, 1, 1, -1, -1, -1, -1] * 8
    repainted(partial(turn_wheel, widget, at, 1))
    taken = [repainted(partial(turn_wheel, widget, at, turn)) for turn in turns]
    yield figure(f"timeline of {count:,} frames, 5 objects: zoom and repaint", taken, limit=8.0)
    taken = []
    for i in range(60):
        workspace.go_to(count // 2 + 200 * i)
        taken.append(repainted(widget.update))
    yield figure(f"timeline of {count:,} frames: repaint after a step", taken, limit=8.0)
    taken = [repainted(partial(workspace.choose_object, 1 + i % 5)) for i in range(20)]
    yield figure(f"timeline of {count:,} frames: all rows read anew", taken)
