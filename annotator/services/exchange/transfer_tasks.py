"""Import and export as they run in the worker: from a read-only view of the project."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

from annotator.io.codec import encode_label_map
from annotator.io.formats import registry
from annotator.io.formats.base import ExportReport, ImportedFrame, ImportTarget
from annotator.jobs.base import TaskControl
from annotator.services.exchange.mapping import Gathering, Incoming, remapped
from annotator.services.exchange.transfer import (
    ExportTask,
    ImportTask,
    ProjectLabels,
    StoredImport,
    media_info,
)
from annotator.services.project.projects import open_project


def export_labels(task: ExportTask, control: TaskControl) -> Iterator[ExportReport]:
    """Write labels; yields the report once."""
    exporter = registry.exporter(task.format)
    project = open_project(Path(task.project), writable=False)
    try:
        assert project.media is not None
        frames = tuple(range(*task.frames)) if task.frames else tuple(range(len(project.media)))
        source = ProjectLabels(project.session, project.media, frames)
        yield exporter.export(source, Path(task.out), control, task.options)
    finally:
        project.close()


def import_labels(task: ImportTask, control: TaskControl) -> Iterator[StoredImport | str]:
    """Read labels; all files are checked before the first frame is yielded. Yields notes first."""
    with closing(_frames(task, control)) as frames:
        for read in frames:
            if isinstance(read, str):
                yield read
                continue
            found = remapped(read, task.mapping)
            label_map = None if found.label_map is None else encode_label_map(found.label_map)
            yield StoredImport(
                found.frame, label_map, found.objects, found.strokes, found.infos, found.cells
            )


def look_at_labels(task: ImportTask, control: TaskControl) -> Iterator[tuple[Incoming, ...]]:
    """Read labels, take none; yields once what they speak about."""
    gathering = Gathering()
    with closing(_frames(task, control)) as frames:
        for found in frames:
            if not isinstance(found, str):
                gathering.add(found)
    yield gathering.found()


def _frames(task: ImportTask, control: TaskControl) -> Generator[ImportedFrame | str]:
    importer = registry.importer(task.format)
    project = open_project(Path(task.project), writable=False)
    try:
        assert project.media is not None
        target = ImportTarget(media_info(project.media), task.frames)
        frames = importer.read(Path(task.src), target, task.options)
        for name in sorted(target.strangers):
            yield f"These labels were made for other media, {name}: check that they fit."
        for done, found in enumerate(frames, 1):
            control.checkpoint()
            yield found
            control.progress(done, len(project.media))
    finally:
        project.close()
