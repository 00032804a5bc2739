"""Files and folders are replaced whole or not at all, also by processes that were killed."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotator.core.errors import DiskError
from annotator.io.atomic import atomic_file, atomic_folder, disk_errors, recover, sweep


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def fail_after_writing(path: Path) -> None:
    path.write_text("half")
    raise KeyError


def test_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    with atomic_file(path) as part:
        part.write_text("one")
        assert not path.exists()
    assert path.read_text() == "one"
    with pytest.raises(KeyError), atomic_file(path) as part:
        fail_after_writing(part)
    assert path.read_text() == "one"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_folder_is_swapped(tmp_path: Path) -> None:
    path = tmp_path / "f"
    for text in ("one", "two"):
        with atomic_folder(path) as part:
            (part / text).write_text(text)
    assert [p.name for p in path.iterdir()] == ["two"]
    with pytest.raises(KeyError), atomic_folder(path) as part:
        fail_after_writing(part / "three")
    assert [p.name for p in path.iterdir()] == ["two"]
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_failed_swap_brings_the_old_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    with atomic_folder(path) as part:
        (part / "old").write_text("old")
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise PermissionError(errno.EACCES, "in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(DiskError, match="not allowed"), atomic_folder(path):
        pass
    assert (path / "old").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "read-only"), (errno.ENXIO, "odd")],
)
def test_disk_errors_are_told_in_words(number: int, words: str) -> None:
    with pytest.raises(DiskError, match=words) as caught, disk_errors(Path("a.db")):
        raise OSError(number, "odd")
    assert "a.db" in str(caught.value)
    assert caught.value.hint


def test_leftovers_of_a_killed_process_are_cleared(tmp_path: Path) -> None:
    dead = dead_pid()
    (tmp_path / f".f.{dead}-ab.part").mkdir()
    (tmp_path / f".f.{os.getpid()}-ab.part").mkdir()
    (tmp_path / f".f.{dead}-cd.old").mkdir()
    (tmp_path / f".f.{dead}-cd.old" / "kept").write_text("kept")
    (tmp_path / ".f.notes").write_text("not ours")
    recover(tmp_path / "f")
    assert (tmp_path / "f" / "kept").read_text() == "kept"
    names = {p.name for p in tmp_path.iterdir()}
    assert names == {"f", f".f.{os.getpid()}-ab.part", ".f.notes"}


KEPT, GONE = True, False
DAY = 24 * 3600


@pytest.mark.parametrize(
    ("name", "hours", "kept"),
    [
        (".walk.strokeflowz.{dead}-0123abcd.part", 25, GONE),
        (".WALK.STROKEFLOWZ.{dead}-0123abcd.part", 25, GONE),
        (".walk.strokeflowz.{dead}-0123abcd.part", 23, KEPT),
        (".walk.strokeflowz.{dead}-0123abcd.part", -1, KEPT),
        (".walk.strokeflowz.{own}-0123abcd.part", 25, GONE),
        (".walk.strokeflowz.{dead}-0123abcd.old", 25, KEPT),
        (".walk.strokeflowz.{dead}-0123abcde.part", 25, KEPT),
        (".walk.strokeflowz.{dead}-0123abcX.part", 25, KEPT),
        (".walk.strokeflowz.dead-0123abcd.part", 25, KEPT),
        (".walk.mp4.{dead}-0123abcd.part", 25, KEPT),
        ("walk.strokeflowz.{dead}-0123abcd.part", 25, KEPT),
    ],
)
def test_what_killed_processes_left_is_swept_if_it_surely_is_that(
    tmp_path: Path, name: str, hours: float, kept: bool
) -> None:
    """This process is younger than a part of yesterday: it only has the number of its maker."""
    for place in (tmp_path / "files", tmp_path / "folders"):
        left = place / name.format(dead=dead_pid(), own=os.getpid())
        inner = left / "media" / "a.mp4" if place.name == "folders" else left
        inner.parent.mkdir(parents=True)
        inner.write_bytes(b"half")
        for path in {inner, inner.parent, left} - {place}:
            os.utime(path, (time.time() - hours * 3600,) * 2)
        sweep(place, (".strokeflow", ".strokeflowz"))
        assert inner.exists() is kept
        assert list(place.iterdir()) == ([left] if kept else [])


def test_a_part_in_the_making_is_not_swept(tmp_path: Path) -> None:
    """Of this process, which fills one part and not the other one; and of another machine."""
    old = time.time() - 2 * DAY
    here = tmp_path / f".a.strokeflowz.{os.getpid()}-00000000.part"
    foreign = dead_pid()
    there = [tmp_path / f".b.strokeflowz.{foreign}-0000000{n}.part" for n in (1, 2)]
    for path in (here, *there):
        path.write_bytes(b"half")
    os.utime(there[0], (old, old))
    sweep(tmp_path, (".strokeflowz",))
    assert sorted(tmp_path.iterdir()) == sorted((here, *there))
    folder = tmp_path / f".c.strokeflow.{dead_pid()}-00000003.part"
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "a.mp4").write_bytes(b"half")
    os.utime(folder, (old, old))
    sweep(tmp_path, (".strokeflow",))
    assert folder.exists()
    sweep(tmp_path / "nowhere", (".strokeflow",))


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_is_swept_and_not_what_it_points_to(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "work").write_text("of days")
    link = tmp_path / f".a.strokeflow.{dead_pid()}-00000000.part"
    link.symlink_to(target)
    old = time.time() - 2 * DAY
    os.utime(link, (old, old), follow_symlinks=False)
    sweep(tmp_path, (".strokeflow",))
    assert [p.name for p in tmp_path.rglob("*")] == ["mine", "work"]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes with names")
def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(DiskError, match="device"), atomic_file(pipe) as part:
        part.write_text("x")
    assert pipe.is_fifo()
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]
