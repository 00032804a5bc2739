"""COCO JSON: reading, ours and that of other tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from annotator.core.errors import FormatError
from annotator.core.types import MAX_OBJECT_ID, VOID, LabelMap, Size
from annotator.io.formats.base import (
    ImportedFrame,
    ImportTarget,
    ObjectInfo,
    Option,
    Options,
    checked_options,
)
from annotator.io.formats.coco import VOID_CATEGORY
from annotator.io.formats.framemap import MapFrame, MapMedia, MapObject
from annotator.io.formats.jsonfile import load_json, the_json_file
from annotator.io.formats.matching import match_files
from annotator.io.formats.rle import decode_columns

_MAX_BYTES = 1 << 31
_HINT = 'A file with "images", "annotations" and "categories" is needed.'
_VOID_NAMES = frozenset({VOID_CATEGORY, "ignore", "ignored"})


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
    """Reads one JSON file with run-length masks or polygons.

    Objects are told apart by `track_id`. Without it, the masks of each image are numbered in their
    order, which fits single images; nothing then says that an object is absent. Where masks
    overlap, the later one wins.
    """

    options: Mapping[str, Option] = {}

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        checked_options("coco", self.options, options)
        src = the_json_file(src)
        document = load_json(src, _Document, _MAX_BYTES, "masks in the COCO format", _HINT)
        images = _match(document, target, src)
        by_image: dict[int, list[_Annotation]] = {image.id: [] for image in document.images}
        for annotation in document.annotations:
            if annotation.image_id not in by_image:
                raise FormatError(
                    f"{src} has a mask of image {annotation.image_id}, which it does not list.", ""
                )
            by_image[annotation.image_id].append(annotation)
        reader = _Reader(document, src, target.media.size)
        wanted = {frame: image for frame, image in images.items() if target.wants(frame)}
        if not wanted:
            raise FormatError(f"{src} holds nothing on the chosen frames.", "Choose other frames.")
        for done, image in enumerate(wanted.values(), start=1):
            target.control.checkpoint()
            reader.label_map(image, by_image[image.id])
            target.control.progress(done, len(wanted))
        return (reader.frame(f, image, by_image[image.id]) for f, image in wanted.items())


class _Reader:
    """Turns the masks of an image into a label map."""

    def __init__(self, document: _Document, src: Path, size: Size) -> None:
        self._src = src
        self._size = size
        self._categories = {c.id: c.name for c in document.categories}
        ours = document.info.strokeflow if document.info else None
        tracks = {a.track_id for a in document.annotations if not self._is_void(a)}
        self._tracked = None not in tracks
        self._ids = self._number(tracks) if self._tracked else {}
        self._infos = tuple(o.info() for o in ours.objects) if ours else self._named(document)

    def label_map(self, image: _Image, annotations: list[_Annotation]) -> LabelMap:
        """uint8 [H, W]. Raises FormatError for a damaged mask."""
        columns = np.zeros((self._size.width, self._size.height), np.uint8)
        for object_id, annotation in self._numbered(image, annotations):
            try:
                mask = decode_columns(annotation.segmentation, self._size)
            except (ValueError, TypeError, OverflowError) as error:
                raise FormatError(
                    f"A mask of {image.file_name} in {self._src} cannot be read: {error}.",
                    "Export the file again.",
                ) from error
            np.copyto(columns, np.uint8(object_id), where=mask)
        return np.ascontiguousarray(columns.T)

    def frame(self, frame: int, image: _Image, annotations: list[_Annotation]) -> ImportedFrame:
        present = {i for i, _ in self._numbered(image, annotations)} - {VOID}
        if image.strokeflow is not None:
            present |= image.strokeflow.known()
        elif self._tracked:
            present |= set(self._ids.values())
        return ImportedFrame(
            frame=frame,
            label_map=self.label_map(image, annotations),
            objects=frozenset(present),
            file=self._src,
            infos=self._infos,
        )

    def _numbered(
        self, image: _Image, annotations: list[_Annotation]
    ) -> Iterator[tuple[int, _Annotation]]:
        objects = [a for a in annotations if not self._is_void(a)]
        # Void goes first: what an object claims as well is the object's.
        yield from ((VOID, a) for a in annotations if self._is_void(a))
        if self._tracked:
            yield from ((self._ids[a.track_id], a) for a in objects)
            return
        if len(objects) > MAX_OBJECT_ID:
            raise FormatError(
                f"{image.file_name} in {self._src} has {len(objects)} masks, "
                f"more than {MAX_OBJECT_ID}.",
                "",
            )
        yield from enumerate(objects, start=1)

    def _is_void(self, annotation: _Annotation) -> bool:
        return self._categories.get(annotation.category_id, "").casefold() in _VOID_NAMES

    def _number(self, tracks: set[int | str | None]) -> dict[int | str | None, int]:
        if all(isinstance(t, int) and 1 <= t <= MAX_OBJECT_ID for t in tracks):
            return {t: t for t in tracks if isinstance(t, int)}
        if len(tracks) > MAX_OBJECT_ID:
            raise FormatError(
                f"{self._src} has {len(tracks)} tracks, more than {MAX_OBJECT_ID}.",
                "Split it into several files.",
            )
        return {t: i for i, t in enumerate(sorted(tracks, key=str), start=1)}

    def _named(self, document: _Document) -> tuple[ObjectInfo, ...]:
        """What a foreign file tells about tracked objects: their category."""
        of_object = {
            self._ids[a.track_id]: self._categories.get(a.category_id, "")
            for a in document.annotations
            if self._tracked and not self._is_void(a)
        }
        white = (255, 255, 255)
        return tuple(
            ObjectInfo(i, f"{name or 'object'} {i}", white, name)
            for i, name in sorted(of_object.items())
        )


def _match(document: _Document, target: ImportTarget, src: Path) -> dict[int, _Image]:
    """The image of each frame, ascending; sizes are checked. Raises FormatError."""
    if not document.images:
        raise FormatError(f"{src} lists no image.", "Choose another file.")
    media = target.media
    for image in document.images:
        if (image.width, image.height) != media.size:
            raise FormatError(
                f"{image.file_name} in {src} is {image.width}x{image.height}, "
                f"but the frames are {media.size}.",
                "Masks must have the size of the frames.",
            )
    ours = document.info.strokeflow if document.info else None
    if ours is not None and ours.media.fingerprint == media.fingerprint:
        rows = {i.strokeflow.index: i for i in document.images if i.strokeflow is not None}
        if len(rows) == len(document.images) and all(0 <= f < media.count for f in rows):
            return dict(sorted(rows.items()))
    by_name = {Path(image.file_name): image for image in document.images}
    if len(by_name) < len(document.images):
        raise FormatError(f"{src} lists an image twice.", "Remove one of the two.")
    matched, _ = match_files(list(by_name), media, None, Path())
    return {frame: by_name[name] for frame, name in matched.items()}
