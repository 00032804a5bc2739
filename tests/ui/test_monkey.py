"""A monkey at the window: nothing breaks, locks hold, and all of it can be undone."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.ui.conftest import Driver

DIALOGS = {
    "open", "open_folder", "dataset", "locate", "embed", "pack", "clean", "import",
    "export", "close", "quit", "about",
    "palette", "merge_object", "settings", "whats_this", "models", "report", "pictures",
    "note", "previous_note", "next_note", "stage",
    "class_object", "lock_object",
    "auto", "steps", "shortcuts", "swap_object", "theme", "lock", "undo", "redo", "play",
}  # fmt: skip
"""Not for the monkey: what asks something, leaves, or changes locks."""

LOCKED = 6
"""A frame whose masks are locked from the beginning."""


def snapshot(driver: Driver) -> list:
    document = driver.workspace.document
    return [
        sorted(document.objects),
        [
            (document.label_map(f).tobytes(), document.cells.frame(f), document.strokes(f))
            for f in range(document.n_frames)
        ],
    ]


def scribble_about(driver: Driver, dice: random.Random) -> None:
    """Press, move, and mostly release, anywhere, with any modifier."""
    keys = dice.choice(
        [Qt.KeyboardModifier.NoModifier] * 3
        + [Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier]
    )
    canvas, left = driver.window.canvas, Qt.MouseButton.LeftButton
    spots = [
        QPoint(dice.randrange(canvas.width()), dice.randrange(canvas.height()))
        for _ in range(dice.randint(1, 5))
    ]
    QTest.mousePress(canvas, left, keys, spots[0])
    for spot in spots:
        QTest.mouseMove(canvas, spot)
    if dice.random() < 0.2:
        driver.key(dice.choice([Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Backspace]))
    if dice.random() < 0.1:
        driver.workspace.go_to(dice.randrange(12))
    QTest.mouseRelease(canvas, left, keys, spots[-1])


@pytest.mark.parametrize("seed", [1, 2])
def test_random_use(driver: Driver, clip: Path, seed: int) -> None:
    dice = random.Random(seed)
    driver.open(clip)
    for x in (10, 40):
        QTest.mouseClick(driver.window.objects.add, Qt.MouseButton.LeftButton)
        driver.workspace.choose_object(max(driver.workspace.document.objects))
        driver.go(LOCKED)
        driver.key(Qt.Key.Key_U)
        driver.draw((x, 10), (x + 15, 30))
    driver.key(Qt.Key.Key_L)
    locked = np.array(driver.workspace.document.label_map(LOCKED))
    before = snapshot(driver)
    start = len(driver.workspace.bench.session.store.steps())
    actions = [a for name, a in driver.window.table.actions.items() if name not in DIALOGS]
    for _ in range(160):
        if dice.random() < 0.5:
            scribble_about(driver, dice)
        else:
            dice.choice(actions).trigger()
        if dice.random() < 0.3:
            driver.workspace.go_to(dice.randrange(12))
        if dice.random() < 0.2:
            driver.workspace.choose_object(dice.choice([1, 2]))
        QApplication.processEvents()
        assert not any(m.isVisible() for m in driver.window.findChildren(QMenu))
    driver.wait(lambda: not driver.workspace.live.busy and driver.workspace.running is None)
    driver.key(Qt.Key.Key_Escape)
    document = driver.workspace.document
    for object_id in (1, 2):
        mine = document.label_map(LOCKED) == object_id
        assert np.array_equal(mine, locked == object_id), "locked masks never change"
    steps = driver.workspace.bench.session.store.steps()
    for _ in range(sum(not step.undone for step in steps) - start):
        driver.workspace.undo()
    assert snapshot(driver) == before
