"""Making a data set as a job: clip by clip into a work folder, then all at once into its place.

The work folder `OUT.unfinished` lies beside the data set. A clip in it is whole or not there; when
the export is interrupted, the next one with the same choices takes the clips that are there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import filelock
import msgspec

from annotator.core.errors import FormatError, RequestError
from annotator.io.atomic import atomic_folder, disk_errors
from annotator.io.formats import registry
from annotator.io.formats.classes import VOID_CLASS, classes_of
from annotator.io.formats.framemap import FILE_NAME, FrameMap, read_map
from annotator.io.formats.layouts import ClipPart, Layout, layout_of
from annotator.jobs.base import TaskControl
from annotator.services.exchange.dataset import DatasetOrder, assign_splits, clip_names
from annotator.services.exchange.dataset_clip import (
    ClipFacts,
    ClipLabels,
    clip_key,
    read_facts,
    write_clip,
)
from annotator.services.exchange.dataset_report import (
    LIST,
    DatasetReport,
    is_dataset,
    report_of,
    write_report,
)
from annotator.services.exchange.transfer import ProjectLabels
from annotator.services.project.projects import OpenProject, open_project

_MAPS = "frames"


@dataclass(frozen=True, slots=True)
class _Clip:
    """A project on its way into the data set."""

    name: str
    project: Path
    fingerprint: str
    frames: int


def export_dataset(order: DatasetOrder, control: TaskControl) -> Iterator[DatasetReport]:
    """Make the data set; yields its report once.

    Raises RequestError, FormatError, ProjectError, MediaError, DiskError, Cancelled. What `out`
    held before stays as it was until the new data set is whole.
    """
    order.check()
    registry.exporter(order.format)
    fixed = sorted(layout_of(order.format).fixed & set(order.options))
    if fixed:
        raise RequestError(
            f"The option '{fixed[0]}' does not go with a data set.",
            "Leave it out: the layout decides.",
        )
    out = Path(order.out).resolve()
    _refuse_foreign(out)
    clips, classes, skipped = _look(order, control)
    split_of = assign_splits([(clip.name, clip.fingerprint) for clip in clips], order)
    work = out.with_name(f"{out.name}.unfinished")
    with _work_folder(work):
        total, done = sum(clip.frames for clip in clips), 0
        written: list[ClipFacts] = []
        for clip in clips:
            control.note(clip.name)
            facts = _one(clip, classes, order, work, _Part(control, done, total))
            if facts is None:
                skipped[clip.name] = "none of its frames fulfils the conditions"
            else:
                written.append(facts)
            done += clip.frames
            control.progress(done, total)
        if not written:
            raise RequestError(
                "No frame of any project fulfils the conditions.",
                "Choose other classes, a lower quality, or label some frames first.",
            )
        chosen = [c for c in classes if not order.classes or c in order.classes]
        splits = {facts.name: split_of[facts.name] for facts in written}
        report = report_of(order, written, splits, chosen, skipped)
        with atomic_folder(out) as folder:
            _assemble(folder, work, report, order, chosen, control)
        shutil.rmtree(work, ignore_errors=True)
    yield report


class _Part:
    """The control of one clip: its frames count among those of all."""

    def __init__(self, control: TaskControl, before: int, total: int) -> None:
        self._control = control
        self._before, self._total = before, total
        self.checkpoint = control.checkpoint

    def progress(self, done: int, total: int) -> None:
        """Labels and pictures are two walks; the one that is further counts."""
        self._control.progress(min(self._before + done, self._total), self._total)


def _look(
    order: DatasetOrder, control: TaskControl
) -> tuple[list[_Clip], tuple[str, ...], dict[str, str]]:
    """All projects once: their names and media, the classes of all of them, and which are left
    out, by name with the reason."""
    folders = list(dict.fromkeys(Path(p).resolve() for p in order.projects))
    names = clip_names([folder.stem for folder in folders])
    clips, classes, skipped = [], dict[str, None](), dict[str, str]()
    for name, folder in zip(names, folders, strict=True):
        control.checkpoint()
        with _opened(folder) as project:
            assert project.media is not None
            if order.done and project.session.document.stage.stage != "done":
                skipped[name] = "it is not marked done"
                continue
            labels = ProjectLabels(project.session, project.media, ())
            classes |= dict.fromkeys(classes_of(labels.objects))
            media = project.media
            clips.append(_Clip(name, folder, media.fingerprint, len(media)))
    if not clips:
        raise RequestError("No project is marked done.", "Mark some as done, or take all.")
    unknown = [c for c in order.classes if c not in classes]
    if unknown:
        raise RequestError(
            f"No project has an object of the class '{unknown[0]}'.",
            f"There are: {', '.join(classes) or 'none'}.",
        )
    classes.pop(VOID_CLASS, None)
    return clips, tuple(classes), skipped


def _one(
    clip: _Clip, classes: tuple[str, ...], order: DatasetOrder, work: Path, control: _Part
) -> ClipFacts | None:
    """Write a clip, unless it is there already; None if it has no frame that is wanted."""
    folder = work / clip.name
    with _opened(clip.project) as project:
        key = clip_key(project, clip.name, classes, order)
        facts = read_facts(folder)
        if facts is not None and facts.key == key:
            return facts
        source = ClipLabels(project, clip.name, classes, order)
        if not source.frames:
            return None
        with atomic_folder(folder) as part:
            return write_clip(source, project, part, order, key, control)


def _assemble(
    root: Path,
    work: Path,
    report: DatasetReport,
    order: DatasetOrder,
    classes: Sequence[str],
    control: TaskControl,
) -> None:
    layout = layout_of(order.format)
    parts = []
    for clip in report.clips:
        control.checkpoint()
        facts = clip.facts
        part = ClipPart(facts.name, clip.split, work / facts.name / "labels", facts.frames)
        places = _place_files(root, work / facts.name, layout, part)
        frame_map = read_map(work / facts.name / FILE_NAME)
        assert frame_map is not None
        _write_map(root / _MAPS / f"{facts.name}.json", frame_map, places, layout, part)
        parts.append(part)
    layout.joined(root, parts, classes, control)
    write_report(root, report, order, layout)
    _write_list(root)


def _place_files(root: Path, folder: Path, layout: Layout, part: ClipPart) -> dict[str, str]:
    """Put labels and pictures in their places; where each of them went."""
    places: dict[str, str] = {}
    for base, _, names in os.walk(folder):
        for name in names:
            file = Path(base, name)
            kind, *rest = file.relative_to(folder).parts
            inside = PurePosixPath(*rest).as_posix()
            if kind == "pictures":
                place = layout.pictures.format(split=part.split, clip=part.name, picture=inside)
            elif kind == "labels" and inside not in layout.tables and not _is_map(name):
                place = layout.labels.format(
                    split=part.split, clip=part.name, file=inside, name=PurePosixPath(inside).name
                )
            else:
                continue
            target = root / place
            target.parent.mkdir(parents=True, exist_ok=True)
            _same_file(file, target)
            places[f"{kind}/{inside}"] = place
    return places


def _same_file(file: Path, target: Path) -> None:
    """A second name for the file; a copy where the disk has no such thing."""
    if file.is_symlink():
        target.symlink_to(file.readlink())
        return
    try:
        target.hardlink_to(file)
    except (OSError, NotImplementedError):
        shutil.copyfile(file, target)


def _write_map(
    path: Path, frame_map: FrameMap, places: dict[str, str], layout: Layout, part: ClipPart
) -> None:
    rows = []
    for row in frame_map.frames:
        files = tuple(places[name] for name in row.files if name in places)
        rows.append(msgspec.structs.replace(row, files=files))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(frame_map, frames=tuple(rows))))


def _is_map(name: str) -> bool:
    return name == FILE_NAME or name.endswith(f".{FILE_NAME}")


def _write_list(root: Path) -> None:
    """All files by name: what may be replaced by the next export, and nothing else."""
    with (root / LIST).open("w", encoding="utf-8", newline="\n") as file:
        for base, _, names in os.walk(root):
            for name in sorted(names):
                file.write(f"{Path(base, name).relative_to(root).as_posix()}\n")


def _refuse_foreign(out: Path) -> None:
    hint = "Choose a new or an empty folder."
    if not out.exists():
        return
    if not out.is_dir():
        raise FormatError(f"{out} is a file, not a folder.", hint)
    if not any(out.iterdir()):
        return
    if not is_dataset(out):
        raise FormatError(f"{out} holds other files.", hint)
    with suppress(OSError, UnicodeDecodeError):
        ours = set((out / LIST).read_text("utf-8").splitlines())
        for base, _, names in os.walk(out):
            for name in names:
                if Path(base, name).relative_to(out).as_posix() not in ours:
                    raise FormatError(f"{out} holds other files, such as {name}.", hint)


@contextmanager
def _work_folder(work: Path) -> Iterator[None]:
    with disk_errors(work):
        work.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(work.with_name(f"{work.name}.lock"), timeout=0)
    try:
        with lock:
            yield
    except filelock.Timeout as error:
        raise RequestError(
            f"Another export to {work.stem} is under way.", "Wait until it is done."
        ) from error
    with suppress(OSError):
        Path(lock.lock_file).unlink(missing_ok=True)


@contextmanager
def _opened(folder: Path) -> Iterator[OpenProject]:
    project = open_project(folder, writable=False)
    try:
        yield project
    finally:
        project.close()
