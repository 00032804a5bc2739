"""YOLO segmentation: a line per object with its class and outline, in shares of the picture."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from annotator.core.errors import FormatError
from annotator.core.types import MAX_OBJECT_ID, VOID, Mask, Size
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.classes import class_names, class_of, each_frame, masks_of
from annotator.io.formats.fidelity import Simplified
from annotator.io.formats.instances import Picture, beside, read_pictures
from annotator.io.formats.polygons import Ring, fill
from annotator.io.formats.reading import images_in
from annotator.io.formats.shelf import Shelf
from annotator.io.formats.writing import document_folder

_TABLE = "data.yaml"
_MAX_BYTES = 1 << 24
_FAR = 1e6
"""Shares of the picture that no outline reaches."""


class YoloExporter:
    """Writes labels/NAME.txt and data.yaml. The order of the lines is in the frame map, since the
    format has no place for an object's id. Parts of one object are joined by bridges."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        simplified = Simplified(options["tolerance"], source.media.size)
        classes = class_names(source, void=False)
        void_seen = False
        with document_folder(out, source, "yolo-seg", (_TABLE,)) as (folder, frame_map):
            (folder / "labels").mkdir()
            for frame in each_frame(source, control):
                lines, order = [], []
                for object_id, mask in masks_of(source, source.label_map(frame)):
                    if object_id == VOID:
                        void_seen = True
                        continue
                    number = classes.index(class_of(source, object_id))
                    if options["shapes"] == "boxes":
                        lines.append(_box(number, mask))
                        simplified.fidelity.add_shape(mask, _boxed(mask))
                    elif rings := simplified.outlines(mask):
                        lines.append(_line(number, rings, source.media.size))
                        if simplified.tolerance == 0:
                            simplified.fidelity.add_exact()
                    else:
                        continue
                    order.append(object_id)
                simplified.fidelity.end_frame()
                name = f"labels/{source.media.names[frame]}.txt"
                (folder / name).write_text("".join(lines), "ascii")
                frame_map.add(frame, [name], order)
            places = {"train": "images", "val": "images"}
            (folder / _TABLE).write_text(data_table(places, classes), "utf-8")
        notes = ("Void pixels became background.",) if void_seen else ()
        return ExportReport((out,), len(source.frames), notes + simplified.fidelity.notes())


def data_table(places: Mapping[str, str], classes: Sequence[str]) -> str:
    """The text of data.yaml: the folder of pictures of each split, and the classes."""
    rows = [f"  {i}: {json.dumps(name, ensure_ascii=False)}" for i, name in enumerate(classes)]
    splits = [f"{split}: {place}" for split, place in places.items()]
    return "\n".join(["path: .", *splits, "names:", *rows]) + "\n"


class YoloImporter:
    """Reads labels/NAME.txt, or a folder of such files, with the classes of data.yaml."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        frame_map = beside(src)
        files = [src] if src.is_file() else _label_files(src)
        classes = _classes(src)
        orders = {row.name: row.order for row in frame_map.frames} if frame_map else {}
        media = frame_map.media if frame_map else None
        # The file has shares only; our map knows which size they were shares of.
        size = Size(media.width, media.height) if media else target.media.size
        shelf = Shelf(_draw_record)
        for file in files:
            target.control.checkpoint()
            _lay_aside(shelf, file, classes, orders.get(file.stem))
        pictures = [Picture(file.name, size, shelf.of(file), file) for file in files]
        return read_pictures(pictures, target, frame_map, src)


def _line(number: int, rings: list[Ring], size: Size) -> str:
    pieces = [rings[0]]
    for ring in rings[1:]:
        pieces += (rings[0][:1], ring, ring[:1])
    shares = np.concatenate(pieces) / (size.width, size.height)
    # Nine digits tell half a pixel's edge apart in pictures of any size.
    return f"{number} " + " ".join(f"{value:.9g}" for value in shares.ravel()) + "\n"


def _extent(mask: Mask) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of the box around a mask that is not empty."""
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(xs[0]), int(ys[0]), int(xs[-1]) + 1, int(ys[-1]) + 1


def _boxed(mask: Mask) -> Mask:
    x0, y0, x1, y1 = _extent(mask)
    box = np.zeros_like(mask)
    box[y0:y1, x0:x1] = True
    return box


