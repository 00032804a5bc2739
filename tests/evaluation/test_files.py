"""Files of `eval` and `simulate`: JSON, Markdown and plots; areas under the robot's curves."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from annotator.cli import main
from annotator.core.errors import FormatError
from annotator.evaluation import charts
from annotator.evaluation.evaluate import evaluate
from annotator.evaluation.files import summary, write_evaluation, write_simulation
from annotator.evaluation.outcome import FrameOutcome, RoundOutcome, Simulation
from annotator.evaluation.saliency import evaluate_saliency
from tests.evaluation.test_evaluate import save, square


def simulation(j: float, rounds: tuple[RoundOutcome, ...] = (), objects: int = 1) -> Simulation:
    frames = tuple(FrameOutcome(n, j, j, j, n == 0) for n in range(4))
    return Simulation("first", "some", j, j, j, 4, 2.0, 1.5, frames, rounds, objects)


def turn(number: int, jf: float, seconds: float) -> RoundOutcome:
    return RoundOutcome(number, 0, jf, jf, jf, seconds, 3)


def test_areas_under_the_curves() -> None:
    rounds = (turn(1, 0.4, 30.0), turn(2, 0.8, 30.0))
    found = simulation(0.8, rounds)
    assert found.auc_rounds == pytest.approx(0.6)
    # 60 s allowed: from 0 to 0.4 in the first half, from there to 0.8 in the second.
    assert found.auc_seconds == pytest.approx((0.2 + 0.6) / 2)
    assert found.j_at_60s == pytest.approx(0.8)
    # Two objects allow twice the time, over which the last answer stays.
    assert simulation(0.8, rounds, 2).auc_seconds == pytest.approx((0.2 + 0.6 + 0.8 + 0.8) / 4)
    # What comes after the time is not counted, and what is half done counts half.
    slow = simulation(0.8, (turn(1, 0.5, 120.0),))
    assert slow.j_at_60s == pytest.approx(0.25)
    assert slow.auc_seconds == pytest.approx(0.5 * (0.5 * 30 / 120))
    assert simulation(0.8).auc_rounds is None
    assert simulation(0.8).j_at_60s is None
    assert simulation(0.8).auc_seconds is None


def lines_of(path: Path) -> list[str]:
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    return [e.attrib["points"] for e in root.iter("{http://www.w3.org/2000/svg}polyline")]


def test_simulations_as_files(tmp_path: Path) -> None:
    rounds = (turn(1, 0.4, 3.0), turn(2, 0.8, 3.0))
    both = {"cat": simulation(0.5, rounds), "dog & co": simulation(0.7, rounds)}
    write_simulation(tmp_path / "out", both)
    facts = json.loads((tmp_path / "out" / "result.json").read_text())
    assert facts["mean"]["J"] == pytest.approx(0.6)
    assert facts["sequences"]["cat"]["auc_rounds"] == pytest.approx(0.6)
    text = (tmp_path / "out" / "report.md").read_text()
    assert "| cat | 0.500 | 0.500 | 0.500 | 1.50 |" in text
    assert "| **mean** | 0.600 |" in text
    assert "| dog & co | 6 | 0.600 |" in text
    over_time = lines_of(tmp_path / "out" / "j_over_time.svg")
    assert [len(line.split()) for line in over_time] == [3, 3], "a given frame was drawn"
    assert [len(line.split()) for line in lines_of(tmp_path / "out" / "effort.svg")] == [2, 2]
    assert summary(both)["mean"]["frames_per_second"] == 1.5


def test_measures_of_maps_where_a_clip_has_none(tmp_path: Path) -> None:
    other = replace(simulation(0.7), saliency={"mae": 0.1, "sm": 0.8})
    both = {"given": simulation(0.5), "other": other}
    assert summary(both)["mean"]["mae"] == pytest.approx(0.1)
    write_simulation(tmp_path, both)
    text = (tmp_path / "report.md").read_text()
    assert "| given | 0.500 | 0.500 | 0.500 | - | - | 1.50 |" in text
    assert "| **mean** | 0.600 | 0.600 | 0.600 | 0.100 | 0.800 | 1.50 |" in text


def test_charts_keep_to_their_frame(tmp_path: Path) -> None:
    charts.draw(tmp_path / "a.svg", "J <", "frame", {"one": [(0, 2.0), (9, -1.0)], "two": [(4, 0)]})
    root = ElementTree.fromstring((tmp_path / "a.svg").read_text())
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 1
    heights = [
        float(p.split(",")[1]) for line in lines_of(tmp_path / "a.svg") for p in line.split()
    ]
    assert 0 < min(heights) < max(heights) < 300
    charts.draw(tmp_path / "b.svg", "nothing", "frame", {})
    assert "nothing" in (tmp_path / "b.svg").read_text()


def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two objects, of which the second is lost, over five frames; right on the first and last."""
    for i in range(5):
        truth = square(10) + square(35, 2)
        given = truth if i in (0, 4) else square(10)
        save(tmp_path / "gt" / "clip" / f"{i:05}.png", truth)
        save(tmp_path / "pred" / "clip" / f"{i:05}.png", given)
    return tmp_path / "pred", tmp_path / "gt"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_davis_2017_rules(tmp_path: Path) -> None:
    pred, gt = folders(tmp_path)
    report = evaluate(pred, gt, inner=True)
    # Each object's mean over the frames between, then the mean of the objects.
    assert [o.J.mean for o in report.sequences[0].objects if o.J] == [1.0, 0.0]
    assert pytest.approx(0.5) == report.J
    assert report.frames == 3
    assert pytest.approx((1 + 2 / 5) / 2) == evaluate(pred, gt).J
    for i in range(2, 5):
        (gt / "clip" / f"{i:05}.png").unlink()
    with pytest.raises(FormatError, match="no truth between"):
        evaluate(pred, gt, inner=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_evaluations_as_files(tmp_path: Path) -> None:
    pred, gt = folders(tmp_path)
    write_evaluation(tmp_path / "out", evaluate(pred, gt), evaluate_saliency(pred, gt, ("mae",)))
    facts = json.loads((tmp_path / "out" / "result.json").read_text())
    assert facts["J"] == pytest.approx(0.7)
    assert 0 < facts["saliency"]["mae"] < 1
    text = (tmp_path / "out" / "report.md").read_text()
    assert "| **mean over objects** | 0.700 |" in text
    assert "| **all images** |" in text
    assert len(lines_of(tmp_path / "out" / "j_over_time.svg")) == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pred, gt = folders(tmp_path)
    told = ["--pred", str(pred), "--gt", str(gt), "--inner", "--out", str(tmp_path / "o"), "--json"]
    assert main(["eval", *told]) == 0
    assert json.loads(capsys.readouterr().out)["J"] == pytest.approx(0.5)
    assert (tmp_path / "o" / "report.md").is_file()
    for name in ("one", "two"):
        for i in range(3):
            save(tmp_path / "clips" / name / "masks" / f"{i:05}.png", square(10 + i))
            noise = np.random.default_rng(i).integers(0, 255, (40, 60), np.uint8)
            save(tmp_path / "clips" / name / "frames" / f"{i:05}.png", noise, "L")
    told = ["--media", str(tmp_path / "clips"), "--gt", str(tmp_path / "clips")]
    more = ["--protocol", "first", "--out", str(tmp_path / "s"), "--json"]
    assert main(["simulate", *told, *more]) == 0
    assert set(json.loads(capsys.readouterr().out)["sequences"]) == {"one", "two"}
    assert len(lines_of(tmp_path / "s" / "j_over_time.svg")) == 2
    (tmp_path / "clips" / "two" / "masks").rename(tmp_path / "away")
    assert main(["simulate", *told, "--protocol", "first"]) == 2
    assert "no masks of 'two'" in capsys.readouterr().err
