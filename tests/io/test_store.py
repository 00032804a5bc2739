"""The store: exact bytes, history by swapping, versions, and disks that refuse."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.core.errors import DiskError, ProjectError
from annotator.core.raster import tile_slices, tiles_of
from annotator.core.types import Rect
from annotator.io.codec import (
    decode_label_map,
    decode_soft_map,
    encode_label_map,
    encode_soft_map,
)
from annotator.io.store import PaintTiles, Put, Store, StoreMeta, create_store, open_store, schema
from annotator.io.store.ops import from_item, to_item
from tests.strategies import label_maps, sizes

META = StoreMeta("clip.mp4", "", "video", "f", 130, 90, 20, 25.0)
SHAPE = (90, 130)


@pytest.fixture
def store(tmp_path: Path):
    create_store(tmp_path / "p.strokeflow", META)
    opened, _ = open_store(tmp_path / "p.strokeflow")
    yield opened
    opened.close()


@given(st.data())
def test_label_maps_survive_their_bytes(data: st.DataObject) -> None:
    label_map = data.draw(label_maps(data.draw(sizes())))
    assert np.array_equal(decode_label_map(encode_label_map(label_map)), label_map)


@given(st.data())
def test_soft_maps_survive_to_one_in_255(data: st.DataObject) -> None:
    size = data.draw(sizes())
    soft = np.random.default_rng(data.draw(st.integers(0, 99))).random(size.shape, np.float32)
    assert np.abs(decode_soft_map(encode_soft_map(soft)) - soft).max() <= 0.5 / 255 + 1e-6


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda b: b"SFL1" + b))
def test_damaged_label_maps_are_told(data: bytes) -> None:
    with pytest.raises(ProjectError, match="damaged"):
        decode_label_map(data)


def test_a_label_map_that_claims_to_be_huge_is_refused_before_it_is_decoded() -> None:
    data = bytearray(encode_label_map(np.zeros((4, 4), np.uint8)))
    data[4:12] = (1 << 20).to_bytes(4, "little") * 2
    with pytest.raises(ProjectError, match="damaged"):
        decode_label_map(bytes(data))


@given(st.data())
def test_ops_survive_as_history_items(data: st.DataObject) -> None:
    label_map = np.zeros(SHAPE, np.uint8)
    label_map[10:80, 5:100] = data.draw(st.integers(0, 255))
    rect = Rect(data.draw(st.integers(0, 129)), data.draw(st.integers(0, 89)), 130, 90)
    tiles = {tile: label_map[tile_slices(*tile)] for tile in tiles_of(rect)}
    op = PaintTiles(3, SHAPE, tiles)
    back = from_item(*to_item(op))
    assert isinstance(back, PaintTiles)
    assert (back.frame, back.shape) == (3, SHAPE)
    assert sorted(back.tiles) == sorted(tiles)
    assert all(np.array_equal(back.tiles[tile], tiles[tile]) for tile in tiles)
    put = Put("cells", 7, data.draw(st.none() | st.binary(max_size=20)))
    assert from_item(*to_item(put)) == put


def contents(store: Store) -> dict[str, list[tuple[int, bytes]]]:
    store.flush()
    tables = {name: store.rows(name) for name in schema.DOCUMENT_TABLES}
    tables["labels"] = [(k, decode_label_map(d).tobytes()) for k, d in tables["labels"]]
    return tables


def labels(value: int) -> NDArray[np.uint8]:
    label_map = np.zeros(SHAPE, np.uint8)
    label_map[value : value + 30, value : value + 40] = value
    return label_map


def tile_op(frame: int, tile: tuple[int, int], value: int) -> PaintTiles:
    pixels = np.zeros(SHAPE, np.uint8)[tile_slices(*tile)].copy()
    pixels[3:9, 4:20] = value
    return PaintTiles(frame, SHAPE, {tile: pixels})


ops = st.one_of(
    st.builds(
        Put, st.sampled_from(["cells", "strokes", "objects", "soft"]), st.integers(0, 4),
        st.none() | st.binary(min_size=1, max_size=8),
    ),
    st.builds(lambda f, v: Put("labels", f, labels(v)), st.integers(0, 3), st.integers(0, 9)),
    st.builds(
        tile_op, st.integers(0, 3), st.tuples(st.integers(0, 1), st.integers(0, 2)),
        st.integers(0, 255),
    ),
)  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(ops, min_size=1, max_size=4), min_size=1, max_size=8))
def test_undo_and_redo_are_exact(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[Put | PaintTiles]]
) -> None:
    folder = tmp_path_factory.mktemp("s") / "p.strokeflow"
    create_store(folder, META)
    store, _ = open_store(folder)
    states = [contents(store)]
    for step in steps:
        store.commit("step", step)
        states.append(contents(store))
    for step, state in zip(reversed(store.steps()), reversed(states[:-1]), strict=True):
        store.swap_step(step.id, undo=True).result()
        assert contents(store) == state
    for step, state in zip(store.steps(), states[1:], strict=True):
        store.swap_step(step.id, undo=False).result()
        assert contents(store) == state
    store.close()


def test_the_saved_mark_follows_the_disk(store: Store) -> None:
    ticket = store.commit("step", [Put("cells", 1, b"x")])
    assert store.issued == ticket
    store.flush()
    assert store.saved == ticket
    other = sqlite3.connect(store.path)
    assert other.execute("SELECT data FROM cells WHERE key = 1").fetchone() == (b"x",)
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()


def test_projects_of_every_older_version_are_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next version's migration runs once, in one transaction, and keeps what is there."""
    create_store(tmp_path / "p.strokeflow", META)
    store, _ = open_store(tmp_path / "p.strokeflow")
    store.commit("step", [Put("cells", 1, b"x")])
    store.close()
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 2)
    add = "CREATE TABLE later (key INTEGER PRIMARY KEY)"
    with pytest.MonkeyPatch.context() as broken:
        broken.setitem(schema.MIGRATIONS, schema.VERSION - 2, lambda db: db.execute(add))
        broken.setitem(schema.MIGRATIONS, schema.VERSION - 1, lambda db: db.execute("NONSENSE"))
        with pytest.raises((ProjectError, DiskError)):
            open_store(tmp_path / "p.strokeflow")
    db = sqlite3.connect(tmp_path / "p.strokeflow" / "project.db")
    assert db.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION - 2, "all or nothing"
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'later'").fetchone() == (0,)
    db.close()
    monkeypatch.setitem(schema.MIGRATIONS, schema.VERSION - 2, lambda db: db.execute(add))
    monkeypatch.setitem(schema.MIGRATIONS, schema.VERSION - 1, lambda db: None)
    store, _ = open_store(tmp_path / "p.strokeflow")
    assert store.rows("cells") == [(1, b"x")]
    store.close()


