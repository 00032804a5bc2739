"""Masks whose colours stand for objects, as some tools write them in red, green and blue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import FormatError
from annotator.core.objects import ObjectInfo
from annotator.core.types import BACKGROUND, MAX_OBJECT_ID, VOID
from annotator.io.formats.base import ImportedFrame, ImportTarget
from annotator.io.formats.palette import davis_palette
from annotator.io.formats.reading import fitted, in_threads, read_colors


def read_colored(files: Mapping[int, Path], target: ImportTarget) -> Iterator[ImportedFrame]:
    """The wanted frames of a set of colour pictures.

    If all colours of the set are those of PASCAL VOC and DAVIS, each is its id. Else black is
    background, and the others are numbered from the darkest sum of bits up: red * 65536 + green *
    256 + blue. Raises FormatError, for pictures of more colours than there are ids as well.
    """
    found: set[int] = set()
    shown: list[frozenset[int]] = []
    for file, colors in in_threads(
        lambda file: _colors_in(file, target), list(files.values()), target.control
    ):
        found |= colors
        shown.append(colors)
        if len(found - {0}) > MAX_OBJECT_ID:
            raise FormatError(
                f"{file} and those before it hold {len(found)} colours, more than there can be "
                "objects.",
                "Choose masks; pictures of a camera are none.",
            )
    ids = _ids_of(found)
    every = frozenset(ids.values()) - {BACKGROUND, VOID}
    infos = tuple(
        ObjectInfo(i, f"object {i}", (color >> 16, color >> 8 & 255, color & 255))
        for color, i in sorted(ids.items(), key=lambda pair: pair[1])
        if i in every
    )
    return _frames(files, ids, every, infos, target)


def _frames(
    files: Mapping[int, Path],
    ids: Mapping[int, int],
    every: frozenset[int],
    infos: tuple[ObjectInfo, ...],
    target: ImportTarget,
) -> Iterator[ImportedFrame]:
    colors = np.array(sorted(ids), np.uint32)
    values = np.array([ids[int(color)] for color in colors], np.uint8)
    for frame, file in files.items():
        if not target.wants(frame):
            continue
        codes: NDArray[np.uint32] = read_colors(file, target)
        label_map = values[np.searchsorted(colors, codes)]
        yield ImportedFrame(
            frame=frame, label_map=fitted(label_map, target), objects=every, file=file, infos=infos
        )


def _colors_in(file: Path, target: ImportTarget) -> frozenset[int]:
    found = np.unique(read_colors(file, target))
    if len(found) > 256:
        raise FormatError(
            f"{file} holds {len(found)} colours, more than there can be objects.",
            "Choose masks; pictures of a camera are none.",
        )
    return frozenset(found.tolist())


def _ids_of(colors: set[int]) -> dict[int, int]:
    """The id of each colour, background included."""
    red, green, blue = np.frombuffer(davis_palette(), np.uint8).reshape(256, 3).astype(int).T
    known = {int(code): i for i, code in enumerate(red << 16 | green << 8 | blue)}
    if colors <= set(known):
        return {color: known[color] for color in colors} | {0: 0}
    return {0: 0} | {color: i for i, color in enumerate(sorted(colors - {0}), start=1)}
