"""A project as one file: the round trip, and archives that are not what they should be."""

from __future__ import annotations

import os
import shutil
import sqlite3
import zipfile
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from annotator.core.changes import SetCells, SetLabel, SetRemark, SetSoft
from annotator.core.errors import Cancelled, DiskError, MediaError, ProjectError
from annotator.core.review import Remark
from annotator.core.types import Cell, Provenance, Stroke
from annotator.io.codec import encode_soft_map
from annotator.io.packed import read_manifest
from annotator.services.editing.edit import EditService
from annotator.services.project.embedding import embed, embed_order
from annotator.services.project.packing import (
    UnpackOrder,
    pack,
    pack_order,
    unpack,
    unpacked_folder,
)
from annotator.services.project.projects import create_project, open_project, relocate_media
from annotator.services.review.remarks import add_remark
from annotator.services.review.stages import set_stage
from tests import fakes
from tests.services.test_embedding import Control
from tests.services.test_session import snapshot
from tests.videos import write_video

TABLES = (
    "objects", "labels", "cells", "remarks", "accepted", "stages", "strokes", "soft", "backends",
    "steps", "items", "effort", "marks", "runs",
)  # fmt: skip


def rich(folder: Path, media: Path) -> Path:
    """A project with something in every table, something undone, and a fitted model."""
    project = create_project(folder / "walk", media)
    opened = open_project(project)
    session, edit = opened.session, EditService(opened.session)
    one, two = edit.add_object("one"), edit.add_object("two")
    pen = edit.begin_paint(0, one.id, 4, erase=False)
    pen.extend(np.array([[12.0, 12.0], [30.0, 20.0]], np.float32))
    pen.commit()
    edit.add_strokes(2, [Stroke(two.id, np.array([[3.0, 4.0], [9.0, 9.0]], np.float32), 2.5)])
    edit.set_locked([0], [one.id], True)
    add_remark(session, 1, "look at the left hand 手", place=(3, 4))
    set_stage(session, "review", "Ann")
    step = session.begin_run("Propagate: 2 frames")
    soft = encode_soft_map(np.full(session.document.size.shape, 0.25, np.float32))
    for frame in (3, 4):
        label_map = np.zeros(session.document.size.shape, np.uint8)
        label_map[frame : frame + 9, 4:20] = two.id
        cells = {two.id: Cell(Provenance.MODEL, quality=0.5, backend="copy")}
        changes = [SetLabel(frame, label_map), SetCells(frame, cells), SetSoft(frame, 2, soft)]
        step.append(frame, changes)
    step.end()
    session.store.add_effort([(1, 0, 1, 2, 3, 4.5)])
    session.store.add_run(b"an interrupted run")
    edit.accept([3], [two.id])
    add_remark(session, 2, "undone")
    session.undo()
    opened.close()
    (project / "models").mkdir()
    (project / "models" / "scwssod.safetensors").write_bytes(os.urandom(3000))
    (project / "models" / "scwssod.part").write_bytes(b"half")
    (project / "cache").mkdir(exist_ok=True)
    (project / "cache" / "junk").write_bytes(b"x" * 100)
    return project


def tables(project: Path) -> dict[str, list]:
    db = sqlite3.connect(project / "project.db")
    found = {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    found["meta"] = db.execute("SELECT * FROM meta WHERE key != 'media'").fetchall()
    found["version"] = db.execute("PRAGMA user_version").fetchall()
    db.close()
    return found


def packed(project: Path, out: Path | None = None, media: bool = False) -> Path:
    opened = open_project(project, writable=False, need_media=False)
    try:
        order = pack_order(opened, out, media)
    finally:
        opened.close()
    (made,) = pack(order, Control())
    assert made.size == Path(made.file).stat().st_size
    return Path(made.file)


def unpacked(file: Path, out: Path | None = None) -> Path:
    (made,) = unpack(UnpackOrder(str(file), str(unpacked_folder(file, out))), Control())
    return Path(made)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b""
        for p in sorted(folder.rglob("*"))
        if not p.name.endswith(("-wal", "-shm"))  # whoever reads a project leaves them
    }