def test_creating_over_a_project_or_into_a_file_leaves_both_alone(tmp_path: Path) -> None:
    create_store(tmp_path / "p.strokeflow", META)
    before = (tmp_path / "p.strokeflow" / "project.db").read_bytes()
    with pytest.raises(ProjectError, match="already exists"):
        create_store(tmp_path / "p.strokeflow", META)
    assert (tmp_path / "p.strokeflow" / "project.db").read_bytes() == before
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DiskError, match="cannot be created"):
        create_store(tmp_path / "file" / "q.strokeflow", META)
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "p.strokeflow"]


def test_a_full_disk_while_creating_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(db: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(schema, "create", full)
    with pytest.raises(DiskError, match="is full"):
        create_store(tmp_path / "p.strokeflow", META)
    assert list(tmp_path.iterdir()) == []


def test_another_program_that_holds_the_database_is_named(tmp_path: Path) -> None:
    create_store(tmp_path / "p.strokeflow", META)
    store, _ = open_store(tmp_path / "p.strokeflow")
    store._db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.commit("step", [Put("cells", 1, b"x")])
    with pytest.raises(DiskError, match="locked by another program"):
        store.flush()
    other.execute("ROLLBACK")
    other.close()
    while store.saved < store.issued:
        store.retry()
    assert store.row("cells", 1) == b"x", "it waited and was written"
    store.close()


def test_closing_while_the_disk_refuses_says_so(tmp_path: Path) -> None:
    create_store(tmp_path / "p.strokeflow", META)
    store, _ = open_store(tmp_path / "p.strokeflow")
    store.transact(lambda db: db.execute("PRAGMA max_page_count = 1")).result()
    noise = np.random.default_rng(0).integers(0, 254, SHAPE).astype(np.uint8)
    for frame in range(10):
        store.commit("step", [Put("labels", frame, noise)])
    with pytest.raises(DiskError, match="full") as told:
        store.close()
    assert "lost" in told.value.hint, "nobody keeps it any longer"


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_others_may_look_into_a_project_as_into_any_folder(tmp_path: Path) -> None:
    (tmp_path / "any").mkdir()
    create_store(tmp_path / "p.strokeflow", META)
    assert (tmp_path / "p.strokeflow").stat().st_mode == (tmp_path / "any").stat().st_mode


def test_ctrl_c_while_closing_lets_the_writer_write_and_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_store(tmp_path / "p.strokeflow", META)
    store, _ = open_store(tmp_path / "p.strokeflow")
    go_on = threading.Event()
    store.transact(lambda _: go_on.wait(20))
    store.commit("step", [Put("cells", 1, b"x")])

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("annotator.io.store.writing.time.sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.close()
    go_on.set()
    assert store._thread is not None
    store._thread.join(10)
    assert not store._thread.is_alive(), "it would keep the process from ending"
    assert store.row("cells", 1) == b"x"
    monkeypatch.undo()
    store.close()


@contextmanager
def read_only_disk(place: Path) -> Iterator[None]:
    bound = subprocess.run(["mount", "--bind", "-o", "ro", place, place], capture_output=True)
    if bound.returncode:
        pytest.skip("no right to mount a folder read-only here")
    try:
        yield
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="mount is POSIX")
def test_a_project_on_a_read_only_disk_opens_for_reading(tmp_path: Path) -> None:
    create_store(tmp_path / "p.strokeflow", META)
    store, _ = open_store(tmp_path / "p.strokeflow")
    store.commit("step", [Put("cells", 1, b"x")])
    store.close()
    with read_only_disk(tmp_path / "p.strokeflow"):
        store, _ = open_store(tmp_path / "p.strokeflow")
        assert store.read_only
        assert store.rows("cells") == [(1, b"x")]
        with pytest.raises(ProjectError, match="read-only"):
            store.commit("step", [Put("cells", 1, b"y")])
        store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="mount is POSIX")
