"""Making and opening projects, and finding their media again."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from msgspec.structs import replace

import annotator
from annotator.core.errors import DiskError, MediaError, ProjectError, StrokeflowError
from annotator.io.atomic import recover_all, sweep
from annotator.io.media import Media, MediaKind, MediaRef, locate, open_media, verify
from annotator.io.media.base import Stop, never
from annotator.io.store import (
    FOLDER_SUFFIX,
    PACKED_SUFFIX,
    StoreMeta,
    create_store,
    open_store,
    read_meta,
)
from annotator.io.store.database import replace_meta
from annotator.io.store.unfinished import half_here
from annotator.services.project.session import Session

MEDIA_CACHE = "cache"
"""What may be deleted any time, in the project's folder."""
LEFT_BESIDE = (FOLDER_SUFFIX, PACKED_SUFFIX)
"""What packing and unpacking were making beside a project when they were killed."""


def project_folder(path: Path) -> Path:
    """The folder a project of this name lives in: NAME.strokeflow. Raises ProjectError."""
    if path.name in ("", ".."):
        raise ProjectError(f"'{path}' is no name for a project.", "Choose another name.")
    return path if path.suffix == FOLDER_SUFFIX else path.with_name(path.name + FOLDER_SUFFIX)


def named_project(path: Path) -> Path:
    """The folder of a project that a person named: NAME stands for NAME.strokeflow, unless
    something is called NAME. Raises ProjectError."""
    return path if path.exists() else project_folder(path)


def is_project(path: Path) -> bool:
    return path.suffix == FOLDER_SUFFIX and path.is_dir()


def projects_within(place: Path) -> list[Path]:
    """The project that a folder is, else those that lie in it, by name."""
    if is_project(place):
        return [place]
    return sorted(p for p in place.glob(f"*{FOLDER_SUFFIX}") if is_project(p))


def project_names(folders: Iterable[str]) -> dict[str, str]:
    """What projects are called where several are listed, by folder: the whole path only if another
    one has the same name."""
    listed = list(folders)
    shared = Counter(Path(folder).stem for folder in listed)
    return {f: f if shared[Path(f).stem] > 1 else Path(f).stem for f in listed}


