"""What a click would do is shown while the pointer rests, and nothing else comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from annotator.backends.base import Runtime
from annotator.jobs.base import Job
from annotator.services.runs.live import LiveMasks
from annotator.services.runs.requests import GONE, Gear, ScribbleFrame
from annotator.ui.canvas.display import OverlayMode
from annotator.ui.tools.tool import Tool
from tests import fakes
from tests.ui.conftest import Driver
from tests.ui.pointing import LONG_MS, Pointed

CONTROL = Qt.KeyboardModifier.ControlModifier
PLACE = (20.0, 20.0)


@pytest.fixture
def pointed(driver: Driver, clip: Path) -> Pointed:
    driver.open(clip)
    driver.key(Qt.Key.Key_C)
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    driver.workspace.desk.warm_up()
    return Pointed(driver)


@pytest.fixture
def masked(pointed: Pointed) -> Pointed:
    """With an object that has a mask of its own around (20, 20)."""
    pointed.click(*PLACE)
    pointed.settle()
    assert pointed.pixels()[20, 20] == 1
    return pointed


def painted(pointed: Pointed) -> NDArray[np.uint8]:
    """uint8 [h, w, 4] of the canvas."""
    image = pointed.canvas.grab().toImage()
    bits = np.frombuffer(image.constBits(), np.uint8)
    return bits.reshape(image.height(), image.bytesPerLine() // 4, 4).copy()


def test_a_resting_pointer_sees_what_a_click_would_do(pointed: Pointed) -> None:
    before, empty = pointed.state(), painted(pointed)
    change = pointed.rest(*PLACE)
    # The fake draws a click three times as wide: a disc of nine pixels.
    assert change.rect == (11, 11, 30, 30)
    assert set(np.unique(change.pixels)) == {0, 1}
    assert change.made is not None
    assert change.made.id == 1
    seen = painted(pointed)
    (x0, y0), (x1, y1) = (pointed.driver.at(*p).toTuple() for p in ((14, 14), (26, 26)))
    assert (seen[y0:y1, x0:x1] != empty[y0:y1, x0:x1]).any(axis=2).mean() > 0.9
    tones = np.unique(seen[y0:y1, x0:x1, :3].reshape(-1, 3), axis=0)
    assert len(tones) >= 2, "striped, unlike a mask"
    assert pointed.state() == before
    pointed.driver.key(Qt.Key.Key_Escape)
    assert np.array_equal(painted(pointed), empty)


def test_it_goes_when_the_pointer_moves_on(pointed: Pointed) -> None:
    pointed.rest(*PLACE)
    pointed.move(20.5, 20)
    assert pointed.shown is not None, "a trembling hand does not lose it"
    pointed.move(45, 35)
    assert pointed.shown is None
    assert pointed.canvas.stack.change is None
    assert pointed.rest(45, 35).rect == (36, 26, 55, 45)


def leave(pointed: Pointed) -> None:
    QCoreApplication.sendEvent(pointed.canvas, QEvent(QEvent.Type.Leave))


def lose_focus(pointed: Pointed) -> None:
    pointed.canvas.setFocus()
    pointed.window.objects.setFocus()
    pointed.canvas.clearFocus()


def lose_the_window(pointed: Pointed) -> None:
    other = QWidget()
    pointed.driver.qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    pointed.driver.wait(lambda: not pointed.window.isActiveWindow())


WAYS_OUT = {
    "leave": leave,
    "focus": lose_focus,
    "window": lose_the_window,
    "escape": lambda p: p.driver.key(Qt.Key.Key_Escape),
    "tool": lambda p: p.driver.key(Qt.Key.Key_B),
    "frame": lambda p: p.workspace.go_to(1),
    "close": lambda p: p.workspace.close_project(),
    "off": lambda p: p.window.table.actions["hover"].trigger(),
    "lock": lambda p: (p.edit.add_object(), lock_object(p)),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_nothing_of_it_survives(pointed: Pointed, way: str) -> None:
    pointed.canvas.setFocus()
    pointed.rest(*PLACE)
    WAYS_OUT[way](pointed)
    assert pointed.shown is None
    assert pointed.canvas.stack.change is None
    pointed.driver.qtbot.wait(LONG_MS)
    assert pointed.shown is None


@pytest.mark.parametrize("way", WAYS_OUT)
def test_what_is_on_its_way_comes_too_late(pointed: Pointed, way: str) -> None:
    pointed.canvas.setFocus()
    pointed.move(*PLACE)
    click_preview = pointed.workspace.live.click_preview
    pointed.driver.wait(lambda: click_preview.busy)
    WAYS_OUT[way](pointed)
    pointed.driver.wait(lambda: not click_preview.busy)
    pointed.driver.qtbot.wait(LONG_MS)
    assert pointed.shown is None


def test_ctrl_shows_what_a_click_takes_away(masked: Pointed) -> None:
    before = masked.state()
    masked.rest(16, 20)
    QTest.keyPress(masked.canvas, Qt.Key.Key_Control)
    masked.driver.wait(lambda: masked.shown is not None and masked.shown.at.subtract)
    assert masked.shown is not None
    assert set(np.unique(masked.shown.pixels)) == {0, GONE}
    assert masked.shown.pixels[20 - masked.shown.rect.y0, 16 - masked.shown.rect.x0] == GONE
    QTest.keyRelease(masked.canvas, Qt.Key.Key_Control)
    masked.driver.wait(lambda: masked.shown is not None and not masked.shown.at.subtract)
    assert masked.state() == before


def test_ctrl_counts_wherever_the_keyboard_is(masked: Pointed) -> None:
    masked.window.objects.setFocus()
    masked.rest(16, 20)
    QTest.keyPress(masked.window.objects, Qt.Key.Key_Control)
    masked.driver.wait(lambda: masked.shown is not None and masked.shown.at.subtract)


@pytest.fixture
def counted(pointed: Pointed, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the first mask was known already, for each order of live masks."""
    asked: list[bool] = []
    scribble = LiveMasks.scribble

    def counting(*args: object, known: bool = False) -> object:
        asked.append(known)
        return scribble(*args, known=known)  # type: ignore[arg-type]

    monkeypatch.setattr(LiveMasks, "scribble", counting)
    return asked


