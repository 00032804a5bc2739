"""A project as one file, and back: to hand it on, to keep a copy, to move it."""

from __future__ import annotations

import os
import shutil
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import annotator
from annotator.core.errors import DiskError, MediaError, ProjectError
from annotator.io.atomic import atomic_file, atomic_folder, disk_errors, scratch_file, sweep
from annotator.io.media import MediaRef
from annotator.io.packed import (
    FORMAT,
    MEDIA,
    MODELS,
    Manifest,
    PackedProject,
    PackWriter,
    has_place,
    open_packed,
)
from annotator.io.store import DATABASE, PACKED_SUFFIX, StoreMeta
from annotator.io.store.snapshot import copy_database, take_in
from annotator.io.weights import SUFFIX as MODEL_SUFFIX
from annotator.jobs.base import TaskControl
from annotator.services.project.embedding import is_embedded, pieces
from annotator.services.project.projects import LEFT_BESIDE, OpenProject, project_folder

PACK = f"{__name__}:pack"
UNPACK = f"{__name__}:unpack"
_SPARE = 1 << 26
"""Bytes that must stay free on the disk."""


@dataclass(frozen=True, slots=True)
class PackOrder:
    """What becomes one file.

    Attributes:
        project: its folder.
        out: the file; what is there is replaced once the new one is whole.
        media: those that come along; None leaves them out.
        files: of the media.
    """

    project: str
    out: str
    media: MediaRef | None = None
    files: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where the media are in the copy, as a path in its folder; "" where they are not."""
        return "" if self.media is None else f"{MEDIA}/{Path(self.media.path).name}"

    def members(self) -> dict[str, Path]:
        """What is packed besides the database, by the name that it gets."""
        models = Path(self.project, MODELS)
        found = sorted(p for p in models.glob(f"*{MODEL_SUFFIX}") if p.is_file())
        named = {f"{MODELS}/{path.name}": path for path in found}
        single = self.media is not None and not Path(self.media.path).is_dir()
        for file in self.files:
            named[self.place if single else f"{self.place}/{Path(file).name}"] = Path(file)
        return named


@dataclass(frozen=True, slots=True)
class Packed:
    """The file that was made; `media`: whether they are in it."""

    file: str
    size: int
    files: int
    media: bool


@dataclass(frozen=True, slots=True)
class UnpackOrder:
    """The packed project, and the folder that it becomes."""

    file: str
    folder: str


def packed_file(folder: Path, out: Path | None = None) -> Path:
    """The file a project becomes: NAME.strokeflowz, beside its folder unless said otherwise.

    Raises ProjectError.
    """
    if out is None:
        return folder.with_name(folder.stem + PACKED_SUFFIX)
    if out.name in ("", ".."):
        raise ProjectError(f"'{out}' is no name for a file.", "Choose another name.")
    return out if out.suffix.lower() == PACKED_SUFFIX else out.with_name(out.name + PACKED_SUFFIX)


def pack_order(project: OpenProject, out: Path | None, with_media: bool) -> PackOrder:
    """Media that are in the project folder come along in any case. Raises ProjectError, and
    MediaError where they are wanted and missing."""
    folder, media = Path(project.session.home), project.media
    place = str(packed_file(folder, None if out is None else out.absolute()))
    if not with_media and not is_embedded(project):
        return PackOrder(str(folder), place)
    if media is None:
        raise MediaError("The media of this project are missing.", "Locate them first.")
    return PackOrder(str(folder), place, media.ref, tuple(map(str, media.files)))


def pack(order: PackOrder, control: TaskControl) -> Iterator[Packed]:
    """Write the file whole or not at all, from the project as it is at one moment, whoever works
    on it meanwhile; progress in bytes.

    Raises ProjectError, MediaError, DiskError, Cancelled.
    """
    folder, out = Path(order.project), Path(order.out)
    members = order.members()
    if odd := next((name for name in members if not has_place(name)), None):
        raise MediaError(f"'{odd}' has a name that cannot be packed.", "Rename it first.")
    sizes = {name: _size(path) for name, path in members.items()}
    database = _size(folder / DATABASE)
    # The database is written twice: as a copy that nobody changes, then into the file.
    total = 2 * database + sum(sizes.values())
    sweep(out.parent, LEFT_BESIDE)
    _refuse_full(out, total)

    def tell(done: int, pages: int) -> None:
        control.checkpoint()
        control.progress(database * done // max(pages, 1), total)

    with atomic_file(out) as part, scratch_file(out) as copy:
        meta = copy_database(folder, copy, tell, order.place)
        members = {DATABASE: copy, **members}
        sizes[DATABASE] = _size(copy)
        total, done = total - database + sizes[DATABASE], database
        with zipfile.ZipFile(part, "w") as archive:
            writer = PackWriter(archive)
            for name, path in members.items():
                for count in writer.add(name, pieces(path, control), sizes[name]):
                    done += count
                    control.progress(done, total)
            if order.media is not None:
                _refuse_changed(order.media, control)
            writer.finish(_manifest(folder, order, meta, writer))
    yield Packed(str(out), _size(out), len(members), order.media is not None)


def _manifest(folder: Path, order: PackOrder, meta: StoreMeta, writer: PackWriter) -> Manifest:
    return Manifest(
        format=FORMAT,
        app_version=annotator.__version__,
        name=folder.stem,
        packed=time.time(),
        media=Path(order.place).name,
        made_with=Path(meta.media).name,
        kind=meta.kind,
        width=meta.width,
        height=meta.height,
        n_frames=meta.n_frames,
        fps=meta.fps,
        members=tuple(writer.members),
    )


def _refuse_changed(media: MediaRef, control: TaskControl) -> None:
    """What was packed must be what the project was made with."""

    def stop() -> bool:
        control.checkpoint()
        return False

    try:
        media.open(stop).close()
    except MediaError as error:
        name = Path(media.path).name
        raise MediaError(
            f"'{name}' changed while it was packed.", "Pack the project again."
        ) from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise MediaError(f"Cannot read {path}: {error.strerror}.", "Put it back.") from error


def _refuse_full(place: Path, needed: int) -> None:
    """Raises DiskError where a disk has not that much room."""
    there = next((p for p in place.absolute().parents if p.exists()), place)
    with disk_errors(place):
        free = shutil.disk_usage(there).free
    if free < needed + _SPARE:
        raise DiskError(
            f"That needs {(needed + _SPARE) >> 20} MiB with room to spare, "
            f"and {free >> 20} MiB are free there.",
            "Free some space or choose another disk.",
        )


# -- unpacking


def unpacked_folder(file: Path, out: Path | None = None) -> Path:
    """The folder a packed project becomes: NAME.strokeflow, beside it unless said otherwise."""
    return project_folder(file.with_suffix("") if out is None else out).absolute()


def unpack(order: UnpackOrder, control: TaskControl) -> Iterator[str]:
    """Make the project folder whole or not at all; progress in bytes. Yields the folder.

    Nothing is written outside of it, and nothing that is there is replaced. Raises ProjectError
    where the file is damaged, newer, or not exactly what its list says; DiskError, Cancelled.
    """
    folder = Path(order.folder)
    if os.path.lexists(folder):
        raise ProjectError(
            f"'{folder}' already exists.", "Choose another name, or open the project there."
        )
    sweep(folder.parent, LEFT_BESIDE)
    with open_packed(Path(order.file)) as packed:
        _refuse_full(folder, packed.manifest.size)
        with atomic_folder(folder, replace=False) as part:
            _extract(packed, part, control)
            media = packed.manifest.media
            take_in(part, folder / MEDIA / media if media else None, Path(order.file))
            control.checkpoint()
    yield str(folder)


def _extract(packed: PackedProject, part: Path, control: TaskControl) -> None:
    total, done = packed.manifest.size, 0
    for member in packed.manifest.members:
        target = part.joinpath(*member.name.split("/"))
        with disk_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for piece in packed.content(member):
                    control.checkpoint()
                    file.write(piece)
                    done += len(piece)
                    control.progress(done, total)
                file.flush()
                # The packed file may be deleted as soon as the project is told to be there.
                os.fsync(file.fileno())
