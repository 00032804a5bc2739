"""COCO JSON with one run-length mask per frame and object: writing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from annotator.core.types import VOID
from annotator.io.atomic import atomic_file
from annotator.io.formats import framemap
from annotator.io.formats.base import (
    ExportReport,
    IoControl,
    LabelSource,
    Option,
    Options,
    checked_options,
)
from annotator.io.formats.rle import encode_all
from annotator.io.formats.writing import file_target, refuse_no_frames

VOID_CATEGORY = "void"
_NO_CATEGORY = "object"


class CocoExporter:
    """Writes one JSON file: images, annotations (iscrowd 0, compressed RLE), categories.

    `track_id` is the object's id. Void pixels become an annotation of the category "void" with
    iscrowd 1 and track id 255, on frames that have some. The frame map is spread over `info` and
    the images, under the key "strokeflow".
    """

    options: Mapping[str, Option] = {}

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        checked_options("coco", self.options, options)
        refuse_no_frames(source)
        out = file_target(out, "annotations.json")
        with atomic_file(out) as part, part.open("w", encoding="utf-8", newline="\n") as file:
            categories = _categories(source)
            info = {
                "description": f"Masks of {source.media.name}",
                "strokeflow": framemap.header(source, "coco"),
            }
            file.write(f'{{"info": {_dumps(info)},\n"licenses": [],\n"images": [')
            for n, frame in enumerate(source.frames):
                file.write((",\n" if n else "\n") + _dumps(_image(source, frame)))
            file.write('\n],\n"annotations": [')
            _write_annotations(file, source, categories, control)
            rows = [{"id": i, "name": name} for name, i in categories.items()]
            file.write(f'\n],\n"categories": {_dumps(rows)}}}\n')
        return ExportReport((out,), len(source.frames))


def _write_annotations(
    file: TextIO, source: LabelSource, categories: Mapping[str, int], control: IoControl
) -> None:
    of_object = {item.id: categories[item.category or _NO_CATEGORY] for item in source.objects}
    of_object[VOID] = categories[VOID_CATEGORY]
    number = 0
    for done, frame in enumerate(source.frames, start=1):
        control.checkpoint()
        for object_id, runs in encode_all(source.label_map(frame)).items():
            if object_id not in of_object:
                continue
            number += 1
            annotation = {
                "id": number,
                "image_id": frame + 1,
                "category_id": of_object[object_id],
                "track_id": object_id,
                "iscrowd": int(object_id == VOID),
                "area": runs.area,
                "bbox": runs.bbox,
                "segmentation": {
                    "size": list(source.media.size.shape),
                    "counts": runs.counts,
                },
            }
            file.write((",\n" if number > 1 else "\n") + _dumps(annotation))
        control.progress(done, len(source.frames))


def _image(source: LabelSource, frame: int) -> dict[str, Any]:
    media = source.media
    return {
        "id": frame + 1,
        "file_name": f"{media.names[frame]}.png",
        "width": media.size.width,
        "height": media.size.height,
        "strokeflow": framemap.row(source, frame, ()),
    }


def _categories(source: LabelSource) -> dict[str, int]:
    """Category ids by name, from 1; void comes last."""
    names = dict.fromkeys(item.category or _NO_CATEGORY for item in source.objects)
    names.pop(VOID_CATEGORY, None)
    return {name: i for i, name in enumerate([*names, VOID_CATEGORY], start=1)}


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