def test_a_project_of_a_killed_window_is_whole_on_a_read_only_disk(tmp_path: Path) -> None:
    living, killed, bare = (tmp_path / f"{name}.strokeflow" for name in ("p", "killed", "bare"))
    create_store(living, META)
    store, _ = open_store(living)
    store.commit("step", [Put("cells", 1, b"x")])
    store.flush()
    shutil.copytree(living, killed)
    shutil.copytree(living, bare, ignore=shutil.ignore_patterns("*-shm"))
    store.close()
    with read_only_disk(killed):
        store, _ = open_store(killed)
        assert store.read_only
        assert store.rows("cells") == [(1, b"x")], "the log beside the database was left out"
        store.close()
    with read_only_disk(bare), pytest.raises(ProjectError, match="was not closed"):
        open_store(bare)


def test_a_write_protected_database_opens_for_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_store(tmp_path / "p.strokeflow", META)
    allowed = os.access
    # Not by the rights of the file: tests may run as a user whom they do not concern.
    monkeypatch.setattr(
        os, "access", lambda path, mode: Path(path).name != "project.db" and allowed(path, mode)
    )
    store, _ = open_store(tmp_path / "p.strokeflow")
    assert "project.db' cannot be written" in store.read_only_reason
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be deleted or moved there")
def test_a_deleted_project_is_not_called_saved(tmp_path: Path) -> None:
    create_store(tmp_path / "p.strokeflow", META)
    store, _ = open_store(tmp_path / "p.strokeflow")
    store.commit("before", [Put("cells", 1, b"x")])
    store.flush()
    shutil.rmtree(tmp_path / "p.strokeflow")
    ticket = store.commit("after", [Put("cells", 2, b"y")])
    with pytest.raises(DiskError, match="was deleted"):
        store.flush()
    assert store.saved < ticket
    with pytest.raises(DiskError, match="was deleted"):
        store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be deleted or moved there")
def test_a_project_that_is_renamed_while_open_is_saved_where_it_is(tmp_path: Path) -> None:
    create_store(tmp_path / "p.strokeflow", META)
    store, _ = open_store(tmp_path / "p.strokeflow")
    (tmp_path / "p.strokeflow").rename(tmp_path / "q.strokeflow")
    store.commit("after", [Put("cells", 2, b"y")])
    store.close()
    again, _ = open_store(tmp_path / "q.strokeflow")
    assert again.rows("cells") == [(2, b"y")]
    again.close()
