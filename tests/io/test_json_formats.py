"""COCO and DAVIS scribbles: other readers understand ours, and bad files are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from annotator.core.errors import FormatError
from annotator.core.types import Size
from annotator.io.formats import registry
from annotator.io.formats.base import ImportedFrame, ImportTarget, NoControl
from annotator.io.formats.rle import decode, encode_all
from tests.io.labels import FakeSource, some_maps
from tests.io.test_mask_images import media_info

SHAPE = (6, 8)


def rle(mask: np.ndarray) -> dict[str, Any]:
    found = coco_mask.encode(np.asfortranarray(mask, np.uint8))
    return {"size": found["size"], "counts": found["counts"].decode()}


def document(*annotations: dict[str, Any], **changes: Any) -> dict[str, Any]:
    images = [
        {"id": 5 + i, "file_name": f"frames/{i:05d}.jpg", "width": 8, "height": 6} for i in range(2)
    ]
    base = {"images": images, "annotations": [{"id": i} | a for i, a in enumerate(annotations)]}
    return base | {"categories": [{"id": 1, "name": "cat"}, {"id": 9, "name": "ignore"}]} | changes


def load(tmp_path: Path, content: Any, format_id: str = "coco") -> list[ImportedFrame]:
    file = tmp_path / "x.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    target = ImportTarget(media_info(["00000", "00001"]))
    return list(registry.importer(format_id).read(file, target, {}))


def square(left: int, right: int) -> np.ndarray:
    mask = np.zeros(SHAPE, bool)
    mask[1:5, left:right] = True
    mask[2, left] = False
    return mask


class TestCocoExport:
    def test_pycocotools_reads_it(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        source = FakeSource(some_maps())
        report = registry.exporter("coco").export(source, tmp_path, NoControl(), {})
        assert report.paths == (tmp_path / "annotations.json",)
        coco = COCO(str(report.paths[0]))
        capsys.readouterr()
        assert [c["name"] for c in coco.loadCats(coco.getCatIds())] == ["animal", "void"]
        for annotation in coco.loadAnns(coco.getAnnIds()):
            frame = annotation["image_id"] - 1
            mask = source.maps[frame] == annotation["track_id"]
            assert np.array_equal(coco.annToMask(annotation), mask)
            assert annotation["area"] == mask.sum()
            ys, xs = np.nonzero(mask)
            box = [xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1]
            assert annotation["bbox"] == box
            assert annotation["iscrowd"] == (annotation["track_id"] == 255)

    def test_runs_equal_those_of_the_library(self) -> None:
        random = np.random.default_rng(3)
        label_map = random.choice([0, 1, 9, 255], (17, 5)).astype(np.uint8)
        for value, runs in encode_all(label_map).items():
            assert runs.counts == rle(label_map == value)["counts"]
            assert np.array_equal(decode(rle(label_map == value), Size(5, 17)), label_map == value)
        assert encode_all(np.zeros((3, 3), np.uint8)) == {}
        assert encode_all(np.ones((3, 3), np.uint8))[1].counts == rle(np.ones((3, 3)))["counts"]


class TestCocoImport:
    def test_tracks(self, tmp_path: Path) -> None:
        frames = load(
            tmp_path,
            document(
                {"image_id": 5, "category_id": 1, "track_id": 4, "segmentation": rle(square(1, 4))},
                {"image_id": 5, "category_id": 1, "track_id": 2, "segmentation": rle(square(3, 6))},
                {"image_id": 6, "category_id": 1, "track_id": 2, "segmentation": rle(square(0, 2))},
                {"image_id": 6, "category_id": 9, "track_id": 2, "segmentation": rle(square(1, 8))},
            ),
        )
        expected = np.zeros((2, *SHAPE), np.uint8)
        expected[0][square(1, 4)] = 4
        expected[0][square(3, 6)] = 2
        expected[1][square(1, 8)] = 255
        expected[1][square(0, 2)] = 2
        assert [f.frame for f in frames] == [0, 1]
        assert np.array_equal([f.label_map for f in frames], expected)
        assert frames[0].objects == frames[1].objects == {2, 4}
        assert frames[0].infos[0].category == "cat"

    def test_plain_runs_polygons_and_no_tracks(self, tmp_path: Path) -> None:
        frames = load(
            tmp_path,
            document(
                {"image_id": 5, "segmentation": {"size": [6, 8], "counts": [6, 6, 36]}},
                {"image_id": 5, "segmentation": [[3, 1, 6, 1, 6, 4, 3, 4]]},
            ),
        )
        assert frames[0].objects == {1, 2}
        assert frames[1].objects == frozenset()
        assert (frames[0].label_map[:, 1] == 1).all()
        assert (frames[0].label_map[1:4, 3:6] == 2).all()

    def test_strange_track_ids_are_numbered(self, tmp_path: Path) -> None:
        frames = load(
            tmp_path,
            document(
                {"image_id": 5, "track_id": "b", "segmentation": rle(square(1, 4))},
                {"image_id": 6, "track_id": 9000, "segmentation": rle(square(1, 4))},
            ),
        )
        assert [set(np.unique(f.label_map)) for f in frames] == [{0, 2}, {0, 1}]

    @pytest.mark.parametrize(
        "segmentation",
        [
            None,
            {},
            [],
            [[1, 2, 3]],
            [[1, 2, 3, 4, 5, 1e9]],
            [["a"] * 6],
            {"size": [6, 8], "counts": ""},
            {"size": [6, 8], "counts": "zzzz\u00e9"},
            {"size": [6, 8], "counts": "oooooooooo"},
            {"size": [6, 8], "counts": "11"},
            {"size": [6, 8], "counts": [40]},
            {"size": [6, 8], "counts": [-2, 50]},
            {"size": [600, 8], "counts": [4800]},
            {"size": [6, 8]},
        ],
    )
    def test_damaged_masks(self, tmp_path: Path, segmentation: Any) -> None:
        with pytest.raises(FormatError, match=r"mask of frames/00000\.jpg .* cannot be read"):
            load(tmp_path, document({"image_id": 5, "segmentation": segmentation}))

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("", "is empty"),
            ("{", "does not hold masks"),
            ("[1]", "does not hold masks"),
            ({"images": []}, "does not hold masks"),
            (document(images=[]), "lists no image"),
            (document({"image_id": 77, "segmentation": []}), "image 77"),
            (
                document(images=[{"id": 1, "file_name": "a", "width": 9, "height": 6}]),
                "a in .* is 9x6, but the frames are 8x6",
            ),
            (
                document(
                    images=[{"id": i, "file_name": "a", "width": 8, "height": 6} for i in (1, 2)]
                ),
                "lists an image twice",
            ),
            (
                document(images=[{"id": 1, "file_name": "q", "width": 8, "height": 6}]),
                "q matches no frame",
            ),
        ],
    )
    def test_bad_documents(self, tmp_path: Path, content: Any, message: str) -> None:
        with pytest.raises(FormatError, match=message):
            load(tmp_path, content)


class TestScribbles:
    def test_background_and_default_radius(self, tmp_path: Path) -> None:
        scribbles = [[], [{"path": [[0, 0], [1, 1]], "object_id": 0, "start_time": 3}]]
        (frame,) = load(tmp_path, {"sequence": "s", "scribbles": scribbles}, "davis-scribbles")
        (stroke,) = frame.strokes
        assert stroke.object_id == 0
        assert frame.objects == frozenset()
        assert stroke.points.tolist() == [[0, 0], [7, 5]]
        assert stroke.radius == 1.0

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("", "is empty"),
            ("{}", "does not hold DAVIS scribbles"),
            ({"scribbles": [[]]}, "for 1 frames, but clip has 2"),
            ({"scribbles": [[], []]}, "no scribble"),
            ({"scribbles": [[{"path": [], "object_id": 1}], []]}, "frame 0 whose path is empty"),
            ({"scribbles": [[{"path": [[5, 90]], "object_id": 1}], []]}, "outside the picture"),
            ({"scribbles": [[{"path": [[0, 0]], "object_id": 255}], []]}, "object 255"),
            ({"scribbles": [[{"path": [[0]], "object_id": 1}], []]}, "does not hold"),
            ({"scribbles": [[{"path": [[0, 0]], "object_id": 1, "radius": -1}], []]}, "radius"),
        ],
    )
    def test_bad_documents(self, tmp_path: Path, content: Any, message: str) -> None:
        with pytest.raises(FormatError, match=message):
            load(tmp_path, content, "davis-scribbles")
