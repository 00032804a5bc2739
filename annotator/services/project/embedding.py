"""Taking the media into the project folder, so that it can be moved or handed on as a whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.core.errors import DiskError, MediaError, RequestError
from annotator.io.atomic import atomic_folder, disk_errors
from annotator.io.media import MediaRef
from annotator.jobs.base import TaskControl
from annotator.services.project.projects import OpenProject

TASK = f"{__name__}:embed"
FOLDER = "media"
"""In the project folder; see DESIGN, project folder."""
_CHUNK = 1 << 22
_SPARE = 1 << 26
"""Bytes that must stay free on the disk."""


@dataclass(frozen=True, slots=True)
class EmbedOrder:
    """What is copied where.

    Attributes:
        media: the media as they are now; a copy must have their fingerprint.
        folder: of the project.
        files: those that are copied: the video, or the images of the folder.
    """

    media: MediaRef
    folder: str
    files: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes of all files. Raises MediaError."""
        return embed_size(self.files)

    @property
    def place(self) -> Path:
        """Where the media are afterwards."""
        return Path(self.folder, FOLDER, Path(self.media.path).name)


def embed_order(project: OpenProject) -> EmbedOrder:
    """Raises RequestError where the media are missing or in the project already, or where the
    project cannot be changed."""
    session, media = project.session, project.media
    if media is None:
        raise RequestError("The media of this project are missing.", "Locate them first.")
    if session.read_only:
        raise RequestError("The project is open read-only.", session.store.read_only_reason)
    if is_embedded(project):
        raise RequestError("The media are in the project folder already.")
    files = tuple(str(file) for file in media.files)
    return EmbedOrder(media.ref, session.home, files)


def embed_size(files: Iterable[str]) -> int:
    """Bytes of files together. Raises MediaError."""
    try:
        return sum(Path(file).stat().st_size for file in files)
    except OSError as error:
        raise MediaError(
            f"Cannot read {error.filename}: {error.strerror}.", "Put it back."
        ) from error


def is_embedded(project: OpenProject) -> bool:
    """Whether the media are there, and in the project folder."""
    media, folder = project.media, project.session.folder.resolve()
    return media is not None and media.path.resolve().is_relative_to(folder)


def embed(order: EmbedOrder, control: TaskControl) -> Iterator[str]:
    """Copy whole or not at all; progress in bytes. Yields the place of the copy.

    Raises DiskError, MediaError, Cancelled.
    """
    folder, total = Path(order.folder), order.size
    with disk_errors(folder):
        free = shutil.disk_usage(folder).free
    if free < total + _SPARE:
        raise DiskError(
            f"The media need {(total + _SPARE) >> 20} MiB with room to spare, "
            f"and {free >> 20} MiB are free there.",
            "Free some space or move the project to another disk.",
        )

    def stop() -> bool:
        control.checkpoint()
        return False

    source = Path(order.media.path)
    done = 0
    with atomic_folder(folder / FOLDER) as part:
        target = part / source.name
        if source.is_dir():
            target.mkdir()
        for name in order.files:
            file = Path(name)
            copy = target / file.name if source.is_dir() else target
            for count in _copied(file, copy, control):
                done += count
                control.progress(done, total)
        try:
            replace(order.media, path=str(target), cache_dir="").open(stop).close()
        except MediaError as error:
            raise MediaError(
                f"{source.name} changed while it was copied.", "Copy it again."
            ) from error
    # What is found out about the place is kept, for those who open it next. It is there now, so
    # that it is too late to cancel.
    replace(order.media, path=str(order.place)).open().close()
    yield str(order.place)


def _copied(file: Path, copy: Path, control: TaskControl) -> Iterator[int]:
    """Bytes copied, piece by piece. Raises MediaError, DiskError."""
    with disk_errors(copy), copy.open("wb") as target:
        for data in pieces(file, control):
            target.write(data)
            yield len(data)
        target.flush()
        # The original may be deleted as soon as the copy is told to be there.
        os.fsync(target.fileno())


def pieces(file: Path, control: TaskControl) -> Iterator[bytes]:
    """The content of a file of the media. Raises MediaError, Cancelled."""
    try:
        with file.open("rb") as source:
            while data := source.read(_CHUNK):
                control.checkpoint()
                yield data
    except OSError as error:
        raise MediaError(f"Cannot read {file}: {error.strerror}.", "Put it back.") from error
