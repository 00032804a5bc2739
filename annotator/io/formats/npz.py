"""NumPy archives of label maps, written and read frame by frame.

`numpy.savez` would need all frames at once; an archive is a ZIP of NPY files, so it is put together
here. Arrays of Python objects are refused: reading them would run code.
"""

from __future__ import annotations

import io
import lzma
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from annotator.core.errors import FormatError
from annotator.core.types import VOID, Size
from annotator.io.atomic import atomic_file
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.classes import each_frame, ids_in
from annotator.io.formats.framemap import FrameMap, MapWriter, read_map
from annotator.io.formats.reading import fit_size, fitted, images_in
from annotator.io.formats.writing import file_target

_NAMES = ("labels", "masks", "arr_0")
_MAX_FRAMES = 1 << 24


class NpzExporter:
    """Writes labels, frames and seconds; the frame map lies beside as NAME.frames.json."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        out = file_target(out, "labels.npz", source.media)
        sidecar = out.with_suffix(".frames.json")
        frames = np.array(source.frames, np.int64)
        seconds = np.array([source.media.seconds(f) for f in source.frames], np.float64)
        shape = (len(frames), *source.media.size.shape)
        with (
            atomic_file(sidecar) as map_part,
            atomic_file(out) as part,
            MapWriter(map_part, source, "npz") as frame_map,
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            for name, array in (("frames", frames), ("seconds", seconds)):
                with archive.open(f"{name}.npy", "w") as file:
                    npy.write_array(file, array, allow_pickle=False)
            with archive.open("labels.npy", "w", force_zip64=True) as file:
                head = {"descr": "|u1", "fortran_order": False, "shape": shape}
                npy.write_array_header_1_0(file, head)
                for frame in each_frame(source, control):
                    file.write(np.ascontiguousarray(source.label_map(frame)).tobytes())
                    frame_map.add(frame, [out.name])
        return ExportReport((out, sidecar), len(frames))


_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, tokenize.TokenError, OSError, ValueError,
    EOFError, KeyError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What zipfile and NumPy raise for damaged archives; NumPy reads headers as Python's own tokens."""


class NpzImporter:
    """Reads the array labels, masks or arr_0: uint8 or bool [N, H, W].

    Its maps belong to the frames of the frame map, else of the array frames, else to all frames in
    their order.
    """

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        if src.is_dir():
            files = images_in(src, (".npz",))
            if len(files) != 1:
                raise FormatError(
                    f"{src} holds {len(files)} archives (.npz), one is needed.", "Choose the file."
                )
            src = files[0]
        frame_map = read_map(src.with_suffix(".frames.json"))
        try:
            with zipfile.ZipFile(src) as archive:
                name, count, size, kind = _header(archive, src)
                fit_size(size, target, str(src))
                stated = _stated(archive, count)
            frames, frame_map = _match(count, stated, frame_map, target, src)
            if not any(target.wants(f) for f in frames):
                raise FormatError(
                    f"{src} holds nothing on the chosen frames.", "Choose other frames."
                )
            seen: set[int] = set()
            for n, label_map in enumerate(_maps(src, name, count, size, kind), start=1):
                target.control.checkpoint()
                seen.update(ids_in(label_map))
                target.control.progress(n, count)
        except _DAMAGED as error:
            raise FormatError(f"{src} cannot be read: {error}.", "Export it again.") from error
        maps = _maps(src, name, count, size, kind)
        return _frames(zip(frames, maps, strict=True), seen, frame_map, target, src)


def _frames(
    maps: Iterator[tuple[int, np.ndarray]],
    seen: set[int],
    frame_map: FrameMap | None,
    target: ImportTarget,
    src: Path,
) -> Iterator[ImportedFrame]:
    rows = {row.index: row for row in frame_map.frames} if frame_map else {}
    for frame, label_map in maps:
        if not target.wants(frame):
            continue
        row = rows.get(frame)
        yield ImportedFrame(
            frame=frame,
            label_map=fitted(label_map, target),
            objects=frozenset(seen - {VOID}) if row is None
            else row.known() | (set(ids_in(label_map)) - {VOID}),
            file=src,
            infos=frame_map.infos() if frame_map else (),
            cells={} if row is None else row.states(target),
        )  # fmt: skip


def _header(archive: zipfile.ZipFile, src: Path) -> tuple[str, int, Size, np.dtype]:
    names = [f"{name}.npy" for name in _NAMES if f"{name}.npy" in archive.namelist()]
    if not names:
        raise FormatError(f"{src} has no array {', '.join(_NAMES)}.", "Name the array labels.")
    with archive.open(names[0]) as file:
        shape, fortran, kind = _npy_header(file)
    if fortran or len(shape) != 3 or kind not in (np.dtype(np.uint8), np.dtype(np.bool_)):
        raise FormatError(
            f"The array in {src} is {kind} {list(shape)}, not uint8 [N, H, W].",
            "Save label maps of object ids, frame by frame.",
        )
    count, height, width = (int(n) for n in shape)
    if not 0 < count <= _MAX_FRAMES:
        raise FormatError(f"{src} holds {count} frames.", "Choose another file.")
    return names[0], count, Size(width, height), kind


def _npy_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, kind = read(file)
    return shape, fortran, kind


def _stated(archive: zipfile.ZipFile, count: int) -> list[int] | None:
    """The array frames, if there is one of the right length."""
    if "frames.npy" not in archive.namelist():
        return None
    with archive.open("frames.npy") as file:
        data = file.read(8 * count + 4096)
    array = npy.read_array(io.BytesIO(data), allow_pickle=False)
    usable = array.shape == (count,) and array.dtype.kind in "iu"
    return [int(frame) for frame in array] if usable else None


def _match(
    count: int,
    stated: list[int] | None,
    frame_map: FrameMap | None,
    target: ImportTarget,
    src: Path,
) -> tuple[list[int], FrameMap | None]:
    media, rule = target.media, target.match
    if frame_map is not None and rule in ("auto", "map"):
        rows = [row.index for row in frame_map.frames]
        if frame_map.is_of(target) and len(rows) == count:
            return rows, frame_map
    if stated is not None and rule in ("auto", "number"):
        fits = sorted(set(stated)) == stated and stated[0] >= 0 and stated[-1] < media.count
        if fits:
            return stated, None
    if (rule == "auto" and count == media.count) or (
        rule == "order" and count <= media.count - target.start
    ):
        start = target.start if rule == "order" else 0
        return list(range(start, start + count)), None
    raise FormatError(
        f"{src} holds {count} frames and matches no frame of {media.name}, which has "
        f"{media.count} frames.",
        "Give one label map per frame, or match them by order.",
    )


def _maps(src: Path, name: str, count: int, size: Size, kind: np.dtype) -> Iterator[np.ndarray]:
    """uint8 [H, W] one after the other."""
    length = size.width * size.height
    with zipfile.ZipFile(src) as archive, archive.open(name) as file:
        _npy_header(file)
        for _ in range(count):
            data = file.read(length)
            if len(data) < length:
                raise ValueError("it ends too early")
            yield np.frombuffer(data, kind).view(np.uint8).reshape(size.shape)
        file.read(1)  # beyond the last byte, where the archive's checksum is compared
