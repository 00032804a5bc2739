"""Masks that are older than the key frames they were made from: found, kept, made anew alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.app import Application, Workbench
from annotator.core.errors import RequestError
from annotator.core.types import Provenance
from annotator.services.project.projects import create_project
from annotator.services.runs import suggest
from annotator.services.runs.runs import wait_for
from annotator.services.runs.staleness import out_of_date, plan_stale, runs_of, stale_frames
from annotator.services.runs.suggest import Expectation, next_frames
from tests import fakes


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    application = Application(inline=True)
    application.registry = fakes.registry()
    clip = fakes.image_folder(tmp_path / "clip", 12)
    opened = application.open(create_project(tmp_path / "p", clip))
    yield opened
    opened.close()
    application.close()


def paint(bench: Workbench, frame: int, object_id: int, row: int) -> None:
    pen = bench.edit.begin_paint(frame, object_id, 2, erase=False)
    pen.extend(np.array([[10, row], [20, row]], np.float32))
    pen.commit()


def stale(bench: Workbench, object_id: int = 1) -> list[int]:
    return np.flatnonzero(stale_frames(bench.document, object_id)).tolist()


def run(bench: Workbench, task: str = "propagate", **asked: object) -> None:
    act = bench.inference.refresh if task == "refresh" else None
    begun = act(**asked) if act is not None else bench.inference.fill(task, **asked)
    wait_for(bench._application.runner, begun)


@pytest.fixture
def filled(bench: Workbench) -> Workbench:
    """Keys on 0, 5 and 11, the rest filled from them."""
    bench.edit.add_object()
    for frame in (0, 5, 11):
        paint(bench, frame, 1, 10)
    run(bench, "interpolate")
    assert stale(bench) == []
    return bench


def test_an_edited_key_makes_both_sides_stale_and_undo_takes_it_back(filled: Workbench) -> None:
    paint(filled, 0, 1, 20)
    assert stale(filled) == [1, 2, 3, 4]
    paint(filled, 11, 1, 20)
    assert stale(filled) == [1, 2, 3, 4, 6, 7, 8, 9, 10]
    filled.session.undo()
    assert stale(filled) == [1, 2, 3, 4]
    filled.session.undo()
    assert stale(filled) == []
    filled.session.redo()
    assert stale(filled) == [1, 2, 3, 4]


def test_it_is_known_after_a_restart(filled: Workbench, tmp_path: Path) -> None:
    paint(filled, 5, 1, 30)
    before = stale(filled)
    assert before == [1, 2, 3, 4, 6, 7, 8, 9, 10]
    filled.session.flush()
    application = Application(inline=True)
    again = application.open(tmp_path / "p", writable=False)
    assert np.flatnonzero(stale_frames(again.document, 1)).tolist() == before
    again.close()
    application.close()


def test_accepting_and_locking_leave_all_fresh_a_new_or_lost_key_does_not(
    filled: Workbench,
) -> None:
    filled.edit.accept([3], [1])
    filled.edit.set_locked([0, 8], [1], True)
    assert stale(filled) == []
    filled.edit.reject([9], [1])
    assert stale(filled) == [], "a rejected mask was no key"
    filled.edit.masks.mark_absent(7, 1)
    assert stale(filled) == [6], "8 is locked: a key that ends what 7 governs"
    filled.session.undo()
    filled.edit.clear_mask(5, 1)
    assert stale(filled) == [4, 6, 7], "between the keys 3 and 8, which are left"


def test_only_stale_masks_are_made_again(filled: Workbench) -> None:
    paint(filled, 0, 1, 20)
    others = {f: filled.document.label_map(f).copy() for f in range(5, 12)}
    task, plan = plan_stale(filled.document)
    assert (task, plan.frames) == ("interpolate", (1, 2, 3, 4))
    run(filled, "refresh")
    assert stale(filled) == []
    assert filled.document.label_map(1)[20, 15] == 1, "from the edited key"
    for frame, before in others.items():
        assert np.array_equal(filled.document.label_map(frame), before)
    filled.session.undo()
    assert stale(filled) == [1, 2, 3, 4], "one step"
    filled.session.redo()
    with pytest.raises(RequestError, match="out of date"):
        plan_stale(filled.document)


def test_objects_are_told_apart(filled: Workbench) -> None:
    filled.edit.add_object()
    paint(filled, 0, 2, 40)
    run(filled, "propagate", objects=[2])
    paint(filled, 11, 1, 20)
    paint(filled, 0, 2, 44)
    assert stale(filled, 1) == [6, 7, 8, 9, 10]
    assert stale(filled, 2) == list(range(1, 12))
    before = filled.document.label_map(2) == 1
    task, plan = plan_stale(filled.document)
    assert task == "propagate"
    assert plan.covers(3, 2)
    assert not plan.covers(3, 1)
    run(filled, "refresh")
    assert stale(filled, 1) == stale(filled, 2) == []
    assert np.array_equal(filled.document.label_map(2) == 1, before)


def test_runs_of() -> None:
    assert runs_of(np.array([1, 1, 0, 1], bool)) == [range(0, 2), range(3, 4)]
    assert runs_of(np.zeros(3, bool)) == []


# -- locks of whole objects, and splitting


def test_nothing_changes_a_locked_object(filled: Workbench) -> None:
    document = filled.document
    filled.edit.add_object()
    filled.edit.change_object(replace(document.objects[1], locked=True))
    before = [document.label_map(f).copy() for f in range(12)]
    cells = [document.cells.frame(f) for f in range(12)]
    refused = (
        lambda: filled.edit.begin_paint(0, 1, 3, erase=True),
        lambda: filled.edit.clear_mask(2, 1),
        lambda: filled.edit.masks.mark_absent(2, 1),
        lambda: filled.edit.masks.reshape(2, 1, "Grow"),
        lambda: filled.edit.delete_object(1),
        lambda: filled.edit.whole.merge(1, 2),
        lambda: filled.edit.whole.swap(1, 2, 0),
        lambda: filled.edit.whole.split(0, 1, before[0] == 1, onward=False),
        lambda: filled.inference.fill("propagate", objects=[1]),
    )
    for act in refused:
        with pytest.raises(RequestError, match="locked"):
            act()
    filled.edit.accept(range(12), [1])
    filled.edit.reject(range(12), [1])
    paint(filled, 0, 2, 10)  # over it
    paint(filled, 5, 2, 40)
    run(filled, "propagate")
    for frame in range(12):
        assert np.array_equal(document.label_map(frame) == 1, before[frame] == 1)
        assert document.cells.frame(frame).get(1) == cells[frame].get(1)
    assert document.cell(3, 2).provenance is Provenance.MODEL


def test_split_follows_its_part_to_the_end(bench: Workbench) -> None:
    bench.edit.add_object()
    for frame in range(4):
        label_map = np.zeros((48, 64), np.uint8)
        label_map[5:15, 5 + frame : 15 + frame] = 1
        label_map[5:15, 40 - frame : 50 - frame] = 1
        bench.edit.set_mask(frame, 1, label_map, "Two squares")
    left = np.zeros((48, 64), bool)
    left[:, :30] = True
    undo = [bench.document.label_map(f).copy() for f in range(4)]
    made = bench.edit.whole.split(1, 1, left, onward=True)
    assert made.id == 2
    assert np.array_equal(bench.document.label_map(0), undo[0]), "only from frame 1 on"
    for frame in range(1, 4):
        label_map = bench.document.label_map(frame)
        assert (label_map[5:15, 5 + frame : 15 + frame] == 2).all()
        assert (label_map[5:15, 40 - frame : 50 - frame] == 1).all()
        assert bench.document.cell(frame, 2).provenance is Provenance.HUMAN
    bench.session.undo()
    assert 2 not in bench.document.objects
    assert all(np.array_equal(bench.document.label_map(f), undo[f]) for f in range(4))
    bench.edit.whole.split(1, 1, left, onward=False)
    assert not (bench.document.label_map(2) == 3).any()
    with pytest.raises(RequestError, match="nothing"):
        bench.edit.whole.split(1, 1, np.zeros((48, 64), bool), onward=False)


def test_what_a_run_will_renew_anyway_needs_no_mask_of_its_own(filled: Workbench) -> None:
    document, place = filled.document, np.arange(12, dtype=float)
    expected = Expectation(document)
    assert np.array_equal(expected.renewed(place), expected.error), "nothing is out of date"
    paint(filled, 8, 1, 20)
    expected = Expectation(document)
    error, keys, renewed = expected.error, expected.keys, expected.renewed(place)
    assert keys == [0, 5, 8, 11]
    assert np.array_equal(renewed[:6], error[:6])
    assert (renewed[[6, 7, 9, 10]] < 0.5 * error[[6, 7, 9, 10]]).all()
    before, now = (
        {s.frame: s.gain for s in next_frames(error, keys, place, 6, None, curve)}
        for curve in (None, renewed)
    )
    assert now[7] < 0.3 * before[7]
    assert now[2] == pytest.approx(before[2]), "out of date is nothing there"
    # As it will be when the run was there.
    run(filled, "refresh")
    expected = Expectation(document)
    assert np.array_equal(expected.renewed(place), expected.error)


def test_what_to_annotate_next_is_summed_on_whatever_thread_asks(
    filled: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    prelabel, summed = filled.inference.prelabel, []

    def counted(*known: Any) -> Any:
        summed.append(1)
        return out_of_date(*known)

    monkeypatch.setattr(suggest, "out_of_date", counted)
    job = prelabel.watch_clip(lambda: None)
    while not prelabel.looked:
        filled.inference.runner.poll(0.05)
    assert job is not None
    before = prelabel.suggest(4)
    summed.clear()
    question = prelabel.question(4)
    assert not summed, "the window's thread only takes down what is known"
    paint(filled, before[0].frame, 1, 20)
    assert question() == before, "as it was then"
    assert summed
    assert prelabel.suggest(4) != before
