"""Black and white PNGs, one folder per object or all objects together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from annotator.core.errors import FormatError
from annotator.core.types import MAX_OBJECT_ID, VOID, Cell
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    ObjectInfo,
    Options,
)
from annotator.io.formats.fidelity import Fidelity
from annotator.io.formats.grey import SUFFIXES, encode_mask, match_masks, refuse_nothing_wanted
from annotator.io.formats.reading import images_in, read_mask
from annotator.io.formats.writing import Encoder, export_folder, write_frames

_WHITE = (255, 255, 255)


class BinaryExporter:
    """Writes 001/NAME.png, 002/NAME.png, ... (0 and 255), or NAME.png for all objects together.

    An object gets a file only on frames where something is known about it, so that a missing file
    says "unknown" and a black one says "absent".
    """

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        layout = options["layout"]
        void_seen = False
        fidelity = Fidelity(together=layout == "union")

        def plan(frame: int) -> Mapping[str, Encoder]:
            nonlocal void_seen
            label_map = source.label_map(frame)
            name = f"{source.media.names[frame]}.png"
            present = np.bincount(label_map.ravel(), minlength=256) > 0
            void_seen = void_seen or bool(present[VOID])
            if layout == "union":
                fidelity.add_exact()
                return {name: partial(encode_mask, (label_map > 0) & (label_map < VOID))}
            known = [
                item.id
                for item in source.objects
                if present[item.id] or source.cell(frame, item.id).provenance
            ]
            for _ in known:
                fidelity.add_exact()
            return {f"{i:03d}/{name}": partial(encode_mask, label_map == i) for i in known}

        with export_folder(out) as folder:
            count = write_frames(source, folder, control, "binary", plan)
        notes = ("Void pixels became background.",) if void_seen else ()
        return ExportReport((out,), count, notes + fidelity.notes())


class BinaryImporter:
    """Reads a folder of masks (object 1), or a folder with one sub-folder of masks per object.

    A sub-folder called by a number is that object; others are numbered in natural order and give
    the object its name. Where objects overlap, the higher id wins.
    """

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        if src.is_file():
            top, folders, infos = src.parent, {1: [src]}, dict[int, ObjectInfo]()
        else:
            top = src
            folders, infos = _object_folders(src)
        by_frame: dict[int, dict[int, Path]] = {}
        cells: dict[int, dict[int, Cell]] = {}
        for object_id, files in folders.items():
            wanted, frame_map = match_masks(files, target, top)
            for frame, file in wanted.items():
                by_frame.setdefault(frame, {})[object_id] = file
            # Of masks that lie flat nobody knows which object they are of, or whether of one only.
            if frame_map is not None and files[0].parent != top:
                infos |= {info.id: info for info in frame_map.infos() if info.id == object_id}
                for row in frame_map.frames:
                    if object_id in (states := row.states(target)):
                        cells.setdefault(row.index, {})[object_id] = states[object_id]
        refuse_nothing_wanted(by_frame, src)
        return _yield_frames(by_frame, tuple(infos.values()), cells, target)


def _yield_frames(
    by_frame: Mapping[int, Mapping[int, Path]],
    infos: tuple[ObjectInfo, ...],
    cells: Mapping[int, Mapping[int, Cell]],
    target: ImportTarget,
) -> Iterator[ImportedFrame]:
    for frame in sorted(by_frame):
        label_map = np.zeros(target.media.size.shape, np.uint8)
        files = by_frame[frame]
        for object_id in sorted(files):
            label_map[read_mask(files[object_id], target)] = object_id
        yield ImportedFrame(
            frame=frame,
            label_map=label_map,
            objects=frozenset(files),
            file=next(iter(files.values())),
            infos=infos,
            cells=cells.get(frame, {}),
        )


def _object_folders(src: Path) -> tuple[dict[int, list[Path]], dict[int, ObjectInfo]]:
    """Mask files by object id, and what the names of folders tell about objects."""
    flat = images_in(src, SUFFIXES)
    folders = [f for f in src.iterdir() if f.is_dir() and not f.name.startswith(".")]
    if flat:
        if any(images_in(folder, SUFFIXES) for folder in folders):
            raise FormatError(
                f"{src} holds masks as well as folders of masks.",
                "Choose one of its folders, or take the single masks away.",
            )
        return {1: flat}, {}
    filled = {f.name: images for f in sorted(folders) if (images := images_in(f, SUFFIXES))}
    if not filled:
        raise FormatError(f"{src} holds no masks.", "Choose the folder with the masks.")
    numbered = {name: int(name) for name in filled if name.isascii() and name.isdecimal()}
    taken = set(numbered.values())
    free = (i for i in range(1, len(filled) + len(taken) + 1) if i not in taken)
    ids = {name: numbered[name] if name in numbered else next(free) for name in filled}
    for name, object_id in ids.items():
        if not 1 <= object_id <= MAX_OBJECT_ID:
            raise FormatError(
                f"The folder {src / name} stands for object {object_id}, "
                f"outside 1 to {MAX_OBJECT_ID}.",
                "Rename the folder.",
            )
    if len(set(ids.values())) < len(ids):
        raise FormatError(f"Two folders of {src} have the same number.", "Rename one of them.")
    named = ((name, object_id) for name, object_id in ids.items() if name not in numbered)
    infos = {object_id: ObjectInfo(object_id, name, _WHITE) for name, object_id in named}
    return {ids[name]: files for name, files in filled.items()}, infos
