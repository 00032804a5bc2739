"""KITTI MOTS: run lengths in a text file, or 16-bit PNGs.

A line is "frame id class height width counts"; an id, also a PNG's value, is class * 1000 + object.
10000 is the ignore region: void here. Voigtlaender et al., "MOTS", CVPR 2019.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from annotator.io.formats.shelf import Shelf
from annotator.io.formats.writing import Encoder, document_folder, export_folder, write_frames

_IGNORE = 10
_NUMBERS = {"car": 1, "pedestrian": 2}
_CLASSES = {1: "car", 2: "pedestrian", _IGNORE: VOID_CLASS}
_MAX_LINE = 1 << 24


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
    others = dict.fromkeys(name.casefold() for name in source.classes)
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
    size: Size | None = None
    codes: set[int] = set()
    frames: set[int] = {row.index for row in frame_map.frames} if frame_map else set()
    shelf = Shelf(_draw_runs)
    try:
        with src.open(encoding="ascii") as file:
            while line := file.readline(_MAX_LINE):
                target.control.checkpoint()
                words = line.split()
                if not words:
                    continue
                frame, code, _, height, width = (int(word) for word in words[:5])
                if size not in (None, Size(width, height)):
                    raise ValueError(f"its masks are {size} and {Size(width, height)}")
                size = Size(width, height)
                shelf.put(frame, words[5].encode("ascii"), _label(code), code)
                codes.add(code)
                frames.add(frame)
    except OSError as error:
        raise FormatError(f"Cannot read {src}: {error.strerror or error}.") from error
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise FormatError(
            f"{src} does not hold lines of KITTI MOTS: {error}.", "Export it again."
        ) from error
    tracks = _tracks(codes)
    twin = next((f for f in sorted(frames) if _has_twins(shelf.of(f))), None)
    if twin is not None:
        raise FormatError(
            f"{src} has two masks of one object on frame {twin}.", "Keep one of them."
        )
    shelf.retrack(lambda _, code: tracks.get(code) if isinstance(code, int) else None)
    names = dict(enumerate(target.media.names))
    return [
        Picture(names.get(f, f"frame {f}"), size or target.media.size, shelf.of(f), src)
        for f in sorted(frames)
    ]


def _has_twins(masks: Sequence[Instance]) -> bool:
    codes = [mask.track for mask in masks]
    return len(set(codes)) < len(codes)


def _draw_runs(record: bytes, size: Size) -> Mask:
    return decode({"size": list(size.shape), "counts": record.decode("ascii")}, size)


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