def _box(number: int, mask: Mask) -> str:
    """The centre, width and height of a mask's box, as detectors are trained with."""
    height, width = mask.shape
    x0, y0, x1, y1 = _extent(mask)
    shares = ((x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height)
    return f"{number} " + " ".join(f"{value:.9g}" for value in shares) + "\n"


def _label_files(src: Path) -> list[Path]:
    """Text files of src/labels, of the only folder in there, or of `src` itself."""
    labels = src / "labels" if (src / "labels").is_dir() else src
    inner = [f for f in labels.iterdir() if f.is_dir() and images_in(f, (".txt",))]
    folder = inner[0] if len(inner) == 1 and not images_in(labels, (".txt",)) else labels
    files = images_in(folder, (".txt",))
    if not files:
        raise FormatError(f"{src} holds no label files (.txt).", "Choose another folder.")
    return files


def _lay_aside(
    shelf: Shelf, file: Path, classes: dict[int, str], order: tuple[int, ...] | None
) -> None:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise FormatError(f"{file} is larger than {_MAX_BYTES >> 20} MB.", "Replace it.")
        lines = [line.split() for line in file.read_text("ascii").splitlines() if line.strip()]
        if order is not None and len(order) != len(lines):
            order = None
        if order is None and len(lines) > MAX_OBJECT_ID:
            raise FormatError(
                f"{file.name} in {file.parent} has {len(lines)} masks, more than {MAX_OBJECT_ID}.",
                "Take some away.",
            )
        rows = [(int(line[0]), np.array(line[1:], np.float64)) for line in lines]
    except OSError as error:
        raise FormatError(f"Cannot read {file}: {error.strerror or error}.") from error
    except (ValueError, UnicodeDecodeError) as error:
        raise FormatError(
            f"{file} does not hold lines of a class and numbers: {error}.",
            "Export it again, or take it away.",
        ) from error
    for n, (number, shares) in enumerate(rows):
        label = classes.get(number, str(number))
        shelf.put(file, shares.tobytes(), label, order[n] if order else None)


def _draw_record(record: bytes, size: Size) -> Mask:
    return _draw(np.frombuffer(record, np.float64), size)


def _draw(shares: np.ndarray, size: Size) -> Mask:
    if len(shares) % 2 or len(shares) < 4 or not np.isfinite(shares).all():
        raise ValueError("an outline needs pairs of numbers")
    if (np.abs(shares) > _FAR).any():
        raise ValueError("an outline lies outside the picture")
    if len(shares) == 4:  # a box: centre, width, height
        x, y, w, h = shares
        shares = np.array([x - w / 2, y - h / 2, x + w / 2, y - h / 2,
                           x + w / 2, y + h / 2, x - w / 2, y + h / 2])  # fmt: skip
    points = shares.reshape(-1, 2) * (size.width, size.height)
    # What was a pixel's corner is one again, whatever the rounding of the shares did.
    near = np.rint(points)
    return fill([np.where(np.abs(points - near) < 1e-4, near, points)], size)


def _classes(src: Path) -> dict[int, str]:
    """Names of data.yaml, which holds them as a list or as a table; {} if there is none."""
    places = [folder / _TABLE for folder in (src, src.parent, src.parent.parent)]
    file = next((p for p in places if p.is_file()), None)
    if file is None:
        return {}
    try:
        text = file.read_bytes()[:_MAX_BYTES].decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"Cannot read {file}: {error}.", "Replace it.") from error
    return _names(text)


def _names(text: str) -> dict[int, str]:
    """The entry `names` in the few ways tools write it; a YAML library would be one more thing to
    install for a table of words."""
    _, found, rest = f"\n{text}".partition("\nnames:")
    first, _, block = rest.partition("\n")
    if not found:
        return {}
    if first.strip().startswith("["):
        words = first.strip().strip("[]").split(",")
        return {i: word.strip().strip("'\"") for i, word in enumerate(words)}
    names: dict[int, str] = {}
    for line in block.splitlines():
        entry = line.strip()
        if not entry or not (line[0].isspace() or entry.startswith("- ")):
            break
        if entry.startswith("- "):
            names[len(names)] = entry[2:].strip().strip("'\"")
            continue
        key, colon, word = entry.partition(":")
        if colon and key.isdecimal():
            names[int(key)] = word.strip().strip("'\"")
    return names
