"""Runs: they fill what is open, never what a person made, and can be taken up again."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotator.app import Application, Workbench
from annotator.core.changes import SetCells, SetLabel
from annotator.core.document import ChangeSet
from annotator.core.errors import DiskError, RequestError, RunError
from annotator.core.types import Cell, FrameResult, LabelMap, Provenance, Size, Stroke
from annotator.jobs.base import JobState
from annotator.jobs.process import ProcessRunner
from annotator.services.project.projects import create_project
from annotator.services.runs.planning import plan_fill
from annotator.services.runs.runs import Setup, wait_for
from annotator.services.runs.tasks import pack
from tests import fakes

N_FRAMES = 12
HUMAN = Cell(Provenance.HUMAN)


@pytest.fixture
def application() -> Iterator[Application]:
    made = Application(inline=True)
    made.registry = fakes.registry()
    yield made
    made.close()


@pytest.fixture
def bench(tmp_path: Path, application: Application) -> Iterator[Workbench]:
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip", N_FRAMES))
    opened = application.open(folder)
    yield opened
    opened.close()


def square(object_id: int, x: int = 10, y: int = 10, side: int = 12) -> LabelMap:
    label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
    label_map[y : y + side, x : x + side] = object_id
    return label_map


def fill(bench: Workbench, application: Application, task: str, **asked: object) -> None:
    wait_for(application.runner, bench.inference.fill(task, **asked))  # type: ignore[arg-type]


def sacred(bench: Workbench) -> dict[tuple[int, int], tuple[bytes, Cell]]:
    """Pixels and state of every protected cell."""
    document = bench.document
    return {
        (frame, o): ((document.label_map(frame) == o).tobytes(), cell)
        for frame in range(document.n_frames)
        for o, cell in document.cells.frame(frame).items()
        if cell.protected
    }


def test_interpolate_fills_only_between_keys_as_one_undo_step(
    bench: Workbench, application: Application
) -> None:
    info = bench.edit.add_object("cat")
    bench.edit.set_mask(2, info.id, square(1), "Draw")
    bench.edit.set_mask(8, info.id, square(1, 30), "Draw")
    fill(bench, application, "interpolate")
    provenance = bench.document.cells.provenance(1)
    assert np.flatnonzero(provenance == Provenance.MODEL).tolist() == [3, 4, 5, 6, 7]
    assert np.array_equal(bench.document.label_map(3), square(1))
    assert np.array_equal(bench.document.label_map(7), square(1, 30))
    assert bench.document.cell(3, 1).label == "model:copy"
    assert bench.document.cell(3, 1).quality == pytest.approx(0.5)
    bench.session.undo()
    assert np.flatnonzero(bench.document.cells.provenance(1)).tolist() == [2, 8]
    assert not bench.document.label_map(5).any()


@pytest.mark.parametrize(
    ("direction", "filled"),
    [("forward", [5, 6, 7, 8, 9, 10, 11]), ("backward", [0, 1, 2, 3]), ("both", None)],
)
def test_directions(
    bench: Workbench, application: Application, direction: str, filled: list[int] | None
) -> None:
    bench.edit.add_object()
    bench.edit.set_mask(4, 1, square(1), "Draw")
    fill(bench, application, "propagate", direction=direction)
    model = np.flatnonzero(bench.document.cells.provenance(1) == Provenance.MODEL).tolist()
    assert model == (filled or [f for f in range(N_FRAMES) if f != 4])


def test_a_range_and_chosen_objects(bench: Workbench, application: Application) -> None:
    for x in (2, 40):
        info = bench.edit.add_object()
        bench.edit.set_mask(0, info.id, square(info.id, x), "Draw")
    fill(bench, application, "propagate", frames=range(3, 6), objects=[2])
    cells = bench.document.cells
    assert np.flatnonzero(cells.provenance(2) == Provenance.MODEL).tolist() == [3, 4, 5]
    assert not (cells.provenance(1) == Provenance.MODEL).any()
    assert np.array_equal(bench.document.label_map(4), square(2, 40))


def test_a_run_bridges_what_a_person_made(bench: Workbench, application: Application) -> None:
    bench.edit.add_object()
    bench.edit.set_mask(0, 1, square(1), "Draw")
    bench.edit.set_mask(6, 1, square(1, 40, 30), "Draw")
    bench.edit.set_locked([9], [1], True)
    before = sacred(bench)
    fill(bench, application, "propagate")
    assert sacred(bench) == before
    assert bench.document.cell(9, 1).provenance is Provenance.NONE, (
        "a locked empty cell stays empty"
    )


def test_human_and_locked_cells_survive_every_run_byte_for_byte(
    tmp_path: Path, bench: Workbench, application: Application
) -> None:
    rng = random.Random(11)
    objects = [bench.edit.add_object().id for _ in range(3)]
    checked = 0
    for _ in range(60):
        frame, chosen = rng.randrange(N_FRAMES), rng.choice(objects)
        action = rng.choice(["draw", "lock", "accept", "run", "run", "vandal", "scribble"])
        before = sacred(bench)
        try:
            if action == "draw":
                mask = square(chosen, rng.randrange(50), rng.randrange(36))
                bench.edit.set_mask(frame, chosen, mask, "Draw")
            elif action == "lock":
                bench.edit.set_locked([frame], [chosen], rng.random() < 0.6)
            elif action == "accept":
                bench.edit.accept([frame], objects)
            elif action == "scribble":
                points = np.array([[rng.uniform(0, 63), rng.uniform(0, 47)]], np.float32)
                bench.edit.add_strokes(frame, [Stroke(chosen, points, 3)])
                run = bench.inference.saliency()
                wait_for(application.runner, run)
            elif action == "vandal":
                fill(
                    bench, application, "propagate", setup=Setup(backend="vandal"), objects=[chosen]
                )
            else:
                fill(bench, application, rng.choice(["propagate", "interpolate"]))
        except RequestError:
            continue
        if action in ("run", "vandal", "scribble"):
            after = sacred(bench)
            assert {key: after[key] for key in before} == before
            checked += len(before)
    assert checked > 100


def test_scribbles_become_masks_that_guide_a_run(
    bench: Workbench, application: Application
) -> None:
    info = bench.edit.add_object()
    points = np.array([[20, 20], [30, 20]], np.float32)
    bench.edit.add_strokes(3, [Stroke(info.id, points, 2.0)])
    wait_for(application.runner, bench.inference.saliency())
    assert bench.document.cell(3, 1).label == "model:copy"
    scribbled = bench.document.label_map(3).copy()
    assert scribbled.any()
    fill(bench, application, "propagate")
    assert np.array_equal(bench.document.label_map(3), scribbled), "it is a reference, not a target"
    assert np.array_equal(bench.document.label_map(10), scribbled)


def test_nothing_to_do_is_told_before_anything_starts(
    bench: Workbench, application: Application
) -> None:
    with pytest.raises(RequestError, match="no objects"):
        bench.inference.fill("propagate")
    bench.edit.add_object("cat")
    with pytest.raises(RequestError, match="no key frame for cat"):
        bench.inference.fill("propagate")
    with pytest.raises(RequestError, match="No frame in this range has scribbles"):
        bench.inference.saliency()
    bench.edit.set_mask(4, 1, square(1), "Draw")
    with pytest.raises(RequestError, match="no two key frames"):
        bench.inference.fill("interpolate")
    with pytest.raises(RequestError, match="after this range"):
        bench.inference.fill("propagate", frames=range(6, 8), direction="backward")
    for asked, word in (
        ({"frames": range(5, 99)}, "not a range"),
        ({"objects": [7]}, "no object 7"),
        ({"direction": "up"}, "no direction"),
        ({"setup": Setup(backend="magic")}, "no backend 'magic'"),
    ):
        with pytest.raises(RequestError, match=word):
            bench.inference.fill("propagate", **asked)  # type: ignore[arg-type]
    assert len(bench.session.store.steps()) == 2, "refused runs leave no step behind"


def test_keys_of_a_range_include_the_nearest_outside(bench: Workbench) -> None:
    bench.edit.add_object()
    for frame in (0, 2, 5, 9, 11):
        bench.edit.set_mask(frame, 1, square(1), "Draw")
    plan = plan_fill(bench.document, "propagate", range(3, 8))
    assert [key.frame for key in plan.keys] == [2, 5, 9]
    assert plan.frames == (3, 4, 6, 7)


def test_results_for_frames_edited_meanwhile_are_dropped(
    bench: Workbench, application: Application
) -> None:
    bench.edit.add_object()
    bench.edit.set_mask(0, 1, square(1), "Draw")
    run = bench.inference.fill("propagate")
    mine = square(1, 45, 30)
    bench.edit.set_mask(7, 1, mine, "Draw")
    wait_for(application.runner, run)
    assert np.array_equal(bench.document.label_map(7), mine)
    assert (run.stale, run.filled) == (1, N_FRAMES - 2)


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_redo_of_a_deletion_leaves_nothing_of_a_run_that_went_on(
    bench: Workbench, application: Application
) -> None:
    """Undo brings the object back, but the run is done with it."""
    for object_id, x in ((1, 10), (2, 40)):
        bench.edit.add_object(f"object {object_id}")
        bench.edit.set_mask(0, object_id, square(object_id, x), "Draw")
    run = bench.inference.fill("propagate")
    document, told = bench.document, []

    def in_between(changed: ChangeSet) -> None:
        told.append(changed)
        if len(told) == 3:
            bench.edit.delete_object(1)
            bench.session.undo()

    bench.session.subscribe(in_between)
    wait_for(application.runner, run)
    filled = (document.cells.provenance(2) == Provenance.MODEL).sum()
    assert filled == N_FRAMES - 1
    bench.session.redo()
    for frame in range(N_FRAMES):
        assert 1 not in document.cells.frame(frame)
        assert 1 not in document.label_map(frame)


def test_a_run_whose_worker_dies_can_be_resumed_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = create_project(tmp_path / "q", fakes.image_folder(tmp_path / "long", 400))
    application = Application(inline=False)
    application.registry = fakes.registry()
    assert isinstance(application.runner, ProcessRunner)
    bench = application.open(folder)
    bench.edit.add_object()
    bench.edit.set_mask(0, 1, square(1), "Draw")
    run = bench.inference.fill("propagate")
    import os
    import signal

    while run.filled < 5:
        application.runner.poll(0.02)
    os.kill(application.runner.pid or 0, signal.SIGKILL)
    while not run.state.over:
        application.runner.poll(0.02)
    assert run.state is JobState.FAILED
    assert run.job is not None
    assert "Finished frames are kept" in str(run.job.error)
    filled = run.filled
    assert 5 <= filled < 399
    bench.close()

    bench = application.open(folder)
    assert int((bench.document.cells.provenance(1) == Provenance.MODEL).sum()) == filled
    found = bench.inference.interrupted()
    assert len(found) == 1
    resumed = bench.inference.resume(found[0])
    assert resumed.frames == 399 - filled
    wait_for(application.runner, resumed)
    assert int((bench.document.cells.provenance(1) == Provenance.MODEL).sum()) == 399
    bench.session.flush()
    assert bench.inference.interrupted() == []
    bench.close()
    application.close()


def test_a_backend_that_needs_no_scribbles_asks_for_frames(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.edit.add_object()
    card = bench.inference.choose("saliency", Setup())
    both = replace(card, factories={**card.factories, "scan": "nowhere:never"})
    for chosen, words in ((card, "Draw scribbles"), (both, "--frames A:B")):
        monkeypatch.setattr(bench.inference, "choose", lambda *_, chosen=chosen: chosen)
        with pytest.raises(RequestError, match="No frame in this range has scribbles") as told:
            bench.inference.saliency()
        assert words in told.value.hint


def test_a_full_disk_stops_a_run_and_keeps_what_was_saved(
    bench: Workbench, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.services.runs.running.BACKLOG_LIMIT", 2)
    bench.edit.add_object()
    bench.edit.set_mask(0, 1, square(1), "Draw")
    bench.session.flush()
    full = "PRAGMA max_page_count = 1"
    bench.session.store.transact(lambda db: db.execute(full)).result()
    noise = np.random.default_rng(0).integers(0, 2, (fakes.HEIGHT, fakes.WIDTH)).astype(np.uint8)
    for frame in range(1, 8):
        bench.edit.set_mask(frame, 1, np.roll(noise, frame), "Draw")
    while bench.session.store.trouble is None:
        time.sleep(0.01)
    run = bench.inference.fill("propagate")
    with pytest.raises(DiskError, match="full"):
        wait_for(application.runner, run)
    assert run.state is JobState.CANCELLED
    with pytest.raises(DiskError, match="full"):
        bench.session.flush()
    more = "PRAGMA max_page_count = 100000"
    while bench.session.store.saved < bench.session.store.issued:
        # Within a transaction of the writer, which tries again and again, it would not last.
        bench.session.store._db.execute(more)
        bench.session.store.retry()
        time.sleep(0.01)
    assert np.array_equal(bench.session.store.load_label(7), np.roll(noise, 7))


def test_a_run_that_ends_without_a_frame_does_not_wait_for_a_full_disk(bench: Workbench) -> None:
    bench.edit.add_object()
    bench.session.flush()
    store = bench.session.store
    store.transact(lambda db: db.execute("PRAGMA max_page_count = 1")).result()
    noise = np.random.default_rng(0).integers(0, 2, (fakes.HEIGHT, fakes.WIDTH)).astype(np.uint8)
    for frame in range(1, 10):
        bench.edit.set_mask(frame, 1, np.roll(noise, frame), "Draw")
    while store.trouble is None:
        time.sleep(0.01)
    steps = len(store.steps())
    step = bench.session.begin_run("Nothing comes of it")
    step.end()
    assert len(store.steps()) == steps
    while store.saved < store.issued:
        store._db.execute("PRAGMA max_page_count = 100000")
        store.retry()
        time.sleep(0.01)


def test_soft_maps_are_stored_as_the_worker_packed_them(
    bench: Workbench, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unpacking full-sized float maps of every object would hold up the window at each frame."""

    def refuse(_data: bytes) -> None:
        raise AssertionError("nobody asked for the pixels")

    bench.edit.add_object()
    bench.edit.add_object()
    bench.session.apply(
        "Key", [SetLabel(0, square(1) + square(2, x=40)), SetCells(0, dict.fromkeys((1, 2), HUMAN))]
    )
    with monkeypatch.context() as patch:
        patch.setattr("annotator.services.project.session.decode_soft_map", refuse)
        fill(bench, application, "propagate", setup=Setup("soft"))
        bench.session.flush()
    for object_id in (1, 2):
        kept = bench.session.soft(5, object_id)
        assert kept is not None
        assert np.abs(kept - fakes.soft_map(5, object_id)).max() <= 0.5 / 255 + 1e-6
    bench.session.undo()
    assert bench.session.soft(5, 1) is None


def test_a_soft_map_of_another_size_is_the_fault_of_its_backend() -> None:
    size = Size(fakes.WIDTH, fakes.HEIGHT)
    wrong = FrameResult(3, square(1), {1: 0.5}, {1: np.zeros((2, 2), np.float32)})
    with pytest.raises(RunError, match="soft map"):
        pack(wrong, size, frozenset([1]))
