"""CVAT 1.1 XML: reading, ours and that of the tool."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from annotator.core.errors import FormatError
from annotator.core.types import Mask, Size
from annotator.io.formats.base import ImportedFrame, ImportTarget, Options
from annotator.io.formats.framemap import FrameMap
from annotator.io.formats.instances import Picture, Track, beside, read_pictures
from annotator.io.formats.polygons import fill
from annotator.io.formats.reading import images_in
from annotator.io.formats.rle import spread
from annotator.io.formats.shelf import Shelf
from annotator.io.formats.xmlstream import stream_xml

_MAX_FRAMES = 1 << 24
_SHAPES = frozenset({"mask", "polygon", "box", "ellipse"})
_CORNERS = 90
"""Of the polygon that stands for an ellipse."""

Attributes = dict[str, str]


class CvatImporter:
    """Reads annotations.xml of images or of a video.

    In images, shapes of one group are one object; without groups those of each image are numbered.
    A shape of a track says nothing about the frames after it; CVAT writes every frame out.
    """

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        frame_map = beside(src)
        src = _the_xml_file(src)
        found = _Shapes(src, target)
        found.parse()
        return read_pictures(found.pictures(target, frame_map), target, frame_map, src)


class _Shapes:
    """Walks through the file and gathers the shapes."""

    def __init__(self, src: Path, target: ImportTarget) -> None:
        self._src = src
        self._control = target.control
        self._images: list[tuple[str, Size]] = []
        self._frames: set[int] = set()
        self._shelf = Shelf(_draw_record)
        self._grouped = True
        self._track: Attributes | None = None
        self._size: dict[str, int] = {}
        self._text = ""
        self._stated: Size | None = None

    def parse(self) -> None:
        stream_xml(self._src, self, "shapes of CVAT", self._control)
        if self._size:
            self._stated = Size(self._size.get("width", 0), self._size.get("height", 0))

    def pictures(self, target: ImportTarget, frame_map: FrameMap | None) -> list[Picture]:
        if self._images:
            return self._from_images()
        media = target.media
        size = self._stated or media.size
        stated = [row.index for row in frame_map.frames] if frame_map else []
        frames = sorted({*self._frames, *stated})
        names = dict(enumerate(media.names))
        return [
            Picture(names.get(f, f"frame {f}"), size, self._shelf.of(f), self._src) for f in frames
        ]

    def _from_images(self) -> list[Picture]:
        if not self._grouped:
            self._shelf.retrack(lambda _label, _track: None)
        return [
            Picture(name, size, self._shelf.of(n), self._src)
            for n, (name, size) in enumerate(self._images)
        ]

    def start(self, path: list[str], values: Attributes) -> None:
        tag = path[-1]
        if tag == "image":
            size = Size(int(values["width"]), int(values["height"]))
            self._images.append((values["name"], size))
        elif tag == "track":
            self._track = values
        elif tag in _SHAPES and self._track is not None:
            self._add_to_track(tag, values)
        elif tag in _SHAPES and self._images:
            group = values.get("group_id", "0")
            self._grouped = self._grouped and bool(group.strip("0"))
            self._put(len(self._images) - 1, tag, values, values.get("label", ""), _track(group))

    def _add_to_track(self, tag: str, values: Attributes) -> None:
        assert self._track is not None
        frame = int(values["frame"])
        if not 0 <= frame < _MAX_FRAMES:
            raise ValueError(f"there is no frame {frame}")
        self._frames.add(frame)
        if values.get("outside", "0") != "1":
            label, track = self._track.get("label", ""), _track(self._track["id"])
            # CVAT counts tracks from 0; ours never has that number.
            self._put(frame, tag, values, label, track)

    def _put(self, picture: int, tag: str, values: Attributes, label: str, track: Track) -> None:
        self._shelf.put(picture, msgspec.json.encode((tag, values)), label, track)

    def end(self, path: list[str]) -> None:
        if path[-1] == "track":
            self._track = None
        if path[-2:-1] == ["original_size"] and path[-1] in ("width", "height"):
            self._size[path[-1]] = int(self._text)
        self._text = ""

    def data(self, path: list[str], text: str) -> None:
        self._text = (self._text + text.strip())[:20]


def _track(text: str) -> Track:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else text


def _draw_record(record: bytes, size: Size) -> Mask:
    return _draw(*msgspec.json.decode(record, type=tuple[str, Attributes]), size)


def _draw(kind: str, values: Attributes, size: Size) -> Mask:
    if kind == "mask":
        return _pasted(values, size)
    if kind == "polygon":
        points = [[float(v) for v in pair.split(",")] for pair in values["points"].split(";")]
        return fill([np.array(points, np.float64)], size)
    if kind == "box":
        x0, y0, x1, y1 = (float(values[name]) for name in ("xtl", "ytl", "xbr", "ybr"))
        return fill([np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])], size)
    x, y, rx, ry = (float(values[name]) for name in ("cx", "cy", "rx", "ry"))
    turn = np.linspace(0.0, 2.0 * np.pi, _CORNERS, endpoint=False)
    return fill([np.stack((x + rx * np.cos(turn), y + ry * np.sin(turn)), axis=1)], size)


def _pasted(values: Attributes, size: Size) -> Mask:
    x, y, width, height = (int(float(values[n])) for n in ("left", "top", "width", "height"))
    if (
        min(x, y) < 0
        or min(width, height) < 1
        or x + width > size.width
        or y + height > size.height
    ):
        raise ValueError("it lies outside the picture")
    counts = np.array(values["rle"].split(","), np.int64)
    box = spread(counts, width * height).reshape(height, width)
    mask = np.zeros(size.shape, np.bool_)
    mask[y : y + height, x : x + width] = box
    return mask


def _the_xml_file(src: Path) -> Path:
    if src.is_file():
        return src
    files = images_in(src, (".xml",))
    if len(files) != 1:
        raise FormatError(
            f"{src} holds {len(files)} XML files, one is needed.", "Choose the file itself."
        )
    return files[0]
