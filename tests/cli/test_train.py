"""`strokeflow train`: what it writes, what it refuses, and that the weights come back in."""

from __future__ import annotations

import json
import re
import shlex
from importlib.resources import files
from pathlib import Path

import pytest

from annotator.cli import main
from tests.models.training.tiny import make_data

RECIPE = """
method = "npmca"
about = "A test's."
samples = "video"
size = [32, 48]
steps = 2
batch = 1
[network]
blocks = [1, 1, 1]
width = 8
channels = 8
decoder = 8
"""


def test_what_learnt_from_flow_is_imported_as_motion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is a network of RCRNet's kind; imported as that, it would stand in its place."""
    monkeypatch.setenv("STROKEFLOW_DATA", str(tmp_path / "user"))
    videos, _ = make_data(tmp_path)
    recipe = tmp_path / "own.toml"
    preset = files("resources").joinpath("recipes", "motion-compact.toml").read_text("utf-8")
    small = re.sub(r"(?m)^size = .*", "size = [64, 64]", preset)
    recipe.write_text(re.sub(r"(?m)^batch = .*", "batch = 2", small))
    args = ["train", "motion", "--data", videos, "--out", str(tmp_path / "out"), "--steps", "1"]
    assert main([*args, "--recipe", str(recipe), "--device", "cpu"]) == 0
    (advice,) = (x for x in capsys.readouterr().out.splitlines() if x.startswith("Use it: "))
    assert advice.endswith("--as motion")
    assert main(shlex.split(advice.partition("strokeflow ")[2])) == 0
    assert "Imported motion" in capsys.readouterr().out


def test_what_is_no_method_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rest = ["--data", f"videos:{tmp_path}", "--out", str(tmp_path / "out")]
    assert main(["train", "unet", *rest]) == 2
    told = capsys.readouterr().err
    assert "There is no method 'unet'" in told
    assert "dcfm, fgplg, motion, ner, npmca" in told
    assert main(["train", "ner-compact", *rest]) == 2
    assert "train ner --recipe ner-compact" in capsys.readouterr().err


def test_train_and_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STROKEFLOW_DATA", str(tmp_path / "user"))
    videos, _ = make_data(tmp_path)
    recipe = tmp_path / "own.toml"
    recipe.write_text(RECIPE)
    out = tmp_path / "out"
    args = ["train", "npmca", "--data", videos, "--out", str(out), "--device", "cpu", "--json"]
    assert main([*args, "--recipe", str(recipe), "--licence", "test"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["steps"] == 2
    assert facts["licence"] == "test"
    assert main(["models", "import", str(out / "model.safetensors"), "--as", "npmca"]) == 0
    assert main([*args, "--recipe", str(recipe)]) == 2
    assert "--resume" in capsys.readouterr().err


def test_where_nothing_was_trained_nothing_is_resumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    videos, _ = make_data(tmp_path)
    recipe, out = tmp_path / "own.toml", tmp_path / "out"
    recipe.write_text(RECIPE)
    args = ["train", "npmca", "--data", videos, "--out", str(out), "--device", "cpu"]
    assert main([*args, "--recipe", str(recipe), "--resume"]) == 2
    told = capsys.readouterr().err
    assert f"There is no training in {out} to go on with" in told
    assert "Leave out --resume" in told
    assert not out.exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--recipe", "scwssod"], "is not for 'npmca'"),
        (["--recipe", "unet"], "There is no recipe 'unet'"),
        ([], "There is no folder"),
    ],
)
def test_what_is_refused(
    more: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", f"videos:{tmp_path / 'none'}", "--out", str(tmp_path / "out")]
    assert main(["train", "npmca", *data, *more]) == 2
    assert words in capsys.readouterr().err
