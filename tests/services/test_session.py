"""The session: every action durable, every action undone, also after a restart."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from annotator.core.changes import SetCells, SetLabel
from annotator.core.document import ChangeSet
from annotator.core.errors import ProjectError, RequestError
from annotator.core.types import Cell, Provenance, Rect, Stroke
from annotator.io.store import Store, StoreMeta, create_store, open_store
from annotator.services.editing.edit import EditService
from annotator.services.project.session import Session

SHAPE = (90, 130)
N_FRAMES = 12


def make_project(folder: Path, n_frames: int = N_FRAMES) -> Path:
    path = folder / "clip.strokeflow"
    meta = StoreMeta("gone.mp4", "", "video", "f" * 16, SHAPE[1], SHAPE[0], n_frames, 25.0)
    create_store(path, meta)
    return path


def open_session(path: Path, **kwargs: int) -> Session:
    store, meta = open_store(path, **kwargs)
    return Session(path, store, meta)


def snapshot(session: Session) -> tuple[object, ...]:
    document = session.document
    return (
        tuple(document.label_map(f).tobytes() for f in range(document.n_frames)),
        tuple(tuple(document.cells.frame(f).items()) for f in range(document.n_frames)),
        tuple(
            (s.object_id, s.radius, s.points.tobytes())
            for f in range(document.n_frames)
            for s in document.strokes(f)
        ),
        tuple(sorted(document.objects.items())),
    )


@pytest.fixture
def session(tmp_path: Path):
    session = open_session(make_project(tmp_path))
    yield session
    session.close()


def random_action(rng: random.Random, session: Session, edit: EditService) -> None:
    """One action a person or a run could take; every branch changes the project."""
    document = session.document
    objects = sorted(document.objects)
    frame = rng.randrange(document.n_frames)
    kind = rng.choice(
        ["object", "paint", "erase", "stroke", "live", "run", "lock", "accept", "clear", "del"]
    )
    if kind == "object" or not objects:
        edit.add_object(f"thing {rng.random():.3f}")
        return
    chosen = rng.choice(objects)
    try:
        if kind in ("paint", "erase"):
            pen = edit.begin_paint(frame, chosen, rng.uniform(0.5, 20), erase=kind == "erase")
            for _ in range(rng.randint(1, 4)):
                points = [[rng.uniform(-10, SHAPE[1] + 10), rng.uniform(-10, SHAPE[0] + 10)]]
                pen.extend(np.array(points, np.float32))
            pen.commit()
        elif kind == "stroke":
            points = np.array([[rng.uniform(0, SHAPE[1]), rng.uniform(0, SHAPE[0])]], np.float32)
            edit.add_strokes(frame, [Stroke(rng.choice([0, chosen]), points, 3.0)])
        elif kind == "live":
            points = np.array([[rng.uniform(0, SHAPE[1]), rng.uniform(0, SHAPE[0])]], np.float32)
            first, better = (np.zeros(SHAPE, np.uint8) for _ in range(2))
            first[5 : rng.randint(6, 40), 20:70] = chosen
            better[rng.randint(0, 20) : 60, 10:60] = chosen
            edit.scribble(frame, [Stroke(chosen, points, 3.0)], first, {chosen: 0.5})
            step = session.undo_step
            assert step is not None
            assert edit.improve_scribble(step.id, frame, better, {chosen: 0.5})
        elif kind == "run":
            step = session.begin_run("Run")
            for target in rng.sample(range(document.n_frames), rng.randint(1, 6)):
                open_ = document.writable(target, [chosen])
                label_map = np.array(document.label_map(target))
                if open_:
                    label_map[label_map == chosen] = 0
                    label_map[0 : rng.randint(1, 9), 0:40] = chosen
                    cell = Cell(Provenance.MODEL, False, rng.random(), rng.choice(["a", "b"]))
                    step.append(
                        target, [SetLabel(target, label_map), SetCells(target, {chosen: cell})]
                    )
            step.end()
        elif kind == "lock":
            edit.set_locked([frame], [chosen], rng.random() < 0.5)
        elif kind == "accept":
            edit.accept(range(document.n_frames), [chosen])
        elif kind == "clear":
            edit.clear_mask(frame, chosen)
        elif kind == "del" and len(objects) > 2:
            edit.delete_object(chosen)
    except RequestError:
        pass  # a locked cell refused, as it must


def test_500_random_operations_undo_and_redo_also_across_a_restart(tmp_path: Path) -> None:
    path = make_project(tmp_path)
    session = open_session(path)
    first = snapshot(session)
    rng = random.Random(7)
    edit = EditService(session)
    for _ in range(500):
        random_action(rng, session, edit)
    last = snapshot(session)
    n_steps = len(session.store.steps())
    assert n_steps > 300
    session.close()

    session = open_session(path)
    assert snapshot(session) == last
    for _ in range(n_steps // 2):
        session.undo()
    half = snapshot(session)
    session.close()

    session = open_session(path)
    assert snapshot(session) == half
    while session.undo_step is not None:
        session.undo()
    assert snapshot(session) == first
    session.close()

    session = open_session(path)
    assert snapshot(session) == first
    while session.redo_step is not None:
        session.redo()
    assert snapshot(session) == last
    session.close()
    session = open_session(path)
    assert snapshot(session) == last
    session.close()


def test_every_single_undo_restores_the_state_before(tmp_path: Path) -> None:
    session = open_session(make_project(tmp_path))
    rng = random.Random(3)
    edit = EditService(session)
    states = [(len(session.store.steps()), snapshot(session))]
    for _ in range(120):
        random_action(rng, session, edit)
        if len(session.store.steps()) != states[-1][0]:
            states.append((len(session.store.steps()), snapshot(session)))
    for _, state in reversed(states[:-1]):
        session.undo()
        assert snapshot(session) == state
    session.close()


def test_a_better_mask_belongs_to_its_stroke_unless_something_was_done_since(
    session: Session,
) -> None:
    edit = EditService(session)
    edit.add_object("thing")
    before = snapshot(session)
    stroke = Stroke(1, np.array([[20, 20]], np.float32), 3.0)
    first, better = (np.zeros(SHAPE, np.uint8) for _ in range(2))
    first[10:20, 10:20], better[10:30, 10:30] = 1, 1
    edit.scribble(4, [stroke], first, {1: 0.5})
    step = session.undo_step
    assert step is not None
    assert edit.improve_scribble(step.id, 4, better, {1: 0.5})
    assert np.array_equal(session.document.label_map(4), better)
    improved = snapshot(session)
    assert len(session.store.steps()) == 2
    newest = session.undo_step
    assert newest is not None
    assert newest.frames == 1
    session.undo()
    assert snapshot(session) == before
    assert not edit.improve_scribble(step.id, 4, first, {1: 0.5})  # it is undone
    session.redo()
    assert snapshot(session) == improved
    edit.add_strokes(4, [stroke])
    after = snapshot(session)
    assert not edit.improve_scribble(step.id, 4, first, {1: 0.5})  # the person went on
    session.undo()
    assert not edit.improve_scribble(step.id, 4, first, {1: 0.5})  # and may want to redo that
    session.redo()
    assert snapshot(session) == after


def test_a_new_action_forgets_what_was_undone(session: Session) -> None:
    edit = EditService(session)
    edit.add_object("one")
    edit.add_object("two")
    session.undo()
    edit.add_object("three")
    assert session.redo_step is None
    assert [info.name for info in session.document.objects.values()] == ["one", "three"]
    with pytest.raises(RequestError, match="nothing to redo"):
        session.redo()


def test_object_ids_are_never_given_twice(tmp_path: Path) -> None:
    path = make_project(tmp_path)
    session = open_session(path)
    edit = EditService(session)
    assert [edit.add_object().id for _ in range(3)] == [1, 2, 3]
    edit.delete_object(3)
    session.undo()
    session.undo()
    session.close()
    session = open_session(path)
    assert EditService(session).add_object().id == 4
    session.close()


def test_all_254_ids_used_is_told(session: Session) -> None:
    session.document.next_object_id = 255
    with pytest.raises(RequestError, match="All 254"):
        EditService(session).add_object()


def test_a_run_is_one_step_and_leaves_edited_frames_alone(session: Session) -> None:
    edit = EditService(session)
    info = edit.add_object("cat")
    before = snapshot(session)
    run = session.begin_run("Propagate")
    filled = np.zeros(SHAPE, np.uint8)
    filled[10:20, 10:20] = info.id
    cell = Cell(Provenance.MODEL, False, 0.5, "b")
    assert run.append(1, [SetLabel(1, filled), SetCells(1, {info.id: cell})])
    pen = edit.begin_paint(2, info.id, 4, erase=False)
    pen.extend(np.array([[50, 50]], np.float32))
    pen.commit()
    painted = session.document.label_map(2).copy()
    assert not run.append(2, [SetLabel(2, filled), SetCells(2, {info.id: cell})])
    session.undo()  # takes back the paint
    with pytest.raises(RequestError, match="still running"):
        session.undo()
    session.redo()
    assert run.append(3, [SetLabel(3, filled), SetCells(3, {info.id: cell})])
    run.end()
    assert np.array_equal(session.document.label_map(2), painted)
    assert run.skipped == [2]
    assert np.array_equal(session.document.label_map(3), filled)
    session.undo()
    session.undo()
    assert snapshot(session) == before


def test_history_is_bounded_in_bytes_and_the_newest_step_stays(tmp_path: Path) -> None:
    path = make_project(tmp_path)
    session = open_session(path, history_bytes=20_000)
    edit = EditService(session)
    info = edit.add_object()
    rng = np.random.default_rng(0)
    for frame in range(N_FRAMES):
        noise = (rng.random(SHAPE) < 0.5).astype(np.uint8) * info.id
        edit.set_mask(frame, info.id, noise, "Noise")
        edit.set_mask(frame, info.id, noise.T.copy().reshape(SHAPE), "Noise")
    session.flush()
    steps = session.store.steps()
    stored = session.store.transact(
        lambda db: db.execute("SELECT sum(length(data)) FROM items").fetchone()[0]
    ).result()
    assert 1 <= len(steps) < 24
    assert stored <= 20_000
    last = snapshot(session)
    session.undo()
    session.redo()
    assert snapshot(session) == last
    session.close()


def test_a_second_process_reads_only(tmp_path: Path) -> None:
    path = make_project(tmp_path)
    session = open_session(path)
    EditService(session).add_object("cat")
    session.flush()
    other = open_session(path)
    assert other.read_only
    assert "open for writing" in other.store.read_only_reason
    assert other.document.objects[1].name == "cat"
    with pytest.raises(ProjectError, match="read-only"):
        EditService(other).add_object("dog")
    other.close()
    session.close()
    again = open_session(path)
    assert not again.read_only
    again.close()


def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from annotator.core.errors import DiskError

    session = open_session(make_project(tmp_path))
    edit = EditService(session)
    info = edit.add_object()
    session.flush()
    session.store.transact(lambda db: db.execute("PRAGMA max_page_count = 1")).result()
    noise = (np.random.default_rng(1).random(SHAPE) < 0.5).astype(np.uint8) * info.id
    for frame in range(N_FRAMES):
        edit.set_mask(frame, info.id, noise, "Noise")
    with pytest.raises(DiskError, match="full"):
        session.flush()
    assert np.array_equal(session.document.label_map(3), noise)
    # Space is free again: the waiting actions are written in their order.
    monkeypatch.setattr(Store, "_write_batch", _with_space(Store._write_batch))
    session.store.retry()
    deadline_steps = len(session.store.steps())
    while session.store.saved < session.store.issued:
        session.store.retry()
    session.close()
    session = open_session(tmp_path / "clip.strokeflow")
    assert len(session.store.steps()) == deadline_steps
    assert np.array_equal(session.document.label_map(N_FRAMES - 1), noise)
    session.close()


def _with_space(write):
    def patched(self, batch):
        self._db.execute("PRAGMA max_page_count = 1000000")
        return write(self, batch)

    return patched


def test_a_deletion_that_is_undone_leaves_the_order_of_objects(tmp_path: Path) -> None:
    session = open_session(make_project(tmp_path))
    edit = EditService(session)
    for _ in range(4):
        edit.add_object()
    for chosen in (1, 3, 2):
        edit.delete_object(chosen)
        session.undo()
        assert list(session.document.objects) == [1, 2, 3, 4]
    session.redo()
    assert list(session.document.objects) == [1, 3, 4]
    session.close()


def test_changes_are_merged_to_what_each_of_them_told() -> None:
    parts = [
        ChangeSet({3: Rect(0, 0, 2, 2), 4: Rect(1, 1, 2, 2)}, frozenset([3])),
        ChangeSet({3: Rect(5, 1, 9, 4), 4: None}, frozenset([7]), remarks=frozenset([1])),
        ChangeSet({4: Rect(0, 0, 1, 1)}, strokes=frozenset([2]), objects=True, stage=True),
    ]
    merged = ChangeSet.merged(parts)
    assert merged == parts[0] | parts[1] | parts[2]
    assert merged.labels == {3: Rect(0, 0, 9, 4), 4: None}
    assert (merged.objects, merged.stage, merged.everything) == (True, True, False)
    assert merged.drawn == {2, 3, 4, 7}
    assert merged.frames == {1, 2, 3, 4, 7}
    assert ChangeSet.merged([]) == ChangeSet()
