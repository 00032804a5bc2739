"""Merging and swapping objects, the command palette, recent projects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton

from annotator.core.cells import CellTable
from annotator.core.types import Cell, Provenance
from annotator.services.editing.edit_objects import united
from annotator.services.project.projects import create_project
from annotator.ui.commands.palette import Palette, score
from annotator.ui.panels.delegates import NOTE
from tests.ui.conftest import Driver, build

CONTROL = Qt.KeyboardModifier.ControlModifier
HUMAN, MODEL = Cell(Provenance.HUMAN), Cell(Provenance.MODEL, False, 0.7, "copy")


@pytest.fixture
def two(driver: Driver, clip: Path) -> Driver:
    """Objects 1 and 2, scribbled on frame 0 and carried to all frames."""
    driver.open(clip)
    for object_id, x in ((1, 12), (2, 45)):
        QTest.mouseClick(driver.window.objects.add, Qt.MouseButton.LeftButton)
        driver.workspace.choose_object(object_id)
        driver.draw((x, 15), (x + 6, 22))
        driver.wait(lambda: not driver.workspace.live.busy)
    driver.key(Qt.Key.Key_G)
    driver.finish_run()
    return driver


def choose(driver: Driver, action: str, name: str) -> None:
    """Trigger an action that asks for another object, and answer."""
    driver.window.table.actions[action].trigger()
    menu = next(m for m in driver.window.objects.findChildren(QMenu) if m.isVisible())
    next(a for a in menu.actions() if a.text() == name).trigger()
    menu.close()
    menu.deleteLater()


def state(driver: Driver) -> list:
    document = driver.workspace.document
    return [
        (document.label_map(f).tobytes(), document.cells.frame(f), document.strokes(f))
        for f in range(document.n_frames)
    ]


def test_merge_moves_masks_cells_and_strokes(two: Driver) -> None:
    document = two.workspace.document
    before = state(two)
    choose(two, "merge_object", "object 1")
    assert sorted(document.objects) == [1]
    assert two.workspace.object_id == 1
    for frame in range(12):
        old = np.frombuffer(before[frame][0], np.uint8).reshape(48, 64)
        assert np.array_equal(document.label_map(frame) > 0, old > 0)
        assert 2 not in document.label_map(frame)
    assert {s.object_id for s in document.strokes(0)} == {1}
    assert document.cell(5, 1).provenance is Provenance.MODEL
    two.key(Qt.Key.Key_Z, CONTROL)
    assert state(two) == before, "one undo step"
    assert sorted(document.objects) == [1, 2]


def test_swap_from_this_frame_on(two: Driver) -> None:
    document = two.workspace.document
    before = [np.array(document.label_map(f)) for f in range(12)]
    two.go(4)
    choose(two, "swap_object", "object 1")
    for frame in range(12):
        expected = before[frame].copy()
        if frame >= 4:
            expected[before[frame] == 1], expected[before[frame] == 2] = 2, 1
        assert np.array_equal(document.label_map(frame), expected)
    assert {s.object_id for s in document.strokes(0)} == {1, 2}


@pytest.mark.parametrize("action", ["merge_object", "swap_object", "delete_object"])
def test_locked_masks_never_change(two: Driver, action: str) -> None:
    two.go(7)
    two.key(Qt.Key.Key_L)
    before = state(two)
    two.go(2)
    if action == "delete_object":
        two.window.table.actions[action].trigger()
    else:
        choose(two, action, "object 1")
    assert "locked on 1 frame, the first is 7" in two.window.notices.text
    assert state(two) == before


def test_united_cells_never_lose_what_a_person_made() -> None:
    none, lower = Cell(Provenance.NONE), Cell(Provenance.MODEL, True, 0.4, "other")
    pairs = [
        (HUMAN, MODEL, HUMAN),
        (MODEL, HUMAN, HUMAN),
        (none, MODEL, MODEL),
        (none, none, none),
        (MODEL, lower, replace(lower, locked=False)),
        (lower, MODEL, replace(MODEL, quality=lower.quality)),
        (lower, replace(MODEL, quality=None), replace(MODEL, quality=lower.quality)),
    ]
    table, frames = CellTable(len(pairs)), np.arange(len(pairs))
    for frame, (mine, theirs, _) in enumerate(pairs):
        table.set(frame, 1, mine)
        table.set(frame, 2, theirs)
    table.set_records(3, frames, united(table.records(1, frames), table.records(2, frames)))
    for frame, (_, _, wanted) in enumerate(pairs):
        found = table.get(frame, 3)
        assert replace(found, quality=None) == replace(wanted, quality=None)
        assert found.quality == pytest.approx(wanted.quality)


def test_the_palette_finds_and_runs_commands(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_K, CONTROL)
    palette = driver.window.findChild(Palette)
    assert palette is not None
    QTest.keyClicks(palette.typed, "poly")
    assert palette.list.item(0).text().startswith("Polygon")
    QTest.keyClick(palette.typed, Qt.Key.Key_Return)
    assert driver.workspace.tool.value == "polygon"
    driver.key(Qt.Key.Key_K, CONTROL)
    palette = next(p for p in driver.window.findChildren(Palette) if p.isVisible())
    names = [palette.list.item(i).text() for i in range(palette.list.count())]
    assert not any(name.startswith("Cancel run") for name in names), "nothing runs"
    first = palette.list.currentRow()
    QTest.keyClick(palette.typed, Qt.Key.Key_Down)
    assert palette.list.currentRow() == first + 1
    QTest.keyClicks(palette.typed, "no such command")
    QTest.keyClick(palette.typed, Qt.Key.Key_Return)
    assert driver.workspace.tool.value == "polygon"


def test_scores_prefer_beginnings() -> None:
    assert score("wor", "Next worst frame") == 1
    assert score("fill key", "Fill between key frames") == 1
    assert score("nwf", "Next worst frame") == 10
    assert score("zzz", "Next worst frame") is None
    assert score("", "anything") == 0


def test_recent_projects_are_in_the_menu(driver: Driver, clip: Path) -> None:
    driver.window.switcher.recent.aboutToShow.emit()
    assert not driver.window.switcher.recent.actions()[0].isEnabled()
    driver.open(clip)
    project = driver.workspace.bench.session.folder
    driver.close()
    driver.window.switcher.recent.aboutToShow.emit()
    driver.window.switcher.recent.actions()[0].trigger()
    driver.wait(lambda: not driver.window.switcher.busy)
    assert driver.workspace.bench.session.folder.resolve() == project.resolve()


def test_copies_of_frames_go_with_projects_that_were_not_opened_lately(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    first = driver.workspace.bench.session.folder
    copies = first / "cache" / "full.db"
    driver.close()
    copies.write_bytes(b"copies of frames")
    kept = first / "project.db"
    before = kept.read_bytes()
    for number in range(8):
        assert copies.exists()
        driver.open(create_project(tmp_path / f"other{number}", clip))
    assert not copies.exists()
    assert kept.read_bytes() == before
    assert first.resolve() not in driver.window.settings.recent()


def test_a_long_list_stays_where_it_is(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    for _ in range(60):
        driver.workspace.bench.edit.add_object()
    driver.workspace.bench.session.flush()  # nobody makes sixty faster than the disk takes them
    driver.workspace.choose_object(1)
    objects = driver.window.objects.list
    objects.scrollToBottom()
    place = objects.verticalScrollBar().value()
    assert place > 0
    row = objects.visualItemRect(objects.item(58))
    spot = QPoint(row.left() + 12, row.center().y())
    QTest.mouseClick(objects.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert not driver.workspace.document.objects[59].visible
    assert objects.verticalScrollBar().value() == place
    driver.key(Qt.Key.Key_Z, CONTROL)
    assert objects.item(58).checkState() is Qt.CheckState.Checked
    assert objects.verticalScrollBar().value() == place


def test_another_object_is_chosen_where_the_chosen_one_goes(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    for _ in range(3):
        QTest.mouseClick(driver.window.objects.add, Qt.MouseButton.LeftButton)
    driver.key(Qt.Key.Key_Z, CONTROL)
    assert driver.workspace.object_id == 2
    assert driver.window.objects.list.currentRow() == 1
    driver.key(Qt.Key.Key_B)
    driver.draw((10, 10), (20, 10))
    assert sorted(driver.workspace.document.objects) == [1, 2], "the pen makes no fourth one"
    for _ in range(3):
        driver.key(Qt.Key.Key_Z, CONTROL)
    assert (driver.workspace.object_id, driver.window.objects.list.count()) == (0, 0)


def test_a_read_only_project_offers_nothing_that_it_refuses(
    driver: Driver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    driver.window.objects.add_object()
    driver.workspace.bench.session.flush()
    second = build(tmp_path / "second.ini")
    second.show()
    try:
        Driver(second, driver.qtbot).open(driver.workspace.bench.session.folder)
        assert second.workspace.bench.session.read_only
        panels = (second.objects, second.review_panel)
        buttons = [b for panel in panels for b in panel.findChildren(QPushButton)]
        assert len(buttons) == 7
        assert not any(b.isEnabled() for b in buttons)
        flags = second.objects.list.item(0).flags()
        assert not flags & (Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable)
        assert all(b.isEnabled() for b in driver.window.objects.findChildren(QPushButton))
        assert all(b.isEnabled() for b in driver.window.review_panel.findChildren(QPushButton))
    finally:
        second.close()
        second.deleteLater()


def test_scribbles_are_cleared_where_there_are_some(two: Driver) -> None:
    clear, document = two.window.table.actions["clear_strokes"], two.workspace.document
    clear.trigger()
    assert not document.strokes(0)
    clear.trigger()
    assert "no scribble on this frame" in two.window.notices.text


def test_a_name_is_typed_while_runs_and_edits_go_on(two: Driver) -> None:
    names, document = two.window.objects.list, two.workspace.document
    two.go(5)
    two.workspace.choose_object(1)
    names.editItem(names.item(0))
    field = names.findChild(QLineEdit)
    QTest.keyClicks(field, "cat")
    bench = two.workspace.bench
    bench.edit.reject([5], [1])
    made = bench.edit.add_object("third")
    bench.edit.delete_object(2)
    two.qtbot.wait(50)
    assert field.text() == "cat"
    QTest.keyClick(field, Qt.Key.Key_Return)
    two.wait(lambda: [o.name for o in document.objects.values()] == ["cat", "third"], 5)
    two.wait(lambda: names.item(0).data(NOTE) == "–")
    assert [names.item(i).text() for i in range(names.count())] == ["cat", "third"]
    assert two.workspace.object_id == 1
    for _ in range(2):
        bench.session.undo()
    assert [names.item(i).text() for i in range(names.count())] == ["object 1", "object 2", "third"]
    assert made.id == 3
