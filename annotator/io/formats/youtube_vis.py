"""YouTube-VIS: one JSON file, for each object a run-length mask or null per frame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import msgspec

from annotator.core.errors import FormatError
from annotator.core.types import VOID, Mask, Size
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    MediaInfo,
    Options,
)
from annotator.io.formats.classes import class_names, class_of, each_frame
from annotator.io.formats.instances import Picture, beside, read_pictures
from annotator.io.formats.jsonfile import the_json_file
from annotator.io.formats.jsonstream import stream_json
from annotator.io.formats.rle import decode, encode_all, unpacked
from annotator.io.formats.shelf import Shelf
from annotator.io.formats.spool import Spool
from annotator.io.formats.writing import document_folder

_NAME = "instances.json"
_WHAT = "tracks of YouTube-VIS"
_HINT = 'A file with "videos", "annotations" and "categories" is needed.'


class _Video(msgspec.Struct):
    id: int
    width: int
    height: int
    file_names: list[str]


class _Track(msgspec.Struct):
    video_id: int
    segmentations: list[msgspec.Raw]
    id: int = 0
    category_id: int = 0


class _Category(msgspec.Struct):
    id: int
    name: str = ""


_SHAPES: dict[str, Any] = {
    "videos": list[_Video],
    "annotations": list[_Track],
    "categories": list[_Category],
}


class YoutubeVisExporter:
    """Writes instances.json; an annotation's id is the object's, void has the class "void".

    Run lengths are plain numbers and pictures are VIDEO/NAME.jpg, as in the data set: its readers
    take nothing else.
    """

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        with (
            document_folder(out, source, "youtube-vis") as (folder, frame_map),
            Spool() as spool,
            (folder / _NAME).open("w", encoding="utf-8", newline="\n") as file,
        ):
            known = {item.id for item in source.objects} | {VOID}
            for n, frame in enumerate(each_frame(source, control)):
                frame_map.add(frame, [_NAME])
                for object_id, runs in encode_all(source.label_map(frame)).items():
                    if object_id in known:
                        row = (n, runs.counts, runs.area, runs.bbox)
                        spool.add(object_id, json.dumps(row))
            _write(file, source, spool)
        return ExportReport((out,), len(source.frames))


def _write(file: TextIO, source: LabelSource, spool: Spool) -> None:
    categories = {name: i for i, name in enumerate(class_names(source), start=1)}
    size, count = source.media.size, len(source.frames)
    video = {
        "id": 1,
        "width": size.width,
        "height": size.height,
        "length": count,
        "file_names": [_picture(source.media, frame) for frame in source.frames],
    }
    rows = [{"id": i, "name": name} for name, i in categories.items()]
    file.write(f'{{"info": {{}}, "licenses": [],\n"videos": {json.dumps([video])},\n')
    file.write(f'"categories": {json.dumps(rows, ensure_ascii=False)},\n"annotations": [')
    for n, object_id in enumerate(spool.ids()):
        head = {
            "id": object_id,
            "video_id": 1,
            "category_id": categories[class_of(source, object_id)],
            "iscrowd": int(object_id == VOID),
            "width": size.width,
            "height": size.height,
        }
        file.write(("," if n else "") + "\n" + json.dumps(head)[:-1])
        for key, column in (("segmentations", 1), ("areas", 2), ("bboxes", 3)):
            file.write(f', "{key}": [')
            _write_column(file, spool.lines(object_id), column, count, size)
            file.write("]")
        file.write("}")
    file.write("\n]}\n")


def _picture(media: MediaInfo, frame: int) -> str:
    name = media.picture(frame, ".jpg")
    return name if media.pictures else f"{Path(media.name).stem}/{name}"


def _write_column(file: TextIO, lines: Iterator[str], column: int, count: int, size: Size) -> None:
    """One value per frame, null where the object is not."""
    position = 0
    for line in lines:
        row = json.loads(line)
        value = row[column]
        if column == 1:
            value = {"size": list(size.shape), "counts": unpacked(value).tolist()}
        file.write("null, " * (row[0] - position) + json.dumps(value))
        position = row[0] + 1
        file.write(", " if position < count else "")
    file.write(", ".join(["null"] * (count - position)))


class YoutubeVisImporter:
    """Reads the video that is called like the media, or the only one."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        frame_map = beside(src)
        src = src / _NAME if (src / _NAME).is_file() else the_json_file(src)
        videos: list[_Video] = []
        names: dict[str, str] = {}
        lengths: list[tuple[int, int]] = []
        shelf = Shelf(_draw)
        for _, item in stream_json(
            src, _SHAPES, _WHAT, _HINT, target.control, ("videos", "annotations")
        ):
            if isinstance(item, _Track):
                lengths.append((item.video_id, len(item.segmentations)))
                for n, runs in enumerate(map(bytes, item.segmentations)):
                    if runs != b"null":
                        shelf.put((item.video_id, n), runs, str(item.category_id), item.id)
            elif isinstance(item, _Video):
                videos.append(item)
            else:
                names[str(item.id)] = item.name
        shelf.relabel(names)
        video = _choose(videos, target, src)
        count = len(video.file_names)
        wrong = next((n for of, n in lengths if of == video.id and n != count), None)
        if wrong is not None:
            raise FormatError(
                f"{src} has an object with {wrong} masks in a video of {count} frames.",
                "Export the file again.",
            )
        size = Size(video.width, video.height)
        pictures = [
            Picture(name, size, shelf.of((video.id, n)), src)
            for n, name in enumerate(video.file_names)
        ]
        return read_pictures(pictures, target, frame_map, src)


def _draw(record: bytes, size: Size) -> Mask:
    return decode(msgspec.json.decode(record), size)


def _choose(videos: list[_Video], target: ImportTarget, src: Path) -> _Video:
    stem = Path(target.media.name).stem.casefold()
    named = [v for v in videos if v.file_names and _folder(v) == stem]
    found = videos if len(videos) == 1 else named
    if len(found) != 1:
        raise FormatError(
            f"{src} holds {len(videos)} videos, and {len(named)} of them are called "
            f"{target.media.name}.",
            "Keep one video in the file.",
        )
    return found[0]


def _folder(video: _Video) -> str:
    return Path(video.file_names[0]).parent.name.casefold()
