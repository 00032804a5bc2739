"""Projects and COCO files become folders that a training reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.core.cells import Cell, Provenance
from annotator.core.changes import SetCells
from annotator.core.errors import FormatError, ProjectError, RequestError
from annotator.core.types import VOID, Stroke
from annotator.services.editing.edit import EditService
from annotator.services.exchange.training_data import plain_specs
from annotator.services.project.projects import create_project, open_project
from models.training.data import read_mask, read_specs
from tests import fakes

SHAPE = (fakes.HEIGHT, fakes.WIDTH)


def block(value: int, column: int) -> np.ndarray:
    labels = np.zeros(SHAPE, np.uint8)
    labels[10:30, column : column + 10] = value
    return labels


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Masks on frames 1 and 4, of which one object of frame 4 is a run's; a stroke on frame 2."""
    place = create_project(tmp_path / "p.strokeflow", fakes.image_folder(tmp_path / "clip", 6))
    opened = open_project(place)
    edit = EditService(opened.session)
    for _ in range(2):
        edit.add_object()
    edit.set_mask(1, 1, block(1, 5), "Draw")
    edit.set_mask(4, 1, block(1, 8), "Draw")
    edit.set_mask(4, 2, block(2, 30), "Draw")
    run = Cell(Provenance.MODEL, False, 0.4, "copy")
    opened.session.apply("Run", [SetCells(4, {2: run})])
    line = np.array([[4, 20], [20, 20]], np.float32)
    edit.add_strokes(2, [Stroke(1, line, 2.0), Stroke(0, line + np.float32([20, 0]), 2.0)])
    opened.close()
    return place


def test_a_project_s_references_and_strokes(project: Path, tmp_path: Path) -> None:
    specs = plain_specs([f"project:{project}?most=9", "images:/elsewhere"], tmp_path / "c")
    assert specs[2] == "images:/elsewhere"
    data = read_specs(specs[:2])
    (video,) = data.videos
    assert len(video.frames) == 4, "the frames between the masks belong to it"
    assert sorted(video.masks) == [0, 3]
    assert np.array_equal(read_mask(video.masks[0]), block(1, 5))
    expected = block(1, 8) + block(VOID, 30)
    assert np.array_equal(read_mask(video.masks[3]), expected), "a run's mask counts as truth"
    (picture,) = data.pictures
    assert picture.scribble is not None
    drawn = read_mask(picture.scribble)
    assert drawn[20, 10] == 1
    assert drawn[20, 35] == 2
    assert drawn[35, 10] == 0


def test_what_is_there_stays_for_a_training_that_goes_on(project: Path, tmp_path: Path) -> None:
    (first, _) = plain_specs([f"project:{project}"], tmp_path / "c")
    mask = next(iter(read_specs([first]).videos[0].masks.values()))
    opened = open_project(project)
    EditService(opened.session).set_mask(1, 1, block(1, 12), "Draw")
    opened.close()
    plain_specs([f"project:{project}"], tmp_path / "c", keep=True)
    assert np.array_equal(read_mask(mask), block(1, 5))
    plain_specs([f"project:{project}"], tmp_path / "c")
    assert np.array_equal(read_mask(mask), block(1, 12))


def test_projects_without_labels_are_told(tmp_path: Path) -> None:
    place = create_project(tmp_path / "p.strokeflow", fakes.image_folder(tmp_path / "clip", 6))
    with pytest.raises(RequestError, match="no masks"):
        plain_specs([f"project:{place}"], tmp_path / "c")
    with pytest.raises(ProjectError):
        plain_specs([f"project:{tmp_path / 'absent'}"], tmp_path / "c")


def coco(folder: Path, width: int = fakes.WIDTH) -> Path:
    folder.mkdir()
    ring = [[5, 10, 15, 10, 15, 30, 5, 30], [40, 10, 50, 10, 50, 30, 40, 30]]
    noise = np.random.default_rng(0).integers(0, 255, (*SHAPE, 3), dtype=np.uint8)
    images = []
    for number in (1, 2):
        Image.fromarray(noise).save(folder / f"{number}.png")
        size = {"width": width, "height": fakes.HEIGHT}
        images.append({"id": number, "file_name": f"{number}.png", **size})
    masks = [
        {"id": n, "image_id": 1, "category_id": 1, "segmentation": [part]}
        for n, part in enumerate(ring)
    ]
    text = {"images": images, "annotations": masks, "categories": [{"id": 1, "name": "cat"}]}
    (folder / "a.json").write_text(json.dumps(text))
    return folder / "a.json"


def test_a_coco_file(tmp_path: Path) -> None:
    file = coco(tmp_path / "pictures")
    specs = plain_specs([f"coco:{file}"], tmp_path / "c")
    (picture,) = read_specs(specs).pictures
    assert picture.mask is not None
    mask = read_mask(picture.mask)
    assert mask[20, 10] == 1
    assert mask[20, 45] == 2
    assert mask[35, 10] == 0
    away = file.rename(tmp_path / "b.json")
    with pytest.raises(FormatError, match="cannot be read"):
        plain_specs([f"coco:{away}"], tmp_path / "c")
    moved = plain_specs([f"coco:{away}?images={tmp_path / 'pictures'}&most=3"], tmp_path / "c")
    assert len(read_specs(moved).pictures) == 1
    with pytest.raises(RequestError, match="There is no"):
        plain_specs(["coco:/absent.json"], tmp_path / "d")
    wrong = coco(tmp_path / "wrong", width=30)
    with pytest.raises(FormatError, match="another size"):
        plain_specs([f"coco:{wrong}"], tmp_path / "c")
