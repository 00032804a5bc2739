"""Live masks: at once without a network, and a moment later better, as one undo step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from annotator.backends.base import Runtime
from annotator.services.editing.edit import EditService
from annotator.services.runs.live import LiveMasks
from annotator.services.runs.requests import Gear
from tests.ui.conftest import Driver

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def at_work(driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """An object, and a backend that takes its time for better masks."""
    gear = Gear("tests.fakes:Widen", {}, Runtime())
    monkeypatch.setattr(LiveMasks, "_better_gear", lambda _self: gear)
    driver.open(clip)
    edit(driver).add_object("thing")
    driver.workspace.choose_object(1)
    return driver


def edit(driver: Driver) -> EditService:
    assert driver.workspace.bench is not None
    return driver.workspace.bench.edit


def strokes(driver: Driver) -> int:
    return len(driver.workspace.document.strokes(0))


def area(driver: Driver) -> int:
    return int((driver.workspace.document.label_map(0) == 1).sum())


def steps(driver: Driver) -> int:
    assert driver.workspace.bench is not None
    return len([s for s in driver.workspace.bench.session.store.steps() if not s.undone])


def scribble(driver: Driver, *points: tuple[float, float]) -> int:
    """Draw, and wait for the first mask; its area."""
    drawn = strokes(driver)
    driver.draw(*points)
    driver.wait(lambda: strokes(driver) == drawn + 1)
    assert driver.workspace.live.busy
    return area(driver)


def rest(driver: Driver) -> None:
    driver.wait(lambda: not driver.workspace.live.busy)


def test_a_better_mask_follows_within_the_same_step(at_work: Driver) -> None:
    begun = steps(at_work)
    first = scribble(at_work, (15, 15), (24, 22))
    assert first > 0
    rest(at_work)
    assert area(at_work) > 1.3 * first
    assert steps(at_work) == begun + 1
    at_work.key(Qt.Key.Key_Z, CONTROL)
    assert (area(at_work), strokes(at_work), steps(at_work)) == (0, 0, begun)


def test_the_pen_does_not_wait_for_it(at_work: Driver) -> None:
    begun = steps(at_work)
    scribble(at_work, (15, 15), (20, 15))
    two = scribble(at_work, (40, 30), (46, 30))
    rest(at_work)
    assert (strokes(at_work), steps(at_work)) == (2, begun + 2)
    # The second order asked for both strokes again, so both got better.
    assert area(at_work) > 1.3 * two


def test_undo_in_between_takes_the_stroke_back(at_work: Driver) -> None:
    begun = steps(at_work)
    scribble(at_work, (15, 15), (24, 22))
    at_work.key(Qt.Key.Key_Z, CONTROL)
    assert (area(at_work), strokes(at_work), steps(at_work)) == (0, 0, begun)
    at_work.qtbot.wait(900)
    assert (area(at_work), strokes(at_work), steps(at_work)) == (0, 0, begun)


def test_it_comes_too_late_for_a_person_who_has_gone_on(at_work: Driver) -> None:
    scribble(at_work, (15, 15), (24, 22))
    edit(at_work).clear_mask(0, 1)
    done = np.array(at_work.workspace.document.label_map(0))
    rest(at_work)
    assert np.array_equal(at_work.workspace.document.label_map(0), done)


def test_escape_keeps_the_first_mask(at_work: Driver) -> None:
    first = scribble(at_work, (15, 15), (24, 22))
    at_work.key(Qt.Key.Key_Escape)
    rest(at_work)
    at_work.qtbot.wait(700)
    assert (area(at_work), strokes(at_work)) == (first, 1)


@pytest.fixture
def slow(driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """As `at_work`, but already the first mask takes its time."""
    gear = Gear("tests.fakes:Widen", {}, Runtime())
    monkeypatch.setattr(LiveMasks, "_gear", lambda _self: gear)
    monkeypatch.setattr(LiveMasks, "_better_gear", lambda _self: None)
    driver.open(clip)
    edit(driver).add_object("thing")
    driver.workspace.choose_object(1)
    return driver


def test_a_mask_that_comes_while_the_pen_is_down_stays(slow: Driver) -> None:
    canvas, left = slow.window.canvas, Qt.MouseButton.LeftButton
    slow.draw((15, 15), (24, 15))
    slow.key(Qt.Key.Key_B)
    QTest.mousePress(canvas, left, pos=slow.at(45, 40))
    rest(slow)
    assert canvas.pen.painting is not None
    shown = canvas.pen.painting.pixels
    assert (shown[15, 20], shown[40, 45]) == (1, 1), "both are seen while the pen goes on"
    QTest.mouseMove(canvas, slow.at(50, 40))
    QTest.mouseRelease(canvas, left, pos=slow.at(50, 40))
    done = slow.workspace.document.label_map(0)
    assert (done[15, 20], done[40, 45], done[40, 50]) == (1, 1, 1)


def test_what_is_painted_before_the_mask_comes_stays(slow: Driver) -> None:
    slow.draw((15, 15), (24, 15))
    slow.key(Qt.Key.Key_B)
    slow.draw((45, 40), (50, 40))
    rest(slow)
    done = slow.workspace.document.label_map(0)
    assert done[15, 25] == 1
    assert done[40, 47] == 1, "painted by hand after the scribble"


def test_merging_waits_for_the_mask_of_a_scribble(slow: Driver) -> None:
    edit(slow).add_object("other")
    slow.draw((15, 15), (24, 15))
    slow.window.objects._pair("merge", 2)
    rest(slow)
    slow.wait(lambda: sorted(slow.workspace.document.objects) == [2])
    assert set(np.unique(slow.workspace.document.label_map(0))) == {0, 2}
    assert [s.object_id for s in slow.workspace.document.strokes(0)] == [2]
    assert slow.workspace.object_id == 2


def test_a_scribble_goes_with_its_object(slow: Driver) -> None:
    """Undo on another frame takes the object away while its mask is computed."""
    begun = steps(slow)
    slow.draw((15, 15), (24, 15))
    slow.go(3)
    slow.key(Qt.Key.Key_Z, CONTROL)
    assert not slow.workspace.document.objects
    rest(slow)
    document = slow.workspace.document
    assert (strokes(slow), steps(slow)) == (0, begun - 1)
    assert not document.label_map(0).any()
    assert not document.cells.frame(0)
