"""Which object of a project takes what a label file calls an object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotator.core.document import Document
from annotator.core.errors import RequestError
from annotator.core.objects import ObjectInfo, default_color
from annotator.core.types import BACKGROUND, MAX_OBJECT_ID, VOID, Cell, Provenance
from annotator.io.formats.base import ImportedFrame

NEW, AS_VOID, SKIP = "new", "void", "skip"
Wish = int | str
"""What shall become of an incoming object: the id of an object, `NEW`, `AS_VOID` or `SKIP`."""


@dataclass(frozen=True, slots=True, eq=False)
class Incoming:
    """An object that a label file speaks about.

    Attributes:
        info: id, name, colour and category as the file has them; for 255, void, None.
        frames: int64 [N], ascending: frames that speak about it.
        pixels: of all its masks together.
        strokes: number of its scribbles.
    """

    id: int
    info: ObjectInfo | None
    frames: NDArray[np.int64]
    pixels: int
    strokes: int

    @property
    def name(self) -> str:
        return "void" if self.info is None else self.info.name


class Gathering:
    """Adds up what the frames of a file speak about, before they are imported."""

    def __init__(self) -> None:
        self._frames: dict[int, list[int]] = {}
        self._pixels = np.zeros(256, np.int64)
        self._strokes = np.zeros(256, np.int64)
        self._infos: dict[int, ObjectInfo] = {}

    def add(self, frame: ImportedFrame) -> None:
        ids = set(frame.objects)
        if frame.label_map is not None:
            areas = np.bincount(frame.label_map.ravel(), minlength=256)
            self._pixels += areas
            ids |= {VOID} if areas[VOID] else set()
        for stroke in frame.strokes:
            self._strokes[stroke.object_id] += 1
            ids.add(stroke.object_id)
        for object_id in ids - {BACKGROUND}:
            self._frames.setdefault(object_id, []).append(frame.frame)
        for info in frame.infos:
            self._infos.setdefault(info.id, info)

    def found(self) -> tuple[Incoming, ...]:
        """Ascending by id, void last."""
        return tuple(
            Incoming(
                i,
                None if i == VOID else self._infos.get(i, _unnamed(i)),
                np.array(sorted(frames), np.int64),
                int(self._pixels[i]),
                int(self._strokes[i]),
            )
            for i, frames in sorted(self._frames.items())
        )


def usual_wish(item: Incoming) -> Wish:
    """What becomes of an object where nobody says otherwise: its own id, void stays void."""
    return AS_VOID if item.id == VOID else item.id


def read_wishes(given: Mapping[str, str], incoming: Iterable[Incoming]) -> dict[int, Wish]:
    """Wishes as they are typed: an id or a name -> an id, new, void or skip.

    Raises RequestError.
    """
    found = list(incoming)
    wishes: dict[int, Wish] = {}
    for key, word in given.items():
        fitting = [i.id for i in found if key in (str(i.id), i.name)]
        if not fitting:
            names = ", ".join(f"{i.id} ({i.name})" for i in found)
            raise RequestError(f"The file has no object '{key}'.", f"It has: {names}.")
        if word not in (NEW, AS_VOID, SKIP) and not (word.isascii() and word.isdecimal()):
            raise RequestError(
                f"'{key}' cannot become '{word}'.",
                "Give the id of an object, or new, void or skip.",
            )
        wishes |= dict.fromkeys(fitting, int(word) if word.isdecimal() else word)
    return wishes


def resolve(
    wishes: Mapping[int, Wish], incoming: Iterable[Incoming], document: Document
) -> dict[int, int]:
    """The id that each incoming id becomes: 1 to 254, 255 for void, 0 for what is skipped.

    New objects get ids that the project has never given. Raises RequestError if there are none
    left, or for an id outside 1 to 254.
    """
    mapping: dict[int, int] = {}
    kept = {w for w in wishes.values() if isinstance(w, int)}
    following = max([document.next_object_id, *(w + 1 for w in kept)], default=1)
    for item in incoming:
        wish = wishes.get(item.id, usual_wish(item))
        if wish == NEW:
            if following > MAX_OBJECT_ID:
                raise RequestError(
                    f"All {MAX_OBJECT_ID} object ids of this project have been used.",
                    "Ids are never given twice; continue in a second project.",
                )
            mapping[item.id] = following
            following += 1
        elif isinstance(wish, int):
            if not 1 <= wish <= MAX_OBJECT_ID:
                raise RequestError(
                    f"There is no object {wish}.", f"Ids go from 1 to {MAX_OBJECT_ID}."
                )
            mapping[item.id] = wish
        else:
            mapping[item.id] = VOID if wish == AS_VOID else BACKGROUND
    return mapping


def conflicts(
    incoming: Iterable[Incoming], mapping: Mapping[int, int], document: Document
) -> list[tuple[int, int]]:
    """Cells (frame, object) that the file speaks about and that a person, an earlier import or a
    lock protects; ascending. Only an import that overwrites changes them, and never locked ones."""
    found: set[tuple[int, int]] = set()
    for item in incoming:
        target = mapping.get(item.id, item.id)
        if not 1 <= target <= MAX_OBJECT_ID or target not in document.objects:
            continue
        frames = item.frames
        if not document.objects[target].locked:
            frames = frames[document.cells.protected(target)[frames]]
        found |= {(int(frame), target) for frame in frames}
    return sorted(found)


def remapped(frame: ImportedFrame, mapping: Mapping[int, int]) -> ImportedFrame:
    """The frame with its objects under other ids; ids that are not listed stay."""
    if all(key == value for key, value in mapping.items()):
        return frame
    table = np.arange(256, dtype=np.uint8)
    for key, value in mapping.items():
        table[key] = value
    cells: dict[int, Cell] = {}
    for object_id, cell in frame.cells.items():
        target = int(table[object_id])
        known = cells.setdefault(target, cell)
        if known != cell:
            # Two objects became one: neither statement is about it.
            cells[target] = Cell(Provenance.IMPORTED)
    infos: dict[int, ObjectInfo] = {}
    for info in frame.infos:
        target = int(table[info.id])
        if 1 <= target <= MAX_OBJECT_ID:
            infos.setdefault(target, _renumbered(info, target))
    return replace(
        frame,
        label_map=None if frame.label_map is None else table[frame.label_map],
        objects=frozenset(int(table[o]) for o in frame.objects) - {BACKGROUND, VOID},
        strokes=tuple(
            replace(s, object_id=int(table[s.object_id]))
            for s in frame.strokes
            if s.object_id == BACKGROUND or 1 <= table[s.object_id] <= MAX_OBJECT_ID
        ),
        infos=tuple(infos.values()),
        cells={o: c for o, c in cells.items() if 1 <= o <= MAX_OBJECT_ID},
    )


def _renumbered(info: ObjectInfo, target: int) -> ObjectInfo:
    """A name that only repeats the id follows the id."""
    if info == _unnamed(info.id):
        return _unnamed(target)
    return replace(info, id=target)


def _unnamed(object_id: int) -> ObjectInfo:
    return ObjectInfo(object_id, f"object {object_id}", default_color(object_id))
