"""Palette PNGs as the DAVIS data set has them: one per frame, the pixel value is the object."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

from annotator.core.errors import FormatError
from annotator.core.types import BACKGROUND, VOID, LabelMap
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.colored import read_colored
from annotator.io.formats.framemap import FrameMap, find_map
from annotator.io.formats.matching import match_files
from annotator.io.formats.palette import davis_palette
from annotator.io.formats.reading import (
    check_size,
    find_folder,
    images_in,
    in_threads,
    is_colored,
    read_ids,
)
from annotator.io.formats.writing import Encoder, export_folder, write_frames

SUFFIXES = (".png",)
_HALF = 128

_PALETTE = davis_palette()


def encode_png(label_map: LabelMap) -> bytes:
    """uint8 [H, W] -> the bytes of a palette PNG."""
    height, width = label_map.shape
    data = np.ascontiguousarray(label_map)
    image = PilImage.frombuffer("P", (width, height), data, "raw", "P", 0, 1)
    image.putpalette(_PALETTE)
    out = io.BytesIO()
    # Level 1: label maps are nearly flat, so more effort saves few bytes and costs much time.
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


class DavisExporter:
    """Writes NAME.png per frame, flat or as Annotations/480p/SEQUENCE/NAME.png."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        prefix = f"Annotations/480p/{Path(source.media.name).stem}/" if options["tree"] else ""

        def plan(frame: int) -> Mapping[str, Encoder]:
            name = f"{prefix}{source.media.names[frame]}.png"
            return {name: partial(encode_png, source.label_map(frame))}

        with export_folder(out) as folder:
            count = write_frames(source, folder, control, "davis", plan)
        return ExportReport((out,), count)


class DavisImporter:
    """Reads palette PNGs, grey PNGs of ids, black and white PNGs of one object, and PNGs whose
    colours stand for objects.

    What 255 means depends on the set: beside other ids it is void; if no image of the set holds
    any other id, black and white is one object, and so it is with soft outlines (`_is_soft`).
    What a missing id means depends on it too: the object is absent on that frame, unless every
    image shows objects of its own (one mask per object, to start from); then nothing is said about
    the others.
    """

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        if src.is_file():
            top, folder, files = src.parent, src.parent, [src]
        else:
            top, folder = src, find_folder(src, target.media, SUFFIXES)
            files = images_in(folder, SUFFIXES)
        matched, frame_map = match_files(files, target, *find_map(top, folder))
        for file in matched.values():
            check_size(file, target)
        wanted = {frame: file for frame, file in matched.items() if target.wants(frame)}
        if not wanted:
            raise FormatError(
                f"None of the {len(matched)} masks in {src} belongs to the chosen frames.",
                "Choose other frames.",
            )
        # What a value means depends on the whole set, so that frames taken one by one come in as
        # they do together; a frame map says it for each frame.
        judged = matched if frame_map is None else wanted
        if any(is_colored(file) for file in judged.values()):
            return read_colored(judged, target)
        found = _scan(list(judged.values()), target, may_be_soft=frame_map is None)
        return _yield_frames(judged, found, frame_map, target)


def _scan(files: list[Path], target: ImportTarget, may_be_soft: bool) -> list[frozenset[int]]:
    """The values in each file (-1 for a one-bit image with an object, 255 alone for one with soft
    outlines); decodes all of them, so that a damaged one is found before anything is imported."""

    def values(file: Path) -> tuple[frozenset[int], NDArray[np.int64]]:
        ids, one_bit = read_ids(file, target)
        pixels = np.bincount(ids.ravel(), minlength=256)
        found = frozenset(np.flatnonzero(pixels).tolist()) - {BACKGROUND}
        return (frozenset({-1}) if one_bit and found else found), pixels

    each, total = [], np.zeros(256, np.int64)
    for _, (found, pixels) in in_threads(values, files, target.control):
        each.append(found)
        total += pixels
    if may_be_soft and _is_soft(total):
        white = frozenset({VOID})
        return [white if max(found, default=0) >= _HALF else found & {-1} for found in each]
    return each


def _is_soft(pixels: NDArray[np.int64]) -> bool:
    """Whether values between black and white are soft outlines of one object, and no ids: some are
    higher than numbers of objects hardly ever get, and fewer pixels have them than are white."""
    return bool(pixels[_HALF:VOID].any() and pixels[1:VOID].sum() < pixels[VOID])


def _yield_frames(
    files: Mapping[int, Path],
    found: list[frozenset[int]],
    frame_map: FrameMap | None,
    target: ImportTarget,
) -> Iterator[ImportedFrame]:
    every = frozenset[int]().union(*found)
    white_is_void = frame_map is not None or any(0 < i < VOID for i in every)
    ids = [_object_ids(values, white_is_void) for values in found]
    all_ids = frozenset[int]().union(*ids)
    starts_only = len(ids) > 1 and sum(map(len, ids)) == len(all_ids) and all(ids)
    rows = {row.index: row for row in frame_map.frames} if frame_map else {}
    infos = frame_map.infos() if frame_map else ()
    for (frame, file), own in zip(files.items(), ids, strict=True):
        if not target.wants(frame):
            continue
        label_map, one_bit = read_ids(file, target)
        if not one_bit and not white_is_void:
            label_map = (label_map >= _HALF).astype(np.uint8)
        objects = own if starts_only else all_ids
        yield ImportedFrame(
            frame=frame,
            label_map=label_map,
            objects=own | rows[frame].known() if frame in rows else objects,
            file=file,
            infos=infos,
            cells=rows[frame].states(target) if frame in rows else {},
        )


def _object_ids(values: frozenset[int], white_is_void: bool) -> frozenset[int]:
    ids = {1 if value == -1 else value for value in values}
    if VOID in ids:
        ids.remove(VOID)
        if not white_is_void:
            ids.add(1)
    return frozenset(ids)
