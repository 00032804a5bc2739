"""Where things come from and go to: media that are spared, places that cannot be used, damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.cli.verbs import measure
from annotator.io.media import open_media
from annotator.services.demo.clip import SIZE, render_demo
from annotator.services.project.projects import create_project
from tests import fakes
from tests.cli.calls import asked, refused, run
from tests.cli.conftest import N_FRAMES
from tests.videos import write_video


def test_nothing_is_written_over_the_media(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis")
    clip = tmp_path / "clip"
    before = {file.name: file.read_bytes() for file in clip.iterdir()}
    frame = clip / sorted(before)[0]
    for format_id in ("coco", "npz", "overlay", "contact-sheet", "davis-scribbles"):
        told = refused(capsys, 2, "export", project, "--format", format_id, "--out", frame)
        assert "belongs to the media" in told or "no name for a file" in told
    told = refused(capsys, 2, "export", project, "--format", "contact-sheet", "--out", clip)
    assert "belongs to the media" in told
    assert "belongs to the media" in refused(capsys, 2, "report", project, "--out", frame)
    assert {file.name: file.read_bytes() for file in clip.iterdir()} == before
    assert asked(capsys, "export", project, "--format", "coco", "--out", clip)["frames"] == N_FRAMES
    assert asked(capsys, "info", project)["media_found"], "labels beside the frames do no harm"


def test_nothing_is_written_over_a_project(
    project: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis")
    for name in ("project.db", "batch.json", "cache/page.html"):
        out = project / name
        assert "belongs to the project" in refused(capsys, 2, "report", project, "--out", out)
    for name in ("batch.json", "labels.json"):
        told = refused(capsys, 2, "export", project, "--format", "coco", "--out", project / name)
        assert "belongs to the project" in told
    assert asked(capsys, "info", project)["cells"] == {"imported": N_FRAMES}


def test_a_place_for_results_is_tried_before_the_work(
    masks: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("hours of work, and nowhere to write it")

    monkeypatch.setattr(measure, "simulated", never)
    (tmp_path / "file").write_text("no folder")
    order = ("simulate", "--media", tmp_path / "clip", "--gt", masks, "--protocol", "first")
    told = refused(capsys, 1, *order, "--out", tmp_path / "file" / "results")
    assert "a part of that path is a file" in told


def test_labels_of_another_clip_are_told(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis")
    labels, clip = tmp_path / "labels.json", tmp_path / "other.mkv"
    asked(capsys, "export", project, "--format", "coco", "--out", labels)
    with open_media(tmp_path / "clip") as media:
        size = media.size
    write_video(clip, frames=N_FRAMES + 3, size=size)
    other = create_project(tmp_path / "other", clip)
    assert run("import", other, labels, "--format", "coco") == 0
    assert "warning: These labels were made for other media, clip:" in capsys.readouterr().err
    done = asked(capsys, "import", project, labels, "--format", "coco")
    assert done["notes"] == []


def test_a_video_is_not_replaced_by_what_is_drawn_on_it(
    masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = tmp_path / "clip.mp4"
    render_demo(clip)
    video = clip.read_bytes()
    project = create_project(tmp_path / "p", clip)
    first = tmp_path / "first"
    first.mkdir()
    Image.fromarray(np.full(SIZE.shape, 255, np.uint8)).save(first / "00000.png")
    asked(capsys, "import", project, first, "--format", "davis")
    (tmp_path / "other.mp4").symlink_to(clip)
    for name in ("clip.mp4", "other.mp4"):
        order = ("export", project, "--format", "overlay", "--out", tmp_path / name)
        assert "belongs to the media" in refused(capsys, 2, *order)
    assert clip.read_bytes() == video


def test_places_that_cannot_be_used_are_named(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = tmp_path / ("x" * 300)
    media = ("--media", tmp_path / "clip")
    for order in (
        ("info", long),
        ("new", long, *media),
        ("import", project, long, "--format", "davis"),
        ("eval", "--pred", long, "--gt", masks),
        ("simulate", "--media", long, "--gt", masks, "--protocol", "first"),
        ("dataset", project, "--format", "davis", "--out", long),
    ):
        told = refused(capsys, 2, *order)
        assert "too long" in told
        assert "bug" not in told
    for name in ("", ".", "..", "/"):
        assert "no name for a project" in refused(capsys, 2, "new", name, *media)
    assert "that is a folder" in refused(capsys, 1, "report", project, "--out", tmp_path)
    assert "that is a folder" in refused(capsys, 1, "report", project, "--out", "")
    told = refused(capsys, 1, "demo", "--no-gui", "--out", masks / "00000.png" / "demo")
    assert "cannot be used" in told
    assert "00000.png" in told


def test_options_that_would_change_nothing_are_refused(
    project: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis", "--frames", "0")
    for option in (("--frames", "0:3"), ("--backend", "npmca"), ("--resume",)):
        assert option[0] in refused(capsys, 2, "run", project, "suggest", *option)
    told = refused(capsys, 2, "run", project, "propagate", "--objects", "")
    assert "no list of objects" in told


def test_damage_of_the_media_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faststart = {"movflags": "+faststart"}
    clip = write_video(tmp_path / "clip.mp4", frames=60, container_options=faststart)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 3 // 4])
    with open_media(clip) as media:
        (note,) = media.notes
    assert asked(capsys, "new", tmp_path / "p", "--media", clip)["media_notes"] == [note]
    assert run("info", tmp_path / "p") == 0
    assert note in capsys.readouterr().out
    mask = tmp_path / "masks" / "00000.png"
    mask.parent.mkdir()
    Image.fromarray(np.eye(96, dtype=np.uint8)[:64]).save(mask)
    for order in (
        ("new", tmp_path / "q", "--media", clip),
        ("import", tmp_path / "q", mask.parent, "--format", "davis"),
    ):
        assert run(*order) == 0
        told = capsys.readouterr()
        assert note in told.err
        assert "warning" not in told.out


def test_media_that_cannot_be_decoded_make_no_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clip").mkdir()
    Image.fromarray(np.ones((8, 8), np.float32)).save(tmp_path / "clip" / "0.tif")
    told = refused(capsys, 2, "new", tmp_path / "p", "--media", tmp_path / "clip")
    assert "floating-point" in told
    assert [p.name for p in tmp_path.iterdir()] == ["clip"]


def test_media_that_moved_are_located(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(capsys, "info", project)["media_problem"] == ""
    (tmp_path / "elsewhere").mkdir()
    moved = (tmp_path / "clip").rename(tmp_path / "elsewhere" / "clip")
    assert "not at" in asked(capsys, "info", project)["media_problem"]
    assert run("info", project) == 0
    assert "strokeflow locate" in capsys.readouterr().out
    fakes.image_folder(tmp_path / "clip", N_FRAMES - 1)
    assert "have changed" in asked(capsys, "info", project)["media_problem"]
    told = refused(capsys, 2, "locate", project, "--media", tmp_path / "clip")
    assert "does not hold the media" in told
    facts = asked(capsys, "locate", project, "--media", tmp_path / "elsewhere")
    assert (facts["media"], facts["media_found"]) == (str(moved), True)
    assert asked(capsys, "info", project)["media"] == str(moved)


def test_a_project_takes_its_media_in(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = asked(capsys, "embed", project)
    assert Path(facts["media"]) == project.resolve() / "media" / "clip"
    assert "already" in refused(capsys, 2, "embed", project)
    shutil.rmtree(tmp_path / "clip")
    assert asked(capsys, "info", project)["media_found"]
