"""Cleaning up many frames in the window: the dialog, what it shows beforehand, the run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from annotator.core.changes import SetCells, SetLabel
from annotator.core.types import Cell, Provenance
from annotator.services.project.projects import open_project
from annotator.ui.clean_dialog import CleanDialog
from tests.cli.calls import run as command
from tests.ui.conftest import Driver
from tests.ui.test_access import nameless

MODEL = Cell(Provenance.MODEL, quality=0.75, backend="copy")
HUMAN = Cell(Provenance.HUMAN)


@pytest.fixture(name="project")
def _project(driver: Driver, clip: Path) -> Driver:
    """Object 1 with a crumb on all frames: drawn on frame 0, a model's on 1 to 11."""
    driver.open(clip)
    bench = driver.workspace.bench
    assert bench is not None
    bench.edit.add_object("one")
    driver.workspace.choose_object(1)
    for frame in range(12):
        label_map = np.zeros(bench.document.size.shape, np.uint8)
        label_map[10:20, 10:20] = 1
        label_map[30:32, 40:42] = 1
        cell = HUMAN if frame == 0 else MODEL
        bench.session.apply("Put", [SetLabel(frame, label_map), SetCells(frame, {1: cell})])
    return driver


def ask(driver: Driver) -> CleanDialog:
    driver.window.table.actions["clean"].trigger()
    dialog = driver.window.findChild(CleanDialog)
    assert dialog is not None
    return dialog


def sizes(driver: Driver) -> list[int]:
    document = driver.workspace.document
    assert document is not None
    return [int((document.label_map(f) == 1).sum()) for f in range(12)]


def tick(box: object) -> None:
    QTest.keyClick(box, Qt.Key.Key_Space)


def test_one_command_cleans_all_frames_in_one_step(project: Driver) -> None:
    dialog = ask(project)
    assert not nameless(dialog)
    assert not dialog.ok.isEnabled(), "nothing is chosen yet"
    assert not dialog.drawn.isChecked()
    tick(dialog.islands)
    assert dialog.ok.isEnabled()
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    project.finish_run()
    assert sizes(project) == [104] + [100] * 11
    assert "11 of 11 frames were changed" in project.window.notices.detail
    (entry,) = project.workspace.jobs.entries
    assert "11 of 11 frames were changed" in entry.words()
    document = project.workspace.document
    assert document is not None
    assert document.cell(5, 1) == MODEL
    project.wait(lambda: project.window.findChild(CleanDialog) is None)
    project.window.table.actions["undo"].trigger()
    assert sizes(project) == [104] * 12


def test_the_range_the_object_and_drawn_masks(project: Driver) -> None:
    bench = project.workspace.bench
    assert bench is not None
    project.workspace.set_span(0, 3)
    dialog = ask(project)
    tick(dialog.islands)
    tick(dialog.drawn)
    assert dialog.frames.currentText() == "The range: 0 to 3"
    assert dialog.objects.currentText() == "Only one"
    project.workspace.set_span(0, 2)
    assert dialog.frames.currentText() == "The range: 0 to 2"
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    project.finish_run()
    assert sizes(project) == [100] * 3 + [104] * 9
    assert bench.document.cell(0, 1) == HUMAN


def test_what_would_change_is_shown_and_told(project: Driver) -> None:
    canvas = project.window.canvas
    project.go(4)
    before = canvas.grab().toImage()
    dialog = ask(project)
    tick(dialog.islands)
    project.wait(lambda: dialog.told.text() == "On this frame: 0 pixels more, 4 fewer.")
    QTest.keyClick(dialog.grow, Qt.Key.Key_Up)
    # The square grows by a ring of 40 pixels.
    project.wait(lambda: dialog.told.text() == "On this frame: 40 pixels more, 4 fewer.")
    shown = canvas.grab().toImage()
    crumb, ring = project.at(41, 31), project.at(9, 15)
    red, green = shown.pixelColor(crumb), shown.pixelColor(ring)
    assert red.red() > red.green() + 60
    assert green.green() > green.red() + 40
    assert before.pixelColor(ring) != green
    assert sizes(project) == [104] * 12, "only shown"
    project.go(0)
    project.wait(lambda: "no mask that may be changed" in dialog.told.text())
    tick(dialog.drawn)
    project.wait(lambda: "40 pixels more" in dialog.told.text())
    project.go(4)
    project.wait(lambda: "40 pixels more" in dialog.told.text())
    tick(dialog.preview)
    assert dialog.told.text() == ""
    assert canvas.grab().toImage() == before
    tick(dialog.preview)
    project.wait(lambda: "40 pixels more" in dialog.told.text())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    project.wait(lambda: project.window.findChild(CleanDialog) is None)
    assert canvas.grab().toImage() == before


def test_it_follows_edits_and_goes_with_the_project(project: Driver) -> None:
    bench = project.workspace.bench
    assert bench is not None
    project.go(4)
    dialog = ask(project)
    tick(dialog.islands)
    project.wait(lambda: "4 fewer" in dialog.told.text())
    label_map = bench.document.label_map(4).copy()
    label_map[40, 50] = 1
    bench.session.apply("Put", [SetLabel(4, label_map), SetCells(4, {1: MODEL})])
    project.wait(lambda: "5 fewer" in dialog.told.text())
    project.close()
    project.wait(lambda: project.window.findChild(CleanDialog) is None)


def test_the_command_line_does_the_same(project: Driver, tmp_path: Path) -> None:
    """Law 8: same bytes."""
    bench = project.workspace.bench
    assert bench is not None
    label_map = bench.document.label_map(3).copy()
    label_map[13:15, 13:15] = 0
    bench.session.apply("Put", [SetLabel(3, label_map)])
    bench.session.flush()
    folder, packed = bench.session.folder, tmp_path / "twin.strokeflowz"
    assert command("pack", folder, "--out", packed) == 0
    assert command("unpack", packed) == 0
    twin = tmp_path / "twin.strokeflow"
    way = ("--remove-islands", "--fill-holes", "3", "--smooth", "1", "--grow", "2")
    assert command("clean", twin, *way, "--frames", "2:9", "--json") == 0

    dialog = ask(project)
    project.workspace.set_span(2, 8)
    tick(dialog.islands)
    tick(dialog.holes)
    for box, value in ((dialog.holes_area, 3), (dialog.smooth, 1), (dialog.grow, 2)):
        box.setValue(value)
    dialog.frames.setCurrentIndex(0)
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    project.finish_run()
    bench.session.flush()
    other = open_project(twin, writable=False, need_media=False)
    for frame in range(12):
        assert np.array_equal(
            other.session.document.label_map(frame), bench.document.label_map(frame)
        )
        assert other.session.document.cells.frame(frame) == bench.document.cells.frame(frame)
    other.close()
    assert sizes(project)[3] > 104
