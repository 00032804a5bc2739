"""Where a network matched something: what is needed, and what comes back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotator.app import Application, Workbench
from annotator.core.errors import RequestError
from annotator.jobs.base import Job, JobState
from annotator.services.runs.matching import MatchedFrame
from tests.backends.clip import truth
from tests.services.test_network_runs import application, bench, project, small, weights_of

__all__ = ["application", "bench", "project", "small"]


def ask(bench: Workbench, application: Application, frame: int, point=None) -> list[MatchedFrame]:
    found: list[MatchedFrame] = []
    ended: list[Job] = []
    bench.matching.ask(frame, 1, point, found.append, ended.append)
    for _ in range(2000):
        application.runner.poll()
        if ended:
            break
    assert [job.state for job in ended] == [JobState.DONE]
    return found


def test_a_point_and_an_object(bench: Workbench, application: Application, tmp_path: Path) -> None:
    weights_of(bench, application, "npmca")
    for frame in (0, 2, 3):
        bench.edit.set_mask(frame, 1, truth(frame), "Draw")
    steps = len(bench.session.store.steps())
    first, before = ask(bench, application, 3)
    # Of the frames drawn before it the nearest is the key; here that is the frame before as well.
    assert first.frame == 2
    assert before.frame == 2
    for frame in (first, before):
        height, width = truth(0).shape
        assert frame.picture.shape == (height, width, 3)
        assert frame.heat.shape == (height, width)
        assert frame.heat.dtype == np.uint8
        assert int(frame.heat.max()) == 255
    point = ask(bench, application, 3, (20, 20))
    assert len(point) == 2
    assert len(bench.session.store.steps()) == steps, "looking changes nothing"


def test_what_is_missing_is_told(bench: Workbench, application: Application) -> None:
    def refused(frame: int, words: str) -> None:
        with pytest.raises(RequestError, match=words):
            bench.matching.ask(frame, 1, None, lambda _: None, lambda _: None)

    refused(0, "no frame before")
    refused(2, "needs another frame")
    bench.edit.set_mask(0, 1, truth(0), "Draw")
    refused(3, "Frame 2 has no mask")
    application.weights.stored("npmca").unlink(missing_ok=True)
    refused(1, "no weights")
