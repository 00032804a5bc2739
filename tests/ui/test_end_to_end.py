"""The main job in the window, by mouse and keyboard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QFileDialog
from pytestqt.qtbot import QtBot

from annotator.core.types import Provenance
from annotator.jobs.process import ProcessRunner
from annotator.services.project.projects import open_project
from annotator.ui.exchange.transfer import TransferDialog
from tests import fakes
from tests.conftest import ROOT
from tests.ui.conftest import Driver, build


def test_scribble_fill_review_accept_export(driver: Driver, clip: Path, tmp_path: Path) -> None:
    window, workspace = driver.window, driver.workspace
    assert window.pages.currentWidget() is window.welcome
    driver.open(clip)
    assert workspace.n_frames == 12
    project = clip.parent / f"{clip.name}.strokeflow"
    assert (project / "project.db").is_file()

    driver.key(Qt.Key.Key_S)
    driver.draw((15, 15), (20, 20), (24, 25))
    driver.wait(lambda: workspace.document.cell(0, 1).provenance is Provenance.HUMAN)
    assert len(workspace.document.strokes(0)) == 1
    first = workspace.document.label_map(0).copy()
    assert first.any()

    driver.go(8)
    driver.draw((30, 15), (35, 22))
    driver.wait(lambda: workspace.document.cell(8, 1).provenance is Provenance.HUMAN)
    QTest.mouseClick(window.run_panel.interpolate, Qt.MouseButton.LeftButton)
    driver.finish_run()
    model = workspace.document.cells.provenance(1) == Provenance.MODEL
    assert np.flatnonzero(model).tolist() == list(range(1, 8))
    assert np.array_equal(workspace.document.label_map(0), first)
    assert "done" in window.notices.text

    driver.key(Qt.Key.Key_W)
    assert workspace.frame == 4, "the frame in the middle has the lowest estimate"
    driver.wait(lambda: window.canvas.shown == 4)
    driver.key(Qt.Key.Key_B)
    driver.draw((50, 40), (55, 40))
    assert workspace.document.cell(4, 1).provenance is Provenance.CORRECTED
    assert workspace.document.label_map(4)[40, 52] == 1
    driver.go(3)
    driver.key(Qt.Key.Key_A)
    assert workspace.document.cell(3, 1).provenance is Provenance.CORRECTED
    driver.key(Qt.Key.Key_L)
    assert workspace.document.cell(3, 1).locked

    driver.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(TransferDialog)
    assert dialog is not None
    out = tmp_path / "labels"
    dialog.place.setText(str(out))
    dialog.accept()
    driver.wait(lambda: "Exported" in window.notices.text)
    for frame in range(12):
        with Image.open(out / f"{frame:05d}.png") as image:
            assert np.array_equal(np.asarray(image), workspace.document.label_map(frame))

    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    driver.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChildren(TransferDialog)[-1]
    dialog.format.setCurrentText("CVAT 1.1 (XML)")
    (layout,) = dialog.options.fields
    assert isinstance(layout.widget, QComboBox)
    QTest.keyClick(layout.widget, Qt.Key.Key_Down)
    assert dialog.options.values() == {"layout": "images"}
    dialog.place.setText(str(tmp_path / "cvat"))
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    QTest.mouseClick(ok, Qt.MouseButton.LeftButton)
    file = tmp_path / "cvat" / "annotations.xml"
    driver.wait(file.is_file)
    assert file.read_text("utf-8").count("<image ") == 12


def test_undo_redo_and_abort_by_keys(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    painted = driver.workspace.document.label_map(0).copy()
    assert painted.any()
    control = Qt.KeyboardModifier.ControlModifier
    driver.key(Qt.Key.Key_Z, control)
    assert not driver.workspace.document.label_map(0).any()
    driver.key(Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    assert np.array_equal(driver.workspace.document.label_map(0), painted)

    canvas = driver.window.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=driver.at(50, 40))
    QTest.mouseMove(canvas, driver.at(55, 40))
    driver.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=driver.at(55, 40))
    assert np.array_equal(driver.workspace.document.label_map(0), painted)


def test_eraser_straight_lines_and_pen_size(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.workspace.set_radius(3)
    driver.key(Qt.Key.Key_B)
    driver.draw((10, 10), (12, 40), (40, 10), modifier=Qt.KeyboardModifier.ShiftModifier)
    painted = driver.workspace.document.label_map(0)
    assert painted[10, 25] == 1
    assert painted[40, 12] == 0, "shift draws from the first point straight to the last"
    driver.key(Qt.Key.Key_BracketRight)
    assert driver.workspace.radius == pytest.approx(3.75)
    driver.key(Qt.Key.Key_E)
    driver.draw((10, 10), (40, 10))
    assert not driver.workspace.document.label_map(0).any()


def test_painting_goes_on_while_a_run_is_going_and_cancel_keeps_frames(
    driver: Driver, tmp_path: Path
) -> None:
    driver.open(fakes.image_folder(tmp_path / "long", 600))
    driver.workspace.set_radius(4)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    driver.key(Qt.Key.Key_G)
    run = driver.workspace.desk.runs[-1]
    driver.wait(lambda: run.filled > 3)
    driver.go(599)
    driver.draw((50, 40), (55, 40))
    mine = driver.workspace.document.label_map(599).copy()
    QTest.mouseClick(driver.window.run_panel.cancel, Qt.MouseButton.LeftButton)
    driver.finish_run()
    filled = int((driver.workspace.document.cells.provenance(1) == Provenance.MODEL).sum())
    assert filled == run.filled > 3
    assert np.array_equal(driver.workspace.document.label_map(599), mine)


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_killed_worker_is_told_and_the_window_lives_on(driver: Driver, tmp_path: Path) -> None:
    driver.open(fakes.image_folder(tmp_path / "long", 600))
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    driver.key(Qt.Key.Key_G)
    run = driver.workspace.desk.runs[-1]
    driver.wait(lambda: run.filled > 3)
    runner = driver.workspace.host.runner
    assert isinstance(runner, ProcessRunner)
    os.kill(runner.pid or 0, signal.SIGKILL)
    driver.finish_run()
    driver.wait(lambda: "worker process" in driver.window.notices.text)
    assert run.filled > 3
    driver.window.table.actions["resume"].trigger()
    again = driver.workspace.desk.runs[-1]
    driver.finish_run()
    assert again.filled == 599 - run.filled


def test_the_window_comes_back_where_it_was(qtbot: QtBot, tmp_path: Path, clip: Path) -> None:
    for turn in range(2):
        window = build(tmp_path / "window.ini")
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        driver = Driver(window, qtbot)
        driver.open(clip)
        if turn == 0:
            driver.key(Qt.Key.Key_B)
            driver.go(7)
            driver.draw((20, 20), (30, 20))
        else:
            assert driver.workspace.frame == 7
            assert driver.workspace.document.label_map(7)[20, 25] == 1
            driver.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            assert not driver.workspace.document.label_map(7).any()
        window.close()


def drop(driver: Driver, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none
    )
    # Qt routes a sent drop to the target of a drag under way; there is none in a test.
    driver.window.dropEvent(event)


def test_bad_drops_are_told_and_change_nothing(driver: Driver, clip: Path, tmp_path: Path) -> None:
    driver.open(clip)
    bench = driver.workspace.bench
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "text.mp4").write_text("not a video")
    (tmp_path / "nothing").mkdir()
    damaged = tmp_path / "bad.strokeflow"
    damaged.mkdir()
    (damaged / "project.db").write_bytes(b"SQLite format 3\0" + b"x" * 200)
    for bad in ("empty.mp4", "text.mp4", "nothing", "bad.strokeflow", "absent.mp4"):
        driver.window.notices.hide()
        drop(driver, tmp_path / bad)
        driver.wait(lambda: not driver.window.switcher.busy)
        assert driver.window.notices.text, bad
        assert "Traceback" not in driver.window.notices.text
        assert driver.workspace.bench is bench
    assert not (tmp_path / "empty.strokeflow").exists()


def test_media_that_moved_are_located(
    driver: Driver, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    project = driver.workspace.bench.session.folder
    driver.close()
    moved = tmp_path / "elsewhere"
    clip.rename(moved)
    driver.open_only(project)
    assert "media" in driver.window.notices.text
    assert driver.workspace.document.label_map(0).any(), "the masks are there without pictures"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(moved))
    driver.window.table.actions["locate"].trigger()
    driver.wait(lambda: driver.window.canvas.shown == 0)
    driver.close()
    reopened = open_project(project, writable=False)
    assert reopened.media is not None
    reopened.close()


def test_objects_are_added_renamed_hidden_and_deleted(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    panel = driver.window.objects
    QTest.mouseClick(panel.add, Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.add, Qt.MouseButton.LeftButton)
    assert driver.workspace.object_id == 2
    panel.list.item(1).setText("kite")
    assert driver.workspace.document.objects[2].name == "kite"
    panel.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert not driver.workspace.document.objects[2].visible
    QTest.mouseClick(panel.delete, Qt.MouseButton.LeftButton)
    assert sorted(driver.workspace.document.objects) == [1]
    driver.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert driver.workspace.document.objects[2].name == "kite"
    QTest.mouseClick(panel.add, Qt.MouseButton.LeftButton)
    assert sorted(driver.workspace.document.objects) == [1, 2, 3]


def test_zoom_keeps_the_point_under_the_cursor_and_fits(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    canvas = driver.window.canvas
    before = canvas.view.to_image(200, 150)
    canvas.zoom_by(3.0, QPointF(200, 150))
    assert canvas.view.to_image(200, 150) == pytest.approx(before)
    driver.key(Qt.Key.Key_0)
    corner = canvas.view.corner(0, 0)
    assert corner.x() >= 0
    assert corner.y() >= 0
    driver.key(Qt.Key.Key_1)
    assert canvas.view.scale == pytest.approx(1 / canvas.devicePixelRatioF())


def test_the_timeline_is_clicked_and_describes_frames(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    timeline = driver.window.timeline
    x = timeline.x_of(6.5)
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(round(x), 20))
    assert driver.workspace.frame == 6
    driver.wait(lambda: driver.window.canvas.shown == 6)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    assert "drawn" in timeline.describe(6)
    assert timeline.describe(2) == "Frame 2: no masks"
    QTest.keyClick(timeline, Qt.Key.Key_End)
    assert driver.workspace.frame == 11


def test_the_window_needs_no_torch_and_keeps_its_place_in_memory(tmp_path: Path) -> None:
    script = (
        "import sys, psutil\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from annotator.app import Application\n"
        "from annotator.ui.start import make_window\n"
        "app = QApplication([])\n"
        "from pathlib import Path\n"
        "host = lambda wake: Application(inline=False, on_message=wake)\n"
        "window = make_window(host, Path(sys.argv[1]))\n"
        "window.show(); app.processEvents()\n"
        "bad = {'torch', 'ptlflow', 'torchvision', 'scipy'} & set(sys.modules)\n"
        "print(','.join(bad) or 'none', psutil.Process().memory_info().rss >> 20)\n"
        "window.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "w.ini")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    modules, megabytes = done.stdout.split()
    assert modules == "none"
    assert int(megabytes) < 400


def test_masks_dropped_on_an_open_project_are_offered_for_import(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    masks = tmp_path / "masks"
    masks.mkdir()
    image = Image.fromarray(np.ones((fakes.HEIGHT, fakes.WIDTH), np.uint8))
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.save(masks / f"{next(clip.glob('*.png')).stem}.png")
    before = driver.workspace.bench
    drop(driver, masks)
    dialog = driver.window.findChild(TransferDialog)
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.card.id == "davis"
    assert dialog.place.text() == str(masks)
    assert driver.workspace.bench is before, "the project stays open"
    dialog.reject()