def _relative(media: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(media.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return ""


def _meta_of(media: Media, folder: Path) -> StoreMeta:
    return StoreMeta(
        media=str(media.path.resolve()),
        media_relative=_relative(media.path, folder),
        kind=media.kind,
        fingerprint=media.fingerprint,
        width=media.size.width,
        height=media.size.height,
        n_frames=len(media),
        fps=float(media.fps),
        app_version=annotator.__version__,
    )


def create_project(path: Path, media_path: Path) -> Path:
    """Make an empty project for a video or image folder; returns its folder.

    Raises MediaError, ProjectError, DiskError; nothing is left behind then.
    """
    folder = project_folder(path)
    if folder.exists():
        raise ProjectError(
            f"'{folder}' already exists.", "Choose another name, or open the project there."
        )
    with open_media(media_path) as media:
        media.read(0)  # what cannot be decoded is told now, not by the first run
        _create(folder, media)
    return folder


def _create(folder: Path, media: Media) -> None:
    create_store(folder, _meta_of(media, folder))
    # It is opened next: the media need not be looked through once more for that.
    media.keep_findings(folder / MEDIA_CACHE)


@dataclass(slots=True)
class OpenProject:
    """A session together with its media; `media` is None while it cannot be found.

    `media_problem` then says why, for a banner with "locate".
    """

    session: Session
    media: Media | None
    media_problem: MediaError | None = None

    def close(self) -> None:
        try:
            if self.media is not None:
                self.media.close()
        finally:
            self.session.close()


def open_project(
    path: Path, *, writable: bool = True, need_media: bool = True, stop: Stop = never
) -> OpenProject:
    """Open a project and its media.

    Args:
        need_media: raise MediaError where the media is missing or changed (the command line);
            otherwise the project opens without pictures and says so (the window).
        stop: asked while a long video is indexed or many images are looked at.

    Raises ProjectError, DiskError, MediaError, and Cancelled soon after `stop()` is true.
    """
    folder = named_project(path)
    if path.is_file():
        _refuse_packed(path)
    store, meta = open_store(folder, writable=writable)
    if not store.read_only:
        for place in (folder, folder / MEDIA_CACHE, folder / "models"):
            recover_all(place)  # a video that was being taken in would fill the disk for good
        sweep(folder.absolute().parent, LEFT_BESIDE)
    try:
        session = Session(folder, store, meta)
    except BaseException:
        store.close()
        raise
    try:
        return OpenProject(session, _open_media(folder, meta, stop))
    except MediaError as error:
        if not need_media:
            return OpenProject(session, None, error)
        session.close()
        raise
    except BaseException:
        session.close()
        raise


def _refuse_packed(path: Path) -> None:
    from annotator.io.packed import is_packed  # ZIP: not before it is needed

    if is_packed(path):
        raise ProjectError(
            f"'{path}' is a packed project.", "Unpack it first, with 'strokeflow unpack'."
        )


def under_way(session: Session) -> tuple[str, ...]:
    """What is being done to a project elsewhere, or was when a process died, in sentences."""
    runs = ["A run has not come to its end; some frames may lack its masks."]
    halves = [half_here(title) for title in session.store.unfinished()]
    return (*halves, *runs[: len(session.store.open_runs())])


def open_media_of(folder: Path, stop: Stop = never) -> Media:
    """The media of a project of any version that we know; nothing of the project is changed.

    Raises as `open_project`.
    """
    return _open_media(folder, read_meta(folder), stop)


def _open_media(folder: Path, meta: StoreMeta, stop: Stop) -> Media:
    try:
        return _find_media(folder, meta, stop)
    except OSError as error:  # of a folder on the way there: nobody may look into it
        place = error.filename or meta.media
        raise MediaError(
            f"Cannot read {place}: {error.strerror or error}.", "Check the path and its rights."
        ) from error


def _find_media(folder: Path, meta: StoreMeta, stop: Stop) -> Media:
    cache_dir = str(folder / MEDIA_CACHE)
    kind = cast("MediaKind", meta.kind)
    beside = folder / meta.media_relative
    # The project may have been moved together with its media: look beside it first.
    if meta.media_relative and beside.exists():
        try:
            return verify(MediaRef(str(beside.resolve()), kind, cache_dir), meta.fingerprint, stop)
        except MediaError:
            if not Path(meta.media).exists():
                raise
    return verify(MediaRef(meta.media, kind, cache_dir), meta.fingerprint, stop)


def forget_copies(folder: Path) -> None:
    """Delete the lossless copies of frames that a project keeps to be quick; they can be made anew.
    They stay where they cannot be deleted."""
    from annotator.io.media.copies import EXACT_FILE  # PyAV: not before it is needed

    with contextlib.suppress(OSError):
        (folder / MEDIA_CACHE / EXACT_FILE).unlink()


def relocate_media(project: OpenProject, place: Path) -> Media:
    """Locate: point the project to where its media is now (the file, or a folder that holds it).

    Raises MediaError if what is there is not the same media; the project is unchanged then.
    Raises DiskError where it cannot be noted.
    """
    media = find_media(project, place)
    take_media(project, media)()
    if not project.session.read_only:
        project.session.flush()
    return media


def find_media(project: OpenProject, place: Path) -> Media:
    """The project's media at another place, see `relocate_media`; on any thread."""
    session = project.session
    meta = session.meta
    ref = MediaRef(meta.media, cast("MediaKind", meta.kind), str(session.folder / MEDIA_CACHE))
    found = _same(place, meta.fingerprint, ref.cache_dir) or locate(ref, meta.fingerprint, place)
    if found is None:
        raise MediaError(
            f"'{place}' does not hold the media of this project ({Path(meta.media).name}).",
            "Choose the file or folder that the project was made with.",
        )
    return open_media(found, cache_dir=ref.cache_dir)


def take_media(project: OpenProject, media: Media) -> Callable[[], None]:
    """Point the project to what `find_media` found, for good where it may be written. The call
    that it returns closes the media that it had."""
    session = project.session
    if not session.read_only:
        _note_place(session, _meta_of(media, session.folder))
    before, project.media, project.media_problem = project.media, media, None
    return before.close if before is not None else lambda: None


def note_place(project: OpenProject, place: Path) -> None:
    """The very same media are at that place from now on: those who open the project next look for
    them there."""
    session = project.session
    if not session.read_only:
        beside = _relative(place, session.folder)
        _note_place(session, replace(session.meta, media=str(place), media_relative=beside))


def _note_place(session: Session, meta: StoreMeta) -> None:
    # Nobody waits for the disk, which may refuse: it is written before whatever is done next.
    replace_meta(session.store, meta)
    session.meta = meta


def _same(place: Path, fingerprint: str, cache_dir: str) -> Path | None:
    """`place` itself if it is the media, under whatever name."""
    try:
        with open_media(place, cache_dir) as media:
            return place if media.fingerprint == fingerprint else None
    except MediaError:
        return None


def open_or_create(media_path: Path, fallback: Path, stop: Stop = never) -> Path:
    """The project of a media file as the window opens it: beside the media, else in `fallback`.

    An existing project of the same media is taken up again. Returns the project folder.
    Raises MediaError, ProjectError, DiskError, and Cancelled soon after `stop()` is true: then no
    project was made.
    """
    with open_media(media_path, stop=stop) as media:
        base = media_path.resolve()
        stem = base.stem if base.is_file() else base.name
        places = [base.parent, fallback]
        for place in places:
            for number in range(1, 100):
                name = stem if number == 1 else f"{stem}-{number}"
                folder = place / f"{name}{FOLDER_SUFFIX}"
                if not folder.exists():
                    break
                if _fingerprint_of(folder) == media.fingerprint:
                    return folder
            try:
                _create(folder, media)
                return folder
            except DiskError:
                if place is places[-1]:
                    raise
    raise ProjectError(f"No free project name beside '{media_path}'.", "Use 'strokeflow new'.")


def _fingerprint_of(folder: Path) -> str:
    try:
        return read_meta(folder).fingerprint
    except StrokeflowError:
        return ""
