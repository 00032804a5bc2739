"""The window that shows where something was matched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtTest import QTest

from annotator.app import Workbench
from annotator.core.errors import RequestError
from annotator.jobs.base import Job, JobState
from annotator.services.runs.matching import MatchedFrame, MatchingService
from annotator.ui.canvas.matching import glowing
from tests.ui.conftest import Driver


class Answers:
    """In place of the service: remembers what it was asked and answers at once."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []
        self.refuses = False
        self.state = JobState.DONE

    def ask(self, frame, object_id, point, on_result, on_end):
        if self.refuses:
            raise RequestError("The first frame has no frame before it.", "Go to a later one.")
        self.asked.append((frame, object_id, point))
        job = Job(1, "Matching", "", None, on_result, on_end, True, self.state)
        for number in (0, frame - 1):
            heat = np.zeros((40, 60), np.uint8)
            heat[10:20, 10:20] = 255
            on_result(MatchedFrame(number, np.full((40, 60, 3), 90, np.uint8), heat))
        if self.state is JobState.FAILED:
            job.error = RequestError("The weights are gone.", "")
        on_end(job)
        return job


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    made = Answers()
    monkeypatch.setattr(Workbench, "matching", made)
    return made


def test_an_object_and_a_point(driver: Driver, clip: Path, answers: Answers) -> None:
    driver.open(clip)
    driver.go(3)
    window, view = driver.window, driver.window.matching
    window.table.actions["match_object"].trigger()
    assert view.isVisible()
    assert not view.isModal(), "one goes on working beside it"
    assert answers.asked == [(3, driver.workspace.object_id, None)]
    assert "frame 3" in view.about.text()
    assert [title.text() for title in view.titles] == ["Key frame 0", "Frame 2, the one before"]
    assert all(not sheet.image.isNull() for sheet in view.sheets)
    assert view.sheets[0].grab().toImage().pixelColor(5, 5).isValid()

    QTest.mouseMove(window.canvas, driver.at(20, 10))
    driver.wait(lambda: view._at[0] >= 0)
    window.table.actions["match_point"].trigger()
    frame, _, point = answers.asked[-1]
    assert frame == 3
    assert point is not None
    assert abs(point[0] - 20) <= 1
    assert abs(point[1] - 10) <= 1

    window.table.actions["close"].trigger()
    assert not view.isVisible()


def test_the_answer_comes_from_the_worker_and_is_that_to_the_last_question(
    driver: Driver, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip)
    driver.go(5)
    submit = driver.workspace.host.runner.submit

    def ask(self, frame, object_id, point, on_result, on_end):
        frames = (0, frame - 1)
        calls = {"on_result": on_result, "on_end": on_end, "quick": True}
        return submit("Matching", "tests.jobs.tasks:matched", frames, **calls)

    monkeypatch.setattr(MatchingService, "ask", ask)
    view, action = driver.window.matching, driver.window.table.actions["match_object"]
    action.trigger()
    driver.wait(lambda: not view.sheets[0].image.isNull())
    driver.go(3)
    action.trigger()
    assert view.sheets[0].image.isNull()
    job = view._job
    driver.wait(lambda: job.state.over)
    assert job.state is JobState.DONE
    assert [title.text() for title in view.titles] == ["Key frame 0", "Frame 2, the one before"]


def test_refusals_are_told(driver: Driver, clip: Path, answers: Answers) -> None:
    driver.open(clip)
    answers.refuses = True
    driver.window.table.actions["match_object"].trigger()
    assert not driver.window.matching.isVisible()
    assert driver.window.notices.isVisible()


def test_colours_tell_high_from_low() -> None:
    picture = np.full((1, 3, 3), 200, np.uint8)
    low, middle, high = glowing(picture, np.array([[0, 128, 255]], np.uint8))[0].astype(int)
    assert low.sum() < middle.sum() < high.sum()
    assert low[0] == low[1] == low[2], "grey where nothing was matched"
    assert high[0] > high[2]
