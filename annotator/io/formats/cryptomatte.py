"""Cryptomatte: one OpenEXR file per frame that holds the mattes of all objects, by name.

Pairs of channels are ranks: the number of an object, stored in the bits of a float, and how much of
the pixel it covers. The number is MurmurHash3 of the name; a manifest in the header lists them.
Friedman & Jones, "Fully automatic ID mattes", SIGGRAPH 2015; Cryptomatte specification 1.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import mmh3
import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import FormatError
from annotator.core.objects import ObjectInfo
from annotator.core.types import MAX_OBJECT_ID, VOID, LabelMap, Mask, Size
from annotator.io.exr import Channel, read_channels, read_header, write_channels
from annotator.io.formats.alpha import alpha_map
from annotator.io.formats.base import (
    ExportReport,
    ImportedFrame,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.classes import VOID_CLASS
from annotator.io.formats.instances import Picture, beside, read_pictures
from annotator.io.formats.reading import MAX_PIXELS, images_in
from annotator.io.formats.rle import decode, encode_all
from annotator.io.formats.shelf import Shelf
from annotator.io.formats.writing import Encoder, export_folder, write_frames

_LAYER = "CryptoObject"
_RANKS = (("R", "G"), ("B", "A"))
"""A layer's channels: number and coverage of one rank, and of the next."""
_EXR = ".exr"


class CryptomatteExporter:
    """Writes NAME.exr for each frame, two ranks deep. Void pixels are an object called void."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        names = unique_names(source.objects)
        numbers = np.zeros(256, np.float32)
        for object_id, name in names.items():
            numbers[object_id] = number_of(name)
        header = _header(names)

        def plan(frame: int) -> Mapping[str, Encoder]:
            label_map = source.label_map(frame)
            known = np.isin(label_map, [0, *names])
            label_map = np.where(known, label_map, 0).astype(np.uint8)
            ranks = _hard(label_map)
            if options["soft"]:
                alphas = {
                    item.id: alpha_map(source, frame, [item.id])
                    for item in source.objects
                    if (label_map == item.id).any() or source.soft(frame, item.id) is not None
                }
                ranks = _soft(label_map, alphas)
            return {f"{source.media.names[frame]}{_EXR}": partial(_encode, ranks, numbers, header)}

        with export_folder(out) as folder:
            count = write_frames(source, folder, control, "cryptomatte", plan)
        return ExportReport((out,), count)


class CryptomatteImporter:
    """Reads a folder of files, or one: a pixel is the object's that covers most of it, if that is
    more than what nothing covers."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        frame_map = beside(src)
        files = images_in(src, (_EXR,)) if src.is_dir() else [src]
        if not files:
            raise FormatError(f"{src} holds no OpenEXR files.", "Choose the folder with them.")
        shelf = Shelf(_draw_runs)
        sizes, names = _shelved(files, options["layer"], target, shelf)
        ids: dict[str, int] = {}
        if frame_map is not None and frame_map.is_of(target):
            ids = {name: number for number, name in unique_names(frame_map.infos()).items()}
        if names <= ids.keys():
            shelf.retrack(lambda _, name: ids[str(name)])
        else:
            frame_map = None
        pictures = [Picture(f.name, sizes[f], shelf.of(f), f) for f in files]
        return read_pictures(pictures, target, frame_map, src)


def number_of(name: str) -> float:
    """The number of a name, float32: MurmurHash3 (x86, 32 bits, seed 0) of its UTF-8 bytes as the
    bits of a float, one bit of the exponent turned where that would be no usual number."""
    bits = mmh3.hash(name.encode(), 0, signed=False)
    if (bits >> 23) & 255 in (0, 255):
        bits ^= 1 << 23
    return float(np.uint32(bits).view(np.float32))


def unique_names(objects: Sequence[ObjectInfo]) -> dict[int, str]:
    """Name of each object, and of void; the id behind it where the name, or its number, is that of
    another one already."""
    names = {VOID: VOID_CLASS}
    taken = {number_of(VOID_CLASS)}
    for item in objects:
        name = item.name
        while number_of(name) in taken:
            name = f"{name} {item.id}"
        taken.add(number_of(name))
        names[item.id] = name
    return names


def _hex(number: float) -> str:
    return f"{int(np.float32(number).view(np.uint32)):08x}"


