"""Folders against folders: layouts, kinds of PNG, and errors that name the file."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import FormatError, RequestError
from annotator.evaluation.evaluate import evaluate
from annotator.evaluation.saliency import evaluate_saliency


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


def soft(left):
    """The square with an outline of greys, as scaled truths of saliency have it."""
    outline = np.linspace(0, 255, 6, dtype=np.uint8)
    labels = square(left, 255)
    labels[10:30, left - 3 : left + 3] = outline
    return labels


def test_grey_outlines_of_a_truth_are_no_objects(tmp_path):
    for i, left in enumerate((10, 15)):
        (tmp_path / "gt").mkdir(exist_ok=True)
        Image.fromarray(soft(left)).save(tmp_path / "gt" / f"{i}.png")
        save(tmp_path / "pred" / f"{i}.png", square(left))
    report = evaluate(tmp_path / "pred", tmp_path / "gt")
    (entry,) = report.sequences[0].objects
    assert entry.object_id == 1
    assert report.J == 1.0, "half grey and more is the object"
    found = evaluate_saliency(tmp_path / "pred", tmp_path / "gt", ["mae", "maxf"])
    assert found.overall == {"mae": 0.0, "maxf": 1.0}


def test_many_objects_in_grey_stay_objects(tmp_path):
    labels = np.repeat(np.arange(0, 200, dtype=np.uint8), 12).reshape(40, 60)
    labels[:, 58:] = 255
    for place in ("gt", "pred"):
        (tmp_path / place).mkdir()
        Image.fromarray(labels).save(tmp_path / place / "0.png")
    report = evaluate(tmp_path / "pred", tmp_path / "gt", ("J",))
    assert len(report.sequences[0].objects) == 199
    assert report.J == 1.0


def test_frames_are_in_natural_order(tmp_path):
    for frame in range(1, 12):
        save(tmp_path / "gt" / f"{frame}.png", square(15))
        save(tmp_path / "pred" / f"{frame}.png", square(15))
    report = evaluate(tmp_path / "pred", tmp_path / "gt", inner=True)
    scored = [frame.frame for frame in report.sequences[0].objects[0].frames]
    assert scored == [str(frame) for frame in range(2, 11)]
