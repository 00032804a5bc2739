"""The frame map: what ties exported files to frames of the media, whatever they are called.

Every export carries one (`frames.json`, or inside the file where there is only one): index, time
and name of each frame, the fingerprint of the media, and where the mask of each object came from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from annotator.core.errors import FormatError
from annotator.core.types import MAX_OBJECT_ID, Cell, Provenance
from annotator.io.formats.base import ImportTarget, LabelSource, ObjectInfo

FILE_NAME = "frames.json"
_FORMAT = "strokeflow-frames"
_VERSION = 1
_MAX_BYTES = 1 << 27
_KINDS = {kind.name.lower(): kind for kind in Provenance if kind is not Provenance.NONE}


class MapObject(msgspec.Struct, frozen=True):
    """An object as the map states it."""

    id: int
    name: str = ""
    color: tuple[int, int, int] = (255, 255, 255)
    category: str = ""

    def info(self) -> ObjectInfo:
        color = tuple(min(max(value, 0), 255) for value in self.color)
        name = self.name.strip() or f"object {self.id}"
        return ObjectInfo(self.id, name, (color[0], color[1], color[2]), self.category)


class MapCell(msgspec.Struct, frozen=True):
    """State of one object on one frame: `provenance` is `core.types.Cell.label`."""

    provenance: str
    locked: bool = False
    quality: float | None = None
    occluded: bool = False

    def cell(self) -> Cell | None:
        """The state, or None if this version does not know its provenance."""
        word, _, backend = self.provenance.partition(":")
        kind = _KINDS.get(word)
        if kind is None or (backend != "") != (kind is Provenance.MODEL):
            return None
        usable = self.quality is not None and 0.0 <= self.quality <= 1.0
        quality = self.quality if usable else None
        return Cell(kind, self.locked, quality, backend, self.occluded)


class MapFrame(msgspec.Struct, frozen=True):
    """One frame: its files are relative to the folder of the map, with forward slashes.

    `order` lists the objects as they come in a file that has no place for their ids.
    """

    index: int
    time: float
    ticks: int
    name: str
    files: tuple[str, ...] = ()
    cells: dict[str, MapCell] = {}
    order: tuple[int, ...] = ()

    def known(self) -> frozenset[int]:
        """Objects that the export knew about on this frame."""
        return frozenset(int(key) for key in self.cells if key.isdecimal())

    def states(self, target: ImportTarget) -> dict[int, Cell]:
        """The cells of the objects, or nothing if the import does not want them."""
        if not target.keep:
            return {}
        found = {int(key): cell.cell() for key, cell in self.cells.items() if key.isdecimal()}
        return {object_id: cell for object_id, cell in found.items() if cell is not None}


class MapMedia(msgspec.Struct, frozen=True):
    name: str
    fingerprint: str
    width: int
    height: int
    frames: int
    fps: str
    time_base: str


class FrameMap(msgspec.Struct, frozen=True):
    """A frame map as read from a file; `extras` are files of the export that have no frame."""

    format: str
    version: int
    export: str
    media: MapMedia
    objects: tuple[MapObject, ...]
    frames: tuple[MapFrame, ...]
    extras: tuple[str, ...] = ()

    def is_of(self, target: ImportTarget) -> bool:
        """Whether it can be of the target's media: they are the same, or as long. If they are not
        the same, that is noted in the target: a clip that was coded anew, or a mistake."""
        media = target.media
        if media.fingerprint == self.media.fingerprint:
            return True
        target.strangers.add(self.media.name)
        return media.count == self.media.frames

    def infos(self) -> tuple[ObjectInfo, ...]:
        return tuple(o.info() for o in self.objects if 1 <= o.id <= MAX_OBJECT_ID)


def header(source: LabelSource, export: str) -> dict[str, Any]:
    """The map without its frames, ready for JSON."""
    media = source.media
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "export": export,
        "media": {
            "name": media.name,
            "fingerprint": media.fingerprint,
            "width": media.size.width,
            "height": media.size.height,
            "frames": media.count,
            "fps": str(media.fps),
            "time_base": str(media.time_base),
        },
        "objects": [
            {"id": o.id, "name": o.name, "color": [int(c) for c in o.color], "category": o.category}
            for o in source.objects
        ],
    }


def row(source: LabelSource, frame: int, files: Iterable[str]) -> dict[str, Any]:
    """One frame of the map, ready for JSON."""
    return {
        "index": frame,
        "time": source.media.seconds(frame),
        "ticks": int(source.media.ticks[frame]),
        "name": source.media.names[frame],
        "files": list(files),
        "cells": cells(source, frame),
    }


def cells(source: LabelSource, frame: int) -> dict[str, dict[str, Any]]:
    """What is known about each object on `frame`; objects nothing is known about are left out."""
    known: dict[str, dict[str, Any]] = {}
    for item in source.objects:
        cell = source.cell(frame, item.id)
        if cell.provenance is Provenance.NONE:
            continue
        state: dict[str, Any] = {"provenance": cell.label, "locked": cell.locked}
        if cell.quality is not None:
            state["quality"] = round(float(cell.quality), 4)
        if cell.occluded:
            state["occluded"] = True
        known[str(item.id)] = state
    return known


class MapWriter(AbstractContextManager["MapWriter"]):
    """Writes a map row by row, so that it needs no memory however long the video is."""

    def __init__(
        self, path: Path, source: LabelSource, export: str, extras: Sequence[str] = ()
    ) -> None:
        self._source = source
        self._file = path.open("w", encoding="utf-8", newline="\n")
        head = header(source, export) | ({"extras": list(extras)} if extras else {})
        text = json.dumps(head, ensure_ascii=False)
        self._file.write(text[:-1] + ', "frames": [')
        self._first = True

    def add(self, frame: int, files: Iterable[str], order: Sequence[int] | None = None) -> None:
        """Append a frame, the names of its files, and the objects in their order there."""
        entry = row(self._source, frame, files)
        if order is not None:
            entry["order"] = list(order)
        text = json.dumps(entry, ensure_ascii=False)
        self._file.write(("\n" if self._first else ",\n") + text)
        self._first = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            if error is None:
                self._file.write("\n]}\n")


def read_map(path: Path) -> FrameMap | None:
    """The map in `path`, or None if there is no such file or it is no frame map of ours.

    Raises FormatError if it is one of ours and damaged, or made by a newer version.
    """
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > _MAX_BYTES:
            raise FormatError(f"{path} is too large for a frame map.", "Check where it comes from.")
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(f"Cannot read {path}: {error.strerror or error}.") from error
    return parse_map(data, path)


def find_map(top: Path, folder: Path) -> tuple[FrameMap | None, Path]:
    """The map of label files, and the folder that the names in it are relative to: `top`, which the
    person chose, `folder`, where the files are, or the one above `top`. Raises as `read_map`."""
    places = (top, folder, top.parent)
    root = next((place for place in places if (place / FILE_NAME).is_file()), folder)
    return read_map(root / FILE_NAME), root


def parse_map(data: bytes, path: Path) -> FrameMap | None:
    """Like `read_map`, from the bytes of a JSON object; `path` is for messages."""
    if f'"{_FORMAT}"'.encode() not in data[:4096]:
        return None
    try:
        found = msgspec.json.decode(data, type=FrameMap)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(
            f"The frame map {path} is damaged: {error}.",
            "Remove it to match the files by their names, or export again.",
        ) from error
    if found.version > _VERSION:
        raise FormatError(
            f"{path} was written by a newer version of Strokeflow.", "Update Strokeflow."
        )
    return found
