"""Labelling without a label: proposals, auto runs, suggested frames."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from annotator.app import Application, Workbench
from annotator.core.changes import SetCells, SetLabel
from annotator.core.errors import RequestError, RunError
from annotator.core.types import Cell, Provenance, Stroke
from annotator.io.codec import decode_label_map, encode_label_map
from annotator.jobs.base import JobState
from annotator.services.project.projects import create_project
from annotator.services.runs.requests import StoredProposal
from annotator.services.runs.runs import RunRecord, Setup, wait_for
from annotator.services.runs.suggest import Expectation, next_frames
from tests.moving import HEIGHT, WIDTH, square, write_clip

FRAMES = 12


@pytest.fixture
def media(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip", FRAMES)


@pytest.fixture
def bench(tmp_path: Path, media: Path) -> Iterator[Workbench]:
    application = Application(inline=True)
    opened = application.open(create_project(tmp_path / "p", media))
    yield opened
    opened.close()
    application.close()


def overlap(found: np.ndarray, frame: int) -> float:
    truth = np.zeros((HEIGHT, WIDTH), bool)
    truth[square(frame)] = True
    return float((found & truth).sum() / (found | truth).sum())


def wait(bench: Workbench, job: object) -> None:
    runner = bench.inference.runner
    while not job.state.over:  # type: ignore[attr-defined]
        runner.poll(0.01)


def test_proposals_come_best_first_and_write_nothing(bench: Workbench):
    found: list[StoredProposal] = []
    wait(bench, bench.inference.prelabel.propose(found.append, lambda _job: None))
    assert found
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    best = found[0]
    assert overlap(decode_label_map(best.label_map) == 1, best.frame) > 0.7
    assert not bench.document.objects


def test_auto_labels_the_whole_clip(bench: Workbench):
    run = wait_for(bench.inference.runner, bench.inference.prelabel.auto())
    assert run.state is JobState.DONE
    (object_id,) = bench.document.objects
    for frame in range(FRAMES):
        cell = bench.document.cell(frame, object_id)
        assert cell.label == "model:auto"
        assert cell.quality is not None
        assert overlap(bench.document.label_map(frame) == object_id, frame) > 0.7
    assert bench.document.cells.counts() == {"model:auto": FRAMES}
    bench.session.undo()
    assert not bench.document.cells.counts()


def test_auto_from_the_proposal_that_was_picked(bench: Workbench):
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[square(4)] = 1
    picked = (4, encode_label_map(mask))
    wait_for(bench.inference.runner, bench.inference.prelabel.auto(first=picked))
    (object_id,) = bench.document.objects
    assert np.array_equal(bench.document.label_map(4) == object_id, mask == 1)


def test_a_resumed_auto_run_goes_on_from_the_mask_that_was_picked(bench: Workbench):
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[2:20, 2:20] = 1
    info = bench.edit.add_object("corner")
    everything = tuple(range(FRAMES))
    picked = (4, encode_label_map(mask))
    record = RunRecord("auto", "auto", everything, (info.id,), "both", Setup(), picked)
    bench.session.store.add_run(msgspec.msgpack.encode(record))
    bench.session.flush()
    (interrupted,) = bench.inference.interrupted()
    assert interrupted.record == record
    wait_for(bench.inference.runner, bench.inference.resume(interrupted))
    assert np.array_equal(bench.document.label_map(4) == info.id, mask == 1)
    bench.session.flush()
    assert bench.inference.interrupted() == []


def test_auto_leaves_human_work_alone(bench: Workbench):
    info = bench.edit.add_object("mine")
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[5:15, 5:15] = info.id
    bench.edit.set_mask(3, info.id, mask, "Draw")
    before = bench.document.label_map(3).copy()
    wait_for(bench.inference.runner, bench.inference.prelabel.auto())
    assert bench.document.cell(3, info.id).provenance is Provenance.HUMAN
    assert np.array_equal(bench.document.label_map(3) == info.id, before == info.id)
    assert bench.document.cell(2, info.id).label == "model:auto"


def test_a_clip_in_which_nothing_stands_out_is_refused_in_words(tmp_path: Path):
    folder = tmp_path / "grey"
    folder.mkdir()
    for frame in range(3):
        Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(folder / f"{frame:05}.png")
    application = Application(inline=True)
    bench = application.open(create_project(tmp_path / "g", folder))
    with pytest.raises(RunError, match="Nothing stands out"):
        wait_for(bench.inference.runner, bench.inference.prelabel.auto())
    bench.close()
    application.close()


def test_suggestions_need_a_look_and_spread_over_an_unlabelled_clip(bench: Workbench):
    prelabel = bench.inference.prelabel
    with pytest.raises(RequestError, match="not looked at"):
        prelabel.suggest(3)
    ended: list[bool] = []
    wait(bench, prelabel.watch_clip(lambda: ended.append(True)))
    found = prelabel.suggest(3)
    assert len({s.frame for s in found}) == 3
    assert found[0].gain >= found[1].gain >= found[2].gain > 0
    # Looked at once is enough.
    assert prelabel.watch_clip(lambda: ended.append(True)) is None
    assert ended == [True, True]


def even(count: int) -> np.ndarray:
    return np.arange(count, dtype=float)


@pytest.mark.parametrize("length", [41, 80])
def test_the_first_two_share_a_clip_of_which_nothing_is_known(length: int):
    frames = sorted(s.frame for s in next_frames(np.ones(length), [], even(length), 2))
    near = 0.08 * length
    assert frames == pytest.approx([(length - 1) / 4, (length - 1) * 3 / 4], abs=near)


def test_the_first_frame_is_of_the_best_pair():
    rng = np.random.default_rng(5)
    error, place = rng.random(30), np.cumsum(rng.random(30))
    # Distances in the unit of the policy: at most a third of all change, or 24 frames of it.
    unit = min(0.35 * (place[-1] - place[0]), 24 * (place[-1] - place[0]) / 30)
    near = np.exp(-np.abs(place[:, None] - place) / unit)

    def taken(pair: tuple[int, int]) -> float:
        return float((error * (1 - (1 - near[pair[0]]) * (1 - near[pair[1]]))).sum())

    best = max(itertools.combinations(range(30), 2), key=taken)
    alone = {frame: float((error * near[frame]).sum()) for frame in best}
    assert next_frames(error, [], place, 1)[0].frame == max(best, key=alone.__getitem__)


def test_error_attracts_and_key_frames_fence_it():
    error = np.full(41, 0.1)
    error[30:36] = 0.8
    assert 30 <= next_frames(error, [0, 40], even(41), 1)[0].frame < 36
    # What lies behind a key frame is not helped by a mask on this side.
    error = np.zeros(41)
    error[25:] = 1.0
    assert next_frames(error, [24], even(41), 1)[0].frame > 24


def test_beyond_the_last_key_frame_rather_than_between_two():
    error = np.full(90, 0.3)
    assert next_frames(error, [30, 60], even(90), 1)[0].frame not in range(30, 61)
    error[30:60] = 0.7
    assert next_frames(error, [30, 60], even(90), 1)[0].frame in range(30, 61), "unless it is worse"
    # Nothing is known anywhere: the longest stretch.
    assert next_frames(np.ones(90), [28, 62], even(90), 1)[0].frame in range(28, 63)
    assert next_frames(np.full(90, 0.3), [28, 62], even(90), 1)[0].frame not in range(28, 63)


def test_several_are_spread_over_one_stretch():
    error = np.full(100, 0.05)
    error[40:] = 0.5
    frames = sorted(s.frame for s in next_frames(error, [20, 39], even(100), 3))
    assert np.diff(frames).min() >= 10


def test_where_nothing_is_known_comes_before_a_fair_mask():
    error = np.full(60, 0.3)
    error[40:] = 1.0
    assert next_frames(error, [0, 20, 39], even(60), 1)[0].frame in range(45, 56)


def test_what_frames_beside_key_frames_lack_is_no_gain():
    # Alike far from the key frame; but in one clip it is as bad right beside it.
    fades, stays = np.full(40, 0.3), np.full(40, 0.3)
    fades[1:3] = 0.02
    gain_of_one, gain_of_other = (
        next_frames(error, [0], even(40), 1)[0].gain for error in (fades, stays)
    )
    assert gain_of_one > 5 * gain_of_other > 0
    # Frames that no run has filled say nothing about that.
    error = np.concatenate([[0.0], np.full(19, 0.3), np.ones(20)])
    assert next_frames(error, [0, 20], even(40), 1)[0].frame > 20


def test_change_of_appearance_draws_masks_closer():
    # All change happens in the last quarter.
    place = np.concatenate([np.linspace(0, 1, 30), np.linspace(2, 20, 10)])
    frames = [s.frame for s in next_frames(np.ones(40), [], place, 3)]
    assert sum(frame >= 30 for frame in frames) >= 2


def test_unclear_frames_are_put_off():
    unclear = np.zeros(21)
    unclear[10] = 1
    assert next_frames(np.ones(21), [], even(21), 1, unclear)[0].frame != 10


def test_nothing_is_suggested_where_all_is_done():
    assert next_frames(np.zeros(5), range(5), even(5), 3) == []


def test_errors_of_a_document(bench: Workbench):
    expected = Expectation(bench.document)
    error, keys = expected.error, expected.keys
    assert (error == 1).all()
    assert keys == []


def test_a_run_that_is_refused_leaves_no_object_behind(bench: Workbench):
    with pytest.raises(RequestError, match="not all in this clip"):
        bench.inference.prelabel.auto(frames=range(FRAMES, FRAMES + 3))
    assert not bench.document.objects
    assert not bench.session.store.steps()


def test_masks_from_strokes_are_key_frames_but_not_faultless(bench: Workbench):
    one = bench.edit.add_object("it").id
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[square(3)] = one
    line = Stroke(one, np.array([[45.0, 40.0], [60.0, 50.0]], np.float32), 2.0)
    bench.edit.add_strokes(3, [line])
    scribbled = SetCells(3, {one: Cell(Provenance.MODEL, quality=0.7, backend="embedded")})
    bench.session.apply("Masks", [SetLabel(3, mask), scribbled])
    bench.edit.set_mask(6, one, mask, "Draw")
    expected = Expectation(bench.document)
    error, keys = expected.error, expected.keys
    assert keys == [3, 6]
    assert error[3] == pytest.approx(0.3)
    assert error[6] == 0
    asked = next_frames(error, keys, even(FRAMES), FRAMES)
    assert not {3, 6} & {suggestion.frame for suggestion in asked}
