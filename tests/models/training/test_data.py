"""Data as people have them: names of frames, kinds of masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.training.data import read_mask, read_specs
from models.training.errors import TrainingError

IDS = np.array([[0, 1], [2, 255]], np.uint8)
BINARY = np.array([[0, 0], [255, 255]], np.uint8)
COLOURS = [value for i in range(255) for value in (i, 7 * i % 256, 31 * i % 256)]


def saved(path: Path, values: np.ndarray, last: tuple[int, int, int] | None = None) -> Path:
    """A grey PNG, or one with a palette whose colour 255 is `last`."""
    image = Image.fromarray(values)
    if last is not None:
        image.putpalette([*COLOURS, *last])
    image.save(path)
    return path


def test_frames_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for place in ("frames", "masks"):
        (tmp_path / "clip" / place).mkdir(parents=True)
        for frame in (1, 2, 10, 11, 100):
            saved(tmp_path / "clip" / place / f"f{frame}.png", BINARY)
    saved(tmp_path / "clip" / "frames" / "._f1.png", BINARY)
    (video,) = read_specs([f"videos:{tmp_path}"]).videos
    assert [path.stem for path in video.frames] == ["f1", "f2", "f10", "f11", "f100"]
    assert sorted(video.masks) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("last", [None, (224, 224, 192), (255, 255, 255)])
def test_void_beside_objects_stays_void(tmp_path: Path, last: tuple[int, int, int] | None) -> None:
    assert read_mask(saved(tmp_path / "a.png", IDS, last)).tolist() == IDS.tolist()


def test_white_alone_is_the_object_and_the_void_of_a_data_set_is_not(tmp_path: Path) -> None:
    object_1 = (BINARY // 255).tolist()
    assert read_mask(saved(tmp_path / "grey.png", BINARY)).tolist() == object_1
    white = saved(tmp_path / "white.png", BINARY, (255, 255, 255))
    assert read_mask(white).tolist() == object_1
    Image.fromarray(BINARY > 0).save(tmp_path / "bits.png")
    assert read_mask(tmp_path / "bits.png").tolist() == object_1
    davis = saved(tmp_path / "davis.png", BINARY, (224, 224, 192))
    assert read_mask(davis).tolist() == BINARY.tolist()
    soft = np.array([[0, 90], [130, 255]], np.uint8)
    assert read_mask(saved(tmp_path / "soft.png", soft)).tolist() == [[0, 0], [1, 1]]


def test_masks_in_colours_are_refused(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), (128, 0, 0)).save(tmp_path / "red.png")
    Image.fromarray(BINARY).convert("RGB").save(tmp_path / "grey.png")
    assert read_mask(tmp_path / "grey.png").tolist() == (BINARY // 255).tolist()
    with pytest.raises(TrainingError, match="in colours"):
        read_mask(tmp_path / "red.png")
