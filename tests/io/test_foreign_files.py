"""Files as the tools themselves write them; and our files as other readers see them."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PilImage
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from annotator.core.errors import FormatError, RequestError
from annotator.core.types import Cell, Provenance
from annotator.io.formats import registry
from annotator.io.formats.base import ImportedFrame, ImportTarget, MediaInfo, NoControl
from annotator.io.media.picture import to_rgb
from tests.io.labels import FakeSource, some_maps

SQUARE = np.zeros((6, 8), np.uint8)
SQUARE[1:4, 2:5] = 1
"""Object 1 on rows 1 to 3, columns 2 to 4 of a picture of 8 x 6."""
MEDIA = FakeSource([SQUARE] * 2).media


def load(name: str, src: Path, media: MediaInfo = MEDIA, **options: object) -> list[ImportedFrame]:
    return list(registry.importer(name).read(src, ImportTarget(media), options))


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def export(name: str, source: FakeSource, out: Path, **options: object) -> None:
    registry.exporter(name).export(source, out, NoControl(), options)


def shown(frame: ImportedFrame) -> NDArray[np.uint8]:
    assert frame.label_map is not None
    return frame.label_map


class TestFilesOfTheTools:
    def test_yolo(self, tmp_path: Path) -> None:
        outline = "0 0.25 0.166667 0.625 0.166667 0.625 0.666667 0.25 0.666667\n"
        write(tmp_path / "labels" / "train" / "00000.txt", outline)
        write(tmp_path / "labels" / "train" / "00001.txt", "1 0.4375 0.4166667 0.375 0.5\n")
        write(tmp_path / "data.yaml", "path: x\nnames:\n  0: cat\n  1: 'big dog'\nnc: 2\n")
        first, second = load("yolo-seg", tmp_path)
        assert np.array_equal(shown(first), SQUARE)
        assert np.array_equal(shown(second), SQUARE)

    def test_labelme(self, tmp_path: Path) -> None:
        picture = io.BytesIO()
        PilImage.fromarray(np.ones((3, 3), np.bool_)).save(picture, "PNG")
        cut = base64.b64encode(picture.getvalue()).decode()
        common = {"version": "5.5.0", "flags": {}, "imageData": None}
        place = {"imageHeight": 6, "imageWidth": 8}
        polygon = {"label": "cat", "points": [[2, 1], [5, 1], [5, 4], [2, 4]], "group_id": None,
                   "shape_type": "polygon", "flags": {}}  # fmt: skip
        mask = polygon | {"shape_type": "mask", "points": [[2, 1], [4, 3]], "mask": cut}
        line = polygon | {"shape_type": "line", "points": [[0, 0], [7, 5]]}
        for i, shapes in enumerate(([polygon, line], [mask])):
            image = {"imagePath": f"..\\images\\{i:05d}.jpg"}
            write(tmp_path / f"{i:05d}.json", common | {"shapes": shapes} | place | image)
        frames = load("labelme", tmp_path)
        assert [np.array_equal(shown(f), SQUARE) for f in frames] == [True, True]
        assert frames[0].infos[0].category == "cat"

    def test_cvat_images(self, tmp_path: Path) -> None:
        shapes = (
            '<mask label="cat" source="semi-auto" occluded="0" rle="0, 9" left="2" top="1" '
            'width="3" height="3" z_order="0"></mask>',
            '<polygon label="cat" source="manual" occluded="0" z_order="0" '
            'points="2.00,1.00;5.00,1.00;5.00,4.00;2.00,4.00"></polygon>',
        )
        images = "".join(
            f'<image id="{i}" name="frames/0000{i}.png" width="8" height="6">{shape}</image>'
            for i, shape in enumerate(shapes)
        )
        file = write(tmp_path / "annotations.xml", f"<annotations>{images}</annotations>")
        frames = load("cvat", file)
        assert [np.array_equal(shown(f), SQUARE) for f in frames] == [True, True]

    def test_cvat_video(self, tmp_path: Path) -> None:
        track = (
            '<track id="0" label="cat" source="manual"><mask frame="0" keyframe="1" outside="0" '
            'occluded="0" rle="0, 9" left="2" top="1" width="3" height="3" z_order="0"></mask>'
            '<mask frame="1" keyframe="1" outside="1" occluded="0" rle="0, 9" left="2" top="1" '
            'width="3" height="3" z_order="0"></mask></track>'
        )
        frames = load("cvat", write(tmp_path / "a.xml", f"<annotations>{track}</annotations>"))
        assert np.array_equal(shown(frames[0]), SQUARE)
        assert not shown(frames[1]).any()

    def test_cvat_declarations_are_refused(self, tmp_path: Path) -> None:
        bomb = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><annotations>&c;</annotations>'
        with pytest.raises(FormatError, match="declares a document type"):
            load("cvat", write(tmp_path / "a.xml", bomb))

    def test_mots(self, tmp_path: Path) -> None:
        from pycocotools import mask as coco_mask

        packed = coco_mask.encode(np.asfortranarray(SQUARE))["counts"].decode()
        ignored = coco_mask.encode(np.asfortranarray(1 - SQUARE))["counts"].decode()
        text = f"0 2001 2 6 8 {packed}\n1 2001 2 6 8 {packed}\n1 10000 10 6 8 {ignored}\n"
        first, second = load("mots", write(tmp_path / "0002.txt", text))
        assert np.array_equal(shown(first), SQUARE)
        assert np.array_equal(shown(second), np.where(SQUARE, 1, 255))
        assert first.infos[0].category == "pedestrian"
        for i in range(2):
            values = np.where(SQUARE, 1003, 10000).astype(np.uint16)
            (tmp_path / "png").mkdir(exist_ok=True)
            cv2.imwrite(str(tmp_path / "png" / f"{i:06d}.png"), values)
        for frame in load("mots", tmp_path / "png"):
            assert np.array_equal(shown(frame), np.where(SQUARE, 3, 255))

    def test_label_studio(self, tmp_path: Path) -> None:
        # Packed by hand: one literal run of eight values, then repeats; widths of 3, 4, 8, 16.
        bits = f"{4 * 48:032b}{7:05b}" + "".join(f"{w - 1:04b}" for w in (3, 4, 8, 16))
        bits += "0" + "00" + f"{7:03b}" + "00000000" * 8
        left = np.repeat(SQUARE.ravel()[2:], 4) * 255
        for value in left.tolist():
            bits += "1" + "00" + "000" + f"{value:08b}"
        bits += "0" * (-len(bits) % 8)
        rle = [int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)]
        result = {
            "type": "brushlabels", "original_width": 8, "original_height": 6, "id": "x",
            "from_name": "tag", "to_name": "image", "image_rotation": 0,
            "value": {"format": "rle", "rle": rle, "brushlabels": ["cat"]},
        }  # fmt: skip
        tasks = [
            {"id": 7 + i, "data": {"image": f"/data/upload/1/0000{i}.png"},
             "annotations": [{"id": 1, "result": [result]}]}
            for i in range(2)
        ]  # fmt: skip
        for frame in load("label-studio", write(tmp_path / "export.json", tasks)):
            assert np.array_equal(shown(frame), SQUARE)

    def test_datumaro(self, tmp_path: Path) -> None:
        label = {"labels": [{"name": "cat", "parent": "", "attributes": []}], "attributes": []}
        common = {"attributes": {"track_id": 4}, "group": 0, "label_id": 0, "z_order": 0, "id": 0}
        polygon = common | {"type": "polygon", "points": [2.0, 1.0, 5.0, 1.0, 5.0, 4.0, 2.0, 4.0]}
        box = common | {"type": "bbox", "bbox": [0.0, 0.0, 3.0, 3.0]}
        items = [
            {"id": f"0000{i}", "annotations": [polygon, box], "attr": {"frame": i},
             "image": {"path": f"0000{i}.jpg", "size": [6, 8]}}
            for i in range(2)
        ]  # fmt: skip
        document = {"info": {}, "categories": {"label": label}, "items": items}
        write(tmp_path / "annotations" / "train.json", document)
        for frame in load("datumaro", tmp_path):
            assert np.array_equal(shown(frame), SQUARE * 4)

    def test_youtube_vis_and_vos(self, tmp_path: Path) -> None:
        runs = {"size": [6, 8], "counts": [13, 3, 3, 3, 3, 3, 20]}
        document = {
            "videos": [{"id": 3, "width": 8, "height": 6, "length": 2,
                        "file_names": ["ab/00000.jpg", "ab/00001.jpg"]}],
            "annotations": [{"id": 9, "video_id": 3, "category_id": 2, "iscrowd": 0,
                             "segmentations": [runs, None], "areas": [9, None]}],
            "categories": [{"id": 2, "name": "cat"}],
        }  # fmt: skip
        first, second = load("youtube-vis", write(tmp_path / "instances.json", document))
        assert np.array_equal(shown(first), SQUARE * 9)
        assert not shown(second).any()
        for i in range(2):
            file = tmp_path / "vos" / "Annotations" / "ab" / f"0000{i}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            PilImage.fromarray(SQUARE * 2).save(file)
        meta = {"videos": {"ab": {"objects": {"2": {"category": "cat", "frames": ["00000"]}}}}}
        write(tmp_path / "vos" / "Annotations" / "meta.json", meta)
        (frame, _) = load("youtube-vos", tmp_path / "vos")
        assert np.array_equal(shown(frame), SQUARE * 2)

    def test_numpy_and_voc(self, tmp_path: Path) -> None:
        np.savez_compressed(tmp_path / "a.npz", masks=np.stack([SQUARE, SQUARE * 7]))
        assert [int(shown(f).max()) for f in load("npz", tmp_path / "a.npz")] == [1, 7]
        np.savez(tmp_path / "b.npz", labels=np.array([{}], dtype=object))
        with pytest.raises(FormatError, match="not uint8"):
            load("npz", tmp_path / "b.npz")
        (tmp_path / "SegmentationObject").mkdir()
        for i in range(2):
            PilImage.fromarray(SQUARE * 3).save(tmp_path / "SegmentationObject" / f"0000{i}.png")
        assert [int(shown(f).max()) for f in load("voc", tmp_path)] == [3, 3]


class TestOurFilesElsewhere:
    @pytest.mark.parametrize("name", ["coco", "coco-polygons"])
    def test_pycocotools_evaluates(self, name: str, tmp_path: Path) -> None:
        source = FakeSource(some_maps(3, (40, 60)))
        export(name, source, tmp_path / "a.json")
        truth = COCO(tmp_path / "a.json")
        rows = [
            {**{k: a[k] for k in ("image_id", "category_id")}, "score": 1.0,
             "segmentation": truth.annToRLE(a)}
            for a in truth.anns.values() if not a["iscrowd"]
        ]  # fmt: skip
        for annotation in truth.anns.values():
            there = source.maps[annotation["image_id"] - 1] == annotation["track_id"]
            assert np.array_equal(truth.annToMask(annotation), there)
        evaluation = COCOeval(truth, truth.loadRes(rows), "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        assert evaluation.stats[0] == pytest.approx(1.0)

    def test_prores_has_all_frames_and_their_alpha(self, tmp_path: Path) -> None:
        source = FakeSource([np.kron(m, np.ones((8, 8), np.uint8)) for m in some_maps(3, (8, 12))])
        export("alpha", source, tmp_path / "a", kind="prores")
        with av.open(str(tmp_path / "a" / "alpha.mov")) as container:
            stream = container.streams.video[0]
            assert stream.codec_context.name == "prores"
            frames = list(container.decode(stream))
            assert [float(f.time) for f in frames] == pytest.approx(
                [source.media.seconds(i) for i in range(3)], abs=1e-3
            )
            for frame, label_map in zip(frames, source.maps, strict=True):
                assert frame.format.name.startswith("yuva444p")
                alpha = frame.reformat(format="rgba64le").to_ndarray()[..., 3]
                there = (label_map > 0) & (label_map < 255)
                assert np.array_equal(alpha > 32768, there)

    def test_prores_says_which_colours_it_has(self, tmp_path: Path) -> None:
        """Untold, programs of compositing take HD for BT.709, and SD for BT.601."""
        source = FakeSource([np.ones((64, 96), np.uint8)])
        colour = np.full((64, 96, 3), (200, 40, 90), np.uint8)
        source.reader.read = lambda _frame: colour  # type: ignore[method-assign]
        export("alpha", source, tmp_path / "a", kind="prores")
        with av.open(str(tmp_path / "a" / "alpha.mov")) as container:
            (frame,) = container.decode(container.streams.video[0])
            assert (frame.colorspace, frame.color_primaries, frame.color_trc) == (1, 1, 1)
            assert np.abs(to_rgb(frame).astype(int) - colour).max() <= 2

    @pytest.mark.parametrize(("kind", "full"), [("png8", 255), ("png16", 65535)])
    def test_alpha_pictures(self, kind: str, full: int, tmp_path: Path) -> None:
        source = FakeSource(some_maps(2))
        source.softs = {(0, 1): np.full((13, 21), 0.5, np.float32)}
        export("alpha", source, tmp_path / "a", kind=kind, object=1)
        first, second = (
            cv2.imread(str(tmp_path / "a" / f"0000{i}.png"), cv2.IMREAD_UNCHANGED) for i in (0, 1)
        )
        assert (first[..., 3] == round(full / 2)).all()
        assert np.array_equal(second[..., 3], np.where(source.maps[1] == 1, full, 0))
        assert (second[..., 0] == 50 * (full // 255)).all()
        with pytest.raises(RequestError, match="no object 77"):
            export("alpha", source, tmp_path / "b", object=77)

    @pytest.mark.parametrize("suffix", [".png", ".pdf"])
    def test_contact_sheet(self, suffix: str, tmp_path: Path) -> None:
        out = tmp_path / f"sheet{suffix}"
        export("contact-sheet", FakeSource(some_maps(4)), out, pictures=3, columns=2, width=64)
        if suffix == ".pdf":
            assert out.read_bytes().startswith(b"%PDF")
            return
        with PilImage.open(out) as page:
            assert page.size == (8 + 2 * 72, 8 + 2 * (40 + 24))

    def test_voc_has_boxes_and_classes(self, tmp_path: Path) -> None:
        export("voc", FakeSource([SQUARE]), tmp_path / "v", images=True)
        text = (tmp_path / "v" / "Annotations" / "00000.xml").read_text("utf-8")
        assert "<xmin>3</xmin><ymin>2</ymin><xmax>5</xmax><ymax>4</ymax>" in text
        assert (tmp_path / "v" / "JPEGImages" / "00000.jpg").is_file()
        assert "animal:128,0,0::" in (tmp_path / "v" / "labelmap.txt").read_text("utf-8")


def every_id() -> FakeSource:
    """One frame with 254 objects and void."""
    source = FakeSource(
        [np.arange(16 * 17, dtype=np.int64).clip(0, 255).astype(np.uint8).reshape(16, 17)]
    )
    info = source.objects[0]
    source.objects = tuple(type(info)(i, f"thing {i}", info.color, "animal") for i in range(1, 255))
    return source


MASKED = [
    card.id
    for card in registry.cards()
    if (card.can_import and card.can_export and card.lossless) or card.id == "yolo-seg"
]


@pytest.mark.parametrize("name", MASKED)
class TestEveryFormat:
    def test_254_objects(self, name: str, tmp_path: Path) -> None:
        source = every_id()
        out = tmp_path / (
            f"o{card.extensions[0]}" if (card := registry.card(name)).single_file else "o"
        )
        export(name, source, out)
        (frame,) = load(name, out, source.media)
        expected = source.maps[0]
        if name == "yolo-seg":
            expected = np.where(expected == 255, 0, expected)
        assert np.array_equal(shown(frame), expected)

    def test_sparse_frames_and_provenance_come_back(self, name: str, tmp_path: Path) -> None:
        source = FakeSource(some_maps(5))
        source.frames = (1, 4)
        out = tmp_path / (
            f"o{card.extensions[0]}" if (card := registry.card(name)).single_file else "o"
        )
        export(name, source, out)
        first, second = load(name, out, source.media)
        assert (first.frame, second.frame) == (1, 4)
        assert first.cells[1] == Cell(Provenance.MODEL, quality=0.75, backend="embedded")
        without = load(name, out, source.media, keep=False)
        assert without[0].cells == {}

    def test_resize_and_order(self, name: str, tmp_path: Path) -> None:
        source = FakeSource(some_maps(2))
        out = tmp_path / (
            f"o{card.extensions[0]}" if (card := registry.card(name)).single_file else "o"
        )
        export(name, source, out)
        bigger = [m.repeat(2, axis=0).repeat(2, axis=1) for m in some_maps(5)]
        other = FakeSource(bigger, names=[f"{i}x" for i in "abcde"]).media
        with pytest.raises(FormatError, match="21x13"):
            load(name, out, other, match="order", start=2)
        frames = load(name, out, other, match="order", start=2, resize=True)
        assert [f.frame for f in frames] == [2, 3]
        expected = bigger[1] if name != "yolo-seg" else np.where(bigger[1] == 255, 0, bigger[1])
        assert np.array_equal(shown(frames[1]), expected)
        with pytest.raises(FormatError, match=r"only 1 frames|matches no frame"):
            load(name, out, other, match="order", start=4, resize=True)
