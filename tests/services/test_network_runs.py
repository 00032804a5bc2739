"""Runs of networks on a project: what they need, how they learn, what they leave."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from annotator.app import Application, Workbench
from annotator.core.errors import RequestError
from annotator.core.types import Provenance
from annotator.io.weights import read_weights
from annotator.jobs.base import JobState
from annotator.jobs.process import ProcessRunner
from annotator.services.project.projects import create_project
from annotator.services.runs.planning import plan_fit
from annotator.services.runs.runs import Run, Setup, wait_for
from tests.backends.clip import N_FRAMES, STROKES, Clip, overlap, truth
from tests.backends.networks.tiny import SIDE, random_weights, shrink

SMALL = {"size": SIDE}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    media = tmp_path / "clip"
    media.mkdir()
    for frame in range(N_FRAMES):
        Image.fromarray(Clip().read(frame)).save(media / f"{frame:05}.png")
    return create_project(tmp_path / "p", media)


@pytest.fixture
def application() -> Iterator[Application]:
    made = Application(inline=True)
    yield made
    made.close()


@pytest.fixture
def bench(project: Path, application: Application) -> Iterator[Workbench]:
    opened = application.open(project)
    for name in ("disc", "box"):
        opened.edit.add_object(name)
    yield opened
    opened.close()


def done(application: Application, run: Run) -> Run:
    return wait_for(application.runner, run)


def weights_of(bench: Workbench, application: Application, model: str) -> None:
    made = random_weights(model, bench.session.folder)
    target = application.weights.stored(model)
    target.parent.mkdir(parents=True, exist_ok=True)
    made.replace(target)


def test_without_weights_a_run_refuses_before_it_starts_and_says_what_to_do(
    bench: Workbench,
) -> None:
    bench.edit.add_strokes(0, STROKES)
    for card, word in (("scwssod", "--fit"), ("ner", "models fetch ner")):
        with pytest.raises(RequestError, match="no weights") as refused:
            bench.inference.saliency(setup=Setup(backend=card))
        assert word in refused.value.hint
    with pytest.raises(RequestError, match="no weights"):
        bench.inference.cosaliency(setup=Setup(backend="dcfm"), objects=[1])
    with pytest.raises(RequestError, match="does not run on 'cuda'"):
        bench.inference.saliency(setup=Setup(backend="embedded", device="cuda"))
    with pytest.raises(RequestError, match="cannot be fitted"):
        bench.inference.saliency(setup=Setup(backend="embedded", fit_steps=3))
    with pytest.raises(RequestError, match="no option 'speed'"):
        bench.inference.saliency(
            setup=Setup(backend="scwssod", fit_steps=3, options={"speed": "high"})
        )
    with pytest.raises(RequestError, match="goes from 64"):
        bench.inference.saliency(setup=Setup(backend="scwssod", fit_steps=3, options={"size": 3}))
    with pytest.raises(RequestError, match="uses no optical flow"):
        bench.inference.saliency(setup=Setup(backend="scwssod", fit_steps=3, flow="ptlflow:raft"))
    with pytest.raises(RequestError, match="weights of the flow"):
        bench.inference.fill(
            "interpolate", setup=Setup(backend="fgplg", fit_steps=3, flow="ptlflow:raft")
        )
    assert len(bench.session.store.steps()) == 3, "objects and strokes, no runs"


def test_a_fit_on_scribbles_then_any_frame(bench: Workbench, application: Application) -> None:
    bench.edit.add_strokes(0, STROKES)
    for frame in (2, 4):
        for object_id in (1, 2):
            bench.edit.set_mask(frame, object_id, truth(frame), "Draw")
    before = bench.document.label_map(2).copy()
    setup = Setup(backend="scwssod", fit_steps=160, options=SMALL)
    run = done(application, bench.inference.saliency(setup=setup))
    assert run.state is JobState.DONE
    cell = bench.document.cell(0, 1)
    assert cell.label == "model:scwssod"
    assert overlap(bench.document.label_map(0), 0, 1) > 0.6
    weights = application.weights.fitted(bench.session.folder, "scwssod")
    assert read_weights(weights).metadata["frames"] == "[0, 2, 4]"
    # What was learnt stays with the project: the next run needs no fit.
    again = Setup(backend="scwssod", options=SMALL)
    run = done(application, bench.inference.saliency(setup=again, frames=range(N_FRAMES)))
    assert run.filled == 4, "all frames that are neither drawn nor made from strokes"
    assert overlap(bench.document.label_map(5), 5, 1) > 0.6
    assert np.array_equal(bench.document.label_map(2), before), "human work was changed"
    bench.session.flush()  # soft maps are read from the disk
    soft = bench.session.soft(5, 1)
    assert soft is not None
    assert soft.shape == truth(0).shape
    speed = application.equipment(bench.session.folder).speeds.look_up("scwssod", "saliency")
    assert speed is not None
    assert speed.seconds > 0
    bench.session.undo()
    assert bench.document.cell(5, 1).provenance is Provenance.NONE, "a run is one step"


def test_interpolation_learns_from_key_frames(bench: Workbench, application: Application) -> None:
    for frame in (0, 2, 4, 6):
        for object_id in (1, 2):
            bench.edit.set_mask(frame, object_id, truth(frame), "Draw")
    setup = Setup(backend="fgplg", fit_steps=120, options=SMALL)
    run = done(application, bench.inference.fill("interpolate", setup=setup))
    assert run.filled == 3
    for frame in (1, 3, 5):
        assert bench.document.cell(frame, 1).label == "model:fgplg"
        assert overlap(bench.document.label_map(frame), frame, 1) > 0.7
    assert list((bench.session.folder / "cache" / "flow").glob("*.flow"))


def test_saliency_without_scribbles_makes_its_object(
    project: Path, application: Application
) -> None:
    bench = application.open(project)
    try:
        weights_of(bench, application, "ner")
        setup = Setup(backend="ner", options=SMALL)
        run = done(application, bench.inference.saliency(setup=setup, frames=range(1, 6)))
        assert run.filled == 5
        assert [o.name for o in bench.document.objects.values()] == ["Salient object"]
        assert bench.document.cell(3, 1).label == "model:ner"
        bench.edit.add_object("second")
        with pytest.raises(RequestError, match="has several"):
            bench.inference.saliency(setup=setup)
        run = done(application, bench.inference.saliency(setup=setup, objects=[2]))
        assert run.filled == N_FRAMES
    finally:
        application.models.remove("ner")
        bench.close()


def test_a_worker_killed_in_a_fit_leaves_the_project_whole(project: Path) -> None:
    application = Application(inline=True)
    application.runner = ProcessRunner()
    bench = application.open(project)
    try:
        for name in ("disc", "box"):
            bench.edit.add_object(name)
        bench.edit.add_strokes(0, STROKES)
        setup = Setup(backend="scwssod", fit_steps=100_000, options=SMALL)
        run = bench.inference.saliency(setup=setup)
        assert run.job is not None
        limit = time.monotonic() + 120
        while not run.job.done and time.monotonic() < limit:
            application.runner.poll(0.05)
        assert run.job.done, "the fit did not begin"
        (worker,) = [
            p
            for p in psutil.Process().children(recursive=True)
            if "spawn_main" in " ".join(p.cmdline())
        ]
        os.kill(worker.pid, signal.SIGKILL)
        while not run.state.over:
            application.runner.poll(0.05)
        assert run.job.died
        assert run.job.error is not None
        assert bench.document.strokes(0) == STROKES
        weights = application.weights.fitted(bench.session.folder, "scwssod")
        assert not weights.exists(), "half a network was left"
        # The same again starts cleanly in a new worker.
        again = Setup(backend="scwssod", fit_steps=5, options=SMALL)
        wait_for(application.runner, bench.inference.saliency(setup=again))
        assert weights.exists()
        assert bench.document.cell(0, 1).label == "model:scwssod"
    finally:
        application.close()
        bench.close()


def test_a_fit_never_learns_from_a_models_mask(bench: Workbench, application: Application) -> None:
    bench.edit.add_strokes(0, STROKES)
    done(application, bench.inference.saliency(setup=Setup(backend="embedded")))
    assert bench.document.reference_frames(1) == [0], "it guides other runs"
    scribbles, keys = plan_fit(bench.document, [1, 2])
    assert [order.frame for order in scribbles] == [0]
    assert keys == ()
    bench.edit.accept([0], [1])
    _, keys = plan_fit(bench.document, [1, 2])
    assert [(key.frame, set(key.objects)) for key in keys] == [(0, {1})]


def test_adaptation_takes_the_networks_that_are_here(
    bench: Workbench, application: Application
) -> None:
    inference, setup = bench.inference, Setup(backend="adapt", options={**SMALL, "steps": 1})
    card = inference.choose("saliency", setup)
    assert inference.gear(card, "scan", setup).runtime.models == {}
    weights_of(bench, application, "rcrnet")
    assert set(inference.gear(card, "scan", setup).runtime.models) == {"rcrnet"}
    run = done(application, inference.saliency(setup=setup, frames=range(2), objects=[1]))
    assert run.state is JobState.DONE
    assert bench.document.cell(1, 1).label == "model:adapt"
    named = Setup(backend="adapt", options={**SMALL, "network": "ner"})
    with pytest.raises(RequestError, match="'ner' has no weights"):
        done(application, inference.saliency(setup=named, frames=range(2), objects=[1]))
