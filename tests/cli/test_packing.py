"""`pack`, `unpack`, `info FILE` and `clean`: what they print, refuse and leave alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.services.project.projects import open_project
from tests.cli.calls import asked, refused, run
from tests.cli.conftest import N_FRAMES
from tests.conftest import ROOT


def test_a_project_goes_away_and_comes_back(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis")
    before = asked(capsys, "info", project)
    made = asked(capsys, "pack", project, "--media")
    file = Path(made["file"])
    assert file == tmp_path.resolve() / "a b.strokeflowz"
    assert made == {
        "file": str(file), "bytes": file.stat().st_size, "files": 1 + N_FRAMES, "media": True
    }  # fmt: skip
    told = asked(capsys, "info", file)
    assert (told["name"], told["media"], told["frames"]) == ("a b", "clip", N_FRAMES)
    assert [member["name"] for member in told["files"]][:2] == [
        "project.db",
        "media/clip/00000.png",
    ]
    assert told["bytes"] == sum(member["bytes"] for member in told["files"])
    assert run("info", file) == 0
    assert f"strokeflow unpack {file}" in capsys.readouterr().out
    shutil.rmtree(tmp_path / "clip")
    shutil.rmtree(project)
    after = asked(capsys, "unpack", file, "--out", tmp_path / "x y" / "项目")
    assert after["project"] == str(tmp_path / "x y" / "项目.strokeflow")
    assert after["media"] == str(tmp_path / "x y" / "项目.strokeflow" / "media" / "clip")
    changed = {"project", "media"}
    assert {k: v for k, v in after.items() if k not in changed} == {
        k: v for k, v in before.items() if k not in changed
    }
    assert run("unpack", file) == 0
    assert capsys.readouterr().out.strip() == f"Unpacked {project.resolve()}."


def test_it_is_light_without_media(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("pack", project, "--no-media", "--out", tmp_path / "light") == 0
    assert "without its media" in capsys.readouterr().out
    assert asked(capsys, "info", tmp_path / "light.strokeflowz")["media"] is None
    shutil.rmtree(tmp_path / "clip")
    assert "missing" in refused(capsys, 2, "pack", project, "--media")
    assert run("pack", project) == 0, "masks can be saved without the pictures"


def test_a_project_that_is_open_elsewhere_is_packed(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis")
    opened = open_project(project)
    try:
        packing = [sys.executable, str(ROOT / "main.py"), "pack", str(project)]
        ended = subprocess.run(packing, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
    finally:
        opened.close()
    facts = asked(capsys, "unpack", project.with_suffix(".strokeflowz"), "--out", tmp_path / "x")
    assert facts["cells"] == {"imported": N_FRAMES}


def test_what_cannot_be_is_told(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("pack", project) == 0
    file = project.with_suffix(".strokeflowz")
    assert "already exists" in refused(capsys, 2, "unpack", file)
    assert "strokeflow unpack" in refused(capsys, 2, "review", file)
    assert "There is no file" in refused(capsys, 2, "unpack", tmp_path / "gone.strokeflowz")
    assert "no packed project" in refused(
        capsys, 2, "unpack", tmp_path / "clip" / "00000.png", "--out", tmp_path / "n"
    )
    (tmp_path / "bad.strokeflowz").write_bytes(file.read_bytes()[:-30])
    assert "damaged" in refused(capsys, 2, "info", tmp_path / "bad.strokeflowz")
    assert "not a Strokeflow project" in refused(capsys, 2, "pack", tmp_path / "clip")


def test_clean(
    project: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "import", project, masks, "--format", "davis")
    told = refused(capsys, 2, "clean", project, "--grow", "1")
    assert "no mask in this range" in told
    assert "only if that is chosen" in told
    facts = asked(capsys, "clean", project, "--grow", "1", "--drawn", "--frames", "1:4")
    assert (facts["frames"], facts["changed"]) == (3, 3)
    assert asked(capsys, "info", project)["cells"] == {"imported": N_FRAMES}
    # Options whose value may be left out, before others and at the end.
    for order in (
        ("--fill-holes", "--drawn"), ("--drawn", "--remove-islands"), ("--fill-holes=3", "--drawn"),
        ("--remove-islands", "5", "--fill-holes", "--drawn", "--objects", "1"),
    ):  # fmt: skip
        assert asked(capsys, "clean", project, *order)["changed"] == 0
    assert "exclude each other" in refused(capsys, 2, "clean", project, "--grow=1", "--shrink=2")
    assert "nothing to do" in refused(capsys, 2, "clean", project)
    assert "no object 9" in refused(capsys, 2, "clean", project, "--grow", "1", "--objects", "9")
    assert run("clean", project, "--fill-holes", "-4", "--drawn") == 2
    assert run("clean", project, "--shrink", "1", "--drawn") == 0
    assert f"{N_FRAMES} of {N_FRAMES} frames changed" in capsys.readouterr().out
