"""Datumaro 1.x JSON: items with run-length masks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from annotator.core.types import Mask, Size
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.classes import VOID_CLASS, class_names, class_of, each_frame
from annotator.io.formats.framemap import cells
from annotator.io.formats.instances import Picture, beside, read_pictures
from annotator.io.formats.jsonfile import the_json_file
from annotator.io.formats.jsonstream import stream_json
from annotator.io.formats.polygons import fill
from annotator.io.formats.rle import decode, encode_all
from annotator.io.formats.shelf import Shelf
from annotator.io.formats.writing import document_folder

_NAME = "annotations/default.json"
_WHAT = "items of Datumaro"
_HINT = 'A file with "items" and "categories" is needed.'


class _Annotation(msgspec.Struct):
    type: str
    label_id: int | None = None
    rle: msgspec.Raw = msgspec.Raw()
    points: msgspec.Raw = msgspec.Raw()
    attributes: dict[str, Any] = {}


class _Image(msgspec.Struct):
    size: list[int] = []
    path: str = ""


class _Item(msgspec.Struct):
    id: str
    annotations: list[_Annotation] = []
    image: _Image | None = None


class _Label(msgspec.Struct):
    name: str = ""


class _Labels(msgspec.Struct):
    labels: list[_Label] = []


class _Categories(msgspec.Struct):
    label: _Labels = msgspec.field(default_factory=_Labels)


_SHAPES: dict[str, Any] = {"items": list[_Item], "categories": _Categories}


class DatumaroExporter:
    """Writes annotations/default.json; an object's id is the attribute track_id. Provenance,
    quality and lock are attributes too."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        classes = class_names(source)
        labels = [{"name": name, "parent": "", "attributes": []} for name in classes]
        head = {"label": {"labels": labels, "attributes": []}}
        with document_folder(out, source, "datumaro") as (folder, frame_map):
            (folder / _NAME).parent.mkdir()
            with (folder / _NAME).open("w", encoding="utf-8", newline="\n") as file:
                text = json.dumps(head, ensure_ascii=False)
                file.write(f'{{"info": {{}}, "categories": {text},\n"items": [')
                for n, frame in enumerate(each_frame(source, control)):
                    frame_map.add(frame, [_NAME])
                    item = json.dumps(_item(source, frame, classes), ensure_ascii=False)
                    file.write((",\n" if n else "\n") + item)
                file.write("\n]}\n")
        return ExportReport((out,), len(source.frames))


def _item(source: LabelSource, frame: int, classes: list[str]) -> dict[str, Any]:
    name, size = source.media.names[frame], list(source.media.size.shape)
    states = cells(source, frame)
    known = {item.id for item in source.objects} | {255}
    annotations = [
        {
            "id": object_id,
            "type": "mask",
            "attributes": {"track_id": object_id, **states.get(str(object_id), {})},
            "group": object_id,
            "label_id": classes.index(class_of(source, object_id)),
            "rle": {"counts": runs.counts, "size": size},
            "z_order": 0,
        }
        for object_id, runs in encode_all(source.label_map(frame)).items()
        if object_id in known
    ]
    image = {"path": source.media.picture(frame, ".png"), "size": size}
    return {"id": name, "annotations": annotations, "attr": {"frame": frame}, "image": image}


class DatumaroImporter:
    """Reads masks and polygons of annotations/*.json. Without track_id the masks of each item are
    numbered."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        frame_map = beside(src)
        if src.is_dir() and (src / "annotations").is_dir():
            src = src / "annotations"
        src = the_json_file(src)
        found: list[tuple[str, Size]] = []
        names: dict[str, str] = {}
        shelf = Shelf(_draw)
        for key, item in stream_json(src, _SHAPES, _WHAT, _HINT, target.control, ("items",)):
            if key == "categories":
                names = {str(n): label.name for n, label in enumerate(item.label.labels)}
                continue
            size = target.media.size
            if item.image is not None and len(item.image.size) == 2:
                size = Size(item.image.size[1], item.image.size[0])
            for annotation in item.annotations:
                _lay_aside(shelf, len(found), annotation)
            # An id has no suffix; one is added, so that a dot in it is not taken for one.
            found.append((f"{item.id}.png", size))
        shelf.relabel(names)
        shelf.retrack(lambda label, track: None if label.casefold() == VOID_CLASS else track)
        pictures = [Picture(name, size, shelf.of(n), src) for n, (name, size) in enumerate(found)]
        return read_pictures(pictures, target, frame_map, src)


def _lay_aside(shelf: Shelf, picture: int, annotation: _Annotation) -> None:
    """Keep a mask or a polygon; other annotations have no area."""
    track = annotation.attributes.get("track_id")
    if not isinstance(track, int | str):
        track = None
    runs, points = bytes(annotation.rle), bytes(annotation.points)
    if annotation.type == "mask" and runs:
        shelf.put(picture, runs, str(annotation.label_id), track)
    elif annotation.type == "polygon":
        shelf.put(picture, points, str(annotation.label_id), track)


def _draw(record: bytes, size: Size) -> Mask:
    if record.startswith(b"["):
        corners = msgspec.json.decode(record, type=list[float])
        if len(corners) % 2:
            raise ValueError("a polygon has a number too few")
        return fill([np.array(corners, np.float64).reshape(-1, 2)], size)
    return decode(msgspec.json.decode(record), size)
