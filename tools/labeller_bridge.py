"""Label sets as labelme and the SDK of Label Studio read and write them. Runs in an environment of
its own, which `tools/foreign_readers.py` makes.

    python tools/labeller_bridge.py read labelme|label-studio FOLDER OUT.npz
    python tools/labeller_bridge.py write labelme|label-studio IN.npz FOLDER

An archive holds `names` [N], `maps` uint8 [N, H, W] of object ids and `classes` [256], the class of
each id. Void is class "void"; object ids are the groups of labelme and the texts of Label Studio.
"""

from __future__ import annotations

import base64
import io
import json
import sys
from pathlib import Path

import numpy as np
from label_studio_sdk.converter import brush
from labelme import _label_file as labelme
from labelme.utils import shapes_to_label
from PIL import Image


def read_labelme(folder: Path) -> tuple[list[str], list[np.ndarray], list[str]]:
    names, maps, classes = [], [], [""] * 256
    for file in sorted(p for p in folder.glob("*.json") if "frames" not in p.name):
        found = labelme.read_label_file(str(file))
        height, width = np.asarray(Image.open(io.BytesIO(found.image_data))).shape[:2]
        label_map = np.zeros((height, width), np.uint8)
        for shape in found.shapes:
            _, there = shapes_to_label((height, width), [shape], {shape["label"]: 1})
            label_map[there > 0] = shape["group_id"]
            classes[shape["group_id"]] = shape["label"]
        names.append(file.stem)
        maps.append(label_map)
    return names, maps, classes


def write_labelme(names: list[str], maps: np.ndarray, classes: list[str], folder: Path) -> None:
    for name, label_map in zip(names, maps, strict=True):
        height, width = label_map.shape
        shapes = []
        for object_id in filter(None, map(int, np.unique(label_map))):
            ys, xs = np.nonzero(label_map == object_id)
            x0, y0, x1, y1 = (int(v) for v in (xs.min(), ys.min(), xs.max(), ys.max()))
            cut = io.BytesIO()
            mask = label_map[y0 : y1 + 1, x0 : x1 + 1] == object_id
            Image.fromarray(mask.astype(np.uint8) * 255).save(cut, "PNG")
            shapes.append({
                "label": classes[object_id], "points": [[x0, y0], [x1, y1]],
                "group_id": object_id, "description": "", "shape_type": "mask", "flags": {},
                "mask": base64.b64encode(cut.getvalue()).decode(),
            })  # fmt: skip
        labelme.write_label_file(
            str(folder / f"{name}.json"), shapes=shapes, image_path=f"{name}.jpg",
            image_height=height, image_width=width,
        )  # fmt: skip


def read_studio(folder: Path) -> tuple[list[str], list[np.ndarray], list[str]]:
    names, maps, classes = [], [], [""] * 256
    for task in json.loads((folder / "tasks.json").read_text("utf-8")):
        label_map = None
        for result in task["annotations"][0]["result"]:
            if result["type"] != "brushlabels":
                continue
            height, width = result["original_height"], result["original_width"]
            given = result["value"]
            flat = brush.decode_rle(given["rle"]).reshape(height, width, 4)[..., 3]
            if label_map is None:
                label_map = np.zeros((height, width), np.uint8)
            label = given["brushlabels"][0]
            text = next((t for t in result.get("meta", {}).get("text", []) if "object" in t), "")
            object_id = 255 if label == "void" else int(text.split()[-1])
            label_map[flat > 0] = object_id
            classes[object_id] = label
        if label_map is not None:
            names.append(Path(task["data"]["image"]).stem)
            maps.append(label_map)
    return names, maps, classes


def write_studio(names: list[str], maps: np.ndarray, classes: list[str], folder: Path) -> None:
    tasks = []
    for number, (name, label_map) in enumerate(zip(names, maps, strict=True), start=1):
        height, width = label_map.shape
        results = []
        for object_id in filter(None, map(int, np.unique(label_map))):
            mask = (label_map == object_id).astype(np.uint8) * 255
            results.append({
                "id": f"r{number}-{object_id}", "type": "brushlabels", "from_name": "tag",
                "to_name": "image", "original_width": width, "original_height": height,
                "image_rotation": 0,
                "value": {"format": "rle", "rle": brush.mask2rle(mask),
                          "brushlabels": [classes[object_id]]},
                "meta": {"text": [f"object {object_id}"]},
            })  # fmt: skip
        tasks.append(
            {"id": number, "data": {"image": f"/data/upload/1/{name}.png"},
             "annotations": [{"id": number, "result": results}]}
        )  # fmt: skip
    (folder / "tasks.json").write_text(json.dumps(tasks), "utf-8")


def main(way: str, format_id: str, source: str, place: str) -> None:
    if way == "read":
        reader = {"labelme": read_labelme, "label-studio": read_studio}[format_id]
        names, maps, classes = reader(Path(source))
        np.savez(place, names=names, maps=maps, classes=classes)
        return
    found = np.load(source)
    folder = Path(place)
    folder.mkdir(parents=True, exist_ok=True)
    writer = {"labelme": write_labelme, "label-studio": write_studio}[format_id]
    writer(
        [str(n) for n in found["names"]], found["maps"], list(map(str, found["classes"])), folder
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