def _header(names: Mapping[int, str]) -> dict[str, str]:
    key = f"cryptomatte/{_hex(number_of(_LAYER))[:7]}"
    manifest = {name: _hex(number_of(name)) for name in names.values()}
    return {
        f"{key}/name": _LAYER,
        f"{key}/hash": "MurmurHash3_32",
        f"{key}/conversion": "uint32_to_float32",
        f"{key}/manifest": json.dumps(manifest, separators=(",", ":")),
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Ranks:
    """Ids uint8 [H, W] and how much they cover, float32 [H, W] in [0, 1], most first."""

    ids: tuple[LabelMap, LabelMap]
    coverage: tuple[NDArray[np.float32], NDArray[np.float32]]


def _hard(label_map: LabelMap) -> _Ranks:
    nothing = np.zeros_like(label_map)
    covered = (label_map > 0).astype(np.float32)
    return _Ranks((label_map, nothing), (covered, np.zeros_like(covered)))


def _soft(label_map: LabelMap, alphas: Mapping[int, NDArray[np.uint16]]) -> _Ranks:
    """The two objects that cover most of each pixel; together no more than all of it."""
    ids = np.zeros((2, *label_map.shape), np.uint8)
    coverage = np.zeros((2, *label_map.shape), np.float32)
    shares = {i: alpha.astype(np.float32) / 65535 for i, alpha in alphas.items()}
    shares[VOID] = (label_map == VOID).astype(np.float32)
    for object_id, share in shares.items():
        first = share > coverage[0]
        second = ~first & (share > coverage[1])
        ids[1][first], coverage[1][first] = ids[0][first], coverage[0][first]
        ids[0][first], coverage[0][first] = object_id, share[first]
        ids[1][second], coverage[1][second] = object_id, share[second]
    coverage /= np.maximum(coverage.sum(axis=0), 1)
    return _Ranks((ids[0], ids[1]), (coverage[0], coverage[1]))


def _encode(ranks: _Ranks, numbers: NDArray[np.float32], header: Mapping[str, str]) -> bytes:
    channels = {}
    for rank in (0, 1):
        number, coverage = _RANKS[rank]
        channels[f"{_LAYER}00.{number}"] = numbers[ranks.ids[rank]]
        channels[f"{_LAYER}00.{coverage}"] = ranks.coverage[rank]
    return write_channels(channels, header)


def _shelved(
    files: Sequence[Path], layer: str, target: ImportTarget, shelf: Shelf
) -> tuple[dict[Path, Size], set[str]]:
    """Decode all files, one after the other, and lay their masks aside; sizes, and all names.
    Raises FormatError."""
    sizes: dict[Path, Size] = {}
    called: set[str] = set()
    for file in files:
        target.control.checkpoint()
        try:
            sizes[file], labels, names = _decoded(file, layer)
        except (ValueError, OSError) as error:
            raise FormatError(f"{file} cannot be read: {error}.", "Replace it.") from error
        for number, runs in encode_all(labels).items():
            name = names[number - 1]
            called.add(name)
            label = VOID_CLASS if name == VOID_CLASS else ""
            shelf.put(file, runs.counts.encode("ascii"), label, name)
    return sizes, called


def _decoded(file: Path, layer: str) -> tuple[Size, LabelMap, list[str]]:
    """Size, uint8 [H, W] of which object of the file has each pixel, from 1 on, and their names.

    Raises FormatError, ValueError.
    """
    header = read_header(file)
    if header.size.width * header.size.height > MAX_PIXELS:
        raise ValueError(f"it claims to be {header.size}")
    layer, manifest = _layer(file, header.attributes, layer)
    strongest = _strongest(_ranks(read_channels(file), layer))
    # Of the runs, because sorting all pixels would take longer than decoding them.
    flat = strongest.ravel()
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    found, places = np.unique(flat[starts], return_inverse=True)
    bits = [number for number in found.tolist() if number]
    if len(bits) > MAX_OBJECT_ID + 1:
        raise ValueError(f"it shows {len(bits)} objects, more than {MAX_OBJECT_ID}")
    first = 0 if found[0] == 0 else 1
    lengths = np.diff(starts, append=flat.size)
    labels = np.repeat((places + first).astype(np.uint8), lengths).reshape(strongest.shape)
    return header.size, labels, [manifest.get(number, f"{number:08x}") for number in bits]


def _layer(file: Path, attributes: Mapping[str, str], wanted: str) -> tuple[str, dict[int, str]]:
    """The layer to read, and the names of its numbers. Raises FormatError."""
    names = {
        text: key.rpartition("/")[0]
        for key, text in attributes.items()
        if key.startswith("cryptomatte/") and key.endswith("/name")
    }
    if not names:
        raise FormatError(f"{file} holds no Cryptomatte.", "Choose another file or format.")
    if wanted and wanted not in names:
        raise FormatError(
            f"{file} has no layer {wanted!r}.", f"Choose one of these: {', '.join(sorted(names))}."
        )
    about_objects = (name for name in names if "object" in name.lower())
    chosen = wanted or next(about_objects, next(iter(names)))
    try:
        listed = json.loads(attributes.get(f"{names[chosen]}/manifest") or "{}")
        return chosen, {int(number, 16): str(name) for name, number in listed.items()}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"The manifest of {file} cannot be read.", "Export it again.") from error


def _ranks(channels: Mapping[str, Channel], layer: str) -> list[tuple[Channel, Channel]]:
    """Number and coverage of each rank, [H, W] float32. Raises ValueError."""
    by_name = {}
    for name, channel in channels.items():
        stem, _, last = name.lower().rpartition(".")
        by_name[f"{stem}.{last[:1]}"] = channel  # some write "red" for "R"
    ranks = []
    for part in range(100):
        for number, coverage in _RANKS:
            names = (f"{layer}{part:02d}.{channel}".lower() for channel in (number, coverage))
            pair = [by_name[name] for name in names if name in by_name]
            if len(pair) == 2:
                ranks.append((pair[0], pair[1]))
    if not ranks:
        raise ValueError(f"it has no channels of the layer {layer!r}")
    if any(number.dtype != np.float32 for number, _ in ranks):
        raise ValueError("its numbers are not stored in 32 bits")
    return ranks


def _strongest(ranks: Sequence[tuple[Channel, Channel]]) -> NDArray[np.uint32]:
    """Of the ranks, of which each object has at most one, the one that covers most."""
    best = np.zeros(ranks[0][0].shape, np.uint32)
    most = np.zeros(best.shape, np.float32)
    free = np.ones(best.shape, np.float32)
    for number, coverage in ranks:
        if not coverage.any():
            continue
        bits, share = number.view(np.uint32), np.nan_to_num(coverage.astype(np.float32))
        share = np.where(bits == 0, 0, share)
        free -= share
        stronger = share > most
        best[stronger], most[stronger] = bits[stronger], share[stronger]
    best[most <= np.maximum(free, 0)] = 0
    return best


def _draw_runs(record: bytes, size: Size) -> Mask:
    return decode({"size": list(size.shape), "counts": record.decode("ascii")}, size)
