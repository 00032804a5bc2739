"""CVAT 1.1 XML, for images and for videos: writing.

Masks are run lengths over the box of the mask, row by row, the first of background.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import quoteattr

import numpy as np

from annotator.core.types import Mask
from annotator.io.formats.base import ExportReport, IoControl, LabelSource, Options
from annotator.io.formats.classes import class_names, class_of, each_frame, masks_of
from annotator.io.formats.spool import Spool
from annotator.io.formats.writing import document_folder

_NAME = "annotations.xml"


class CvatExporter:
    """Writes annotations.xml. In a video a track's id is the object's; in images its group."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        with (
            document_folder(out, source, "cvat") as (folder, frame_map),
            (folder / _NAME).open("w", encoding="utf-8", newline="\n") as file,
            Spool() as spool,
        ):
            video = options["layout"] == "video"
            file.write('<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n')
            file.write(f"<version>1.1</version>\n{_meta(source, video)}\n")
            for frame in each_frame(source, control):
                frame_map.add(frame, [_NAME])
                masks = masks_of(source, source.label_map(frame))
                if video:
                    for object_id, mask in masks:
                        spool.add(object_id, _in_track(source, frame, object_id, mask))
                else:
                    file.writelines(_image(source, frame, masks))
            _write_tracks(file, source, spool)
            file.write("</annotations>\n")
        return ExportReport((out,), len(source.frames))


def _meta(source: LabelSource, video: bool) -> str:
    media = source.media
    labels = "".join(
        f"<label><name>{_text(name)}</name><type>mask</type><attributes></attributes></label>"
        for name in class_names(source)
    )
    return (
        f"<meta><task><name>{_text(media.name)}</name><size>{media.count}</size>"
        f"<mode>{'interpolation' if video else 'annotation'}</mode><start_frame>0</start_frame>"
        f"<stop_frame>{media.count - 1}</stop_frame><labels>{labels}</labels>"
        f"<original_size><width>{media.size.width}</width><height>{media.size.height}</height>"
        "</original_size></task></meta>"
    )


def _image(source: LabelSource, frame: int, masks: Iterator[tuple[int, Mask]]) -> Iterator[str]:
    name, (width, height) = quoteattr(source.media.picture(frame, ".png")), source.media.size
    yield f'<image id="{frame}" name={name} width="{width}" height="{height}">\n'
    for object_id, mask in masks:
        label = quoteattr(class_of(source, object_id))
        yield (
            f'<mask label={label} source="manual" {_hidden(source, frame, object_id)} '
            f'{_runs(mask)} z_order="0" group_id="{object_id}"></mask>\n'
        )
    yield "</image>\n"


def _in_track(source: LabelSource, frame: int, object_id: int, mask: Mask) -> str:
    return (
        f'<mask frame="{frame}" keyframe="1" outside="0" {_hidden(source, frame, object_id)} '
        f'{_runs(mask)} z_order="0"></mask>'
    )


def _hidden(source: LabelSource, frame: int, object_id: int) -> str:
    return f'occluded="{int(source.cell(frame, object_id).occluded)}"'


def _write_tracks(file: TextIO, source: LabelSource, spool: Spool) -> None:
    for object_id in spool.ids():
        label = quoteattr(class_of(source, object_id))
        file.write(f'<track id="{object_id}" label={label} source="manual">\n')
        file.writelines(f"{line}\n" for line in spool.lines(object_id))
        file.write("</track>\n")


def _runs(mask: Mask) -> str:
    """Run lengths and box as attributes."""
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = mask[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]
    flat = box.ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    counts = np.diff(np.concatenate(([0], changes, [flat.size]))).tolist()
    if flat[0]:
        counts.insert(0, 0)
    rle = ", ".join(map(str, counts))
    return (
        f'rle="{rle}" left="{xs[0]}" top="{ys[0]}" width="{box.shape[1]}" height="{box.shape[0]}"'
    )


def _text(value: str) -> str:
    return quoteattr(value)[1:-1]
