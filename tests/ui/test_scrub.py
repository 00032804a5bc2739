"""Scrubbing: something at once, the exact frame right after, and never a lie about which it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from annotator.core.types import Image
from annotator.ui import frames
from tests.ui.conftest import Driver
from tests.videos import write_video


@pytest.fixture
def video(tmp_path: Path) -> Path:
    options = {"g": "100", "sc_threshold": "0"}
    return write_video(tmp_path / "clip.mp4", frames=100, size=(320, 240), options=options)


def test_nobody_draws_on_a_stand_in(driver: Driver, video: Path) -> None:
    driver.open(video)
    window, workspace = driver.window, driver.workspace
    canvas = window.canvas
    driver.key(Qt.Key.Key_B)
    window.loader.ready.disconnect(window._frame_ready)  # the exact frame takes very long
    workspace.go_to(77)
    driver.wait(lambda: canvas.standing_in >= 0)
    assert canvas.shown == -1
    assert canvas.standing_in == 0, "no copies yet: the key frame, and it says so"
    driver.draw((100, 100), (150, 100))
    assert not workspace.document.label_map(77).any()
    assert workspace.bench.session.undo_step is None
    window.loader.ready.connect(window._frame_ready)
    workspace.go_to(78)
    driver.wait(lambda: canvas.shown == 78)
    assert canvas.standing_in == -1
    driver.draw((100, 100), (150, 100))
    assert workspace.document.label_map(78).any()


def test_a_late_preview_does_not_replace_the_frame(driver: Driver, video: Path) -> None:
    driver.open(video)
    driver.go(30)
    canvas = driver.window.canvas
    before = canvas.grab().toImage()
    driver.window._preview_ready(30, 0, np.zeros((24, 32, 3), np.uint8))
    assert canvas.shown == 30
    assert canvas.grab().toImage() == before


def test_a_jump_that_is_overtaken_is_given_up(
    driver: Driver, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(video)
    reader = driver.workspace.reader
    reader.set_direction(0)
    reader.cache.clear()
    shown: list[int] = []
    driver.window.loader.ready.connect(lambda frame, _image: shown.append(frame))
    read = reader.media.read_unless

    def endless(frame: int, stop: Callable[[], bool]) -> Image | None:
        while frame == 90:
            if stop():
                return None
        return read(frame, stop)

    monkeypatch.setattr(reader.media, "read_unless", endless)
    driver.workspace.go_to(90)
    driver.qtbot.wait(120)
    driver.workspace.go_to(40)
    driver.wait(lambda: driver.window.canvas.shown == 40)
    assert shown == [40]


def test_another_project_takes_the_old_picture_away(
    driver: Driver, clip: Path, video: Path
) -> None:
    driver.open(video)
    driver.window.door.open_path(clip)
    driver.wait(lambda: driver.window.canvas.stack.size == (64, 48))
    driver.wait(lambda: driver.window.canvas.shown == 0)


def test_nothing_is_read_ahead_while_the_first_picture_of_a_jump_is_made(
    driver: Driver, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both want the cores; the frames ahead of the place that was left are of no use any more."""
    driver.open(video)
    workspace = driver.workspace
    reader, previews = workspace.reader, workspace.previews
    reads: list[tuple[int, str]] = []
    read, find = reader.media.read_unless, previews.find
    driver.go(1)
    driver.go(2)
    reader.cache.clear()

    def watched(frame: int, stop: Callable[[], bool]) -> Image | None:
        reads.append((frame, threading.current_thread().name))
        return read(frame, stop)

    def slow(frame: int) -> tuple[int, Image] | None:
        marks.append(len(reads))
        time.sleep(0.06)
        marks.append(len(reads))
        return find(frame)

    marks: list[int] = []
    monkeypatch.setattr(reader.media, "read_unless", watched)
    monkeypatch.setattr(previews, "find", slow)
    driver.go(3)  # reads ahead from here
    marks.clear()
    driver.go(90)
    began, ended = marks[:2]
    assert [name for _, name in reads[began:ended] if name == "prefetch"] in ([], ["prefetch"]), (
        "what was being decoded steps aside, and no other frame follows"
    )
    driver.wait(lambda: 0 in previews.store)  # the key frame was copied at once


