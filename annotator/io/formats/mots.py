"""KITTI MOTS: run lengths in a text file, or 16-bit PNGs.

A line is "frame id class height width counts"; an id, also a PNG's value, is class * 1000 + object.
10000 is the ignore region: void here. Voigtlaender et al., "MOTS", CVPR 2019.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as PilImage

from annotator.core.errors import FormatError
from annotator.core.types import VOID, LabelMap, Mask, Size
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.classes import VOID_CLASS, class_of, each_frame
from annotator.io.formats.framemap import FrameMap
from annotator.io.formats.instances import Instance, Picture, beside, read_pictures
from annotator.io.formats.reading import MAX_PIXELS, images_in, label_size
from annotator.io.formats.rle import decode, encode_all
from annotator.io.formats.writing import Encoder, document_folder, export_folder, write_frames

_IGNORE = 10
_NUMBERS = {"car": 1, "pedestrian": 2}
_CLASSES = {1: "car", 2: "pedestrian", _IGNORE: VOID_CLASS}
_MAX_BYTES = 1 << 31


class MotsExporter:
    """Writes instances.txt or NAME.png. Classes other than car and pedestrian count from 3."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        codes = _codes(source)
        if options["layout"] == "png":

            def plan(frame: int) -> Mapping[str, Encoder]:
                name = f"{source.media.names[frame]}.png"
                return {name: partial(_encode, source.label_map(frame), codes)}

            with export_folder(out) as folder:
                count = write_frames(source, folder, control, "mots", plan)
            return ExportReport((out,), count)
        height, width = source.media.size.shape
        with (
            document_folder(out, source, "mots") as (folder, frame_map),
            (folder / "instances.txt").open("w", encoding="ascii", newline="\n") as file,
        ):
            for frame in each_frame(source, control):
                frame_map.add(frame, ["instances.txt"])
                for object_id, runs in encode_all(source.label_map(frame)).items():
                    code = int(codes[object_id])
                    if code:
                        place = f"{frame} {code} {code // 1000}"
                        file.write(f"{place} {height} {width} {runs.counts}\n")
        return ExportReport((out,), len(source.frames))


class MotsImporter:
    """Reads a text file or a folder of PNGs; the frame's number in the file is its index."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        frame_map = beside(src)
        if src.is_dir():
            texts, images = images_in(src, (".txt",)), images_in(src, (".png",))
            if len(texts) != 1 and not images:
                raise FormatError(
                    f"{src} holds no PNGs and {len(texts)} text files.", "Choose one file."
                )
        else:
            texts, images = ([], [src]) if src.suffix.lower() == ".png" else ([src], [])
        if images:
            pictures = [_from_png(file, target) for file in images]
        else:
            pictures = _from_text(texts[0], target, frame_map)
        return read_pictures(pictures, target, frame_map, src)


def _codes(source: LabelSource) -> np.ndarray:
    """uint16 [256]: the code of each object id; 0 for ids that are no objects."""
    others = dict.fromkeys(class_of(source, item.id).casefold() for item in source.objects)
    free = (n for n in range(3, 300) if n != _IGNORE)
    numbers = dict(_NUMBERS)
    for name in others:
        if name not in numbers:
            numbers[name] = next(free)
    if max(numbers.values()) > 64:
        raise FormatError("MOTS has room for 63 classes.", "Use fewer categories.")
    codes = np.zeros(256, np.uint16)
    for item in source.objects:
        codes[item.id] = numbers[class_of(source, item.id).casefold()] * 1000 + item.id
    codes[VOID] = _IGNORE * 1000
    return codes


def _encode(label_map: LabelMap, codes: np.ndarray) -> bytes:
    done, data = cv2.imencode(".png", codes[label_map], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise FormatError("A PNG could not be made.", "Try another size.")
    return data.tobytes()


def _label(code: int) -> str:
    number = code // 1000
    return _CLASSES.get(number, f"class {number}")


def _track(code: int) -> int:
    return code % 1000 or code


def _tracks(codes: set[int]) -> dict[int, int]:
    """Object of each code: its last three digits if they tell all objects apart, else the code."""
    objects = {code for code in codes if code // 1000 != _IGNORE}
    short = {code: _track(code) for code in objects}
    distinct = len(set(short.values())) == len(objects)
    return {code: short[code] if distinct else code for code in objects}


def _from_text(src: Path, target: ImportTarget, frame_map: FrameMap | None) -> list[Picture]:
    rows: dict[int, list[tuple[int, str]]] = {}
    size = target.media.size
    try:
        if src.stat().st_size > _MAX_BYTES:
            raise FormatError(f"{src} is larger than {_MAX_BYTES >> 20} MB.", "Split it.")
        with src.open(encoding="ascii") as file:
            for line in file:
                words = line.split()
                if not words:
                    continue
                frame, code, _, height, width = (int(word) for word in words[:5])
                size = Size(width, height)
                rows.setdefault(frame, []).append((code, words[5]))
    except OSError as error:
        raise FormatError(f"Cannot read {src}: {error.strerror or error}.") from error
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise FormatError(
            f"{src} does not hold lines of KITTI MOTS: {error}.", "Export it again."
        ) from error
    tracks = _tracks({code for masks in rows.values() for code, _ in masks})
    if frame_map is not None:
        rows = {row.index: rows.get(row.index, []) for row in frame_map.frames} | rows
    names = dict(enumerate(target.media.names))
    pictures = []
    for frame, masks in sorted(rows.items()):
        instances = []
        for code, counts in masks:
            runs = {"size": list(size.shape), "counts": counts}
            instances.append(Instance(partial(decode, runs), _label(code), tracks.get(code)))
        pictures.append(Picture(names.get(frame, f"frame {frame}"), size, instances, src))
    return pictures


def _from_png(file: Path, target: ImportTarget) -> Picture:
    target.control.checkpoint()
    size = label_size(file)
    values = _values(file, size)
    codes = [int(code) for code in np.unique(values) if code]
    instances = [
        Instance(partial(_where, file, code), _label(code), _track(code)) for code in codes
    ]
    return Picture(file.name, size, instances, file)


def _where(file: Path, code: int, size: Size) -> Mask:
    mask: Mask = _values(file, size) == code
    return mask


def _values(file: Path, size: Size) -> np.ndarray:
    """Integers [H, W] of a 16-bit PNG. Raises FormatError."""
    if size.width * size.height > MAX_PIXELS:
        raise FormatError(f"{file} claims to be {size}.", "Replace it.")
    try:
        with PilImage.open(file, formats=("PNG",)) as image:
            if not image.mode.startswith("I"):
                raise FormatError(f"{file} is no 16-bit PNG.", "Choose the format davis for it.")
            return np.asarray(image)
    except (OSError, SyntaxError, ValueError) as error:
        raise FormatError(f"{file} cannot be read: {error}.", "Replace it.") from error
