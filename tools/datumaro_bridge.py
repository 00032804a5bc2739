"""Label sets as datumaro reads and writes them. Runs in an environment of its own, which
`tools/foreign_readers.py` makes: datumaro asks for libraries that must not lie beside ours.

    python tools/datumaro_bridge.py read FORMAT FOLDER OUT.npz
    python tools/datumaro_bridge.py write FORMAT IN.npz FOLDER
    python tools/datumaro_bridge.py bench FORMAT FOLDER FRAMES       prints frames per second

An archive holds `names` [N], `maps` uint8 [N, H, W] (object ids, told by track, group or order) and
`classes` [256], the class of each id. Boxes are painted full.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from datumaro.components.annotation import Annotation, AnnotationType, Bbox, Mask, Polygon
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image
from datumaro.util.mask_tools import rles_to_mask

_MASKS = (AnnotationType.mask, AnnotationType.polygon)


def read(format_id: str, folder: str, out: str) -> None:
    """Paint what datumaro found, object by object."""
    dataset = Dataset.import_from(folder, format_id)
    labels = dataset.categories().get(AnnotationType.label)
    names, maps, classes = [], [], [""] * 256
    for item in sorted(dataset, key=lambda item: item.id):
        height, width = item.media_as(Image).size
        label_map = np.zeros((height, width), np.uint8)
        # A mask of COCO comes with its box; boxes count where there is nothing better.
        areas = [a for a in item.annotations if a.type in _MASKS]
        areas = areas or [a for a in item.annotations if a.type is AnnotationType.bbox]
        grouped = all(a.group for a in areas)
        for number, annotation in enumerate(areas, start=1):
            told = annotation.group if grouped else number
            given = annotation.attributes.get("track_id") or told
            name = labels[annotation.label].name if annotation.label is not None else ""
            object_id = 255 if name in ("void", "ignored") else int(given)
            classes[object_id] = name
            label_map[_painted(annotation, height, width)] = object_id
        names.append(item.id)
        maps.append(label_map)
    np.savez(out, names=names, maps=maps, classes=classes)


def write(format_id: str, source: str, folder: str) -> None:
    """Let datumaro write the label maps of an archive: masks, for CVAT and LabelMe outlines of
    boxes, for YOLO boxes."""
    found = np.load(source)
    classes = [str(name) for name in found["classes"]]
    labels = [name for name in dict.fromkeys(classes) if name]
    items = []
    for name, label_map in zip(found["names"], found["maps"], strict=True):
        annotations = []
        for object_id in map(int, np.unique(label_map)):
            if object_id:
                facts = {
                    "label": labels.index(classes[object_id]),
                    "group": object_id,
                    "id": object_id,
                    "attributes": {"track_id": object_id},
                }
                annotations.append(_made(format_id, label_map == object_id, facts))
        picture = Image.from_numpy(data=np.zeros((*label_map.shape, 3), np.uint8), ext=".png")
        # The writer of YOLO asks for both subsets.
        subset = "val" if format_id == "yolo_ultralytics" and items else "train"
        items.append(
            DatasetItem(id=str(name), subset=subset, media=picture, annotations=annotations)
        )
    dataset = Dataset.from_iterable(items, categories=labels, media_type=Image)
    dataset.export(folder, format_id, save_media=True)


def bench(format_id: str, folder: str, count: str) -> None:
    """Frames per second of an export of 1080p masks with five objects, drawn beforehand: the rings
    of `strokeflow bench --export`, which move in the same way."""
    ys, xs = np.mgrid[0:1080, 0:1920]
    motif = np.zeros((1080, 1920), np.uint8)
    for n in range(5):
        across, down = xs - 200 - 350 * n, ys - 300 - 100 * n
        ring = ((across / 160) ** 2 + (down / 220) ** 2 < 1) & (
            (across / 40) ** 2 + (down / 60) ** 2 > 1
        )
        motif[ring] = n + 1
    turns = [np.roll(motif, 5 * turn, axis=1) for turn in range(20)]
    drawn = [[turn == i for i in range(1, 6)] for turn in turns]
    picture = Image.from_numpy(data=np.zeros((1080, 1920, 3), np.uint8))
    items = []
    for frame in range(int(count)):
        masks = [
            Mask(mask, label=0, group=i, id=i) for i, mask in enumerate(drawn[frame % 20], start=1)
        ]
        items.append(DatasetItem(id=f"{frame:05d}", subset="a", media=picture, annotations=masks))
    dataset = Dataset.from_iterable(items, categories=["object"], media_type=Image)
    began = time.perf_counter()
    dataset.export(folder, format_id, save_media=False)
    sys.stdout.write(f"{int(count) / (time.perf_counter() - began):.3f}\n")


def _painted(annotation: Annotation, height: int, width: int) -> np.ndarray:
    """bool [H, W]"""
    if annotation.type is AnnotationType.mask:
        return annotation.image.astype(bool)
    if annotation.type is AnnotationType.polygon:
        return rles_to_mask([annotation.points], width, height).astype(bool)
    mask = np.zeros((height, width), bool)
    x, y, w, h = (round(value) for value in annotation.get_bbox())
    mask[y : y + h, x : x + w] = True
    return mask


def _made(format_id: str, mask: np.ndarray, facts: dict) -> Annotation:
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x0, x1, y0, y1 = (float(v) for v in (xs[0], xs[-1] + 1, ys[0], ys[-1] + 1))
    if format_id == "yolo_ultralytics":
        return Bbox(x0, y0, x1 - x0, y1 - y0, **facts)
    if format_id in ("cvat", "label_me"):
        return Polygon([x0, y0, x1, y0, x1, y1, x0, y1], **facts)
    return Mask(mask, **facts)


if __name__ == "__main__":
    way, *rest = sys.argv[1:]
    {"read": read, "write": write, "bench": bench}[way](*rest)
