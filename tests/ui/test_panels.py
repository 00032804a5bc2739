"""History and jobs: listed, clicked, done again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.core.types import Provenance
from annotator.services.review.effort import EffortLog
from annotator.ui.panels.history_panel import frames_text
from annotator.ui.review.report_dialog import ReportDialog
from tests import fakes
from tests.ui.conftest import Driver, build

CONTROL = Qt.KeyboardModifier.ControlModifier


def paint(driver: Driver, frame: int, x: int = 20) -> None:
    driver.go(frame)
    driver.key(Qt.Key.Key_B)
    driver.draw((x, 20), (x + 10, 20))


def shown(driver: Driver, dock: str) -> None:
    found = next(d for d in driver.window.docks if d.objectName() == dock)
    found.raise_()
    driver.wait(found.widget().isVisible)


def test_a_click_in_the_history_goes_there_also_after_a_restart(
    driver: Driver, qtbot: QtBot, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    for frame in (2, 5, 9):
        paint(driver, frame)
    states = [np.array(driver.workspace.document.label_map(f)) for f in (2, 5, 9)]
    driver.window.close()
    window = build(tmp_path / "again.ini")
    qtbot.addWidget(window)
    window.resize(1100, 760)
    window.show()
    again = Driver(window, qtbot)
    again.open(clip)
    shown(again, "History")
    panel = window.history
    model = panel.model
    assert [model.data(model.index(row)) for row in range(model.rowCount())] == [
        "Beginning", "Add object 1", "Paint object 1", "Paint object 1", "Paint object 1",
    ]  # fmt: skip
    assert [frames_text(step) for step in model.steps] == ["", "frame 2", "frame 5", "frame 9"]
    assert model.current == 4
    place = panel.list.visualRect(model.index(2)).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    again.wait(lambda: model.current == 2)
    document = again.workspace.document
    assert np.array_equal(document.label_map(2), states[0])
    assert not document.label_map(5).any()
    panel.list.setCurrentIndex(model.index(4))
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    again.wait(lambda: model.current == 4)
    assert np.array_equal(document.label_map(9), states[2])
    panel.go_to(0)
    again.wait(lambda: model.current == 0)
    assert not document.objects
    window.close()


def test_the_history_tells_what_a_run_touched(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    paint(driver, 0)
    driver.key(Qt.Key.Key_G)
    driver.finish_run()
    steps = driver.workspace.bench.session.store.steps()
    assert frames_text(steps[-1]) == "11 frames, 1 to 11"


def test_runs_wait_for_each_other_and_are_planned_when_their_turn_comes(
    driver: Driver, tmp_path: Path
) -> None:
    driver.open(fakes.image_folder(tmp_path / "long", 300))
    paint(driver, 0)
    shown(driver, "Jobs")
    driver.key(Qt.Key.Key_G)
    driver.wait(lambda: driver.workspace.desk.runs[-1].filled > 3)
    driver.key(Qt.Key.Key_F)
    driver.key(Qt.Key.Key_G)
    jobs = driver.workspace.jobs
    assert [entry.waiting for entry in jobs.entries] == [False, True, True]
    assert "Waits" in jobs.entries[2].words()
    paint(driver, 299)
    row = driver.window.job_panel.rows
    QTest.mouseClick(row[2].cancel, Qt.MouseButton.LeftButton)
    assert jobs.entries[2].words() == "Cancelled before it began."
    QTest.mouseClick(row[0].cancel, Qt.MouseButton.LeftButton)
    driver.wait(lambda: all(entry.over for entry in jobs.entries), 30)
    assert "Cancelled. " in jobs.entries[0].words()
    assert jobs.entries[1].words().startswith("Done. 298 of 298 frames were filled.")
    assert "frames/s" in jobs.entries[1].words()
    assert row[1].cancel.isHidden()


def test_a_job_is_done_again_and_its_details_copied(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    paint(driver, 3)
    shown(driver, "Jobs")
    driver.key(Qt.Key.Key_G)
    driver.finish_run()
    panel = driver.window.job_panel
    driver.workspace.undo()
    QTest.mouseClick(panel.rows[0].retry, Qt.MouseButton.LeftButton)
    driver.finish_run()
    assert len(panel.rows) == 2
    filled = driver.workspace.document.cells.provenance(1) == Provenance.MODEL
    assert int(filled.sum()) == 11
    QTest.mouseClick(panel.rows[1].copy, Qt.MouseButton.LeftButton)
    assert "Backend: copy" in QGuiApplication.clipboard().text()
    QTest.mouseClick(panel.clear, Qt.MouseButton.LeftButton)
    assert not panel.rows
    assert not panel.none.isHidden()


def test_an_export_is_listed_and_done_again(driver: Driver, clip: Path, tmp_path: Path) -> None:
    driver.open(clip)
    paint(driver, 0)
    driver.workspace.exchange.export("davis", tmp_path / "out", range(12), {})
    entry = driver.workspace.jobs.entries[-1]
    driver.wait(lambda: entry.over)
    assert entry.words().startswith("Done.")
    (tmp_path / "out" / "00000.png").unlink()
    entry.again()
    driver.wait(lambda: driver.workspace.jobs.entries[-1].over)
    assert (tmp_path / "out" / "00000.png").is_file()


def test_a_run_that_cannot_begin_when_its_turn_comes_is_told(
    driver: Driver, tmp_path: Path
) -> None:
    driver.open(fakes.image_folder(tmp_path / "long", 200))
    paint(driver, 0)
    driver.key(Qt.Key.Key_G)
    driver.workspace.run("saliency")  # there are no scribbles
    waiting = driver.workspace.jobs.entries[1]
    driver.wait(lambda: waiting.over, 30)
    assert waiting.failed
    assert waiting.words().startswith("Not started: ")
    assert driver.window.notices.text


def test_effort_is_counted_by_cell_and_pauses_are_no_work(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    now = [100.0]
    bench = driver.workspace.bench
    log = driver.workspace.effort = EffortLog(bench.session.store, lambda: now[0])
    paint(driver, 2)
    now[0] += 3
    driver.draw((40, 20), (45, 20))
    now[0] += 500
    paint(driver, 5)
    now[0] += 4
    driver.go(6)
    log.flush()
    bench.session.flush()
    rows = {(o, f): rest for o, f, *rest in bench.session.store.effort()}
    clicks, strokes, commands, seconds = rows[1, 2]
    assert (clicks, strokes, seconds) == (2, 2, 3.0)
    assert rows[1, 5][:2] == [1, 1]
    assert rows[1, 5][3] == 4.0, "the time on a frame counts until one leaves it"
    assert commands + rows[1, 5][2] >= 1


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_S, Qt.Key.Key_B, Qt.Key.Key_P], ids=["scribble", "brush", "polygon"]
)
def test_the_first_figure_counts_for_the_object_that_it_makes(
    driver: Driver, clip: Path, key: Qt.Key
) -> None:
    driver.open(clip)
    assert not driver.workspace.document.objects
    now = [100.0]
    bench = driver.workspace.bench
    log = driver.workspace.effort = EffortLog(bench.session.store, lambda: now[0])
    driver.key(key)
    now[0] += 30
    corners = [(20, 20), (40, 20), (40, 40)] if key is Qt.Key.Key_P else [(20, 20)]
    for corner in corners:
        driver.draw(corner, corner)
        now[0] += 2
        log.flush(due_only=True)
    driver.key(Qt.Key.Key_Return)
    assert list(driver.workspace.document.objects) == [1]
    log.flush()
    bench.session.flush()
    rows = {(o, f): rest for o, f, *rest in bench.session.store.effort()}
    assert rows[1, 0][0] == len(corners)
    assert rows.get((0, 0), [0])[0] == 0, "no click is left on no object"


def test_the_report_is_asked_for_and_written(
    driver: Driver, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_pages: list[str] = []
    monkeypatch.setattr(
        "annotator.ui.exchange.exchange.QDesktopServices.openUrl",
        lambda url: shown_pages.append(url.toLocalFile()),
    )
    driver.open(clip)
    paint(driver, 0)
    driver.window.table.actions["report"].trigger()
    dialog = driver.window.findChild(ReportDialog)
    assert dialog is not None
    dialog.place.setText(str(tmp_path / "out.html"))
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    driver.wait(lambda: shown_pages)
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "<b>1</b>strokes" in page, "also what was drawn a moment ago"


def test_jobs_are_done_again_for_their_own_project_only(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    paint(driver, 0)
    out = tmp_path / "masks"
    driver.workspace.exchange.export("davis", out, range(12), {})
    driver.wait(lambda: not driver.workspace.exchange.jobs)
    jobs = driver.workspace.jobs
    jobs.watch("Weights", jobs.entries[0].job, lambda: None, free=True)
    assert len(driver.window.job_panel.rows) == 2
    driver.open(fakes.image_folder(tmp_path / "other"))
    rows = driver.window.job_panel.rows
    assert [row.title.text() for row in rows] == ["Weights"]
    driver.close()
    assert driver.window.job_panel.rows == rows, "it needs no project"
