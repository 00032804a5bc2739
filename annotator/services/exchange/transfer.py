"""Labels in and out: what exporters read, and how imported frames enter a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from annotator.core.changes import AddStroke, Change, SetCells, SetLabel, SetObject
from annotator.core.document import PlacedStroke
from annotator.core.errors import DiskError, MediaError, RequestError
from annotator.core.objects import ObjectInfo, default_color
from annotator.core.raster import merge_labels
from annotator.core.types import VOID, Cell, FrameReader, LabelMap, Provenance, SoftMap, Stroke
from annotator.io.codec import decode_label_map
from annotator.io.formats.base import ExportReport, MediaInfo
from annotator.io.formats.classes import classes_of
from annotator.io.media import Media
from annotator.jobs.base import Job, JobState, Runner
from annotator.services.editing.steps import RunStep
from annotator.services.exchange.mapping import Incoming
from annotator.services.project.session import Session
from annotator.services.runs.planning import check_range


def media_info(media: Media) -> MediaInfo:
    """What formats need to know about open media."""
    return MediaInfo(
        name=media.path.name,
        fingerprint=media.fingerprint,
        size=media.size,
        fps=media.fps,
        time_base=media.time_base,
        ticks=media.pts_ticks,
        names=[media.name(frame) for frame in range(len(media))],
        path=media.path,
        pixel_aspect=media.pixel_aspect,
    )


class ProjectLabels:
    """A session as exporters see it (`io.formats.base.LabelSource`)."""

    def __init__(self, session: Session, media: Media, frames: tuple[int, ...]) -> None:
        self._session = session
        self._media = media
        self.media = media_info(media)
        self.frames = frames

    @property
    def reader(self) -> FrameReader:
        return self._media

    @property
    def objects(self) -> tuple[ObjectInfo, ...]:
        return tuple(
            self._session.document.objects[o] for o in sorted(self._session.document.objects)
        )

    @property
    def classes(self) -> tuple[str, ...]:
        return classes_of(self.objects)

    def label_map(self, frame: int) -> LabelMap:
        return self._session.document.label_map(frame)

    def cell(self, frame: int, object_id: int) -> Cell:
        return self._session.document.cell(frame, object_id)

    def strokes(self, frame: int) -> tuple[Stroke, ...]:
        return self._session.document.strokes(frame)

    def soft(self, frame: int, object_id: int) -> SoftMap | None:
        return self._session.soft(frame, object_id)


@dataclass(frozen=True, slots=True)
class ExportTask:
    """Order to write labels; carried out from a read-only view of the project."""

    project: str
    format: str
    out: str
    frames: tuple[int, int] | None
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportTask:
    """Order to read labels; `frames` selects among the matched ones (None: all), `mapping` says
    under which ids objects come in (see `services.mapping.resolve`)."""

    project: str
    format: str
    src: str
    frames: frozenset[int] | None
    options: Mapping[str, object] = field(default_factory=dict)
    mapping: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredImport:
    """One imported frame on its way to the project; the label map compressed."""

    frame: int
    label_map: bytes | None
    objects: frozenset[int]
    strokes: tuple[Stroke, ...]
    infos: tuple[ObjectInfo, ...]
    cells: Mapping[int, Cell] = field(default_factory=dict)


@dataclass(slots=True)
class ImportRun:
    """What an import did.

    `kept` lists cells (frame, object) that a person or an earlier import had made, or that are
    locked: they stay. `replaced` lists those that were overwritten, since that was asked for.
    `notes` are sentences for the person, such as that the labels were made for other media.
    `frames` and `strokes` of an import that failed or was cancelled are what could not be taken
    back, since a person did something meanwhile.
    """

    title: str
    job: Job | None = None
    frames: int = 0
    strokes: int = 0
    kept: list[tuple[int, int]] = field(default_factory=list)
    replaced: list[tuple[int, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class TransferService:
    """Import and export of the session's project as jobs."""

    def __init__(self, session: Session, media: Media | None, runner: Runner) -> None:
        self._session = session
        self._media = media
        self._runner = runner

    def export(
        self,
        format_id: str,
        out: Path,
        frames: range | None,
        *,
        on_report: Callable[[ExportReport], None],
        on_end: Callable[[Job], None],
        options: Mapping[str, object] | None = None,
    ) -> Job:
        """Write labels; everything is flushed first. Raises RequestError, DiskError."""
        self._need_media()
        if not self._session.document.objects:
            raise RequestError("There are no labels to export.", "Draw or import a mask first.")
        asked = check_range(self._session.document, frames)
        if not self._session.read_only:
            self._session.flush()
        task = ExportTask(
            self._session.home, format_id, str(out), (asked.start, asked.stop), options or {}
        )
        return self._runner.submit(
            f"Export {format_id}",
            "annotator.services.exchange.transfer_tasks:export_labels",
            task,
            on_result=on_report,
            on_end=on_end,
        )

    def import_labels(
        self,
        format_id: str,
        src: Path,
        frames: frozenset[int] | None = None,
        *,
        on_end: Callable[[ImportRun], None],
        options: Mapping[str, object] | None = None,
        mapping: Mapping[int, int] | None = None,
        overwrite: bool = False,
    ) -> ImportRun:
        """Read labels as key frames; one undo step. Human, imported and locked cells stay.

        Args:
            mapping: under which ids objects come in, see `services.mapping.resolve`.
            overwrite: take the file's masks in the place of human and imported ones too; locked
                ones stay all the same.
        """
        self._need_media()
        self._session.flush()
        task = self._order(format_id, src, frames, options, mapping)
        run = ImportRun(f"Import {format_id}: {src.name}")
        step = self._session.begin_run(run.title, whole=True)

        def ended(job: Job) -> None:
            # A set of labels is taken whole or not at all, if a person did nothing meanwhile.
            with suppress(DiskError):
                if step.end(take_back=job.state is not JobState.DONE):
                    run.frames = run.strokes = 0
            on_end(run)

        run.job = self._runner.submit(
            run.title,
            "annotator.services.exchange.transfer_tasks:import_labels",
            task,
            on_result=lambda result: self._take(run, step, result, overwrite),
            on_end=ended,
        )
        return run

    def look(
        self,
        format_id: str,
        src: Path,
        frames: frozenset[int] | None = None,
        *,
        on_found: Callable[[tuple[Incoming, ...]], None],
        on_end: Callable[[Job], None],
        options: Mapping[str, object] | None = None,
    ) -> Job:
        """Read labels without taking them: which objects they speak about, and where."""
        self._need_media()
        return self._runner.submit(
            f"Look at {src.name}",
            "annotator.services.exchange.transfer_tasks:look_at_labels",
            self._order(format_id, src, frames, options, None),
            on_result=on_found,
            on_end=on_end,
        )

    def _order(
        self,
        format_id: str,
        src: Path,
        frames: frozenset[int] | None,
        options: Mapping[str, object] | None,
        mapping: Mapping[int, int] | None,
    ) -> ImportTask:
        home = self._session.home
        return ImportTask(home, format_id, str(src), frames, options or {}, mapping or {})

    def _take(
        self, run: ImportRun, step: RunStep, result: StoredImport | str, overwrite: bool
    ) -> None:
        if isinstance(result, str):
            run.notes.append(result)
            return
        document = self._session.document
        changes: list[Change] = self._new_objects(result)
        first = document.next_stroke_id
        for i, stroke in enumerate(result.strokes):
            changes.append(AddStroke(PlacedStroke(first + i, result.frame, stroke)))
        if result.label_map is not None:
            frame, free = result.frame, document.writable(result.frame, result.objects)
            writable = free
            if overwrite:
                writable = frozenset(o for o in result.objects if not document.is_locked(frame, o))
                run.replaced += [(frame, o) for o in sorted(writable - free)]
            run.kept += [(frame, o) for o in sorted(result.objects - writable)]
            if writable:
                new = decode_label_map(result.label_map)
                merged = merge_labels(document.label_map(result.frame), new, writable)
                merged = np.where((merged == 0) & (new == VOID), np.uint8(VOID), merged)
                unknown = Cell(Provenance.IMPORTED)
                made = {o: result.cells.get(o, unknown) for o in sorted(writable)}
                changes.append(SetLabel(result.frame, merged))
                changes.append(SetCells(result.frame, made))
        if step.append(result.frame, changes) and changes:
            run.frames += result.label_map is not None
            run.strokes += len(result.strokes)

    def _new_objects(self, result: StoredImport) -> list[Change]:
        """Objects that the file names and the project does not have."""
        stated = {info.id: info for info in result.infos}
        ids = set(result.objects) | {s.object_id for s in result.strokes} - {0}
        return [
            SetObject(o, stated.get(o, ObjectInfo(o, f"object {o}", default_color(o))))
            for o in sorted(ids)
            if o not in self._session.document.objects
        ]

    def _need_media(self) -> None:
        if self._media is None:
            raise MediaError("The media of this project are missing.", "Locate them first.")
