"""`strokeflow train`: what it writes, what it refuses, and that the weights come back in."""

from __future__ import annotations

import json
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
