"""Label Studio: tasks with brush masks.

A mask is packed bit by bit: 32 bits for the number of values, 5 for the width of a value less one,
four times 4 for the widths of lengths less one; then runs: a bit that says whether the run repeats
one value, 2 bits that choose the width of its length, the length less one, and the value or all
values. The values are those of an RGBA picture, row by row; the last of four is the mask.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec
import numpy as np

from annotator.core.types import Mask, Size
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.classes import class_of, each_frame, masks_of
from annotator.io.formats.instances import Picture, beside, read_pictures
from annotator.io.formats.jsonfile import the_json_file
from annotator.io.formats.jsonstream import stream_json
from annotator.io.formats.shelf import Shelf
from annotator.io.formats.writing import document_folder

_NAME = "tasks.json"
_WHAT = "tasks of Label Studio"
_HINT = "A list of tasks is needed, as the tool exports it."
_WIDTHS = (3, 4, 8, 16)


class _Value(msgspec.Struct):
    rle: msgspec.Raw = msgspec.Raw()
    brushlabels: list[str] = []


class _Result(msgspec.Struct):
    type: str
    value: _Value | None = None
    original_width: int = 0
    original_height: int = 0
    meta: dict[str, list[str]] = {}


class _Annotation(msgspec.Struct):
    result: list[_Result] = []


class _Task(msgspec.Struct):
    data: dict[str, object]
    annotations: list[_Annotation] = []


class LabelStudioExporter:
    """Writes tasks.json; an object's id is in the region's meta text as "object 7"."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        size = source.media.size
        with (
            document_folder(out, source, "label-studio") as (folder, frame_map),
            (folder / _NAME).open("w", encoding="utf-8", newline="\n") as file,
        ):
            file.write("[")
            for n, frame in enumerate(each_frame(source, control)):
                frame_map.add(frame, [_NAME])
                results = [
                    {
                        "id": f"{frame}-{object_id}",
                        "type": "brushlabels",
                        "from_name": "tag",
                        "to_name": "image",
                        "original_width": size.width,
                        "original_height": size.height,
                        "image_rotation": 0,
                        "meta": {"text": [f"object {object_id}"]},
                        "value": {
                            "format": "rle",
                            "rle": pack(mask),
                            "brushlabels": [class_of(source, object_id)],
                        },
                    }
                    for object_id, mask in masks_of(source, source.label_map(frame))
                ]
                task = {
                    "id": frame + 1,
                    "data": {
                        "image": source.media.picture(frame, ".png"),
                        "width": size.width,
                        "height": size.height,
                    },
                    "annotations": [{"result": results}],
                }
                file.write((",\n" if n else "\n") + json.dumps(task, ensure_ascii=False))
            file.write("\n]\n")
        return ExportReport((out,), len(source.frames))


class LabelStudioImporter:
    """Reads brush masks of tasks; the first annotation of each counts."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        frame_map = beside(src)
        src = src / _NAME if (src / _NAME).is_file() else the_json_file(src)
        found: list[tuple[str, Size]] = []
        shelf = Shelf(_draw)
        for _, task in stream_json(src, {"": list[_Task]}, _WHAT, _HINT, target.control):
            for result in _masks(task):
                if result.value is not None:
                    label = "".join(result.value.brushlabels[:1])
                    shelf.put(len(found), bytes(result.value.rle), label, _object(result))
            found.append((_name(task), _size(task, target)))
        pictures = [Picture(name, size, shelf.of(n), src) for n, (name, size) in enumerate(found)]
        return read_pictures(pictures, target, frame_map, src)


def _masks(task: _Task) -> list[_Result]:
    results = task.annotations[0].result if task.annotations else []
    return [r for r in results if r.type == "brushlabels" and r.value is not None]


def _size(task: _Task, target: ImportTarget) -> Size:
    masks = _masks(task)
    width, height = task.data.get("width"), task.data.get("height")
    if masks:
        return Size(masks[0].original_width, masks[0].original_height)
    if isinstance(width, int) and isinstance(height, int):
        return Size(width, height)
    return target.media.size


def _name(task: _Task) -> str:
    name = next((str(v) for v in task.data.values() if isinstance(v, str)), "")
    # Uploads are stored as HASH-NAME; the name may also be the end of an address.
    return PurePosixPath(name.partition("?")[0]).name


def _draw(record: bytes, size: Size) -> Mask:
    return unpack(msgspec.json.decode(record, type=list[int]), size)


def _object(result: _Result) -> int | None:
    words = " ".join(result.meta.get("text", [])).split()
    known = len(words) == 2 and words[0] == "object" and words[1].isdecimal()
    return int(words[1]) if known else None


def pack(mask: Mask) -> list[int]:
    """The bytes of a mask, bool [H, W]."""
    flat = mask.ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate(([0], changes, [flat.size]))
    values = flat[edges[:-1]]
    longest = 1 << _WIDTHS[-1]
    bits = [f"{4 * flat.size:032b}{8 - 1:05b}", *(f"{w - 1:04b}" for w in _WIDTHS)]
    for length, value in zip((np.diff(edges) * 4).tolist(), values.tolist(), strict=True):
        word = "11111111" if value else "00000000"
        while length > 0:
            part = min(length, longest)
            choice = next(i for i, w in enumerate(_WIDTHS) if part <= 1 << w)
            bits.append(f"1{choice:02b}{part - 1:0{_WIDTHS[choice]}b}{word}")
            length -= part
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return list(int(text, 2).to_bytes(len(text) // 8, "big"))


def unpack(packed: list[int], size: Size) -> Mask:
    """bool [H, W] of the bytes of a mask. Raises ValueError if they are damaged."""
    data = bytes(packed)
    text = np.unpackbits(np.frombuffer(data, np.uint8)).tobytes().translate(_DIGITS).decode("ascii")
    total, place = int(text[:32] or "0", 2), 53
    if total != 4 * size.width * size.height:
        raise ValueError("it is not as long as the picture")
    width = int(text[32:37], 2) + 1
    widths = [int(text[37 + 4 * i : 41 + 4 * i], 2) + 1 for i in range(4)]
    values = np.zeros(total, np.uint8)
    done, half = 0, 1 << (width - 1)
    while done < total:
        size_of = widths[int(text[place + 1 : place + 3], 2)]
        start = place + 3 + size_of
        length = min(int(text[place + 3 : start], 2) + 1, total - done)
        if text[place] == "1":
            values[done : done + length] = int(text[start : start + width], 2) >= half
            place = start + width
        else:
            if start + width * length > len(text):
                raise ValueError("it ends too early")
            # The highest bit tells whether a value is at least a half.
            values[done : done + length] = [text[start + width * i] == "1" for i in range(length)]
            place = start + width * length
        done += length
    return values[3::4].reshape(size.shape).view(np.bool_)


_DIGITS = bytes(48 + (i & 1) for i in range(256))
