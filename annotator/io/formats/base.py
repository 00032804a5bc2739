"""What label formats read and write, and the protocols they follow.

An exporter reads a `LabelSource` frame by frame and never holds more than a few frames. An importer
first looks at every file it is given, matches the files to frames, and refuses the whole set if one
is bad; only then does it yield the first frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from annotator.core.objects import ObjectInfo
from annotator.core.options import Option
from annotator.core.types import Cell, FrameReader, LabelMap, Size, SoftMap, Stroke


@dataclass(frozen=True, slots=True)
class FormatCard:
    """What a format is and can do; dialogs and `strokeflow formats` show it.

    Attributes:
        id: short name for the command line.
        title: name for people.
        extensions: suffixes of the files it writes, with the dot.
        can_import, can_export: directions.
        lossless: True if an exported label map reads back as it was (void and holes included).
        loses: what an export leaves out; "" if nothing.
        description: one or two sentences.
        single_file: True if it exports to one file rather than to a folder.
        options: of an export.
        import_options: of an import.
        least_iou: what the IoU of an object's mask never falls below on a way out and back in with
            the default options; None where no mask comes back.
    """

    id: str
    title: str
    extensions: tuple[str, ...]
    can_import: bool
    can_export: bool
    lossless: bool
    loses: str
    description: str
    single_file: bool = False
    options: tuple[Option, ...] = ()
    import_options: tuple[Option, ...] = ()
    least_iou: float | None = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class MediaInfo:
    """What formats need to know about the media.

    Attributes:
        name: file or folder name, without folders.
        fingerprint: identity of the media (see io.media).
        size: of every frame.
        fps: average frames per second.
        time_base: seconds per tick.
        ticks: int64 [N] presentation time of every frame.
        names: name of every frame, without a suffix; unique.
        pictures: file name of every frame's picture as the labels are to state it, with its suffix
            and with forward slashes; () where nothing is known of pictures beside the labels.
        path: where the media are, which nothing may be written over; None where there are none.
        pixel_aspect: width of a pixel over its height, for videos that are to lie over the media.
    """

    name: str
    fingerprint: str
    size: Size
    fps: Fraction
    time_base: Fraction
    ticks: NDArray[np.int64]
    names: Sequence[str]
    pictures: Sequence[str] = ()
    path: Path | None = None
    pixel_aspect: Fraction = Fraction(1)

    def picture(self, frame: int, suffix: str) -> str:
        """File name of a frame's picture; with the `suffix` that is usual where none is known."""
        return self.pictures[frame] if self.pictures else f"{self.names[frame]}{suffix}"

    @property
    def count(self) -> int:
        return len(self.ticks)

    def seconds(self, frame: int) -> float:
        """Presentation time of `frame` in seconds."""
        return float(int(self.ticks[frame]) * self.time_base)


class LabelSource(Protocol):
    """What an exporter reads. May be called from one thread at a time only.

    `frames` are the selected frames, ascending; `reader` gives the pictures.
    """

    @property
    def media(self) -> MediaInfo: ...

    @property
    def reader(self) -> FrameReader: ...

    @property
    def objects(self) -> tuple[ObjectInfo, ...]: ...

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes in the order of their numbers, void left out; see `formats.classes`."""
        ...

    @property
    def frames(self) -> tuple[int, ...]: ...

    def label_map(self, frame: int) -> LabelMap:
        """uint8 [H, W]; zeros where nothing is known."""
        ...

    def cell(self, frame: int, object_id: int) -> Cell: ...

    def strokes(self, frame: int) -> tuple[Stroke, ...]:
        """In the order drawn."""
        ...

    def soft(self, frame: int, object_id: int) -> SoftMap | None:
        """float32 [H, W] in [0, 1], if a backend left one."""
        ...


class IoControl(Protocol):
    """How an export or import talks to the one who waits for it."""

    def progress(self, done: int, total: int) -> None:
        """`done` of `total` frames are written, or checked before an import."""
        ...

    def checkpoint(self) -> None:
        """Raise `annotator.core.errors.Cancelled` if the user cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class NoControl:
    """For callers that neither watch nor cancel."""

    def progress(self, done: int, total: int) -> None:
        """Nobody watches."""

    def checkpoint(self) -> None:
        """Nobody cancels."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export made.

    Attributes:
        paths: what was written: the folder or the file first, then single files worth naming.
        frames: number of frames written.
        notes: what was left out or changed, in sentences for the user.
    """

    paths: tuple[Path, ...]
    frames: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ImportTarget:
    """What imported files must fit.

    Attributes:
        media: the media of the project.
        frames: which frames are wanted, after matching; None means all.
        control: told how far the checks are, and asked whether to go on.
        match: how files find their frames; one of `formats.matching.RULES`.
        start: the first frame where they are matched by order.
        resize: True to bring masks of another size to that of the frames, nearest pixel; False to
            refuse them.
        keep: True to take provenance, quality and lock over where the files state them.
        strangers: while files are matched, names of other media that they say they were made for.
    """

    media: MediaInfo
    frames: frozenset[int] | None = None
    control: IoControl = field(default_factory=NoControl)
    match: str = "auto"
    start: int = 0
    resize: bool = False
    keep: bool = True
    strangers: set[str] = field(default_factory=set)

    def wants(self, frame: int) -> bool:
        return self.frames is None or frame in self.frames


@dataclass(frozen=True, slots=True, eq=False)
class ImportedFrame:
    """Labels of one frame as read from a file.

    Attributes:
        frame: index.
        label_map: uint8 [H, W] at the media's size, or None if the file holds strokes only.
        objects: ids that the file speaks about on this frame; one without pixels is absent there.
        file: where it came from.
        strokes: scribbles, in the order drawn.
        infos: names, colours and categories, as far as the file states them.
        cells: provenance, quality and lock of objects, as far as the file states them.
    """

    frame: int
    label_map: LabelMap | None
    objects: frozenset[int]
    file: Path
    strokes: tuple[Stroke, ...] = ()
    infos: tuple[ObjectInfo, ...] = ()
    cells: Mapping[int, Cell] = field(default_factory=dict)


Options = Mapping[str, Any]
"""Every option of the card with its value; `registry` resolves what the user gave."""


class Exporter(Protocol):
    """Writes labels. Nothing at `out` changes unless the whole export succeeds."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        """Raises FormatError, DiskError, MediaError, Cancelled."""
        ...


class Importer(Protocol):
    """Reads labels."""

    def read(self, src: Path, target: ImportTarget, options: Options) -> Iterator[ImportedFrame]:
        """Check all files, then yield the wanted frames in ascending order.

        The checks are done before this returns. Raises FormatError; a file that turns out to be
        damaged only when it is decoded raises it from the iterator.
        """
        ...
