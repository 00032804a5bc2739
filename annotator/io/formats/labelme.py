"""LabelMe, one file per frame: writing."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PilImage

from annotator.core.types import Mask
from annotator.io.formats.base import ExportReport, IoControl, LabelSource, Options
from annotator.io.formats.classes import class_of, each_frame, masks_of
from annotator.io.formats.fidelity import Simplified
from annotator.io.formats.framemap import cells
from annotator.io.formats.labelme_xml import xml_document
from annotator.io.formats.writing import document_folder

_VERSION = "5.5.0"
"""The version of LabelMe whose files these are like."""


class LabelmeExporter:
    """Writes NAME.json, or NAME.xml as the older tool has it. `group_id` is the object's id; void
    has the label "void", group 255. Provenance goes into the shape's description."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        simplified = Simplified(options["tolerance"], source.media.size)
        with document_folder(out, source, "labelme") as (folder, frame_map):
            for frame in each_frame(source, control):
                if options["layout"] == "xml":
                    name = f"{source.media.names[frame]}.xml"
                    text = xml_document(source, frame, simplified)
                    (folder / name).write_text(text, "utf-8")
                    frame_map.add(frame, [name])
                    continue
                states, shapes = cells(source, frame), []
                for object_id, mask in masks_of(source, source.label_map(frame)):
                    state = states.get(str(object_id), {}).get("provenance", "")
                    common = (class_of(source, object_id), object_id, state)
                    if options["shapes"] == "mask":
                        shapes.append(_mask(mask, *common))
                    else:
                        rings = simplified.outlines(mask)
                        shapes += [_shape("polygon", ring.tolist(), *common) for ring in rings]
                simplified.fidelity.end_frame()
                name = f"{source.media.names[frame]}.json"
                text = json.dumps(_document(source, frame, shapes), ensure_ascii=False, indent=1)
                (folder / name).write_text(text, "utf-8")
                frame_map.add(frame, [name])
        return ExportReport((out,), len(source.frames), simplified.notes())


def _document(source: LabelSource, frame: int, shapes: list[dict[str, Any]]) -> dict[str, Any]:
    size = source.media.size
    return {
        "version": _VERSION,
        "flags": {},
        "shapes": shapes,
        "imagePath": source.media.picture(frame, ".jpg"),
        "imageData": None,
        "imageHeight": size.height,
        "imageWidth": size.width,
    }


def _shape(kind: str, points: list[Any], label: str, group: int, state: str) -> dict[str, Any]:
    return {
        "label": label,
        "points": points,
        "group_id": group,
        "description": state,
        "shape_type": kind,
        "flags": {},
        "mask": None,
    }


def _mask(mask: Mask, label: str, group: int, state: str) -> dict[str, Any]:
    """A mask cut to its box; the box names its first and its last pixel."""
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x0, y0, x1, y1 = int(xs[0]), int(ys[0]), int(xs[-1]), int(ys[-1])
    cut = PilImage.fromarray(np.ascontiguousarray(mask[y0 : y1 + 1, x0 : x1 + 1]))
    packed = io.BytesIO()
    cut.save(packed, "PNG")
    shape = _shape("mask", [[x0, y0], [x1, y1]], label, group, state)
    return shape | {"mask": base64.b64encode(packed.getvalue()).decode("ascii")}
