"""The formats by id: cards that cost nothing to list, and modules loaded on first use."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, cast

from annotator.core.errors import FormatError
from annotator.io.formats.base import Exporter, FormatCard, Importer


@dataclass(frozen=True, slots=True)
class _Entry:
    card: FormatCard
    exporter: str
    importer: str


_ENTRIES: dict[str, _Entry] = {}


def register(card: FormatCard, *, exporter: str = "", importer: str = "") -> None:
    """Add a format. The makers are named as "module:factory" and imported on first use.

    Raises ValueError if the id is taken, or if the card and the makers disagree.
    """
    if card.id in _ENTRIES:
        raise ValueError(f"the format {card.id!r} is registered twice")
    if bool(exporter) != card.can_export or bool(importer) != card.can_import:
        raise ValueError(f"the card of {card.id!r} promises other directions than it has")
    _ENTRIES[card.id] = _Entry(card, exporter, importer)


def cards() -> tuple[FormatCard, ...]:
    """All formats in the order they were registered."""
    return tuple(entry.card for entry in _ENTRIES.values())


def card(format_id: str) -> FormatCard:
    """Raises FormatError if there is no such format."""
    return _entry(format_id).card


def exporter(format_id: str) -> Exporter:
    """Raises FormatError if there is no such format, or if it can only be read."""
    entry = _entry(format_id)
    if not entry.exporter:
        raise FormatError(f"The format {format_id} can only be read.", _choices("export"))
    return cast(Exporter, _make(entry.exporter))


def importer(format_id: str) -> Importer:
    """Raises FormatError if there is no such format, or if it can only be written."""
    entry = _entry(format_id)
    if not entry.importer:
        raise FormatError(f"The format {format_id} can only be written.", _choices("import"))
    return cast(Importer, _make(entry.importer))


def _entry(format_id: str) -> _Entry:
    entry = _ENTRIES.get(format_id)
    if entry is None:
        raise FormatError(f"There is no format {format_id!r}.", _choices(""))
    return entry


def _choices(direction: str) -> str:
    names = [
        c.id
        for c in cards()
        if not direction or (c.can_export if direction == "export" else c.can_import)
    ]
    return f"Choose one of: {', '.join(names)}."


def _make(path: str) -> Any:
    module, _, factory = path.partition(":")
    return getattr(importlib.import_module(module), factory)()


register(
    FormatCard(
        id="davis",
        title="DAVIS (palette PNG)",
        extensions=(".png",),
        can_import=True,
        can_export=True,
        lossless=True,
        loses="",
        description="One palette PNG per frame: the pixel value is the object's id, 0 is "
        "background, 255 is void. Reads flat folders as well as the tree of the data set.",
    ),
    exporter="annotator.io.formats.davis:DavisExporter",
    importer="annotator.io.formats.davis:DavisImporter",
)
register(
    FormatCard(
        id="binary",
        title="Binary masks (PNG)",
        extensions=(".png",),
        can_import=True,
        can_export=True,
        lossless=False,
        loses="void pixels, names, colours and categories of objects",
        description="Black and white PNGs: one folder per object (001, 002, ...), or all objects "
        "together in one folder.",
    ),
    exporter="annotator.io.formats.binary:BinaryExporter",
    importer="annotator.io.formats.binary:BinaryImporter",
)
register(
    FormatCard(
        id="davis-scribbles",
        title="DAVIS interactive scribbles (JSON)",
        extensions=(".json",),
        can_import=True,
        can_export=True,
        lossless=False,
        loses="masks; only the strokes are kept",
        description="Scribbles of all frames in one JSON file, as the DAVIS interactive track "
        "defines it.",
        single_file=True,
    ),
    exporter="annotator.io.formats.davis_scribbles:ScribblesExporter",
    importer="annotator.io.formats.davis_scribbles:ScribblesImporter",
)
register(
    FormatCard(
        id="saliency",
        title="Saliency maps (grey PNG)",
        extensions=(".png",),
        can_import=True,
        can_export=True,
        lossless=False,
        loses="which object a pixel belongs to, void pixels, names",
        description="One 8-bit grey map per frame, as in DUTS: soft maps where a backend gave "
        "them, else the masks of all objects in white.",
    ),
    exporter="annotator.io.formats.saliency:SaliencyExporter",
    importer="annotator.io.formats.saliency:SaliencyImporter",
)
register(
    FormatCard(
        id="coco",
        title="COCO (run-length masks)",
        extensions=(".json",),
        can_import=True,
        can_export=True,
        lossless=True,
        loses="",
        description="One JSON file with a compressed run-length mask per frame and object, track "
        "ids and categories.",
        single_file=True,
    ),
    exporter="annotator.io.formats.coco:CocoExporter",
    importer="annotator.io.formats.coco_read:CocoImporter",
)
register(
    FormatCard(
        id="overlay",
        title="Overlay video (MP4)",
        extensions=(".mp4",),
        can_import=False,
        can_export=True,
        lossless=False,
        loses="exact masks; it is made to be looked at",
        description="The video with the objects coloured in and outlined, at its own times.",
        single_file=True,
    ),
    exporter="annotator.io.formats.overlay:OverlayExporter",
)
