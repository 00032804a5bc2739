"""LabelMe JSON: reading, ours and that of the tool."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import msgspec
import numpy as np
from PIL import Image as PilImage

from annotator.core.errors import FormatError
from annotator.core.types import Mask, Size
from annotator.io.formats.base import ImportedFrame, ImportTarget, Options
from annotator.io.formats.framemap import FILE_NAME
from annotator.io.formats.instances import Picture, beside, read_pictures
from annotator.io.formats.jsonfile import load_json
from annotator.io.formats.labelme_xml import read_xml
from annotator.io.formats.polygons import fill
from annotator.io.formats.reading import images_in
from annotator.io.formats.shelf import Shelf

_MAX_BYTES = 1 << 26
_HINT = 'A file with "shapes", "imagePath", "imageHeight" and "imageWidth" is needed.'
_AREAS = frozenset({"polygon", "rectangle", "circle", "mask"})
_CORNERS = 90
"""Of the polygon that stands for a circle."""


class _Shape(msgspec.Struct):
    label: str
    points: list[tuple[float, float]]
    shape_type: str = "polygon"
    group_id: int | None = None
    mask: str | None = None


class _Document(msgspec.Struct):
    shapes: list[_Shape]
    imagePath: str  # noqa: N815 - the tool's own name
    imageHeight: int  # noqa: N815
    imageWidth: int  # noqa: N815


class LabelmeImporter:
    """Reads a folder of JSON or of XML files, or one of them.

    Shapes of one group are one object; without groups those of one label are. Lines and points are
    left out.
    """

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        files = [src] if src.is_file() else images_in(src, (".json", ".xml"))
        files = [file for file in files if file.name != FILE_NAME]
        if not files:
            raise FormatError(
                f"{src} holds no label files (.json, .xml).", "Choose another folder."
            )
        kinds = {file.suffix.lower() == ".xml" for file in files}
        if len(kinds) == 2:
            raise FormatError(f"{src} holds JSON as well as XML files.", "Choose one kind.")
        if True in kinds:
            return read_pictures(read_xml(files, target), target, beside(src), src)
        shelf = Shelf(_draw_record)
        found: list[tuple[str, Size]] = []
        grouped = True
        for n, file in enumerate(files):
            target.control.checkpoint()
            document = load_json(file, _Document, _MAX_BYTES, "shapes of LabelMe", _HINT)
            for shape in document.shapes:
                if shape.shape_type in _AREAS:
                    grouped = grouped and shape.group_id is not None
                    shelf.put(n, msgspec.json.encode(shape), shape.label, shape.group_id)
            name = f"{file.stem}{PureWindowsPath(document.imagePath).suffix}"
            found.append((name, Size(document.imageWidth, document.imageHeight)))
        if not grouped:
            shelf.retrack(lambda label, _: label)
        pictures = [
            Picture(name, size, shelf.of(n), files[n]) for n, (name, size) in enumerate(found)
        ]
        return read_pictures(pictures, target, beside(src), src)


def _draw_record(record: bytes, size: Size) -> Mask:
    return _draw(msgspec.json.decode(record, type=_Shape), size)


def _draw(shape: _Shape, size: Size) -> Mask:
    points = np.array(shape.points, np.float64).reshape(-1, 2)
    if shape.shape_type == "polygon":
        return fill([points], size)
    if len(points) != 2 or not np.isfinite(points).all():
        raise ValueError(f"a {shape.shape_type} needs two points")
    if shape.shape_type == "mask":
        return _pasted(shape.mask or "", points[0], size)
    if shape.shape_type == "circle":
        turn = np.linspace(0.0, 2.0 * np.pi, _CORNERS, endpoint=False)
        radius = np.hypot(*(points[1] - points[0]))
        return fill([points[0] + radius * np.stack((np.cos(turn), np.sin(turn)), axis=1)], size)
    (x0, y0), (x1, y1) = points
    return fill([np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])], size)


def _pasted(text: str, corner: np.ndarray, size: Size) -> Mask:
    try:
        data = base64.b64decode(text, validate=True)
        with PilImage.open(io.BytesIO(data), formats=("PNG",)) as image:
            x, y = (int(v) for v in corner)
            width, height = image.size
            if x < 0 or y < 0 or x + width > size.width or y + height > size.height:
                raise ValueError("it lies outside the picture")
            cut = np.asarray(image.convert("L")) > 0
    except (binascii.Error, OSError, SyntaxError) as error:
        raise ValueError("its picture is damaged") from error
    mask = np.zeros(size.shape, np.bool_)
    mask[y : y + height, x : x + width] = cut
    return mask
