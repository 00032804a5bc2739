"""YouTube-VOS: Annotations/VIDEO/NAME.png in the colours of DAVIS, and meta.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from annotator.core.objects import ObjectInfo, default_color
from annotator.core.types import MAX_OBJECT_ID, VOID
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.classes import class_of, ids_in
from annotator.io.formats.davis import DavisImporter, encode_png
from annotator.io.formats.jsonfile import load_json
from annotator.io.formats.writing import Encoder, export_folder, write_frames

_META = "meta.json"
_MAX_BYTES = 1 << 28
_HINT = 'A file with "videos" is needed.'


class _Object(msgspec.Struct):
    category: str = ""
    frames: list[str] = []


class _Video(msgspec.Struct):
    objects: dict[str, _Object] = {}


class _Meta(msgspec.Struct):
    videos: dict[str, _Video]


class YoutubeVosExporter:
    """Writes the tree of one video."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        video = Path(source.media.name).stem
        shown: dict[int, list[str]] = {item.id: [] for item in source.objects}

        def plan(frame: int) -> Mapping[str, Encoder]:
            label_map = source.label_map(frame)
            for object_id in ids_in(label_map):
                if object_id in shown:
                    shown[object_id].append(source.media.names[frame])
            name = f"Annotations/{video}/{source.media.names[frame]}.png"
            return {name: partial(encode_png, label_map)}

        with export_folder(out) as folder:
            count = write_frames(source, folder, control, "youtube-vos", plan, (_META,))
            objects = {
                str(i): {"category": class_of(source, i), "frames": names}
                for i, names in shown.items()
                if names
            }
            meta = {"videos": {video: {"objects": objects}}}
            (folder / _META).write_text(json.dumps(meta, ensure_ascii=False), "utf-8")
        return ExportReport((out,), count)


class YoutubeVosImporter:
    """Reads the masks as those of DAVIS; meta.json, if it is there, gives the classes."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        frames = DavisImporter().read(src, target, options)
        meta = next((f for f in (src / _META, src.parent / _META) if f.is_file()), None)
        if meta is None:
            return frames
        videos = load_json(meta, _Meta, _MAX_BYTES, "the objects of YouTube-VOS", _HINT).videos
        return _classed(frames, videos)


def _classed(frames: Iterator[ImportedFrame], videos: dict[str, _Video]) -> Iterator[ImportedFrame]:
    for frame in frames:
        video = videos.get(frame.file.parent.name)
        if frame.infos or video is None:
            yield frame
            continue
        infos = tuple(
            ObjectInfo(int(i), f"{o.category or 'object'} {i}", default_color(int(i)), o.category)
            for i, o in video.objects.items()
            if i.isascii() and i.isdecimal() and 1 <= int(i) <= MAX_OBJECT_ID < VOID
        )
        yield replace(frame, infos=infos)
