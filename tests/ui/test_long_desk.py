"""Edits of very many frames: the window goes on meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from annotator.services.editing import steps
from annotator.services.editing.steps import LongEdit
from tests import fakes
from tests.ui.conftest import Driver
from tests.ui.long_edits import counts, open_masked

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def masked(driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """A model's mask on each frame; every edit counts as a long one, a frame a turn."""
    open_masked(driver, clip, monkeypatch)
    for bound in ("LARGEST", "_SMALLEST"):
        monkeypatch.setattr(steps, bound, 1)
    return driver


def idle(driver: Driver) -> None:
    bench = driver.workspace.bench
    assert bench is not None
    driver.wait(lambda: bench.session.long is None)


def test_accepting_goes_on_while_the_window_turns_and_undo_too(masked: Driver) -> None:
    total, said = masked.workspace.n_frames, list[str]()
    masked.workspace.offered.connect(lambda _level, title, _detail, _offer: said.append(title))
    masked.window.table.actions["accept_span"].trigger()
    assert counts(masked) == {"model:copy": total}, "nothing has been done before the next turn"
    idle(masked)
    assert counts(masked) == {"corrected": total}
    shares = [text for text in said if text.startswith("Accept: ") and text.endswith("%")]
    assert len(shares) >= total // 2, "it tells how far it is"
    assert masked.window.notices.text == f"Frames 0 to {total - 1}: accepted."
    masked.key(Qt.Key.Key_Z, CONTROL)
    assert counts(masked) == {"corrected": total}
    idle(masked)
    assert counts(masked) == {"model:copy": total}
    assert masked.window.notices.text == "Accept: done."
    masked.key(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    idle(masked)
    assert counts(masked) == {"corrected": total}


def test_meanwhile_one_can_look_around_but_not_edit(masked: Driver) -> None:
    bench = masked.workspace.bench
    assert bench is not None
    masked.window.table.actions["accept_span"].trigger()
    edit = bench.session.long
    assert edit is not None
    edit.go_on()
    masked.draw((10, 10), (20, 20))
    assert "is not done yet" in masked.window.notices.text
    masked.workspace.go_to(3)
    assert masked.workspace.frame == 3
    idle(masked)
    assert bench.document.strokes(0) == ()
    masked.go(0)
    masked.draw((10, 10), (20, 20))
    masked.wait(lambda: not masked.workspace.live.busy)
    assert len(bench.document.strokes(0)) == 1


def test_a_stroke_under_the_pen_comes_before(masked: Driver) -> None:
    bench, canvas = masked.workspace.bench, masked.window.canvas
    assert bench is not None
    masked.key(Qt.Key.Key_B)
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(canvas, left, plain, masked.at(10, 10))
    QTest.mouseMove(canvas, masked.at(20, 20))
    masked.window.table.actions["accept_span"].trigger()
    QTest.mouseRelease(canvas, left, plain, masked.at(20, 20))
    idle(masked)
    assert bench.document.label_map(0).any(), "the stroke is there"
    assert [s.title for s in bench.session.store.steps()][-2:] == ["Paint object 1", "Accept"]
    assert counts(masked) == {"corrected": masked.workspace.n_frames}


def begun(driver: Driver) -> LongEdit:
    """Accepting, after its first frames."""
    driver.window.table.actions["accept_span"].trigger()
    bench = driver.workspace.bench
    assert bench is not None
    assert bench.session.long is not None
    for _ in range(3):
        bench.session.long.go_on()
    return bench.session.long


@pytest.mark.parametrize("how", ["key", "button"])
def test_cancelling_takes_back_what_was_done(masked: Driver, how: str) -> None:
    bench = masked.workspace.bench
    assert bench is not None
    total, before = masked.workspace.n_frames, bench.session.store.steps()
    edit = begun(masked)
    assert counts(masked) == {"corrected": 3, "model:copy": total - 3}
    assert edit.cancellable
    if how == "key":
        masked.wait(lambda: masked.window.table.actions["cancel"].isEnabled())
        masked.key(Qt.Key.Key_Period, CONTROL)
    else:
        offers = list[str]()

        def press(*_told: object) -> None:
            offers.append(masked.window.notices.offer)
            masked.window.notices.take_offer()

        masked.workspace.offered.connect(press)
        masked.wait(lambda: offers)
        assert offers == ["Cancel"]
    idle(masked)
    assert counts(masked) == {"model:copy": total}
    assert bench.session.store.steps() == before, "its step is gone, and nothing is to be redone"
    assert "cancelled" in masked.window.notices.text
    assert "accepted" not in masked.window.notices.text
    masked.wait(lambda: not masked.window.table.actions["cancel"].isEnabled())
    masked.draw((10, 10), (20, 20))  # other edits may come
    masked.wait(lambda: not masked.workspace.live.busy)
    folder = bench.session.folder
    masked.window.switcher.close_project()
    masked.open(folder)
    assert counts(masked)["model:copy"] >= total - 1, "on disk as well"


def test_an_edit_that_was_cancelled_before_it_began_leaves_nothing(masked: Driver) -> None:
    bench = masked.workspace.bench
    assert bench is not None
    before = bench.session.store.steps()
    masked.window.table.actions["accept_span"].trigger()
    masked.workspace.cancel()
    assert bench.session.long is None
    assert bench.session.store.steps() == before
    assert counts(masked) == {"model:copy": masked.workspace.n_frames}


def test_closing_waits_for_it_in_turns(masked: Driver) -> None:
    bench = masked.workspace.bench
    assert bench is not None
    folder, total = bench.session.folder, masked.workspace.n_frames
    edit = begun(masked)
    masked.window.switcher.close_project()
    assert masked.workspace.bench is bench, "not closed yet"
    assert edit.done < total, "nobody waited for it"
    masked.wait(lambda: masked.workspace.bench is None)
    masked.open(folder)
    assert counts(masked) == {"corrected": total}


def test_opening_another_project_waits_for_it_in_turns(masked: Driver, tmp_path: Path) -> None:
    bench = masked.workspace.bench
    assert bench is not None
    other = fakes.image_folder(tmp_path / "other")
    folder, total = bench.session.folder, masked.workspace.n_frames
    begun(masked)
    masked.open(other)
    assert masked.workspace.bench is not bench
    masked.open(folder)
    assert counts(masked) == {"corrected": total}


def test_the_window_stays_until_it_is_done(masked: Driver) -> None:
    edit = begun(masked)
    masked.window.close()
    assert masked.window.isVisible()
    assert edit.done < edit.total
    masked.wait(lambda: not masked.window.isVisible())
    assert masked.workspace.bench is None


def test_a_window_that_is_closed_twice_does_the_rest_at_once(masked: Driver) -> None:
    edit = begun(masked)
    masked.window.close()
    masked.window.close()
    assert not masked.window.isVisible()
    assert edit.done == edit.total


def test_closing_does_the_rest(masked: Driver) -> None:
    bench = masked.workspace.bench
    assert bench is not None
    folder = bench.session.folder
    masked.window.table.actions["accept_span"].trigger()
    masked.workspace.close_project()
    masked.open(folder)
    assert counts(masked) == {"corrected": masked.workspace.n_frames}


def test_deleting_tells_when_all_is_gone(masked: Driver) -> None:
    QTest.mouseClick(masked.window.objects.delete, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not masked.window.notices.text.endswith("was deleted.")
    idle(masked)
    assert masked.window.notices.text == "object 1 was deleted."
    assert counts(masked) == {}
