"""The formats by id: cards that cost nothing to list, and modules loaded on first use."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.options import resolve_options
from annotator.core.plugins import load_plugins
from annotator.io.formats.base import (
    Exporter,
    ExportReport,
    FormatCard,
    ImportedFrame,
    Importer,
    ImportTarget,
    IoControl,
    LabelSource,
    Options,
)
from annotator.io.formats.cards import BUILT_IN, TARGET_OPTIONS
from annotator.io.media.base import VIDEO_SUFFIXES
from annotator.io.store import refuse_project_files


@dataclass(frozen=True, slots=True)
class _Entry:
    card: FormatCard
    exporter: str
    importer: str


_ENTRIES: dict[str, _Entry] = {}
_troubles: dict[str, str] | None = None
_LOCK = threading.RLock()
_PACKED = (".zip", ".tar", ".gz", ".rar", ".7z")


@dataclass(frozen=True, slots=True)
class _CheckedExporter:
    """Gives an exporter all options of its card, with what the user set."""

    card: FormatCard
    made: Exporter

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        values = resolve_options(self.card.options, options)
        _refuse_no_frames(source)
        _refuse_misnamed(self.card, out)
        refuse_project_files(out)
        return self.made.export(source, out, control, values)


@dataclass(frozen=True, slots=True)
class _CheckedImporter:
    """Gives an importer all options of its card; those of every format go into the target."""

    card: FormatCard
    made: Importer

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        values: dict[str, Any] = {**resolve_options(self.card.import_options, options)}
        if not 0 <= values.get("start", 0) < target.media.count:
            raise FormatError(
                f"There is no frame {values['start']} to begin at.",
                f"{target.media.name} has {target.media.count} frames.",
            )
        shared = {name: values[name] for name in TARGET_OPTIONS if name in values}
        _refuse_video(self.card, _existing(src))
        return self.made.read(src, replace(target, **shared), values)


def register(card: FormatCard, *, exporter: str = "", importer: str = "") -> None:
    """Add a format. The makers are named as "module:factory" and imported on first use.

    Raises ValueError if the id is taken, or if the card and the makers disagree; TypeError if it is
    no card.
    """
    if not isinstance(card, FormatCard):
        raise TypeError(f"{card!r:.60} is no FormatCard")
    if card.id in _ENTRIES:
        raise ValueError(f"the format {card.id!r} is registered twice")
    if bool(exporter) != card.can_export or bool(importer) != card.can_import:
        raise ValueError(f"the card of {card.id!r} promises other directions than it has")
    _ENTRIES[card.id] = _Entry(card, exporter, importer)


def plugin_troubles() -> Mapping[str, str]:
    """Load the formats of other packages (entry points "strokeflow.formats") once; for those that
    could not be loaded, the name and the reason.

    An entry point names a function that is called with `register`. If it fails, nothing that it
    registered stays.
    """
    global _troubles
    with _LOCK:
        if _troubles is None:
            _troubles = {}  # a plug-in that asks for the formats gets those there are so far
            _troubles = load_plugins("strokeflow.formats", _hand_over)
        return _troubles


def _hand_over(plugin: Callable[..., object]) -> None:
    before = dict(_ENTRIES)
    try:
        plugin(register)
    except BaseException:
        _ENTRIES.clear()
        _ENTRIES.update(before)
        raise


def cards() -> tuple[FormatCard, ...]:
    """All formats in the order they were registered, those of other packages last."""
    plugin_troubles()
    return tuple(entry.card for entry in _ENTRIES.values())


def card(format_id: str) -> FormatCard:
    """Raises FormatError if there is no such format."""
    return _entry(format_id).card


def exporter(format_id: str) -> Exporter:
    """Raises FormatError if there is no such format, or if it can only be read."""
    entry = _entry(format_id)
    if not entry.exporter:
        raise FormatError(f"The format {format_id} can only be read.", _choices("export"))
    return _CheckedExporter(entry.card, _make(entry.exporter))


def importer(format_id: str) -> Importer:
    """Raises FormatError if there is no such format, or if it can only be written."""
    entry = _entry(format_id)
    if not entry.importer:
        raise FormatError(f"The format {format_id} can only be written.", _choices("import"))
    return _CheckedImporter(entry.card, _make(entry.importer))


def _refuse_no_frames(source: LabelSource) -> None:
    if not source.frames:
        raise FormatError("There is no frame to export.", "Choose frames inside the video.")


def _refuse_misnamed(card: FormatCard, out: Path) -> None:
    """Raises FormatError for a file name where a folder is written, and for a file of another kind:
    nobody looks for JSON in NAME.zip, and what is there under that name is something else."""
    suffix = out.suffix.lower()
    if out.is_dir() or not suffix:
        return
    endings = ", ".join(card.extensions)
    if card.single_file and suffix not in card.extensions:
        raise FormatError(
            f"{out.name} is no name for a file of {card.id}.", f"Use one of the endings {endings}."
        )
    if not card.single_file and suffix in (*card.extensions, *_PACKED):
        raise FormatError(
            f"{out.name} is the name of a file, but {card.id} writes a folder of files.",
            f"Name a folder, such as {out.stem}.",
        )


def _existing(src: Path) -> Path:
    if not src.exists():
        raise FormatError(f"There is no file or folder {src}.", "Check the path.")
    if not (src.is_file() or src.is_dir()):
        raise FormatError(f"{src} is neither a file nor a folder.", "Choose the labels themselves.")
    return src


def _refuse_video(card: FormatCard, src: Path) -> None:
    """Raises FormatError for a video, unless the format says that it reads such files."""
    suffix = src.suffix.lower()
    if src.is_file() and suffix in VIDEO_SUFFIXES and suffix not in card.extensions:
        raise FormatError(
            f"{src} is a video, and {card.id} does not read labels from videos.",
            "Masks that lie in a video are taken from pictures: write its frames as PNGs into a "
            'folder, and import that as "binary" or "davis". To label the video itself, open it.',
        )


def _entry(format_id: str) -> _Entry:
    if format_id not in _ENTRIES:
        plugin_troubles()
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


for _card, _exporter, _importer in BUILT_IN:
    register(_card, exporter=_exporter, importer=_importer)
