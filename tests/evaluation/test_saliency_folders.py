"""Saliency maps in folders: what counts as a map, what as a mask, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import FormatError
from annotator.evaluation.saliency import METRICS, evaluate_saliency
from models.metrics.saliency import mean_absolute_error


def write(path: Path, values: np.ndarray, mode: str = "L") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(values)
    if mode == "P":
        image.putpalette([0] * 768)
    image.save(path)


def test_grey_images_are_maps_and_palette_images_are_masks(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    truth = np.zeros((20, 30), np.uint8)
    truth[4:12, 5:20] = 255
    noisy = (truth * 0.6 + rng.integers(0, 90, truth.shape)).astype(np.uint8)
    for name in ("a", "b"):
        write(tmp_path / "gt" / f"{name}.png", truth)
        write(tmp_path / "pred" / f"{name}.png", noisy)
        write(tmp_path / "masks" / f"{name}.png", (truth > 0).astype(np.uint8) * 3, "P")
    found = evaluate_saliency(tmp_path / "pred", tmp_path / "gt", list(METRICS))
    assert found.images == 2
    assert found.overall["mae"] == pytest.approx(mean_absolute_error(noisy, truth), abs=1e-5)
    assert 0.5 < found.overall["meanf"] <= found.overall["maxf"] <= 1
    perfect = evaluate_saliency(tmp_path / "masks", tmp_path / "gt", ["mae", "maxf", "sm"])
    assert perfect.overall == {"mae": 0.0, "maxf": 1.0, "sm": pytest.approx(1.0, abs=1e-4)}
    assert list(perfect.sequences) == ["gt"]


def test_void_is_not_salient_and_sizes_must_agree(tmp_path: Path) -> None:
    truth = np.zeros((10, 10), np.uint8)
    truth[2:5, 2:5], truth[7:, 7:] = 1, 255
    write(tmp_path / "gt" / "a.png", truth)
    write(tmp_path / "pred" / "a.png", (truth == 1).astype(np.uint8) * 255)
    assert evaluate_saliency(tmp_path / "pred", tmp_path / "gt", ["mae"]).overall == {"mae": 0.0}
    write(tmp_path / "small" / "a.png", np.zeros((5, 10), np.uint8))
    with pytest.raises(FormatError, match="10x5 pixels, its truth 10x10"):
        evaluate_saliency(tmp_path / "small", tmp_path / "gt", ["mae"])
    write(tmp_path / "other" / "b.png", truth)
    with pytest.raises(FormatError, match="missing"):
        evaluate_saliency(tmp_path / "other", tmp_path / "gt", ["mae"])
