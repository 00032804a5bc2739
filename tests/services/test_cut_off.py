"""What must be whole and was cut off by a kill: taken back when the project is opened next."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.app import Application, Workbench
from annotator.core.changes import SetCells, SetLabel
from annotator.core.types import Cell, Provenance
from annotator.io.store import DATABASE
from annotator.services.project.packing import UnpackOrder, pack, pack_order, unpack
from annotator.services.project.projects import create_project, open_project
from tests import fakes
from tests.cli.calls import asked, run
from tests.conftest import ROOT
from tests.services.kill_child import digest
from tests.services.test_embedding import Control

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")

N_FRAMES = 6
CHILD = """
import os, signal, sys
from annotator.cli import main
from annotator.services.editing.cleaning import CleaningService
from annotator.services.exchange.transfer import TransferService
left = [int(sys.argv[1])]
def fatal(name, service):
    whole = getattr(service, name)
    def few(self, *given):
        left[0] -= 1
        if left[0] < 0:
            self._session.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        return whole(self, *given)
    setattr(service, name, few)
fatal("_take", TransferService)
fatal("_changes", CleaningService)
sys.exit(main(sys.argv[2:]))
"""
"""A command line that is killed after so many frames, all of which are on disk."""


def killed_after(frames: int, *words: object) -> None:
    given = [sys.executable, "-c", CHILD, str(frames), *map(str, words)]
    ended = subprocess.run(given, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip", N_FRAMES))
    with_bench(folder, lambda bench: bench.edit.add_object("mine"))
    return folder


@pytest.fixture(name="masks")
def _masks(tmp_path: Path) -> Path:
    folder = tmp_path / "masks"
    folder.mkdir()
    for frame in range(N_FRAMES):
        label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
        label_map[5:20, 5 : 30 + frame] = 255
        Image.fromarray(label_map).save(folder / f"{frame:05d}.png")
    return folder


def with_bench(folder: Path, act: object = digest) -> object:
    application = Application(inline=True)
    bench = application.open(folder)
    try:
        return act(bench)  # type: ignore[operator]
    finally:
        bench.close()
        application.close()


def rows(folder: Path) -> list[str]:
    db = sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True)
    try:
        return [r[0] for r in db.execute("SELECT key FROM meta WHERE key GLOB 'unfinished*'")]
    finally:
        db.close()


@pytest.mark.parametrize("frames", [0, 1, 4])
def test_half_an_import_is_taken_back_and_told_once(
    project: Path, masks: Path, frames: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = with_bench(project)
    killed_after(frames, "import", project, masks, "--format", "binary", "--map", "1=7")
    assert len(rows(project)) == 1
    assert run("info", project, "--json") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["interrupted_runs"] == 0
    assert "'Import binary: masks' has not come to its end" in told.err
    assert run("clean", project, "--smooth", "1") == 2
    told = capsys.readouterr().err
    assert "warning: 'Import binary: masks' was cut off last time, and was taken back." in told
    assert with_bench(project) == before
    assert rows(project) == []
    assert run("clean", project, "--smooth", "1") == 2
    assert "cut off" not in capsys.readouterr().err


def test_what_came_to_its_end_leaves_no_record(
    project: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "binary")
    assert rows(project) == []
    assert run("clean", project, "--smooth", "1") in (0, 2)
    assert rows(project) == []
    assert "cut off" not in capsys.readouterr().err


def model_masks(bench: Workbench) -> None:
    label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
    label_map[10:30, 10:30] = 1
    cell = Cell(Provenance.MODEL, False, 0.9, "embedded")
    for frame in range(N_FRAMES):
        changes = [SetLabel(frame, label_map), SetCells(frame, {1: cell})]
        bench.session.apply("Masks", changes)


def test_half_a_cleaning_is_taken_back_so_that_it_can_be_done_again(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_bench(project, model_masks)
    before = with_bench(project)
    killed_after(3, "clean", project, "--grow", "2")
    capsys.readouterr()
    assert with_bench(project) == before
    assert asked(capsys, "clean", project, "--grow", "2")["changed"] == N_FRAMES
    maps = with_bench(project, lambda bench: [bench.document.label_map(f).sum() for f in (0, 5)])
    assert maps[0] == maps[1]  # type: ignore[index]


def test_what_was_done_since_stays_and_the_half_with_it(project: Path, masks: Path) -> None:
    """A store that did not settle, as an older Strokeflow, worked on in between."""
    killed_after(3, "import", project, masks, "--format", "binary")
    db = sqlite3.connect(project / DATABASE)
    noted = db.execute("SELECT key, value FROM meta WHERE key GLOB 'unfinished*'").fetchone()
    db.execute("DELETE FROM meta WHERE key = ?", (noted[0],))
    db.commit()
    with_bench(project, lambda bench: bench.edit.add_object("since"))
    db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", noted)
    db.commit()
    db.close()
    opened = open_project(project)
    (told,) = opened.session.store.cut_off
    assert not told.gone
    assert told.message.endswith("what it had done by then stayed.")
    document = opened.session.document
    assert sum(document.label_map(f).any() for f in range(N_FRAMES)) == 3
    assert "since" in {info.name for info in document.objects.values()}
    opened.close()
    assert rows(project) == []


def test_only_who_may_write_settles(project: Path, masks: Path) -> None:
    killed_after(2, "import", project, masks, "--format", "binary")
    reading = open_project(project, writable=False)
    assert reading.session.store.cut_off == ()
    reading.close()
    assert len(rows(project)) == 1
    opened = open_project(project)
    second = open_project(project)
    assert second.session.read_only
    assert [told.gone for told in opened.session.store.cut_off] == [True]
    assert second.session.store.cut_off == ()
    second.close()
    opened.close()


def test_a_copy_that_was_packed_meanwhile_gets_nothing_of_it(project: Path, tmp_path: Path) -> None:
    opened = open_project(project)
    session = opened.session
    step = session.begin_run("Import davis: masks", whole=True)
    step.append(1, [SetLabel(1, np.ones((fakes.HEIGHT, fakes.WIDTH), np.uint8))])
    session.flush()
    (made,) = pack(pack_order(opened, tmp_path / "copy", False), Control())
    step.end()
    opened.close()
    assert rows(project) == []
    (folder,) = unpack(UnpackOrder(made.file, str(tmp_path / "q.strokeflow")), Control())
    copy = open_project(Path(folder))
    assert [told.gone for told in copy.session.store.cut_off] == [True]
    assert not copy.session.document.label_map(1).any()
    copy.close()
    again = open_project(project)
    assert again.session.document.label_map(1).all()
    again.close()


def test_a_damaged_history_does_not_keep_the_project_from_opening(
    project: Path, masks: Path
) -> None:
    killed_after(2, "import", project, masks, "--format", "binary")
    db = sqlite3.connect(project / DATABASE)
    db.execute("UPDATE items SET kind = 'tiles', data = x'00' WHERE kind = 'labels'")
    db.commit()
    db.close()
    opened = open_project(project)
    assert [told.gone for told in opened.session.store.cut_off] == [False]
    assert opened.session.document.label_map(0).any()
    opened.close()


def test_media_that_were_being_taken_in_leave_nothing_in_the_project(
    project: Path, tmp_path: Path
) -> None:
    script = f"""
import os, signal
from pathlib import Path
from annotator.services.project.embedding import embed, embed_order
from annotator.services.project.projects import open_project
class Control:
    left = 4
    def checkpoint(self):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    def progress(self, done, total): pass
list(embed(embed_order(open_project(Path({str(project)!r}))), Control()))
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert [p for p in project.iterdir() if p.name.startswith(".media.")]
    open_project(project, writable=False).close()
    assert [p for p in project.iterdir() if p.name.startswith(".media.")], "not ours to clear"
    open_project(project).close()
    assert not [p for p in project.iterdir() if p.name.startswith(".")]
