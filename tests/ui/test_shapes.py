"""The region tools and the menu "Mask", by mouse and keyboard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from annotator.core.types import Provenance
from annotator.ui.canvas.display import OverlayMode, tone_table
from tests.ui.conftest import Driver

CONTROL = Qt.KeyboardModifier.ControlModifier


def mask(driver: Driver, object_id: int = 1) -> np.ndarray:
    return driver.workspace.document.label_map(driver.workspace.frame) == object_id


def click(driver: Driver, x: float, y: float) -> None:
    QTest.mouseClick(driver.window.canvas, Qt.MouseButton.LeftButton, pos=driver.at(x, y))


def box(driver: Driver, x0: float, y0: float, x1: float, y1: float) -> None:
    driver.key(Qt.Key.Key_U)
    driver.draw((x0, y0), (x1, y1))


def test_box_lasso_and_taking_away(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    box(driver, 9.6, 9.6, 30.4, 25.4)
    assert mask(driver).sum() == 21 * 16
    assert driver.workspace.document.cell(0, 1).provenance is Provenance.HUMAN
    driver.key(Qt.Key.Key_J)
    driver.draw((12, 12), (20, 12), (20, 20), (12, 20), modifier=CONTROL)
    assert not mask(driver)[16, 16]
    assert mask(driver)[24, 24]
    driver.key(Qt.Key.Key_Z, CONTROL)
    assert mask(driver).sum() == 21 * 16, "one undo step"


def test_polygon_is_edited_before_it_closes(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_Y)
    for corner in ((10, 10), (50, 10), (50, 40), (60, 45)):
        click(driver, *corner)
    assert not mask(driver).any()
    driver.key(Qt.Key.Key_Backspace)
    driver.draw((50, 40), (50, 30))  # moves the last corner
    driver.key(Qt.Key.Key_Return)
    assert mask(driver)[15, 40]
    assert not mask(driver)[35, 48]
    for corner in ((5, 40), (10, 40), (10, 45)):
        click(driver, *corner)
    driver.key(Qt.Key.Key_Escape)
    driver.key(Qt.Key.Key_Return)
    assert not mask(driver)[41, 9]
    for corner in ((5, 40), (12, 40), (12, 46), (5, 40)):
        click(driver, *corner)
    assert mask(driver)[41, 10], "a click on the first corner closes"


def test_a_corner_is_taken_back_while_it_is_held(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_Y)
    canvas = driver.window.canvas
    for corner in ((10, 10), (50, 10)):
        click(driver, *corner)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=driver.at(50, 40))
    driver.key(Qt.Key.Key_Backspace)
    QTest.mouseMove(canvas, driver.at(20, 30))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=driver.at(20, 30))
    assert canvas.pen.corners == 2, "moving on moves no other corner"
    click(driver, 10, 40)
    driver.key(Qt.Key.Key_Return)
    assert mask(driver)[15, 15]
    assert not mask(driver)[38, 45]


def test_a_double_click_on_the_first_corner_only_closes(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.key(Qt.Key.Key_Y)
    for corner in ((10, 10), (50, 10), (50, 40), (10, 10)):
        click(driver, *corner)
    assert mask(driver)[15, 40]
    corner = driver.at(10, 10)
    QTest.mouseDClick(driver.window.canvas, Qt.MouseButton.LeftButton, pos=corner)
    QTest.mouseRelease(driver.window.canvas, Qt.MouseButton.LeftButton, pos=corner)
    assert not driver.window.canvas.pen.pending, "no new polygon begins at the second click"


def test_fill_closes_a_hole_and_follows_colour(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.workspace.set_radius(1.5)
    driver.key(Qt.Key.Key_B)
    for line in (
        ((40, 30), (55, 30)),
        ((55, 30), (55, 42)),
        ((55, 42), (40, 42)),
        ((40, 42), (40, 30)),
    ):
        driver.draw(*line)  # fmt: skip
    driver.key(Qt.Key.Key_K)
    click(driver, 47, 36)
    assert mask(driver)[36, 47]
    assert not mask(driver)[20, 50]
    click(driver, 15, 20)  # the bright square of the clip, rows 10..29, columns 5..24
    assert mask(driver)[12:28, 7:23].all()
    assert not mask(driver)[20, 35]


def test_reshaping_is_one_step_each(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    box(driver, 10, 10, 30, 30)
    box(driver, 40, 40, 43, 43)
    before = mask(driver).copy()
    driver.key(Qt.Key.Key_Up, CONTROL)
    assert mask(driver).sum() > before.sum()
    driver.key(Qt.Key.Key_Down, CONTROL)
    assert np.array_equal(mask(driver), before)
    driver.key(Qt.Key.Key_L, CONTROL)
    assert not mask(driver)[41, 41]
    driver.key(Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(mask(driver), before)
    driver.key(Qt.Key.Key_J)
    driver.draw((14, 14), (20, 14), (20, 20), (14, 20), modifier=CONTROL)
    driver.key(Qt.Key.Key_H, CONTROL)
    assert mask(driver)[16, 16]


def test_other_objects_are_protected_when_asked_and_locked_ones_always(
    driver: Driver, clip: Path
) -> None:
    driver.open(clip)
    box(driver, 10, 10, 30, 30)
    first = mask(driver).copy()
    QTest.mouseClick(driver.window.objects.add, Qt.MouseButton.LeftButton)
    driver.key(Qt.Key.Key_P, CONTROL)
    assert driver.window.table.actions["protect"].isChecked()
    box(driver, 20, 20, 40, 40)
    assert np.array_equal(mask(driver), first)
    assert mask(driver, 2)[35, 35]
    driver.key(Qt.Key.Key_P, CONTROL)
    driver.key(Qt.Key.Key_L)
    driver.key(Qt.Key.Key_U)
    driver.draw((0, 0), (60, 45))
    assert np.array_equal(mask(driver), first)
    assert "locked" in driver.window.notices.text


def test_masks_are_copied_cleared_and_marked_absent(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    box(driver, 10, 10, 30, 30)
    first = mask(driver).copy()
    driver.go(5)
    driver.key(Qt.Key.Key_Left, CONTROL)
    assert np.array_equal(mask(driver), first)
    driver.key(Qt.Key.Key_Delete)
    assert driver.workspace.document.cell(5, 1).provenance is Provenance.NONE
    driver.key(Qt.Key.Key_N)
    assert driver.workspace.document.cell(5, 1).provenance is Provenance.HUMAN
    assert not mask(driver).any()
    driver.key(Qt.Key.Key_Right, CONTROL)
    assert "no key frame after" in driver.window.notices.text


def test_overlay_modes_and_tone_change_only_what_is_seen(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    box(driver, 10, 10, 30, 30)
    look, canvas = driver.window.look, driver.window.canvas
    seen = set()
    for _ in OverlayMode:
        driver.key(Qt.Key.Key_V)
        seen.add(canvas.grab().toImage().pixelColor(driver.at(20, 20)).name())
    assert look.mode is OverlayMode.MASK
    assert len(seen) >= 2
    driver.key(Qt.Key.Key_M)
    assert look.mode is OverlayMode.IMAGE
    driver.key(Qt.Key.Key_M)
    assert look.mode is OverlayMode.MASK
    plain = canvas.grab().toImage().pixelColor(driver.at(50, 40)).lightness()
    look.set_tone(brightness=60, contrast=0, gamma=0)
    assert canvas.grab().toImage().pixelColor(driver.at(50, 40)).lightness() > plain + 30


def test_onion_skin_shows_the_neighbours(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    box(driver, 10, 10, 30, 30)
    driver.go(1)
    before = driver.window.canvas.grab().toImage()
    driver.key(Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    after = driver.window.canvas.grab().toImage()
    assert before != after
    assert driver.window.table.actions["onion"].isChecked()


def test_tone_tables_are_neutral_at_zero_and_monotonic() -> None:
    assert tone_table(0, 0, 0) is None
    table = tone_table(10, -30, 40)
    assert table is not None
    assert (np.diff(table.astype(int)) >= 0).all()
    assert tone_table(0, 0, 60)[64] > 64  # type: ignore[index]
    assert pytest.approx(tone_table(0, 40, 0)[128], abs=2) == 128  # type: ignore[index]


@pytest.mark.parametrize("figure", ["eraser", "box", "lasso", "fill"])
def test_erasing_where_nothing_is_says_so_and_makes_no_object(
    driver: Driver, clip: Path, figure: str
) -> None:
    driver.open(clip)
    told: list[tuple[str, str, str]] = []
    driver.workspace.noticed.connect(lambda *words: told.append(words))
    keys = {"eraser": Qt.Key.Key_E, "box": Qt.Key.Key_U, "lasso": Qt.Key.Key_J}
    driver.key(keys.get(figure, Qt.Key.Key_K))
    held = Qt.KeyboardModifier.NoModifier if figure == "eraser" else CONTROL
    driver.draw((12, 12), (30, 12), (30, 30), modifier=held)
    assert [words[1] for words in told] == ["There is nothing to erase."]
    assert not driver.workspace.document.objects
    assert driver.workspace.bench.session.store.steps() == []
