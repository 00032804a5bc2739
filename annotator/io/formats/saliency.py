"""Grey maps of how salient each pixel is, as in DUTS and other saliency sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.core.types import VOID
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.fidelity import Fidelity
from annotator.io.formats.grey import SUFFIXES, encode_grey, match_masks, refuse_nothing_wanted
from annotator.io.formats.reading import find_folder, images_in, read_mask
from annotator.io.formats.writing import Encoder, export_folder, write_frames

_HALF = 128
"""Readers take values from here on as the object."""


class SaliencyExporter:
    """Writes NAME.png per frame: the soft maps where there are any, else the masks in white."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        fidelity = Fidelity(together=True)

        def plan(frame: int) -> Mapping[str, Encoder]:
            label_map, grey = source.label_map(frame), grey_map(source, frame)
            fidelity.add((label_map > 0) & (label_map < VOID), grey >= _HALF)
            return {f"{source.media.names[frame]}.png": partial(encode_grey, grey)}

        with export_folder(out) as folder:
            count = write_frames(source, folder, control, "saliency", plan)
        return ExportReport((out,), count, fidelity.notes())


def grey_map(source: LabelSource, frame: int) -> NDArray[np.uint8]:
    """uint8 [H, W]: for each pixel the strongest of the objects, soft where it is known so."""
    label_map = source.label_map(frame)
    lut = np.zeros(256, np.uint8)
    lut[1:VOID] = 255
    soft = {item.id: source.soft(frame, item.id) for item in source.objects}
    for object_id, values in soft.items():
        if values is not None:
            lut[object_id] = 0
    grey = lut[label_map]
    for values in soft.values():
        if values is not None:
            scaled = np.rint(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)
            np.maximum(grey, scaled, out=grey)
    return grey


class SaliencyImporter:
    """Reads grey maps; values from 128 on are object 1."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        if src.is_file():
            wanted, _ = match_masks([src], target, src.parent)
        else:
            files = images_in(find_folder(src, target.media, SUFFIXES), SUFFIXES)
            wanted, _ = match_masks(files, target, src)
        refuse_nothing_wanted(wanted, src)
        return (
            ImportedFrame(
                frame=frame,
                label_map=read_mask(file, target).astype(np.uint8),
                objects=frozenset({1}),
                file=file,
            )
            for frame, file in wanted.items()
        )
