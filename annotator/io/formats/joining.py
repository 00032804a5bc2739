"""Tables of a data set of many clips, made of those of the single clips."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TextIO

import msgspec

from annotator.io.formats.base import IoControl
from annotator.io.formats.classes import VOID_CLASS
from annotator.io.formats.jsonstream import stream_json
from annotator.io.formats.layouts import ClipPart
from annotator.io.formats.voc import class_table
from annotator.io.formats.yolo import data_table

_META = "meta.json"
_ANNOTATIONS = "annotations.json"
_INSTANCES = "instances.json"
_HINT = "Export the clip again."
Rows = dict[str, Any]


def join_davis(
    root: Path, parts: Sequence[ClipPart], classes: Sequence[str], control: IoControl
) -> None:
    """ImageSets/2017/SPLIT.txt: the names of its clips."""
    for split, clips in _by_split(parts):
        _write_lines(root / "ImageSets" / "2017" / f"{split}.txt", (c.name for c in clips))


def join_youtube_vos(
    root: Path, parts: Sequence[ClipPart], classes: Sequence[str], control: IoControl
) -> None:
    """SPLIT/meta.json: the videos of all clips in one table."""
    for split, clips in _by_split(parts):
        videos: Rows = {}
        for clip in clips:
            control.checkpoint()
            videos |= json.loads((clip.labels / _META).read_bytes())["videos"]
        text = json.dumps({"videos": videos}, ensure_ascii=False)
        _file(root / split / _META).write_text(text, "utf-8")


def join_coco(
    root: Path, parts: Sequence[ClipPart], classes: Sequence[str], control: IoControl
) -> None:
    """annotations/instances_SPLIT.json: ids of images, annotations and tracks run on over all
    clips; `video` names the clip of an image."""
    for split, clips in _by_split(parts):
        with _open(root / "annotations" / f"instances_{split}.json") as file:
            file.write('{"info": {"description": ')
            file.write(_dumps(f"{len(clips)} clips, split {split}"))
            file.write('},\n"licenses": [],\n"images": [')
            images: dict[tuple[int, int], int] = {}

            def image_rows(of: Sequence[ClipPart] = clips, ids: Any = images) -> Iterator[Rows]:
                for n, row in _items(of, _ANNOTATIONS, "images", control):
                    row.pop("strokeflow", None)
                    ids[n, row["id"]] = len(ids) + 1
                    yield row | {"id": ids[n, row["id"]], "video": of[n].name}

            def mask_rows(of: Sequence[ClipPart] = clips, ids: Any = images) -> Iterator[Rows]:
                tracks: dict[tuple[int, int], int] = {}
                numbers = count(1)
                for n, row in _items(of, _ANNOTATIONS, "annotations", control):
                    key = (n, row.pop("track_id"))
                    del row["attributes"]
                    # Void is no object: it has no track.
                    if not row["iscrowd"]:
                        row["track_id"] = tracks.setdefault(key, len(tracks) + 1)
                        row["attributes"] = {"track_id": row["track_id"]}
                    yield row | {"id": next(numbers), "image_id": ids[n, row["image_id"]]}

            _write_rows(file, image_rows())
            file.write('\n],\n"annotations": [')
            _write_rows(file, mask_rows())
            file.write(f'\n],\n"categories": {_categories(classes)}}}\n')


def join_youtube_vis(
    root: Path, parts: Sequence[ClipPart], classes: Sequence[str], control: IoControl
) -> None:
    """SPLIT/instances.json: a video per clip; ids of objects run on over all clips."""
    for split, clips in _by_split(parts):
        with _open(root / split / _INSTANCES) as file:

            def videos(of: Sequence[ClipPart] = clips) -> Iterator[Rows]:
                for n, row in _items(of, _INSTANCES, "videos", control):
                    yield row | {"id": n + 1}

            def tracks(of: Sequence[ClipPart] = clips) -> Iterator[Rows]:
                numbers = count(1)
                for n, row in _items(of, _INSTANCES, "annotations", control):
                    yield row | {"id": next(numbers), "video_id": n + 1}

            file.write('{"info": {}, "licenses": [],\n"videos": [')
            _write_rows(file, videos())
            file.write(f'\n],\n"categories": {_categories(classes)},\n"annotations": [')
            _write_rows(file, tracks())
            file.write("\n]}\n")


def join_yolo(
    root: Path, parts: Sequence[ClipPart], classes: Sequence[str], control: IoControl
) -> None:
    """data.yaml: the folder of each split, and the classes."""
    folders = {split: f"images/{split}" for split, _ in _by_split(parts)}
    # Readers ask for both, also where one of them is empty.
    folders = {"train": "images/train", "val": "images/val"} | folders
    (root / "data.yaml").write_text(data_table(folders, classes), "utf-8")


def join_voc(
    root: Path, parts: Sequence[ClipPart], classes: Sequence[str], control: IoControl
) -> None:
    """ImageSets/Segmentation/SPLIT.txt: the names of its pictures; labelmap.txt."""
    for split, clips in _by_split(parts):

        def names(of: Sequence[ClipPart] = clips) -> Iterator[str]:
            for clip in of:
                control.checkpoint()
                table = clip.labels / "ImageSets" / "Segmentation" / "default.txt"
                yield from table.read_text("utf-8").splitlines()

        _write_lines(root / "ImageSets" / "Segmentation" / f"{split}.txt", names())
    (root / "labelmap.txt").write_text(class_table(classes), "utf-8")


def _by_split(parts: Sequence[ClipPart]) -> list[tuple[str, list[ClipPart]]]:
    splits = dict.fromkeys(part.split for part in parts)
    return [(split, [p for p in parts if p.split == split]) for split in splits]


def _items(
    clips: Sequence[ClipPart], name: str, key: str, control: IoControl
) -> Iterator[tuple[int, Rows]]:
    """The rows of one table of all clips, each with the place of its clip."""
    for n, clip in enumerate(clips):
        shapes: dict[str, Callable[..., Any]] = {key: list[dict[str, Any]]}
        for _, row in stream_json(clip.labels / name, shapes, "its own table", _HINT, control):
            yield n, row


def _categories(classes: Sequence[str]) -> str:
    names = [*classes, VOID_CLASS]
    return _dumps([{"id": i, "name": name} for i, name in enumerate(names, start=1)])


def _write_rows(file: TextIO, rows: Iterator[Rows]) -> None:
    for n, row in enumerate(rows):
        file.write((",\n" if n else "\n") + _dumps(row))


def _write_lines(path: Path, lines: Iterator[str]) -> None:
    with _open(path) as file:
        file.writelines(f"{line}\n" for line in lines)


def _open(path: Path) -> TextIO:
    return _file(path).open("w", encoding="utf-8", newline="\n")


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _dumps(value: object) -> str:
    return msgspec.json.encode(value).decode("utf-8")
