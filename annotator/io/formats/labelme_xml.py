"""LabelMe XML, the files of the older tool of MIT, which datumaro calls "label_me"."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from annotator.core.types import Mask, Size
from annotator.io.formats.base import ImportTarget, LabelSource
from annotator.io.formats.classes import class_of, masks_of
from annotator.io.formats.fidelity import Simplified
from annotator.io.formats.instances import Picture, Track
from annotator.io.formats.polygons import fill
from annotator.io.formats.shelf import Shelf
from annotator.io.formats.xmlstream import stream_xml

_WHAT = "objects of LabelMe"
_MAX_TEXT = 1000


def xml_document(source: LabelSource, frame: int, simplified: Simplified) -> str:
    """The text of one frame's file: a polygon per connected part; the attribute track_id names the
    object."""
    size = source.media.size
    rows = [
        f"<annotation><filename>{escape(source.media.picture(frame, '.jpg'))}</filename>"
        f"<folder></folder><source><sourceImage></sourceImage>"
        f"<sourceAnnotation>Strokeflow</sourceAnnotation></source>"
        f"<imagesize><nrows>{size.height}</nrows><ncols>{size.width}</ncols></imagesize>"
    ]
    number = 0
    for object_id, mask in masks_of(source, source.label_map(frame)):
        for ring in simplified.outlines(mask):
            points = "".join(f"<pt><x>{x:g}</x><y>{y:g}</y></pt>" for x, y in ring.tolist())
            rows.append(
                f"<object><name>{escape(class_of(source, object_id))}</name><deleted>0</deleted>"
                f"<verified>0</verified><occluded>no</occluded><date></date><id>{number}</id>"
                "<parts><hasparts></hasparts><ispartof></ispartof></parts>"
                f"<polygon>{points}<username></username></polygon>"
                f"<attributes>track_id={object_id}</attributes></object>"
            )
            number += 1
    simplified.fidelity.end_frame()
    return "\n".join([*rows, "</annotation>\n"])


def read_xml(files: Iterable[Path], target: ImportTarget) -> list[Picture]:
    """The pictures of the files; objects are told apart by track_id, without it by their label."""
    shelf = Shelf(_draw)
    tracked = True
    found: list[tuple[str, Size, Path]] = []
    for number, file in enumerate(files):
        reader = _Reader(shelf, number)
        stream_xml(file, reader, _WHAT, target.control)
        tracked = tracked and reader.tracked
        size = reader.size or target.media.size
        # The file is called like the picture; what it states may have other folders in it.
        found.append((f"{file.stem}{Path(reader.name).suffix}", size, file))
    if not tracked:
        shelf.retrack(lambda label, _: label)
    return [Picture(name, size, shelf.of(n), f) for n, (name, size, f) in enumerate(found)]


class _Reader:
    """Gathers the polygons of one file."""

    def __init__(self, shelf: Shelf, picture: int) -> None:
        self.name = ""
        self.tracked = True
        self._shelf = shelf
        self._picture = picture
        self._text = ""
        self._facts: dict[str, str] = {}
        self._sides: dict[str, int] = {}
        self._points: list[float] = []

    @property
    def size(self) -> Size | None:
        sides = self._sides
        return Size(sides["ncols"], sides["nrows"]) if len(sides) == 2 else None

    def start(self, path: list[str], values: dict[str, str]) -> None:
        self._text = ""
        if path == ["annotation", "object"]:
            self._facts, self._points = {}, []

    def data(self, path: list[str], text: str) -> None:
        if len(self._text) < _MAX_TEXT:
            self._text += text

    def end(self, path: list[str]) -> None:
        text = self._text.strip()
        if path == ["annotation", "filename"]:
            self.name = text
        elif path[:-1] == ["annotation", "imagesize"]:
            self._sides[path[-1]] = int(text)
        elif path[:-1] == ["annotation", "object"]:
            self._facts[path[-1]] = text
        elif path[:-1] == ["annotation", "object", "polygon", "pt"]:
            self._points.append(float(text))
        elif path == ["annotation", "object"]:
            self._put()
        self._text = ""

    def _put(self) -> None:
        if self._facts.get("deleted", "0") != "0" or not self._points:
            return
        words = (w.partition("=") for w in self._facts.get("attributes", "").split(","))
        track: Track = next((v for k, _, v in words if k.strip() == "track_id"), None)
        self.tracked = self.tracked and track is not None
        if isinstance(track, str) and track.isascii() and track.isdecimal() and len(track) < 18:
            track = int(track)
        record = np.array(self._points, np.float64).tobytes()
        self._shelf.put(self._picture, record, self._facts.get("name", ""), track)


def _draw(record: bytes, size: Size) -> Mask:
    points = np.frombuffer(record, np.float64)
    if len(points) % 2:
        raise ValueError("a polygon has a number too few")
    return fill([points.reshape(-1, 2)], size)
