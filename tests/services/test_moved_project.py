"""A project whose folder is renamed while it is open: it is saved where it is, and nothing is made
where it was."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from annotator.app import Application, Workbench
from annotator.core.changes import SetCells, SetLabel
from annotator.core.errors import DiskError, ProjectError
from annotator.core.types import Cell, Provenance
from annotator.io.media import open_media
from annotator.io.media.previews import Previews
from annotator.io.store import open_store
from annotator.services.editing.cleaning import Cleaning
from annotator.services.exchange.batch_record import Record, save_record
from annotator.services.project.embedding import embed_order
from annotator.services.project.packing import pack_order
from annotator.services.project.projects import create_project
from annotator.services.runs.runs import wait_for
from tests import fakes
from tests.videos import write_video

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="open folders stay there")


@pytest.fixture(name="bench", params=["images", "video"])
def _bench(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Workbench]:
    """A project with a key frame that lay in `a.strokeflow` and lies in `b.strokeflow` now."""
    clip = tmp_path / "clip"
    if request.param == "images":
        fakes.image_folder(clip)
    else:
        clip = write_video(tmp_path / "clip.mp4")
    application = Application(inline=True)
    application.registry = fakes.registry()
    bench = application.open(create_project(tmp_path / "a", clip))
    made, shape = bench.edit.add_object("one").id, bench.document.size.shape
    human = {made: Cell(Provenance.HUMAN)}
    key = [SetLabel(0, np.full(shape, made, np.uint8)), SetCells(0, human)]
    bench.session.apply("Draw", key)
    bench.session.flush()
    (tmp_path / "a.strokeflow").rename(tmp_path / "b.strokeflow")
    yield bench
    bench.close()
    application.close()
    assert not (tmp_path / "a.strokeflow").exists()


def test_what_is_done_is_saved_at_the_new_place(bench: Workbench, tmp_path: Path) -> None:
    assert not bench.session.store.moved
    made = bench.edit.add_object("after")
    bench.session.flush()
    assert bench.session.store.moved
    assert bench.session.store.where == tmp_path / "b.strokeflow"
    store, _ = open_store(tmp_path / "b.strokeflow", writable=False)
    assert made.id in dict(store.rows("objects"))
    store.close()


def test_the_cache_is_not_begun_anew_at_the_old_place(bench: Workbench, tmp_path: Path) -> None:
    media = bench.project.media
    assert media is not None
    cache = bench.session.folder / "cache"
    with closing(Previews(media, cache, lambda _: None)) as previews:
        assert previews.store is not None
    with media.ref.open() as again:
        again.keep_findings(cache)
        assert np.array_equal(again.read(1), media.read(1))
    with open_media(media.path, cache):
        pass


def test_nothing_else_is_written_there(bench: Workbench, tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="folder is gone"):
        save_record(bench.session.folder, Record())
    with pytest.raises(ProjectError, match="was moved or renamed"):
        embed_order(bench.project)


def test_runs_go_on_and_are_saved(bench: Workbench) -> None:
    run = wait_for(bench._application.runner, bench.inference.fill("propagate"))
    assert run.filled
    bench.session.flush()


REFUSED: list[Callable[[Workbench, Path], object]] = [
    lambda bench, place: bench.transfer.export(
        "davis", place / "out", None, on_report=print, on_end=print
    ),
    lambda bench, place: bench.transfer.import_labels("davis", place / "masks", on_end=print),
    lambda bench, place: bench.cleaning.start(Cleaning(smooth=1), drawn=True),
    lambda bench, place: pack_order(bench.project, None, False),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_what_would_open_it_by_its_name_is_refused(
    bench: Workbench, tmp_path: Path, number: int
) -> None:
    """There may be another project by now, which would be exported in its place."""
    steps = len(bench.session.store.steps())
    with pytest.raises(ProjectError, match="was moved or renamed"):
        REFUSED[number](bench, tmp_path)
    assert len(bench.session.store.steps()) == steps
    assert not (tmp_path / "out").exists()


def test_another_project_at_the_old_place_keeps_its_log(tmp_path: Path) -> None:
    """SQLite deletes its log by name when the last one closes."""
    clip = fakes.image_folder(tmp_path / "clip")
    application = Application(inline=True)
    first = application.open(create_project(tmp_path / "a", clip))
    first.edit.add_object("old")
    first.session.flush()
    (tmp_path / "a.strokeflow").rename(tmp_path / "b.strokeflow")
    second = application.open(create_project(tmp_path / "a", clip))
    assert not second.session.read_only
    second.edit.add_object("new")
    second.session.flush()
    first.edit.add_object("older")
    first.close()
    log = tmp_path / "a.strokeflow" / "project.db-wal"
    assert log.stat().st_size
    second.edit.add_object("newer")
    second.session.flush()
    for name, known in (("a", ["new", "newer"]), ("b", ["old", "older"])):
        seen = application.open(tmp_path / f"{name}.strokeflow", writable=False)
        assert [info.name for info in seen.document.objects.values()] == known
        seen.close()
    second.close()
    application.close()
