"""Packing and unpacking that were killed: nothing under the name, and nothing left for good."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.services.project.projects import open_project
from tests import fakes
from tests.conftest import ROOT
from tests.services.test_packing import packed, rich, unpacked


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return rich(tmp_path, fakes.image_folder(tmp_path / "clip", 6))


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("verb", ["pack", "unpack"])
def test_a_kill_leaves_nothing_under_the_name_and_the_next_try_clears_up(
    verb: str, project: Path, tmp_path: Path
) -> None:
    file = packed(project, media=True)
    done = project.with_name("done.strokeflow")
    if verb == "pack":
        file.unlink()
    script = f"""
import os, signal
from pathlib import Path
from annotator.services.project.packing import *
from annotator.services.project.projects import open_project
class Control:
    left = 4
    def checkpoint(self):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    def progress(self, done, total): pass
    def note(self, text): pass
if {verb == "pack"}:
    opened = open_project(Path({str(project)!r}), writable=False)
    list(pack(pack_order(opened, None, True), Control()))
else:
    list(unpack(UnpackOrder({str(file)!r}, {str(done)!r}), Control()))
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert ended.returncode == -9
    left = [p for p in tmp_path.iterdir() if p.name.startswith(".")]
    assert left, "the test means something"
    assert not (file if verb == "pack" else done).exists()
    if verb == "pack":
        assert unpacked(packed(project, media=True), done) == done
    else:
        assert unpacked(file, done) == done
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_leftovers_of_another_name_are_swept_by_whatever_is_done_there_next(
    project: Path, tmp_path: Path
) -> None:
    def leave() -> list[Path]:
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        names = ("other.strokeflowz", "other.strokeflow", "a.mp4")
        left = [tmp_path / f".{name}.{gone.pid}-0123abcd.part" for name in names]
        for path in left:
            path.write_bytes(b"half")
            os.utime(path, (1e9, 1e9))
        return left

    def reopen() -> None:
        open_project(project).close()

    file = packed(project)
    for act in (
        lambda: packed(project),
        lambda: unpacked(file, tmp_path / "again"),
        reopen,
    ):
        *packs, video = leave()
        act()
        assert not [path for path in packs if path.exists()]
        assert video.exists(), "not beside a project"
    packs = leave()[:2]
    open_project(project, writable=False).close()
    assert all(path.exists() for path in packs), "who only reads deletes nothing"
