"""Pascal VOC: SegmentationObject and SegmentationClass, boxes as XML."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image as PilImage

from annotator.core.types import VOID, Image, LabelMap
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.classes import class_names, class_of, ids_in
from annotator.io.formats.davis import DavisImporter, encode_png
from annotator.io.formats.palette import davis_palette
from annotator.io.formats.writing import Encoder, export_folder, write_frames

_LIST = "ImageSets/Segmentation/default.txt"
_CLASSES = "labelmap.txt"


class VocExporter:
    """Writes the folders of the data set. Object ids are those of the project; 255 is void."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        classes = class_names(source, void=False)
        to_class = np.zeros(256, np.uint8)
        to_class[VOID] = VOID
        for item in source.objects:
            # A data set of more than 254 classes does not fit in 8 bits; nor do its objects.
            to_class[item.id] = classes.index(class_of(source, item.id)) + 1

        def plan(frame: int) -> Mapping[str, Encoder]:
            label_map, name = source.label_map(frame), source.media.names[frame]
            files: dict[str, Encoder] = {
                f"SegmentationObject/{name}.png": partial(encode_png, label_map),
                f"SegmentationClass/{name}.png": partial(_encode_classes, label_map, to_class),
                f"Annotations/{name}.xml": partial(_xml, source, frame, label_map),
            }
            if options["images"]:
                files[f"JPEGImages/{name}.jpg"] = partial(_jpeg, source.reader.read(frame))
            return files

        with export_folder(out) as folder:
            count = write_frames(source, folder, control, "voc", plan, (_LIST, _CLASSES))
            (folder / _LIST).parent.mkdir(parents=True)
            with (folder / _LIST).open("w", encoding="utf-8", newline="\n") as names:
                names.writelines(f"{source.media.names[f]}\n" for f in source.frames)
            (folder / _CLASSES).write_text(class_table(classes), "utf-8")
        return ExportReport((out,), count)


class VocImporter:
    """Reads SegmentationObject (or SegmentationClass, a class being one object, where there is no
    other), by the rules of DAVIS; a folder of PNGs is taken as it is."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        found = (src / name for name in ("SegmentationObject", "SegmentationClass"))
        folder = next((f for f in found if f.is_dir()), src)
        return DavisImporter().read(folder, target, options)


def _encode_classes(label_map: LabelMap, to_class: np.ndarray) -> bytes:
    return encode_png(to_class[label_map])


def _jpeg(image: Image) -> bytes:
    out = io.BytesIO()
    PilImage.fromarray(image).save(out, "JPEG", quality=95)
    return out.getvalue()


def class_table(classes: Sequence[str]) -> str:
    """The classes and their colours, as tools that write VOC list them beside the folders."""
    palette = np.frombuffer(davis_palette(), np.uint8).reshape(256, 3)
    rows = ["# label:color_rgb:parts:actions"]
    for i, name in enumerate(["background", *classes]):
        color = ",".join(str(int(c)) for c in palette[i])
        rows.append(f"{name.replace(':', ' ')}:{color}::")
    # Index 255, as the data set calls it: readers refuse colours that the table does not name.
    void = ",".join(str(int(c)) for c in palette[VOID])
    return "\n".join([*rows, f"ignored:{void}::"]) + "\n"


def _xml(source: LabelSource, frame: int, label_map: LabelMap) -> bytes:
    name, (width, height) = escape(source.media.picture(frame, ".jpg")), source.media.size
    rows = [
        f"<annotation><folder>{escape(Path(source.media.name).stem)}</folder>",
        f"<filename>{name}</filename><segmented>1</segmented>",
        f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>",
    ]
    known = {item.id for item in source.objects}
    for object_id in ids_in(label_map):
        if object_id in known:
            ys = np.flatnonzero((label_map == object_id).any(axis=1))
            xs = np.flatnonzero((label_map == object_id).any(axis=0))
            # VOC counts pixels from 1 and includes the last one.
            rows.append(
                f"<object><name>{escape(class_of(source, object_id))}</name><bndbox>"
                f"<xmin>{xs[0] + 1}</xmin><ymin>{ys[0] + 1}</ymin>"
                f"<xmax>{xs[-1] + 1}</xmax><ymax>{ys[-1] + 1}</ymax></bndbox></object>"
            )
    return "\n".join([*rows, "</annotation>\n"]).encode("utf-8")