def test_a_few_frames_on_nothing_is_shown_in_between(
    driver: Driver, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are decoded as fast as a picture in their place; what lies further on is a jump."""
    driver.open(video)
    reader = driver.workspace.reader
    reader.set_direction(0)
    held: list[int] = []
    hold = reader.hold

    def note() -> None:
        held.append(driver.workspace.frame)
        hold()

    monkeypatch.setattr(reader, "hold", note)
    for frame in (2, 6, 16, 15, 40, 41):
        reader.cache.clear()
        driver.go(frame)
    assert held == [16, 15, 40]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Larger than a small copy, its only key frame at the start."""
    options = {"g": "30", "sc_threshold": "0"}
    return write_video(tmp_path / "large.mp4", frames=30, size=(1280, 720), options=options)


def _copied(driver: Driver) -> None:
    """Open, and wait until all copies are made."""
    full = driver.workspace.previews.full
    driver.wait(lambda: not len(full.without()))
    driver.workspace.reader.set_direction(0)


def test_a_jump_shows_a_small_copy_then_one_at_full_size_then_the_frame(
    driver: Driver, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_HEAD_START_S", 20.0)  # however busy the machine is
    driver.open(large)
    _copied(driver)
    window, workspace = driver.window, driver.workspace
    told: list[tuple[str, int, int]] = []
    painted: list[tuple[int, int]] = []
    window.loader.preview.connect(
        lambda frame, shows, image: told.append((f"for {frame}", shows, image.shape[1]))
    )
    window.loader.ready.connect(lambda frame, image: told.append(("exact", frame, image.shape[1])))
    window.canvas.previewPainted.connect(
        lambda: painted.append((window.canvas.standing_in, window.canvas.stack.pixels.shape[1]))
    )
    sharp = workspace.previews.sharp

    def slow(frame: int) -> Image | None:
        time.sleep(0.3)  # the frame itself, which both cores would work at, waits even so
        return sharp(frame)

    monkeypatch.setattr(workspace.previews, "sharp", slow)
    for frame in (25, 9):
        workspace.reader.cache.clear()
        told.clear()
        painted.clear()
        driver.go(frame)
        driver.wait(lambda: len(told) >= 3)  # each slot is an event of its own
        name = f"for {frame}"
        assert told == [(name, frame, 960), (name, frame, 1280), ("exact", frame, 1280)]
        assert painted[-1] == (frame, 1280), "seen before the frame was decoded"
        assert np.array_equal(window.canvas.stack.pixels, workspace.reader.media.read(frame))


def test_the_copy_looks_like_the_frame_also_close_up(
    driver: Driver, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No jump and no other sharpness when the frame takes its place; only the remark goes."""
    driver.open(large)
    _copied(driver)
    window, workspace = driver.window, driver.workspace
    canvas = window.canvas
    ready = window._frame_ready
    monkeypatch.setattr(canvas, "_paint_remark", lambda _painter: None)
    workspace.bench.edit.add_object()
    pen = workspace.bench.edit.begin_paint(17, 1, 60, erase=False)
    pen.extend(np.array([[640, 360]], np.float32))
    pen.commit()

    def view() -> np.ndarray:
        shot = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(shot.constBits(), np.uint8).reshape(shot.height(), -1)
        return rows[:, : shot.width() * 3].astype(int)

    for zoom in (None, 1.0, 12.0):
        if zoom is None:
            canvas.fit()
        else:
            canvas.zoom_by(zoom / canvas.view.scale)
        driver.go(2)
        workspace.reader.cache.clear()
        window.loader.ready.disconnect(ready)  # the exact frame takes very long
        workspace.go_to(17)
        driver.wait(lambda: canvas.standing_in == 17 and canvas.stack.pixels.shape[1] == 1280)
        copy = view()
        assert canvas.shown == -1
        before = workspace.document.label_map(17).copy()
        driver.draw((640, 300), (700, 360))
        assert np.array_equal(workspace.document.label_map(17), before), "nobody draws on it"
        window.loader.ready.connect(ready)
        workspace.go_to(16)
        driver.go(17)
        exact = view()
        assert np.abs(copy - exact).mean() < 1.5
        assert np.percentile(np.abs(copy - exact), 99) < 12
        even = [np.mean(np.diff(seen, axis=1) == 0) for seen in (copy, exact)]
        assert abs(even[0] - even[1]) < 0.1, "as sharp-edged where single pixels are seen"


def test_a_jump_that_goes_on_does_not_wait_for_copies(driver: Driver, large: Path) -> None:
    """While the playhead is dragged only small copies are decoded, and the last frame is shown."""
    driver.open(large)
    _copied(driver)
    previews, reader = driver.workspace.previews, driver.workspace.reader
    reader.cache.clear()
    sharpened: list[int] = []
    sharp = previews.sharp

    def noted(frame: int) -> Image | None:
        sharpened.append(frame)
        return sharp(frame)

    previews.sharp = noted
    find = previews.find

    def slow(frame: int) -> tuple[int, Image] | None:
        time.sleep(0.03)
        return find(frame)

    previews.find = slow
    for frame in (28, 5, 22, 11, 19):
        driver.workspace.go_to(frame)
        driver.qtbot.wait(10)
    driver.wait(lambda: driver.window.canvas.shown == 19)
    assert sharpened[-1:] == [19]
    assert len(sharpened) < 3


def test_walking_tells_which_frames_come_next(driver: Driver, large: Path) -> None:
    driver.open(large)
    told: list[list[int]] = []
    driver.workspace.previews.expect = lambda frames: told.append(list(frames))
    driver.workspace.walk([7, 20, 3])
    driver.wait(lambda: driver.window.canvas.shown == 7)
    assert told == [[20, 3]]
