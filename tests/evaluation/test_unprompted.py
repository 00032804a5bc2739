"""What backends find by themselves, and `simulate` from the command line for every backend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.backends.base import Control, FillRequest
from annotator.cli import main
from annotator.core.errors import RequestError
from annotator.core.types import FrameReader, FrameResult
from annotator.evaluation.saliency import METRICS
from annotator.evaluation.unprompted import find
from tests.evaluation.test_simulate import Clip, Quiet

MEASURES = tuple(METRICS)


class Finder:
    """Finds `found` of the truth on every frame, with a soft map of 0.8 where it is."""

    def __init__(self, clip: Clip, rows: int, soft: bool = True) -> None:
        self.clip, self.rows, self.soft = clip, rows, soft
        self.requests: list[FillRequest] = []

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        self.requests.append(request)
        for frame in request.frames:
            labels = (self.clip.shape(frame) > 0).astype(np.uint8)
            labels[20 + self.rows :] = 0
            soft = {1: 0.8 * labels.astype(np.float32)} if self.soft else {}
            yield FrameResult(frame, labels, {1: 0.5}, soft)


class TwoObjects(Clip):
    """The square is two objects, and a strip is void."""

    def labels(self, frame: int) -> np.ndarray | None:
        labels = super().labels(frame)
        if labels is not None:
            labels[20:30][labels[20:30] == 1] = 7
            labels[60:] = 255
        return labels


def test_all_objects_count_as_one() -> None:
    clip = TwoObjects(unknown=(4,))
    finder = Finder(clip, 24)
    found = find(clip, clip, finder, "finder", Quiet(), MEASURES)
    assert (found.protocol, found.backend) == ("none", "finder")
    assert (found.J, found.F) == (1.0, 1.0)
    assert [f.frame for f in found.per_frame] == [f for f in range(12) if f != 4]
    assert not any(f.given for f in found.per_frame)
    assert finder.requests[0].keys == ()
    # The map is 0.8 on 24 x 24 of 64 x 96 pixels.
    assert found.saliency["mae"] == pytest.approx(0.2 * 24 * 24 / (64 * 96), abs=1e-5)
    assert found.saliency["maxf"] == pytest.approx(1.0, abs=1e-5)


def test_half_of_an_object() -> None:
    clip = Clip()
    found = find(clip, clip, Finder(clip, 12, soft=False), "finder", Quiet(), ("mae",))
    assert pytest.approx(0.5) == found.J
    assert found.saliency["mae"] == pytest.approx(0.5 * 24 * 24 / (64 * 96), abs=1e-5)
    assert find(clip, clip, Finder(clip, 12), "finder", Quiet()).saliency == {}


def test_a_truth_without_objects_is_refused() -> None:
    clip = Clip(hidden=range(12))
    with pytest.raises(RequestError, match="no object"):
        find(clip, clip, Finder(clip, 5), "finder", Quiet())


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """Two clips of four frames as folders of SEQUENCE/frames and SEQUENCE/masks."""
    for number, name in enumerate(("one", "two")):
        clip = Clip(4)
        for kind in ("frames", "masks"):
            (tmp_path / name / kind).mkdir(parents=True)
        for frame in range(4):
            Image.fromarray(clip.read(frame)).save(tmp_path / name / "frames" / f"{frame}.png")
            mask = np.roll(clip.shape(frame), number, 1) * 255
            Image.fromarray(mask).save(tmp_path / name / "masks" / f"{frame}.png")
    return tmp_path


def test_none_needs_a_backend_that_finds(clips: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = ["simulate", "--media", str(clips), "--gt", str(clips), "--protocol", "none"]
    assert main([*told, "--backend", "npmca"]) == 2
    assert "finds objects by itself" in capsys.readouterr().err
    assert main(told) == 2
    assert main([*told, "--metrics", "j,beauty"]) == 2
    assert "no metric 'beauty'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("backend", "protocol"),
    [
        ("embedded", "robot:2"),
        ("scwssod", "robot:1"),
        ("npmca", "first"),
        ("fgplg", "every:2"),
        ("ner", "none"),
        ("scwssod", "none"),
        ("dcfm", "none"),
    ],
)
def test_every_backend_with_every_metric(
    backend: str,
    protocol: str,
    clips: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("STROKEFLOW_DATA", str(tmp_path / "user"))
    if backend != "embedded":
        pytest.importorskip("torch")
        from tests.backends.networks.tiny import random_weights

        made = random_weights(backend, tmp_path)
        assert main(["models", "import", str(made), "--as", backend]) == 0
        capsys.readouterr()
    names = ["j", "f", *MEASURES]
    out = tmp_path / "out"
    told = ["simulate", "--media", str(clips), "--gt", str(clips), "--protocol", protocol]
    more = ["--backend", backend, "--metrics", ",".join(names), "--out", str(out), "--json"]
    assert main([*told, *more]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts["sequences"]) == {"one", "two"}
    for part in (facts["mean"], *(s | s["saliency"] for s in facts["sequences"].values())):
        assert all(0 <= part[name] <= 1 for name in ("J", "F", "JF", *MEASURES))
    for name in MEASURES:
        each = [s["saliency"][name] for s in facts["sequences"].values()]
        assert facts["mean"][name] == pytest.approx(np.mean(each))
    assert json.loads((out / "result.json").read_text()) == facts
    report = (out / "report.md").read_text()
    assert f"| sequence | J | F | J&F | {' | '.join(MEASURES)} | frames/s |" in report
    assert (out / "j_over_time.svg").is_file()


def test_what_is_kept_of_a_clip_serves_no_other_and_is_gone_afterwards(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    from annotator.backends.networks.flow import ClipFlow
    from tests.backends.networks.tiny import random_weights

    monkeypatch.setenv("STROKEFLOW_DATA", str(tmp_path / "user"))
    made = random_weights("fgplg", tmp_path)
    assert main(["models", "import", str(made), "--as", "fgplg"]) == 0
    estimated: list[int] = []
    estimate = ClipFlow._estimate

    def counted(self: ClipFlow, frame: int, reference: int) -> np.ndarray:
        estimated.append(frame)
        return estimate(self, frame, reference)

    monkeypatch.setattr(ClipFlow, "_estimate", counted)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    told = ["simulate", "--media", str(clips), "--gt", str(clips), "--protocol", "every:2"]
    for _ in range(2):
        assert main([*told, "--backend", "fgplg"]) == 0
    # Frames 1 of both clips, each from two sides, twice.
    assert estimated == [1] * 8
    assert list(here.iterdir()) == []


def test_weights_in_the_current_folder_are_not_taken_for_fitted_ones(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STROKEFLOW_DATA", str(tmp_path / "user"))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "scwssod.safetensors").write_bytes(b"not ours")
    monkeypatch.chdir(tmp_path)
    told = ["simulate", "--media", str(clips), "--gt", str(clips), "--protocol", "none"]
    assert main([*told, "--backend", "scwssod"]) == 2
    assert "has no weights here" in capsys.readouterr().err
    assert main(["backends", "--json"]) == 0
    listed = {card["id"]: card for card in json.loads(capsys.readouterr().out)["backends"]}
    assert listed["scwssod"]["missing"] != ""
