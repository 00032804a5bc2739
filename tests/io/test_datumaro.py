"""datumaro reads what we write, and we read what it writes.

It cannot be installed beside us (it asks for opencv-python-headless), so it runs in an environment
of its own: `python tools/foreign_readers.py` makes one and runs these tests.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PilImage

from annotator.io.formats import registry
from annotator.io.formats.base import ImportTarget, NoControl
from tests.io.bridges import Bridge
from tests.io.labels import FakeSource, some_maps

bridge = Bridge("datumaro_bridge.py", "STROKEFLOW_DATUMARO")
pytestmark = pytest.mark.skipif(
    not bridge.python, reason="datumaro has its own environment: tools/foreign_readers.py"
)


def boxes(maps: list[NDArray[np.uint8]], void: bool) -> list[NDArray[np.uint8]]:
    """Label maps with every object (and void, if wanted) filled up to its box, in order of ids."""
    made = []
    for label_map in maps:
        full = np.zeros_like(label_map)
        for object_id in (*([255] if void else []), 1, 2):
            ys, xs = np.nonzero(label_map == object_id)
            if len(ys):
                full[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] = object_id
        made.append(full)
    return made


@pytest.mark.parametrize(
    ("ours", "theirs", "name", "pictures", "options"),
    [
        ("coco", "coco_instances", "annotations/instances_default.json", "images/default", {}),
        ("coco-polygons", "coco_instances", "annotations/instances_a.json", "images/a", {}),
        ("cvat", "cvat", "", "images", {"layout": "images"}),
        ("voc", "voc_segmentation", "", "", {"images": True}),
        ("datumaro", "datumaro", "", "", {}),
        ("yolo-seg", "yolo", "", "images", {"shapes": "boxes"}),
        ("labelme", "label_me", "Annotations", "Images", {"layout": "xml"}),
    ],
    ids=lambda value: value if isinstance(value, str) and value else "-",
)
def test_datumaro_reads_ours(
    ours: str, theirs: str, name: str, pictures: str, options: dict[str, object], tmp_path: Path
) -> None:
    source = FakeSource(some_maps())
    folder, out = tmp_path / "ours", tmp_path / "out.npz"
    registry.exporter(ours).export(source, folder / name, NoControl(), options)
    if pictures:
        (folder / pictures).mkdir(parents=True)
        for frame in source.media.names:
            picture = PilImage.new("RGB", tuple(source.media.size))
            picture.save(folder / pictures / f"{frame}.{'jpg' if ours == 'labelme' else 'png'}")
    bridge("read", theirs, folder, out)
    found = np.load(out)
    assert [Path(str(n)).name for n in found["names"]] == list(source.media.names)
    assert found["classes"][1] == found["classes"][2] == "animal"
    expected = boxes(some_maps(), void=False) if ours == "yolo-seg" else some_maps()
    assert np.array_equal(found["maps"], expected)


@pytest.mark.parametrize(
    ("theirs", "ours", "place"),
    [
        ("coco_instances", "coco", "annotations/instances_train.json"),
        ("cvat", "cvat", "train.xml"),
        ("voc_segmentation", "voc", ""),
        ("datumaro", "datumaro", ""),
        ("yolo_ultralytics", "yolo-seg", "labels/val"),
        ("mots_png", "mots", "train/instances"),
        ("label_me", "labelme", "Annotations/train"),
    ],
)
def test_we_read_what_datumaro_writes(theirs: str, ours: str, place: str, tmp_path: Path) -> None:
    # Without void: VOC and YOLO of datumaro know no such class.
    maps = [np.where(m == 255, 0, m).astype(np.uint8) for m in some_maps()]
    given = tmp_path / "in.npz"
    classes = ["", "cat", "dog"] + [""] * 253
    np.savez(given, names=[f"{i:05d}" for i in range(4)], maps=maps, classes=classes)
    bridge("write", theirs, given, tmp_path / "theirs")
    media = FakeSource(maps).media
    found = {
        frame.frame: frame
        for frame in registry.importer(ours).read(
            tmp_path / "theirs" / place, ImportTarget(media), {}
        )
    }
    boxed = theirs in ("cvat", "yolo_ultralytics", "label_me")
    expected = boxes(maps, void=False) if boxed else maps
    assert set(found) >= {1, 3}
    for number, frame in found.items():
        assert frame.label_map is not None
        assert np.array_equal(frame.label_map, expected[number])
