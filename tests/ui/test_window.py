"""The window itself: how it fits, what it tells, what it never does."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QToolButton

from annotator.core.types import Provenance
from annotator.jobs.base import JobState
from annotator.services.project.projects import open_project
from annotator.ui.commands.help import HelpPage
from annotator.ui.settings import Preferences
from tests import fakes
from tests.ui.conftest import Driver, build


def test_it_fits_a_small_screen(driver: Driver, clip: Path) -> None:
    driver.window.resize(1024, 700)
    driver.open(clip)
    QApplication.processEvents()
    assert driver.window.width() == 1024
    assert driver.window.height() == 700
    for button in driver.window.run_panel.findChildren(QPushButton):
        if button.isVisible():
            assert button.height() >= button.sizeHint().height() - 2, button.text()


def test_it_keeps_its_size_while_it_works(driver: Driver, clip: Path) -> None:
    driver.window.resize(1024, 640)
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    QApplication.processEvents()
    panel = driver.window.run_panel
    heights = {driver.window.height()}
    driver.workspace.runsChanged.connect(lambda: heights.add(driver.window.height()))
    driver.key(Qt.Key.Key_G)
    assert panel.cancel.isVisible()
    QApplication.processEvents()
    driver.finish_run()
    QApplication.processEvents()
    assert heights | {driver.window.height()} == {640}
    assert panel.width() == driver.window.docks[1].widget().viewport().width(), "nothing cut"


def test_worst_begins_at_the_worst_and_shows_each_frame_once(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    driver.key(Qt.Key.Key_G)
    driver.finish_run()
    driver.go(1)
    seen = []
    for _ in range(11):
        driver.key(Qt.Key.Key_W)
        seen.append(driver.workspace.frame)
    assert seen == list(range(11, 0, -1)), "the further from the key, the lower the estimate"
    driver.key(Qt.Key.Key_W)
    assert driver.workspace.frame == 11, "then it begins anew"
    driver.key(Qt.Key.Key_A)
    assert driver.workspace.document.cell(11, 1).provenance is Provenance.CORRECTED
    driver.key(Qt.Key.Key_A)
    assert "no model mask" in driver.window.notices.text


def test_closing_during_a_run_is_quick_and_keeps_what_was_filled(
    driver: Driver, tmp_path: Path
) -> None:
    driver.open(fakes.image_folder(tmp_path / "long", 600))
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    driver.key(Qt.Key.Key_G)
    run = driver.workspace.desk.runs[-1]
    driver.wait(lambda: run.filled > 3)
    project = driver.workspace.bench.session.folder
    began = time.monotonic()
    driver.window.close()
    assert time.monotonic() - began < 2  # 1 s, and room for a busy machine
    reopened = open_project(project, writable=False)
    filled = reopened.session.document.cells.provenance(1) == Provenance.MODEL
    assert int(filled.sum()) == run.filled > 3
    reopened.close()


def test_the_worker_starts_when_the_pointer_comes_over_the_picture(
    driver: Driver, clip: Path
) -> None:
    driver.open(clip)
    runner = driver.workspace.host.runner
    assert runner.pid is None
    at = QPointF(50, 50)
    QApplication.sendEvent(driver.window.canvas, QEnterEvent(at, at, at))
    driver.wait(lambda: runner.pid is not None)


def test_an_error_stays_and_can_be_copied(driver: Driver) -> None:
    notices = driver.window.notices
    notices.tell("error", "It broke.", "Do this.")
    copy = next(b for b in notices.findChildren(QPushButton) if b.text() == "Copy")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "It broke.\nDo this."
    notices.tell("info", "All is well.")
    assert copy.isHidden()


def test_frame_number_is_typed_and_the_keys_are_the_tools_again(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    box = driver.window.transport.frame
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "7")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert driver.workspace.frame == 7
    assert not box.hasFocus()


def test_the_pen_may_be_wider_than_its_slider(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.workspace.set_radius(150)
    assert driver.workspace.radius == 150


def test_everything_about_runs_is_in_sight_the_first_time(driver: Driver, clip: Path) -> None:
    driver.window.resize(1280, 800)
    driver.open(clip)
    QApplication.processEvents()
    panel = driver.window.run_panel
    for button in (panel.propagate, panel.auto, panel.more):
        assert not button.visibleRegion().isEmpty(), button.text()
    assert driver.window.objects.list.height() > 100
    driver.window.resizeDocks(driver.window.docks[:2], [400, 200], Qt.Orientation.Vertical)
    QApplication.processEvents()
    height = driver.window.docks[1].height()
    driver.window.table.actions["close"].trigger()
    driver.open(clip)
    QApplication.processEvents()
    assert driver.window.docks[1].height() == height, "as the person has it"


def test_the_next_start_begins_with_the_welcome_page_alone(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    driver.window.resizeDocks(driver.window.docks[:2], [200, 300], Qt.Orientation.Vertical)
    QApplication.processEvents()
    height = driver.window.docks[1].height()
    driver.window.close()
    for opened in (False, True):  # closed on the welcome page in between
        window = build(tmp_path / "window.ini")
        window.show()
        assert not any(part.isVisible() for part in (*window.docks, *window.toolbars))
        if opened:
            again = Driver(window, driver.qtbot)
            again.open(clip)
            QApplication.processEvents()
            assert all(bar.isVisible() for bar in window.toolbars)
            assert window.docks[1].height() == height
        window.close()
        window.deleteLater()


def test_icons_are_painted_again_for_another_theme(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    undo = driver.window.table.actions["undo"]
    before = undo.icon().cacheKey()
    driver.window.table.actions["theme"].trigger()
    assert undo.icon().cacheKey() != before


def test_the_last_wish_to_open_wins(driver: Driver, tmp_path: Path) -> None:
    first = fakes.image_folder(tmp_path / "first", 3)
    second = fakes.image_folder(tmp_path / "second", 4)
    driver.window.switcher.open_path(first)
    driver.open(second)
    assert driver.workspace.n_frames == 4
    assert driver.window.windowTitle().startswith("second")


def test_the_demo_clip_is_made_and_opened(driver: Driver, tmp_path: Path) -> None:
    driver.workspace.fallback = tmp_path / "Strokeflow"
    QTest.mouseClick(driver.window.welcome.demo, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.window.canvas.shown == 0, 60)
    assert driver.workspace.n_frames == 48
    assert (tmp_path / "Strokeflow" / "demo.strokeflow").is_dir()


def test_the_demo_clip_is_made_beside_what_else_runs(driver: Driver, tmp_path: Path) -> None:
    exchange, runner = driver.workspace.exchange, driver.workspace.host.runner
    driver.workspace.fallback = tmp_path / "Strokeflow"
    entry = exchange.model(
        "A download",
        partial(runner.submit, "A download", "tests.jobs.tasks:slow", 0.1),
        lambda: None,
        download=True,
    )
    driver.wait(lambda: entry.job.state is JobState.RUNNING)
    demo = driver.window.welcome.demo
    for _ in range(2):
        QTest.mouseClick(demo, Qt.MouseButton.LeftButton)
        assert "demo" in driver.window.notices.text
    assert len(exchange.jobs) == 2, "two clicks make one clip"
    driver.wait(lambda: driver.window.canvas.shown == 0, 60)
    assert driver.workspace.n_frames == 48
    assert entry.job.state is JobState.RUNNING


def test_the_demo_clip_does_not_take_the_place_of_what_was_opened_since(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.workspace.fallback = tmp_path / "Strokeflow"
    QTest.mouseClick(driver.window.welcome.demo, Qt.MouseButton.LeftButton)
    driver.open(clip)
    driver.wait(lambda: (tmp_path / "Strokeflow" / "demo.mp4").exists())
    driver.wait(lambda: not driver.workspace.exchange.jobs)
    assert not driver.window.switcher.opener.busy
    assert driver.workspace.document.size == (64, 48)


def test_the_page_of_keys_fits_the_screen(driver: Driver) -> None:
    driver.window.table.actions["about"].trigger()
    page = driver.window.findChild(HelpPage)
    room = driver.window.screen().availableSize()
    assert page.height() <= room.height() - 80
    close = page.findChild(QPushButton)
    assert page.rect().contains(close.geometry())
    assert page.findChild(QScrollArea).widget().height() > page.height(), "it scrolls"
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not page.isVisible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_bar_that_is_too_long_says_so(driver: Driver, clip: Path, theme: str) -> None:
    driver.window.custom.apply(Preferences(theme=theme))
    driver.window.resize(1024, 640)
    driver.open(clip)
    QApplication.processEvents()
    more = driver.window.toolbars[1].findChild(QToolButton, "qt_toolbar_ext_button")
    assert more.isVisible()
    assert more.toolTip()
    picture = more.grab().toImage()
    ground = picture.pixelColor(0, 0).lightness()
    spots = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
    seen = [s for s in spots if abs(picture.pixelColor(*s).lightness() - ground) > 60]
    assert len(seen) > 15, "arrows that one can see"


def test_every_button_of_the_review_is_in_sight(driver: Driver, clip: Path) -> None:
    driver.window.resize(1280, 800)
    driver.open(clip)
    panel = driver.window.review_panel
    dock = next(d for d in driver.window.docks if d.isAncestorOf(panel))
    dock.show()
    dock.raise_()
    driver.wait(panel.isVisible)
    buttons = panel.findChildren(QPushButton)
    assert len(buttons) >= 4
    QApplication.processEvents()
    for button in buttons:
        assert button.visibleRegion().boundingRect() == button.rect(), button.text()
