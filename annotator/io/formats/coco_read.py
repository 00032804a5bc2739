"""COCO JSON: reading, ours and that of other tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from annotator.core.errors import FormatError
from annotator.core.types import Mask, Size
from annotator.io.formats.base import (
    ImportedFrame,
    ImportTarget,
    IoControl,
    NoControl,
    Options,
)
from annotator.io.formats.framemap import FrameMap, MapFrame, MapMedia, MapObject
from annotator.io.formats.instances import Picture, Track, beside, read_pictures
from annotator.io.formats.jsonfile import the_json_file
from annotator.io.formats.jsonstream import stream_json
from annotator.io.formats.rle import decode
from annotator.io.formats.shelf import Shelf

_WHAT = "masks in the COCO format"
_HINT = 'A file with "images", "annotations" and "categories" is needed.'


class _Image(msgspec.Struct):
    id: int
    file_name: str
    width: int
    height: int
    strokeflow: MapFrame | None = None


class _Annotation(msgspec.Struct):
    image_id: int
    segmentation: msgspec.Raw
    category_id: int = 0
    track_id: int | str | None = None
    attributes: dict[str, Any] = {}

    def track(self) -> Track:
        """`track_id`, which CVAT and datumaro write among the attributes."""
        given = self.attributes.get("track_id") if self.track_id is None else self.track_id
        return given if isinstance(given, int | str) else None


class _Category(msgspec.Struct):
    id: int
    name: str = ""


class _OurInfo(msgspec.Struct):
    media: MapMedia
    objects: tuple[MapObject, ...]


class _Info(msgspec.Struct):
    strokeflow: _OurInfo | None = None


_SHAPES: dict[str, Any] = {
    "images": list[_Image],
    "annotations": list[_Annotation],
    "categories": list[_Category],
    "info": _Info | None,
}
_NEEDED = ("images", "annotations")


class CocoImporter:
    """Reads one JSON file with run-length masks or polygons; objects are told apart by `track_id`.

    Polygons of one annotation add up, as COCO has it; each is filled by the even-odd rule.
    """

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        src = the_json_file(src)
        pictures, info, images = _pictures(src, target.control)
        return read_pictures(pictures, target, _inside(info, images) or beside(src), src)


def read_coco(src: Path) -> list[Picture]:
    """The images that a file lists, with their masks. Raises FormatError."""
    return _pictures(the_json_file(src), NoControl())[0]


def _pictures(src: Path, control: IoControl) -> tuple[list[Picture], _Info | None, list[_Image]]:
    images: list[_Image] = []
    names: dict[str, str] = {}
    info: _Info | None = None
    shelf = Shelf(_draw)
    for _, item in stream_json(src, _SHAPES, _WHAT, _HINT, control, _NEEDED):
        if isinstance(item, _Annotation):
            label = str(item.category_id)
            shelf.put(item.image_id, bytes(item.segmentation), label, item.track())
        elif isinstance(item, _Image):
            images.append(item)
        elif isinstance(item, _Category):
            names[str(item.id)] = item.name
        else:
            info = item
    shelf.relabel(names)
    _refuse_strays(src, images, shelf)
    pictures = [
        Picture(image.file_name, Size(image.width, image.height), shelf.of(image.id), src)
        for image in images
    ]
    return pictures, info, images


def _draw(record: bytes, size: Size) -> Mask:
    return decode(msgspec.json.decode(record), size)


def _refuse_strays(src: Path, images: list[_Image], shelf: Shelf) -> None:
    known = {image.id for image in images}
    stray = next((i for i in shelf.pictures() if i not in known), None)
    if stray is not None:
        raise FormatError(
            f"{src} has a mask of image {stray}, which it does not list.",
            "Add the image, or remove the mask.",
        )


def _inside(info: _Info | None, images: list[_Image]) -> FrameMap | None:
    """The frame map that our files carry spread over their own tables."""
    ours = info.strokeflow if info else None
    if ours is None:
        return None
    rows = tuple(i.strokeflow for i in images if i.strokeflow is not None)
    return FrameMap("", 1, "coco", ours.media, ours.objects, rows)
