"""COCO JSON: reading, ours and that of other tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from annotator.core.errors import FormatError
from annotator.core.types import Size
from annotator.io.formats.base import ImportedFrame, ImportTarget, Options
from annotator.io.formats.framemap import FrameMap, MapFrame, MapMedia, MapObject
from annotator.io.formats.instances import Instance, Picture, beside, read_pictures
from annotator.io.formats.jsonfile import load_json, the_json_file
from annotator.io.formats.rle import decode

_MAX_BYTES = 1 << 31
_HINT = 'A file with "images", "annotations" and "categories" is needed.'


class _Image(msgspec.Struct):
    id: int
    file_name: str
    width: int
    height: int
    strokeflow: MapFrame | None = None


class _Annotation(msgspec.Struct):
    image_id: int
    segmentation: Any
    category_id: int = 0
    track_id: int | str | None = None


class _Category(msgspec.Struct):
    id: int
    name: str = ""


class _OurInfo(msgspec.Struct):
    media: MapMedia
    objects: tuple[MapObject, ...]


class _Info(msgspec.Struct):
    strokeflow: _OurInfo | None = None


class _Document(msgspec.Struct):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category] = []
    info: _Info | None = None


class CocoImporter:
    """Reads one JSON file with run-length masks or polygons; objects are told apart by `track_id`.

    Polygons of one annotation add up, as COCO has it; each is filled by the even-odd rule.
    """

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        src = the_json_file(src)
        document = _load(src)
        return read_pictures(
            _pictures(document, src), target, _inside(document) or beside(src), src
        )


def read_coco(src: Path) -> list[Picture]:
    """The images that a file lists, with their masks. Raises FormatError."""
    src = the_json_file(src)
    return _pictures(_load(src), src)


def _load(src: Path) -> _Document:
    return load_json(src, _Document, _MAX_BYTES, "masks in the COCO format", _HINT)


def _pictures(document: _Document, src: Path) -> list[Picture]:
    classes = {c.id: c.name for c in document.categories}
    by_image: dict[int, list[Instance]] = {image.id: [] for image in document.images}
    for annotation in document.annotations:
        if annotation.image_id not in by_image:
            raise FormatError(
                f"{src} has a mask of image {annotation.image_id}, which it does not list.",
                "Add the image, or remove the mask.",
            )
        by_image[annotation.image_id].append(_instance(annotation, classes))
    return [
        Picture(image.file_name, Size(image.width, image.height), by_image[image.id], src)
        for image in document.images
    ]


def _instance(annotation: _Annotation, classes: Mapping[int, str]) -> Instance:
    draw = partial(decode, annotation.segmentation)
    return Instance(draw, classes.get(annotation.category_id, ""), annotation.track_id)


def _inside(document: _Document) -> FrameMap | None:
    """The frame map that our files carry spread over their own tables."""
    ours = document.info.strokeflow if document.info else None
    if ours is None:
        return None
    rows = tuple(i.strokeflow for i in document.images if i.strokeflow is not None)
    return FrameMap("", 1, "coco", ours.media, ours.objects, rows)