@pytest.fixture(params=["video", "folder", "picture"])
def media(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    place = tmp_path / "far" / "away é"
    if request.param == "video":
        place.mkdir(parents=True)
        return write_video(place / "clip 手.mp4", frames=6)
    frames = fakes.image_folder(place / "clip 手", 6)
    return frames if request.param == "folder" else sorted(frames.glob("*.png"))[0]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return fakes.image_folder(tmp_path / "clip", 6)


@pytest.fixture
def project(tmp_path: Path, clip: Path) -> Path:
    return rich(tmp_path, clip)


# -- the round trip


def test_everything_comes_back_elsewhere(tmp_path: Path, clip: Path) -> None:
    project = rich(tmp_path, clip)
    before = tables(project)
    assert all(before[name] for name in TABLES), "the test means something"
    opened = open_project(project, writable=False)
    shown, opened_at = snapshot(opened.session), opened.media.read(3).copy()
    opened.close()
    file = packed(project, tmp_path / "out" / "a copy", media=True)
    assert file == tmp_path / "out" / "a copy.strokeflowz"
    model = (project / "models" / "scwssod.safetensors").read_bytes()
    shutil.rmtree(project)
    shutil.rmtree(clip)

    there = unpacked(file, tmp_path / "other place" / "项目 一 (é)")
    assert there == tmp_path / "other place" / "项目 一 (é).strokeflow"
    assert tables(there) == before
    assert sorted(p.name for p in there.iterdir()) == ["media", "models", "project.db"]
    assert [p.read_bytes() for p in (there / "models").iterdir()] == [model]
    opened = open_project(there)
    session = opened.session
    assert opened.media is not None
    assert opened.media.path == (there / "media" / "clip").resolve()
    assert session.meta.media == str(there / "media" / "clip")
    assert np.array_equal(opened.media.read(3), opened_at)
    assert snapshot(session) == shown
    session.redo()
    assert [remark.text for remark in session.document.remarks.on(2)] == ["undone"]
    for _ in range(3):
        session.undo()
    assert session.document.cell(3, 2).provenance is Provenance.NONE
    assert not session.document.label_map(3).any(), "the run was one step, and is undone"
    opened.close()


def test_media_come_along_only_if_they_are_wanted(media: Path, tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", media)
    file = packed(project)
    manifest = read_manifest(file)
    assert (manifest.media, manifest.made_with, manifest.name) == ("", media.name, "p")
    assert [member.name for member in manifest.members] == ["project.db"]
    there = unpacked(file, tmp_path / "without")
    opened = open_project(there)
    assert opened.media.path == media.resolve(), "on this machine they are found where they are"
    frames = len(opened.media.files)
    opened.close()
    whole = read_manifest(packed(project, media=True))
    assert whole.media == media.name
    assert len(whole.members) == 1 + frames


def test_media_in_the_project_always_come_along(media: Path, tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", media)
    opened = open_project(project)
    (place,) = embed(embed_order(opened), Control())
    relocate_media(opened, Path(place))
    opened.close()
    shutil.rmtree(tmp_path / "far")
    file = packed(project)
    shutil.rmtree(project)
    moved = unpacked(file).rename(tmp_path / "moved once more.strokeflow")
    opened = open_project(moved)
    assert opened.media.path == (moved / "media" / media.name).resolve()
    opened.close()


def test_any_program_can_read_it_and_nothing_of_this_machine_is_in_it(
    tmp_path: Path, media: Path
) -> None:
    project = create_project(tmp_path / "p", media)
    file = packed(project, media=True)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        kinds = {entry.filename: entry.compress_type for entry in archive.infolist()}
        archive.extractall(tmp_path / "by hand.strokeflow")
    assert kinds["project.db"] == zipfile.ZIP_DEFLATED
    dense = {kind for name, kind in kinds.items() if name.startswith("media/")}
    assert dense == {zipfile.ZIP_STORED}, "videos and PNGs do not get smaller"
    opened = open_project(tmp_path / "by hand.strokeflow")
    assert opened.media.path.is_relative_to((tmp_path / "by hand.strokeflow").resolve())
    opened.close()
    by_hand = (tmp_path / "by hand.strokeflow" / "project.db").read_bytes()
    assert str(tmp_path).encode() not in by_hand


def test_a_project_that_is_worked_on_is_packed_as_it_is_at_one_moment(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each edit writes its number as a label map and as a remark, in one action."""
    monkeypatch.setattr("annotator.io.store.snapshot._PAGES", 1)
    opened = open_project(project)
    session = opened.session

    class Busy(Control):
        count = 0

        def checkpoint(self) -> None:
            self.count += 1
            pixels = np.full(session.document.size.shape, 1 + self.count % 2, np.uint8)
            remark = Remark(99, 5, str(self.count))
            changes = [SetLabel(5, pixels), SetRemark(99, remark)]
            session.apply("Edit", changes)
            session.flush()

    busy = Busy()
    (made,) = pack(pack_order(opened, None, False), busy)
    assert busy.count > 10
    opened.close()
    again = open_project(unpacked(Path(made.file), tmp_path / "copy"), writable=False)
    document = again.session.document
    told = document.remarks.get(99)
    expected = 0 if told is None else 1 + int(told.text) % 2
    assert (document.label_map(5) == expected).all()
    assert again.session.store._read("PRAGMA integrity_check") == [("ok",)]
    again.close()


# -- what can go wrong on the way


def test_cancelling_leaves_nothing(tmp_path: Path, media: Path) -> None:
    project = create_project(tmp_path / "p", media)
    opened = open_project(project)
    order = pack_order(opened, None, True)
    opened.close()
    before = tree(tmp_path)
    for limit in range(len(order.files) + 2):
        with pytest.raises(Cancelled):
            list(pack(order, Control(limit)))
        assert tree(tmp_path) == before
    (made,) = pack(order, Control())
    before = tree(tmp_path)
    for limit in range(len(order.files) + 2):
        target = UnpackOrder(made.file, str(tmp_path / "q.strokeflow"))
        with pytest.raises(Cancelled):
            list(unpack(target, Control(limit)))
        assert tree(tmp_path) == before


def test_nothing_that_is_there_is_replaced_by_a_project(project: Path, tmp_path: Path) -> None:
    file = packed(project)
    for name in ("walk", "empty"):
        (tmp_path / f"{name}.strokeflow").mkdir(exist_ok=True)
        before = tree(tmp_path)
        with pytest.raises(ProjectError, match="already exists"):
            unpacked(file, tmp_path / name)
        assert tree(tmp_path) == before


def test_a_project_that_appears_meanwhile_stays(project: Path, tmp_path: Path) -> None:
    file, target = packed(project), tmp_path / "late.strokeflow"

    class Late(Control):
        def checkpoint(self) -> None:
            target.mkdir(exist_ok=True)

    with pytest.raises(DiskError, match="something is there already"):
        list(unpack(UnpackOrder(str(file), str(target)), Late()))
    assert list(target.iterdir()) == []
    assert not list(tmp_path.glob(".late*"))


def test_full_disks_and_missing_media_are_told(
    project: Path, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = packed(project)
    opened = open_project(project)
    order = pack_order(opened, None, True)
    opened.close()
    with monkeypatch.context() as patched:
        usage = namedtuple("usage", "total used free")(10, 9, 1 << 20)
        patched.setattr("annotator.services.project.packing.shutil.disk_usage", lambda _: usage)
        for work in (pack(order, Control()), unpack(UnpackOrder(str(file), "x"), Control())):
            with pytest.raises(
                DiskError, match=r"needs 6\d MiB with room to spare, and 1 MiB are free there"
            ):
                list(work)
    shutil.rmtree(clip)
    with pytest.raises(MediaError, match="Cannot read"):
        list(pack(order, Control()))
    opened = open_project(project, need_media=False)
    with pytest.raises(MediaError, match="missing"):
        pack_order(opened, None, True)
    assert pack_order(opened, None, False).files == ()
    opened.close()


def test_media_that_change_meanwhile_are_told(project: Path, clip: Path) -> None:
    opened = open_project(project)
    order = pack_order(opened, None, True)
    opened.close()
    file = sorted(clip.iterdir())[2]
    file.write_bytes(sorted(clip.iterdir())[3].read_bytes())
    with pytest.raises(MediaError, match="changed while it was packed"):
        list(pack(order, Control()))
    assert not Path(order.out).exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_cannot_be_written_is_told(project: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(DiskError, match="not allowed"):
        packed(project, closed / "p")
