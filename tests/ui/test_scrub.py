"""Scrubbing: something at once, the exact frame right after, and never a lie about which it is."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from annotator.core.errors import MediaError
from annotator.core.types import Image
from annotator.io.media.proxy import EXACT
from annotator.io.media.video import VideoFile
from annotator.ui.canvas import frames
from tests.ui.conftest import Driver
from tests.videos import write_video


@pytest.fixture
def video(tmp_path: Path) -> Path:
    options = {"g": "100", "sc_threshold": "0"}
    return write_video(tmp_path / "clip.mp4", frames=100, size=(320, 240), options=options)


def test_nobody_draws_on_a_stand_in(driver: Driver, video: Path) -> None:
    driver.open(video, at_once=True)
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
    driver.open(video, at_once=True)
    driver.go(30)
    canvas = driver.window.canvas
    before = canvas.grab().toImage()
    driver.window._preview_ready(30, 0, np.zeros((24, 32, 3), np.uint8))
    assert canvas.shown == 30
    assert canvas.grab().toImage() == before


def test_a_jump_that_is_overtaken_is_given_up(
    driver: Driver, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(video, at_once=True)
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
    driver.wait(lambda: driver.window.canvas.shown == 40 and bool(shown))
    assert shown == [40]


def test_another_project_takes_the_old_picture_away(
    driver: Driver, clip: Path, video: Path
) -> None:
    driver.open(video, at_once=True)
    driver.window.switcher.open_path(clip)
    driver.wait(lambda: driver.window.canvas.stack.size == (64, 48))
    driver.wait(lambda: driver.window.canvas.shown == 0)


def test_nothing_is_read_ahead_while_the_first_picture_of_a_jump_is_made(
    driver: Driver, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both want the cores; the frames ahead of the place that was left are of no use any more."""
    driver.open(video, at_once=True)
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
    driver.open(video, at_once=True)
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
    exact = driver.workspace.previews.exact
    driver.wait(lambda: not len(exact.without()))
    driver.workspace.reader.set_direction(0)


def test_a_copied_frame_is_the_frame_itself_at_once(
    driver: Driver, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is decoded, nothing shown in its place, and the pen may be used."""
    monkeypatch.setattr(frames, "_COPY_S", 20.0)  # however busy the machine is
    driver.open(large)
    _copied(driver)
    window, workspace = driver.window, driver.workspace
    with VideoFile(large) as decoder:
        expected = {frame: decoder.read(frame) for frame in (25, 9, 10)}
    previewed: list[int] = []
    window.loader.preview.connect(lambda frame, shows, image: previewed.append(frame))

    def decoded(*_: object) -> None:
        raise AssertionError("nothing need be decoded")

    media = workspace.reader.media
    monkeypatch.setattr(media, "_decode", decoded)
    driver.key(Qt.Key.Key_B)
    for frame, pixels in expected.items():
        workspace.reader.cache.clear()
        driver.go(frame)
        assert np.array_equal(window.canvas.stack.pixels, pixels)
        driver.draw((100, 100), (150, 100))
        assert workspace.document.label_map(frame).any()
    assert not previewed


def test_a_damaged_copy_is_no_frame(driver: Driver, large: Path) -> None:
    """Something stands in, the frame is decoded, and nobody is told."""
    driver.open(large)
    _copied(driver)
    window, workspace = driver.window, driver.workspace
    with sqlite3.connect(workspace.bench.session.folder / "cache" / EXACT.file) as db:
        db.execute("UPDATE copies SET data = CAST(zeroblob(length(data)) AS BLOB)")
    db.close()
    workspace.reader.cache.clear()
    driver.go(25)
    with VideoFile(large) as decoder:
        assert np.array_equal(window.canvas.stack.pixels, decoder.read(25))


def test_a_copy_that_takes_long_has_a_stand_in(
    driver: Driver, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Very large frames: first the small copy, on which nobody draws, then the frame."""
    driver.open(large)
    _copied(driver)
    window, media = driver.window, driver.workspace.reader.media
    told: list[tuple[str, int]] = []
    window.loader.preview.connect(lambda frame, shows, image: told.append(("small", shows)))
    window.loader.ready.connect(lambda frame, image: told.append(("exact", frame)))
    copy = media._copy

    def slow(frame: int) -> Image | None:
        time.sleep(0.3)
        return copy(frame)

    monkeypatch.setattr(media, "_copy", slow)
    driver.workspace.reader.cache.clear()
    driver.go(25)
    driver.wait(lambda: len(told) >= 2)
    assert told == [("small", 25), ("exact", 25)]


def test_a_jump_that_goes_on_shows_the_last_frame(driver: Driver, large: Path) -> None:
    """While the playhead is dragged; the copies on the way hold nothing up."""
    driver.open(large)
    _copied(driver)
    reader = driver.workspace.reader
    reader.cache.clear()
    shown: list[int] = []
    driver.window.loader.ready.connect(lambda frame, _image: shown.append(frame))
    for frame in (28, 5, 22, 11, 19):
        driver.workspace.go_to(frame)
    driver.wait(lambda: driver.window.canvas.shown == 19)
    assert shown[-1] == 19
    assert len(shown) < 4, "what is overtaken before it begins is not read"


def test_walking_tells_which_frames_come_next(driver: Driver, large: Path) -> None:
    driver.open(large)
    told: list[list[int]] = []
    driver.workspace.previews.expect = lambda frames: told.append(list(frames))
    driver.workspace.walk([7, 20, 3])
    driver.wait(lambda: driver.window.canvas.shown == 7)
    assert told == [[20, 3]]


def test_media_that_are_closed_meanwhile_are_no_fault_of_the_frame(
    driver: Driver, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decoder is at it when the project is closed and opened again at the same frame."""
    driver.open(video, at_once=True)
    reader = driver.workspace.reader
    assert reader is not None
    begun, closed = threading.Event(), threading.Event()

    def read(frame: int, stop: Callable[[], bool]) -> Image:
        begun.set()
        assert closed.wait(30)
        raise MediaError("The video is closed.")

    monkeypatch.setattr(reader, "read_unless", read)
    failures: list[str] = []
    driver.window.loader.failed.connect(lambda _frame, message: failures.append(message))
    reader.cache.clear()
    driver.workspace.go_to(3)
    driver.wait(begun.is_set)
    driver.window.loader.forget()
    monkeypatch.undo()
    closed.set()
    driver.go(5)
    assert not failures
