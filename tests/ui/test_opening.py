"""Opening a clip: its frames are made ready first where that is a matter of seconds."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from annotator.core.types import Image
from annotator.io.media import container
from annotator.io.media.base import Stop
from annotator.io.media.index import VideoIndex, build_index
from annotator.io.media.picture import Picture
from annotator.io.media.proxy import EXACT, ProxyStore
from annotator.io.media.video import VideoFile
from annotator.ui import opening
from annotator.ui.exchange.transfer import TransferDialog
from annotator.ui.runs.run_desk import RunDesk
from annotator.ui.timeline.thumbnails import READY_COLOR
from tests import fakes
from tests.conftest import ROOT
from tests.ui.conftest import Driver
from tests.videos import write_video

_FRAMES = 60


@pytest.fixture
def video(tmp_path: Path) -> Path:
    options = {"g": "60", "sc_threshold": "0"}
    return write_video(tmp_path / "clip.mp4", frames=_FRAMES, size=(320, 240), options=options)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """After twenty lossless copies no more are made until it is set."""
    let, made = threading.Event(), [0]
    put = ProxyStore.put

    def held_up(store: ProxyStore, frame: int, image: Image | Picture) -> None:
        if store._kind.file == EXACT.file:
            made[0] += 1
            if made[0] > 20:
                let.wait(60)
        put(store, frame, image)

    monkeypatch.setattr(ProxyStore, "put", held_up)
    yield let
    let.set()


def test_a_new_clip_is_indexed_once(
    driver: Driver, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed = []

    def counting(*args: object) -> VideoIndex | None:
        indexed.append(1)
        return build_index(*args)

    monkeypatch.setattr(container, "build_index", counting)
    driver.open(video)
    assert len(indexed) == 1


def test_every_frame_is_there_at_once(
    driver: Driver, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with VideoFile(video) as decoder:
        truth = {frame: decoder.read(frame) for frame in (57, 3, 31)}
    driver.open(video)
    workspace = driver.workspace
    assert workspace.previews.awaited == 0
    assert not len(workspace.previews.exact.without())

    def decoded(self: VideoFile, frame: int, stop: object) -> Image:
        raise AssertionError(f"frame {frame} was decoded")

    workspace.reader.set_direction(0)
    monkeypatch.setattr(VideoFile, "_decode", decoded)
    for frame, image in truth.items():
        driver.go(frame)
        assert np.array_equal(workspace.reader.peek(frame), image)


def test_who_does_not_want_to_wait_opens_it_now(
    driver: Driver, video: Path, gate: threading.Event
) -> None:
    driver.window.switcher.open_path(video)
    notices = driver.window.notices
    driver.wait(lambda: "of its frames are ready" in notices.text)
    driver.wait(lambda: "Opening clip.mp4: 33%" in notices.text)
    assert driver.workspace.bench is None
    assert notices._offer.isVisible()
    assert notices._offer.text() == "Open now"
    QTest.mouseClick(notices._offer, Qt.MouseButton.LeftButton)
    gate.set()
    driver.wait(lambda: driver.window.canvas.shown == 0)
    assert notices.text == ""
    assert driver.workspace.previews.awaited > 0, "the others are still to be made"
    driver.wait(lambda: driver.workspace.previews.awaited == 0)
    notices.tell("info", "Something else.")
    assert not notices._offer.isVisible()


def test_what_takes_long_is_done_after_opening(
    driver: Driver, video: Path, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_PATIENCE_S", 1.5)
    monkeypatch.setattr(opening, "_TRIAL_S", 0.1)
    threading.Timer(2.5, gate.set).start()
    driver.open(video)
    assert driver.workspace.previews.awaited > 0
    driver.wait(lambda: driver.workspace.previews.awaited == 0)


def test_a_line_shows_which_frames_are_ready(
    driver: Driver, video: Path, gate: threading.Event
) -> None:
    driver.open(video, at_once=True)
    timeline, previews = driver.window.timeline, driver.workspace.previews

    def green() -> np.ndarray:
        """Whether each frame has a green pixel under its middle."""
        image = timeline.grab().toImage()
        ratio = image.devicePixelRatio()
        y = int((timeline._thumb_row().bottom() - 1) * ratio)
        places = [int(timeline.x_of(frame + 0.5) * ratio) for frame in range(_FRAMES)]
        return np.array([image.pixelColor(x, y) == READY_COLOR for x in places])

    driver.wait(lambda: 10 <= previews.copied.sum() < 25)
    driver.qtbot.wait(300)
    assert np.array_equal(green(), previews.copied)
    ready = int(np.flatnonzero(previews.copied)[0])
    other = int(np.flatnonzero(~previews.copied)[-1])
    assert "takes a moment" in timeline.describe(other)
    assert "takes a moment" not in timeline.describe(ready)
    gate.set()
    driver.wait(lambda: previews.awaited == 0)
    driver.wait(lambda: not green().any())
    assert "takes a moment" not in timeline.describe(other)


def test_another_clip_takes_its_place(
    driver: Driver, video: Path, clip: Path, gate: threading.Event
) -> None:
    driver.window.switcher.open_path(video)
    driver.wait(lambda: "33%" in driver.window.notices.text)
    driver.window.switcher.open_path(clip)
    driver.wait(lambda: driver.window.canvas.shown == 0)
    assert driver.workspace.document.size == (64, 48)
    gate.set()
    driver.qtbot.wait(300)
    assert driver.workspace.document.size == (64, 48)
    assert driver.window.notices.text == ""


def test_the_window_closes_while_it_opens(
    driver: Driver, video: Path, gate: threading.Event
) -> None:
    driver.window.switcher.open_path(video)
    driver.wait(lambda: "33%" in driver.window.notices.text)
    threading.Timer(0.3, gate.set).start()
    driver.window.close()
    assert not any(thread.is_alive() for thread in driver.window.switcher.opener._threads)
    driver.qtbot.wait(50)
    assert driver.workspace.bench is None


def test_the_window_closes_while_a_long_video_is_indexed(
    driver: Driver, video: Path, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def slowly(real: InputContainer, stream: VideoStream, stop: Stop) -> VideoIndex | None:
        def packets(stream: VideoStream) -> Iterator[Packet[VideoStream]]:
            for packet in real.demux(stream):
                begun.set()
                time.sleep(0.1)  # six seconds in all
                yield packet

        seen = SimpleNamespace(demux=packets, format=real.format, size=real.size)
        return build_index(seen, stream, stop)

    monkeypatch.setattr(container, "build_index", slowly)
    opener = driver.window.switcher.opener
    driver.window.switcher.open_path(video)
    driver.wait(begun.is_set)
    driver.open(clip)  # another one instead
    driver.wait(lambda: not any(thread.is_alive() for thread in opener._threads), 1)
    begun.clear()
    driver.window.switcher.open_path(video)
    driver.wait(begun.is_set)
    asked = time.monotonic()
    driver.window.close()
    assert time.monotonic() - asked < 2
    assert not any(thread.is_alive() for thread in opener._threads)
    assert not (tmp_path / "clip.strokeflow").exists()


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ([(0.0, 100), (7.4, 100)], False),  # libraries are loaded
        ([(0.0, 100), (7.6, 100)], True),  # nothing comes of it
        ([(1.0, 99), (1.5, 98)], False),  # too early to tell
        ([(1.0, 99), (2.5, 80)], False),  # 19 in 1.5 s: 8.8 s in all
        ([(1.0, 99), (2.5, 92)], True),  # 7 in 1.5 s: 22 s in all
        ([(1.0, 99), (9.0, 30), (14.0, 25)], True),  # it has become slower
    ],
)
def test_whether_it_is_a_matter_of_seconds(
    steps: list[tuple[float, int]], verdict: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(opening.time, "monotonic", lambda: now[0])
    pace = opening._Pace(100)
    said = []
    for when, left in steps:
        now[0] = when
        said.append(pace.too_slow(left))
    assert said == [False] * (len(steps) - 1) + [verdict]


def test_a_dialog_meets_the_project_that_it_was_opened_for(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    first = driver.workspace.bench
    driver.window.switcher.open_path(fakes.image_folder(tmp_path / "other"))
    driver.window.dialogs.ask_export()
    dialog = driver.window.findChild(TransferDialog)
    driver.wait(lambda: not driver.window.switcher.opener.busy)
    driver.qtbot.wait(300)
    assert driver.workspace.bench is first
    dialog.reject()
    driver.wait(lambda: driver.workspace.bench is not first)
    assert driver.workspace.bench.session.folder.stem == "other"


def test_a_menu_and_a_stroke_belong_to_the_project_that_is_open(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    first, canvas = driver.workspace.bench, driver.window.canvas
    for _ in range(2):
        driver.window.objects.add_object()
    driver.key(Qt.Key.Key_B)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=driver.at(40, 40))
    driver.window.switcher.open_path(fakes.image_folder(tmp_path / "other"))
    driver.wait(lambda: not driver.window.switcher.opener.busy)
    driver.qtbot.wait(300)
    assert driver.workspace.bench is first
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=driver.at(40, 40))
    driver.window.table.actions["merge_object"].trigger()
    assert first.session.undo_step.title == "Paint object 2"
    driver.qtbot.wait(500)
    assert driver.workspace.bench is first
    QApplication.activePopupWidget().close()
    driver.wait(lambda: driver.workspace.bench is not first)
    assert driver.workspace.bench.session.folder.stem == "other"


def test_what_another_project_cuts_short_is_told(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(fakes.image_folder(tmp_path / "long", 200))
    driver.window.objects.add_object()
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    driver.workspace.exchange.export("davis", tmp_path / "labels", range(200), {})
    driver.key(Qt.Key.Key_G)
    driver.wait(lambda: driver.workspace.running)
    driver.open(clip)
    assert "cancelled" in driver.window.notices.text


def test_a_name_that_is_being_typed_is_kept(driver: Driver, clip: Path, tmp_path: Path) -> None:
    driver.open(clip)
    folder, names = driver.workspace.bench.session.folder, driver.window.objects.list
    driver.window.objects.add_object()
    names.editItem(names.item(0))
    QTest.keyClicks(names.findChild(QLineEdit), "cat")
    driver.open(fakes.image_folder(tmp_path / "other"))
    driver.window.objects.add_object()
    assert [o.name for o in driver.workspace.document.objects.values()] == ["object 1"]
    driver.open(folder)
    assert [o.name for o in driver.workspace.document.objects.values()] == ["cat"]


def test_closing_while_another_project_waits_to_come_in(
    driver: Driver, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is slow to stop: who closes what it is about gets what was asked for before."""
    driver.open(clip)
    going = [True]
    monkeypatch.setattr(RunDesk, "at_work", property(lambda _desk: bool(going)))
    driver.window.switcher.open_path(fakes.image_folder(tmp_path / "other"))
    driver.wait(lambda: driver.window.switcher._departure.waiting)
    driver.key(Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    going.clear()
    driver.wait(lambda: not driver.window.switcher.busy)
    assert driver.workspace.bench.session.folder.stem == "other"
    assert driver.window.notices.text == ""


WHERE_QT_IS_IMPORTED = """
import sys, threading
from pathlib import Path

strays = []

class Finder:
    def find_spec(self, name, *rest):
        here = threading.current_thread()
        if name.startswith(("PySide6", "qt")) and here is not threading.main_thread():
            strays.append((name, here.name))

sys.meta_path.insert(0, Finder())
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from annotator.app import Application
from annotator.ui import start

app = QApplication([])
made = start.make_window
windows = []

def make_window(*given):
    windows.append(made(*given))
    return windows[0]

def look():
    window = windows[0]
    if window.workspace.bench is None or window.canvas.shown != 0:
        return
    assert window.switcher.icons.done
    window.close()
    app.quit()

start.make_window = make_window
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
folder = Path(sys.argv[1])
start.run_window(
    lambda wake: Application(inline=False, on_message=wake), folder / "clip", folder / "w.ini"
)
assert "qtawesome" in sys.modules
print(strays)
"""


def test_only_the_window_s_thread_imports_qt(tmp_path: Path) -> None:
    """PySide makes its types when they are first used; two threads at that end the process."""
    fakes.image_folder(tmp_path / "clip", 3)
    done = subprocess.run(
        [sys.executable, "-c", WHERE_QT_IS_IMPORTED, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
