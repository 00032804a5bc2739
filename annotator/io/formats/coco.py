"""COCO JSON with one run-length mask per frame and object: writing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from annotator.core.types import VOID, LabelMap
from annotator.io.atomic import atomic_file
from annotator.io.formats import framemap
from annotator.io.formats.base import (
    ExportReport,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.classes import class_names, class_of, masks_of
from annotator.io.formats.fidelity import Simplified
from annotator.io.formats.polygons import Ring
from annotator.io.formats.rle import encode_all
from annotator.io.formats.writing import file_target

Masks = Callable[[LabelMap], Iterator[tuple[int, dict[str, Any]]]]
"""For each id on a frame the keys area, bbox and segmentation of its annotation."""


class CocoExporter:
    """Writes one JSON file: images, annotations (iscrowd 0, compressed RLE), categories.

    `track_id` is the object's id. Void pixels become an annotation of the category "void" with
    iscrowd 1 and track id 255, on frames that have some. The frame map is spread over `info` and
    the images, under the key "strokeflow".
    """

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        size = list(source.media.size.shape)

        def masks(label_map: LabelMap) -> Iterator[tuple[int, dict[str, Any]]]:
            for object_id, runs in encode_all(label_map).items():
                segmentation = {"size": size, "counts": runs.counts}
                yield (
                    object_id,
                    {"area": runs.area, "bbox": runs.bbox, "segmentation": segmentation},
                )

        return _export(source, out, control, "coco", masks)


class CocoPolygonsExporter:
    """The same with outlines: a polygon per connected part, holes joined to it by bridges."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        simplified = Simplified(options["tolerance"], source.media.size)

        def masks(label_map: LabelMap) -> Iterator[tuple[int, dict[str, Any]]]:
            for object_id, mask in masks_of(source, label_map):
                rings = simplified.outlines(mask)
                if not rings:
                    continue
                low = np.min([ring.min(axis=0) for ring in rings], axis=0)
                high = np.max([ring.max(axis=0) for ring in rings], axis=0)
                yield (
                    object_id,
                    {
                        "area": int(np.count_nonzero(mask)),
                        "bbox": [*low.tolist(), *(high - low).tolist()],
                        "segmentation": [_numbers(ring) for ring in rings],
                    },
                )
            simplified.fidelity.end_frame()

        report = _export(source, out, control, "coco-polygons", masks)
        return replace(report, notes=simplified.notes())


def _export(
    source: LabelSource, out: Path, control: IoControl, export: str, masks: Masks
) -> ExportReport:
    out = file_target(out, "annotations.json", source.media)
    with atomic_file(out) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        categories = {name: i for i, name in enumerate(class_names(source), start=1)}
        info = {
            "description": f"Masks of {source.media.name}",
            "strokeflow": framemap.header(source, export),
        }
        file.write(f'{{"info": {_dumps(info)},\n"licenses": [],\n"images": [')
        for n, frame in enumerate(source.frames):
            file.write((",\n" if n else "\n") + _dumps(_image(source, frame)))
        file.write('\n],\n"annotations": [')
        _write_annotations(file, source, categories, control, masks)
        rows = [{"id": i, "name": name} for name, i in categories.items()]
        file.write(f'\n],\n"categories": {_dumps(rows)}}}\n')
    return ExportReport((out,), len(source.frames))


def _write_annotations(
    file: TextIO,
    source: LabelSource,
    categories: Mapping[str, int],
    control: IoControl,
    masks: Masks,
) -> None:
    ids = [item.id for item in source.objects] + [VOID]
    of_object = {i: categories[class_of(source, i)] for i in ids}
    number = 0
    for done, frame in enumerate(source.frames, start=1):
        control.checkpoint()
        for object_id, shape in masks(source.label_map(frame)):
            if object_id not in of_object:
                continue
            number += 1
            annotation = {
                "id": number,
                "image_id": frame + 1,
                "category_id": of_object[object_id],
                "track_id": object_id,
                # The same once more, where CVAT and datumaro look for it.
                "attributes": {"track_id": object_id},
                "iscrowd": int(object_id == VOID),
                **shape,
            }
            file.write((",\n" if number > 1 else "\n") + _dumps(annotation))
        control.progress(done, len(source.frames))


def _image(source: LabelSource, frame: int) -> dict[str, Any]:
    media = source.media
    return {
        "id": frame + 1,
        "file_name": media.picture(frame, ".png"),
        "width": media.size.width,
        "height": media.size.height,
        "strokeflow": framemap.row(source, frame, ()),
    }


def _numbers(ring: Ring) -> list[float]:
    """x, y, x, y, ...; whole numbers without a point, which keeps long outlines short."""
    values: list[float] = ring.ravel().tolist()
    return [int(value) if value.is_integer() else round(value, 3) for value in values]


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
