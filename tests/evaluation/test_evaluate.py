"""Folders against folders: layouts, kinds of PNG, and errors that name the file."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import FormatError, RequestError
from annotator.evaluation.evaluate import evaluate


def save(path, labels, kind="P"):
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "P":
        image = Image.fromarray(labels.astype(np.uint8), "L").convert("P")
        image.putdata(labels.ravel().tolist())
        image.putpalette([i % 256 for i in range(768)])
    elif kind == "1":
        image = Image.fromarray((labels > 0).astype(np.uint8) * 255).convert("1")
    else:
        image = Image.fromarray((labels > 0).astype(np.uint8) * 255)
    image.save(path)


def square(left, label=1, size=(40, 60)):
    labels = np.zeros(size, np.uint8)
    labels[10:30, left : left + 20] = label
    return labels


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", ["P", "1", "L"])
def test_kinds_of_png_score_the_same(tmp_path, kind):
    for i, left in enumerate((10, 15, 20)):
        save(tmp_path / "gt" / f"{i:05d}.png", square(left), kind)
        save(tmp_path / "pred" / f"{i:05d}.png", square(15))
    report = evaluate(tmp_path / "pred", tmp_path / "gt")
    (sequence,) = report.sequences
    assert [round(f.J, 3) for f in sequence.objects[0].frames] == [0.6, 1.0, 0.6]
    assert pytest.approx((0.6 + 1 + 0.6) / 3) == report.J
    assert pytest.approx((report.J + report.F) / 2) == report.JF
    assert report.frames == 3
    assert json.loads(json.dumps(report.to_json()))["sequences"][0]["sequence"] == "gt"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_tree_with_several_objects_and_void(tmp_path):
    truth = square(5) + square(35, 2)
    truth[:5] = 255
    wrong = square(5) + square(30, 2)
    wrong[:5] = 1
    for sequence, prediction in (("a", truth % 255), ("b/masks", wrong)):
        save(tmp_path / "gt" / sequence / "0.png", truth)
        save(tmp_path / "pred" / sequence / "0.png", prediction)
    report = evaluate(tmp_path / "pred", tmp_path / "gt", ("J",))
    assert [s.sequence for s in report.sequences] == ["a", "b"]
    assert [entry.object_id for entry in report.sequences[1].objects] == [1, 2]
    assert [entry.J.mean for entry in report.sequences[1].objects] == pytest.approx([1.0, 0.6])
    assert pytest.approx((1 + 1 + 1 + 0.6) / 4) == report.J
    assert report.F is None
    assert report.JF is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_errors_name_what_is_wrong(tmp_path):
    gt, pred = tmp_path / "gt", tmp_path / "pred"
    with pytest.raises(FormatError, match="not a folder"):
        evaluate(pred, gt)
    save(gt / "0.png", square(5))
    save(gt / "1.png", square(5))
    pred.mkdir()
    with pytest.raises(FormatError, match="no PNG"):
        evaluate(pred, gt)
    save(pred / "0.png", square(5))
    with pytest.raises(FormatError, match=r"1 of 2 .* first is 1\.png"):
        evaluate(pred, gt)
    save(pred / "1.png", square(5, size=(30, 60)))
    with pytest.raises(FormatError, match="60x30, its truth is 60x40"):
        evaluate(pred, gt)
    (pred / "1.png").write_bytes(b"not an image")
    with pytest.raises(FormatError, match=r"1\.png cannot be read"):
        evaluate(pred, gt)
    Image.new("RGB", (60, 40)).save(pred / "1.png")
    with pytest.raises(FormatError, match="RGB"):
        evaluate(pred, gt)
    with pytest.raises(RequestError, match="'mood'"):
        evaluate(pred, gt, ("j", "mood"))
    (gt / "a").mkdir()
    save(gt / "a" / "0.png", square(5))
    save(pred / "1.png", square(5))
    with pytest.raises(FormatError, match="sequence 'a'"):
        evaluate(pred, gt)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_clip_whose_object_never_appears(tmp_path):
    nothing = np.zeros((20, 20), np.uint8)
    save(tmp_path / "gt" / "0.png", nothing)
    save(tmp_path / "pred" / "0.png", nothing)
    assert evaluate(tmp_path / "pred", tmp_path / "gt").JF == 1.0
