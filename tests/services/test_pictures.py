"""Co-saliency of a folder of pictures whose sizes differ, without a project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.app import Application
from annotator.backends.networks.checkpoints import load_network
from annotator.cli import main
from annotator.core.errors import RequestError, StrokeflowError
from annotator.jobs.base import finish
from annotator.services.exchange.pictures import PicturesReport
from annotator.services.runs.runs import Setup
from models.dcfm.net import Dcfm
from models.dcfm.predict import predict_group
from tests.backends.networks.tiny import SIDE, random_weights, shrink

SIZES = {"a": (50, 40), "b": (33, 61), "c": (64, 48)}
"""Width and height."""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder, rng = tmp_path / "pictures", np.random.default_rng(0)
    folder.mkdir()
    for name, (width, height) in SIZES.items():
        pixels = rng.integers(0, 255, (height, width, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{name}.png")
    return folder


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Application]:
    shrink(monkeypatch)
    monkeypatch.setenv("STROKEFLOW_DATA", str(tmp_path / "data"))
    made = Application(inline=True)
    target = made.weights.stored("dcfm")
    target.parent.mkdir(parents=True, exist_ok=True)
    random_weights("dcfm", tmp_path).replace(target)
    yield made
    made.close()


def find(application: Application, folder: Path, out: Path) -> PicturesReport:
    made: list[PicturesReport] = []
    setup = Setup("dcfm", options={"size": SIDE})
    job = application.pictures.cosaliency(
        folder, out, setup, on_report=made.append, on_end=lambda _job: None
    )
    finish(application.runner, job)
    return made[0]


def test_every_picture_gets_a_map_of_its_own_size(
    application: Application, pictures: Path, tmp_path: Path
) -> None:
    out = tmp_path / "maps"
    assert find(application, pictures, out) == PicturesReport(3, out)
    found: dict[str, np.ndarray] = {}
    for name, size in SIZES.items():
        with Image.open(out / f"{name}.png") as made:
            assert (made.mode, made.size) == ("L", size)
            found[name] = np.asarray(made).astype(int)
    assert sorted(p.name for p in out.iterdir()) == ["a.png", "b.png", "c.png"]
    net = load_network(application.weights.stored("dcfm"), "dcfm").eval()
    assert isinstance(net, Dcfm)
    group = [np.asarray(Image.open(pictures / f"{name}.png")) for name in SIZES]
    for name, expected in zip(SIZES, predict_group(net, group, (SIDE, SIDE)), strict=True):
        assert np.abs(found[name] - expected * 255).max() <= 2


def test_a_picture_that_cannot_be_read_leaves_nothing_half_written(
    application: Application, pictures: Path, tmp_path: Path
) -> None:
    (pictures / "b.png").write_bytes(b"no picture")
    with pytest.raises(StrokeflowError, match=r"b\.png"):
        find(application, pictures, tmp_path / "maps")
    assert not (tmp_path / "maps").exists()


def test_other_files_are_never_overwritten(
    application: Application, pictures: Path, tmp_path: Path
) -> None:
    out = tmp_path / "maps"
    find(application, pictures, out)
    with pytest.raises(StrokeflowError, match="new or an empty folder"):
        find(application, pictures, out)


def test_pictures_are_never_overwritten(application: Application, pictures: Path) -> None:
    with pytest.raises(RequestError, match="over the pictures"):
        find(application, pictures, pictures)


def test_the_command_says_what_is_missing(
    pictures: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STROKEFLOW_DATA", str(tmp_path / "data"))
    out = tmp_path / "maps"
    code = main(["cosaliency", str(pictures), "--out", str(out), "--backend", "dcfm"])
    assert code == 2
    assert "no weights" in capsys.readouterr().err
    assert not out.exists()
