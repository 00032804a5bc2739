"""Taking the media into the project."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from annotator.core.errors import Cancelled, DiskError, MediaError, RequestError
from annotator.io.media import open_media
from annotator.services.project.embedding import EmbedOrder, embed, embed_order
from annotator.services.project.projects import create_project, open_project, relocate_media
from tests import fakes
from tests.controls import Control
from tests.videos import write_video


@pytest.fixture(params=["video", "folder", "picture"])
def media(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    place = tmp_path / "far" / "away é"
    if request.param == "video":
        place.mkdir(parents=True)
        write_video(place / "clip.mp4", frames=6)
        return place / "clip.mp4"
    frames = fakes.image_folder(place / "clip", 6)
    (frames / "notes.txt").write_text("not a frame")
    return frames if request.param == "folder" else sorted(frames.glob("*.png"))[0]


def ordered(project: Path) -> EmbedOrder:
    opened = open_project(project)
    try:
        return embed_order(opened)
    finally:
        opened.close()


def embedded(project: Path) -> Path:
    (place,) = embed(ordered(project), Control())
    opened = open_project(project)
    relocate_media(opened, Path(place))
    opened.close()
    return Path(place)


def test_the_project_moves_with_its_media(media: Path, tmp_path: Path) -> None:
    with open_media(media) as before:
        pictures = [before.read(i).copy() for i in range(len(before))]
    project = create_project(tmp_path / "p", media)
    place = embedded(project)
    assert place == project.resolve() / "media" / media.name
    assert not list(project.rglob("notes.txt")), "frames only"
    shutil.rmtree(tmp_path / "far")
    moved = tmp_path / "elsewhere" / "q.strokeflow"
    moved.parent.mkdir()
    project.rename(moved)
    opened = open_project(moved)
    try:
        assert opened.media is not None
        assert opened.media.path == moved.resolve() / "media" / media.name
        for frame, picture in enumerate(pictures):
            assert np.array_equal(opened.media.read(frame), picture)
    finally:
        opened.close()


def test_once_is_enough(media: Path, tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", media)
    embedded(project)
    with pytest.raises(RequestError, match="in the project folder already"):
        ordered(project)


def test_progress_is_told_in_bytes(media: Path, tmp_path: Path) -> None:
    order, control = ordered(create_project(tmp_path / "p", media)), Control()
    list(embed(order, control))
    assert control.seen[-1] == (order.size, order.size)
    assert order.size == sum(Path(file).stat().st_size for file in order.files)


def test_cancelling_leaves_nothing(media: Path, tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", media)
    order = ordered(project)
    before = sorted(project.rglob("*"))
    for limit in range(len(order.files)):
        with pytest.raises(Cancelled):
            list(embed(order, Control(limit)))
        assert sorted(project.rglob("*")) == before
    assert media.exists()


def test_a_full_disk_is_told_before(
    media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = ordered(create_project(tmp_path / "p", media))
    usage = namedtuple("usage", "total used free")(10, 9, order.size)
    monkeypatch.setattr("annotator.services.project.embedding.shutil.disk_usage", lambda _: usage)
    with pytest.raises(DiskError, match="are free there"):
        list(embed(order, Control()))
    assert not (tmp_path / "p.strokeflow" / "media").exists()


def test_media_that_change_meanwhile_are_not_taken(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    write_video(clip, frames=6)
    project = create_project(tmp_path / "p", clip)
    order = ordered(project)
    write_video(clip, frames=4)
    with pytest.raises(MediaError, match=r"clip\.mp4 changed while it was copied"):
        list(embed(order, Control()))
    assert not (project / "media").exists()


def test_missing_media_and_projects_for_reading_are_refused(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    write_video(clip, frames=4)
    project = create_project(tmp_path / "p", clip)
    opened = open_project(project, writable=False)
    with pytest.raises(RequestError, match="read-only"):
        embed_order(opened)
    opened.close()
    order = ordered(project)
    clip.unlink()
    with pytest.raises(MediaError, match=r"clip\.mp4"):
        list(embed(order, Control()))
    opened = open_project(project, need_media=False)
    with pytest.raises(RequestError, match="missing"):
        embed_order(opened)
    opened.close()
