"""What a dropped file or folder probably is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.io.formats import registry
from annotator.io.formats.guess import guess_format


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"images": [], "annotations": [], "categories": []}, "coco"),
        ({"info": {}, "videos": [], "annotations": []}, "youtube-vis"),
        ({"scribbles": [[]], "sequence": "dog"}, "davis-scribbles"),
        ({"name": "package"}, None),
    ],
)
def test_json_files_are_known_by_their_words(
    tmp_path: Path, content: dict[str, object], expected: str | None
) -> None:
    file = tmp_path / "labels.json"
    file.write_text(json.dumps(content))
    assert guess_format(file) == expected


def test_folders_of_masks_and_of_pictures(tmp_path: Path) -> None:
    masks, pictures = tmp_path / "masks", tmp_path / "pictures"
    for folder in (masks, pictures, tmp_path / "empty"):
        folder.mkdir()
    mask = Image.fromarray(np.zeros((4, 5), np.uint8))
    mask.putpalette([0, 0, 0, 255, 0, 0])
    mask.save(masks / "00000.png")
    Image.fromarray(np.zeros((4, 5, 3), np.uint8)).save(pictures / "00000.png")
    assert guess_format(masks) == "davis"
    assert guess_format(pictures) is None
    assert guess_format(tmp_path / "empty") is None
    assert guess_format(tmp_path / "nothing.json") is None
    (masks / "meta.json").write_text("{}")
    assert guess_format(masks) == "youtube-vos"
    (tmp_path / "a.xml").write_text("<annotations><track/></annotations>")
    assert guess_format(tmp_path / "a.xml") == "cvat"


def test_every_guess_is_a_format_that_can_be_read() -> None:
    readable = {card.id for card in registry.cards() if card.can_import}
    assert readable >= {"davis", "youtube-vos", "coco", "youtube-vis", "davis-scribbles", "cvat"}