def test_a_click_takes_what_is_shown(pointed: Pointed, counted: list[bool]) -> None:
    pointed.click(*PLACE)
    pointed.settle()
    plain, cells = pointed.pixels(), pointed.workspace.document.cells.frame(0)
    pointed.driver.key(Qt.Key.Key_Z, CONTROL)  # the mask
    pointed.driver.key(Qt.Key.Key_Z, CONTROL)  # the object
    assert not pointed.workspace.document.objects
    at = pointed.canvas.view.to_image(*pointed.driver.at(*PLACE).toTuple())
    pointed.rest(*at)
    pointed.click(*PLACE)
    pixels = pointed.pixels()
    assert pixels.any(), "at once"
    made = pointed.workspace.object_id
    assert np.array_equal(np.where(pixels == made, 1, 0), plain)
    assert pointed.workspace.document.cells.frame(0) == {made: cells[1]}
    assert len(pointed.workspace.document.strokes(0)) == 1
    pointed.settle()
    assert np.array_equal(pointed.pixels(), pixels)
    assert counted == [False, True]
    assert pointed.shown is None
    pointed.driver.key(Qt.Key.Key_Z, CONTROL)
    assert not pointed.pixels().any()


def test_the_better_mask_follows(
    pointed: Pointed, counted: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    gear = Gear("tests.fakes:Widen", {}, Runtime())
    monkeypatch.setattr(LiveMasks, "_better_gear", lambda _self: gear)
    pointed.rest(*pointed.canvas.view.to_image(*pointed.driver.at(*PLACE).toTuple()))
    pointed.click(*PLACE)
    first = int(pointed.pixels().sum())
    assert first > 0
    assert pointed.workspace.live.busy
    pointed.settle()
    assert pointed.pixels().sum() > 1.5 * first
    assert counted == [True]
    assert [s.title for s in pointed.workspace.bench.session.store.steps()] == [  # type: ignore[union-attr]
        "Add object 1",
        "Scribble",
    ]


def test_a_click_elsewhere_asks(pointed: Pointed, counted: list[bool]) -> None:
    pointed.rest(*PLACE)
    pointed.click(45, 30)
    pointed.settle()
    assert counted == [False]
    assert (pointed.pixels()[30, 45], pointed.pixels()[20, 20]) == (1, 0)


def test_masks_that_changed_meanwhile_are_asked_for_anew(
    masked: Pointed, counted: list[bool]
) -> None:
    masked.rest(*masked.canvas.view.to_image(*masked.driver.at(30, 20).toTuple()))
    masked.edit.clear_mask(0, 1)
    assert masked.shown is None
    masked.click(30, 20)
    masked.settle()
    assert counted == [False]


def test_what_is_shown_is_renewed_with_the_masks(masked: Pointed) -> None:
    first = masked.rest(26, 20)
    masked.edit.clear_mask(0, 1)
    assert masked.shown is None
    masked.driver.wait(lambda: masked.shown is not None)
    assert masked.shown is not None
    assert masked.shown.rect != first.rect, "the rest of the mask would come back"


def test_an_answer_about_masks_that_were_is_dropped(
    masked: Pointed, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[tuple[Callable[..., None], object]] = []
    foresee = LiveMasks.foresee

    def holding(self: LiveMasks, order: ScribbleFrame, *calls: Callable[..., None]) -> Job:
        hold = [partial(lambda call, given: held.append((call, given)), call) for call in calls]
        return foresee(self, order, *hold)

    monkeypatch.setattr(LiveMasks, "foresee", holding)
    masked.move(26, 20)
    masked.driver.wait(lambda: len(held) == 2)
    masked.edit.clear_mask(0, 1)
    monkeypatch.undo()
    for call, given in held:
        call(given)
        assert masked.shown is None
    masked.driver.wait(lambda: masked.shown is not None)
    assert masked.shown is not None
    assert masked.shown.pixels[20 - masked.shown.rect.y0, 18 - masked.shown.rect.x0] == 1


def lock_cell(pointed: Pointed) -> None:
    pointed.driver.key(Qt.Key.Key_L)


def lock_object(pointed: Pointed) -> None:
    info = pointed.workspace.document.objects[1]
    pointed.edit.change_object(replace(info, locked=True))


def switch_off(pointed: Pointed) -> None:
    pointed.window.table.actions["hover"].trigger()
    assert not pointed.window.table.actions["hover"].isChecked()
    assert not pointed.window.settings.preferences().hover


def scribbles_only(pointed: Pointed) -> None:
    pointed.window.custom.apply(replace(pointed.window.custom.chosen, live=False))


def picture_only(pointed: Pointed) -> None:
    pointed.window.look.set_mode(OverlayMode.IMAGE)


def stand_in(pointed: Pointed) -> None:
    pointed.canvas.shown, pointed.canvas.standing_in = -1, 0


@pytest.mark.parametrize(
    "refuse", [lock_cell, lock_object, switch_off, scribbles_only, picture_only, stand_in]
)
def test_no_preview_where_a_click_would_do_nothing(masked: Pointed, refuse: object) -> None:
    masked.rest(34, 20)
    masked.move(50, 40)
    refuse(masked)  # type: ignore[operator]
    masked.wait_in_vain(34, 20)
    assert not masked.workspace.live.click_preview.busy


def test_none_in_a_project_that_is_read_only(masked: Pointed) -> None:
    bench = masked.workspace.bench
    assert bench is not None
    masked.workspace.effort = None
    bench.session.store.read_only_reason = "tested"
    assert bench.session.read_only
    masked.wait_in_vain(34, 20)
    bench.session.store.read_only_reason = ""


def test_none_beside_the_picture_or_with_other_tools(masked: Pointed) -> None:
    masked.wait_in_vain(-2, 20)
    for tool in (Tool.SCRIBBLE, Tool.BRUSH, Tool.HINT):
        masked.workspace.choose_tool(tool)
        masked.wait_in_vain(40, 20)


def test_one_question_at_a_time(pointed: Pointed, monkeypatch: pytest.MonkeyPatch) -> None:
    gear = Gear("tests.fakes:Widen", {}, Runtime())  # takes half a second
    monkeypatch.setattr(LiveMasks, "_gear", lambda _self: gear)
    open_now, most = 0, 0
    foresee = LiveMasks.foresee

    def counting(self: LiveMasks, order: object, on_result: object, on_end: object) -> object:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)

        def ended(job: object) -> None:
            nonlocal open_now
            open_now -= 1
            on_end(job)  # type: ignore[operator]

        return foresee(self, order, on_result, ended)  # type: ignore[arg-type]

    monkeypatch.setattr(LiveMasks, "foresee", counting)
    for x in range(14, 54, 8):
        pointed.move(x, 24)
        pointed.driver.qtbot.wait(150)
    pointed.driver.wait(lambda: pointed.shown is not None)
    assert pointed.shown is not None
    assert round(pointed.shown.at.x) == 46
    assert most == 1


def test_strokes_go_first(pointed: Pointed, monkeypatch: pytest.MonkeyPatch) -> None:
    gear = Gear("tests.fakes:Widen", {}, Runtime())
    monkeypatch.setattr(LiveMasks, "_better_gear", lambda _self: gear)
    pointed.click(*PLACE)
    pointed.move(45, 30)
    pointed.driver.qtbot.wait(200)
    assert pointed.workspace.live.busy
    assert not pointed.workspace.live.click_preview.busy
    pointed.settle()
    pointed.driver.wait(lambda: pointed.shown is not None)


def test_it_answers_while_a_run_goes_on(driver: Driver, tmp_path: Path) -> None:
    driver.open(fakes.image_folder(tmp_path / "long", 400))
    driver.key(Qt.Key.Key_B)
    driver.draw((20, 20), (30, 20))
    driver.key(Qt.Key.Key_C)
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    driver.key(Qt.Key.Key_G)
    driver.wait(lambda: driver.workspace.desk.runs and driver.workspace.desk.runs[-1].filled > 5)
    pointed = Pointed(driver)
    pointed.rest(45, 35)
    assert driver.workspace.running is not None
    driver.workspace.desk.cancel()
    driver.finish_run()


def test_a_failure_says_nothing_and_is_not_repeated(
    pointed: Pointed, monkeypatch: pytest.MonkeyPatch
) -> None:
    gear = Gear("tests.fakes:Nothing", {}, Runtime())
    monkeypatch.setattr(LiveMasks, "_gear", lambda _self: gear)
    told: list[str] = []
    pointed.workspace.noticed.connect(lambda _level, title, _detail: told.append(title))
    pointed.move(*PLACE)
    click_preview = pointed.workspace.live.click_preview
    pointed.driver.wait(lambda: click_preview.busy)
    pointed.driver.wait(lambda: not click_preview.busy)
    pointed.wait_in_vain(45, 30)
    assert not told


def test_the_switch_is_in_the_settings(pointed: Pointed) -> None:
    dialog = pointed.window.custom.ask_settings()
    assert dialog.hover.isChecked()
    dialog.hover.click()
    dialog.reject()
    pointed.driver.wait(lambda: not pointed.window.table.actions["hover"].isChecked())
    pointed.wait_in_vain(*PLACE)
